#!/bin/bash
# Nobody speaks for a unit that is not theirs: an office on another machine, with its own key over TCP, its
# rights, two keys, a key that is changed, one that is revoked in the middle of a session; and everything
# that a key file or an address may have wrong.
. "$(dirname "$0")/../lib/site.sh"
D=$SCRATCH/site
W1=$SCRATCH/w1

report() { # report UNIT DOSES [PERIOD]
    echo "{\"unit\": \"$1\", \"period\": \"${3:-20211104}\", \"form\": \"daily\", \"values\": {\"doses\": $2, \"first\": $2, \"second\": 0}}"
}
mode_of() { stat -c %a "$1"; }
code_of_first() { jq -r '.records[0].code' "$SCRATCH/out"; }
# In an office's folder nothing else says where the broker is.
in_office() { # in_office DIR COMMAND...
    local folder=$1
    shift
    (unset THIDUA_DATA && cd "$folder" && "$@")
}

check "init makes a data directory" thidua init --quiet --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/small/units.csv"
equal "only its owner enters" "700 700 600 600" \
    "$(mode_of "$D") $(mode_of "$D/keys") $(mode_of "$D/keys/broker") $(mode_of "$D/keys/operator")"
port=$(free_port)
echo "listen_tcp = tcp://127.0.0.1:$port" >>"$D/thidua.conf"
chmod 755 "$D"
site_up "$D" --clock 2021-11-05T08:00:00+07:00
equal "up closes a data directory that others could enter" 700 "$(mode_of "$D")"
check "and says so" grep -q 'event=data_directory_closed' "$SCRATCH/up.log"
BROKER=tcp://127.0.0.1:$port#$(thidua keys show "$D/keys/broker" --json | jq -r .public_key)

# ---- an office ----
exits "office new makes a folder" 0 thidua office new w1 --out "$W1" --json
equal "its key is its owner's" "700 600" "$(mode_of "$W1") $(mode_of "$W1/key")"
equal "it names the broker with its key" "$BROKER" "$(sed -n 's/^brokers = //p' "$W1/office.conf")"
equal "it has the templates of its forms" "daily.csv monthly.csv" "$(ls -x "$W1/forms" | tr -s ' \n' ' ' | sed 's/ $//')"
equal "with their indicators" "unit,period,doses,first,second,open,rate" "$(cat "$W1/forms/daily.csv")"
check "and tells how to begin, in two languages" grep -q 'thidua import' "$W1/HUONG-DAN.txt" "$W1/README.txt"
exits "a folder that is there is left alone" 73 thidua office new w1 --out "$W1" --principal again
exits "a principal that is there keeps its key" 73 thidua office new w1 --out "$SCRATCH/again"
check "and nothing is left of it" test ! -e "$SCRATCH/again"
exits "an office of no unit is refused" 65 thidua office new nowhere --out "$SCRATCH/nowhere"

report w1 120 >"$SCRATCH/w1.json"
report w2 7 >"$SCRATCH/w2.json"
exits "the office submits from its folder" 0 in_office "$W1" thidua submit --wait --json "$SCRATCH/w1.json"
receipt=$(jq -r '.records[0].receipt' "$SCRATCH/out")
equal "which counts" 120 "$(thidua tally --unit city --period 20211104 --json |
    jq -r '.rows[0].values[] | select(.indicator == "doses") | .value')"
equal "as its own" unit-w1 "$(thidua journal show "$receipt" --json | jq -r .principal)"
printf 'unit,period,doses,first,second\nw1,20211103,5,5,0\n' >"$W1/forms/daily.csv"
exits "and imports its template" 0 in_office "$W1" thidua import forms/daily.csv --form daily
exits "another's unit is refused" 65 in_office "$W1" thidua submit --wait --json "$SCRATCH/w2.json"
equal "with its code" not-allowed "$(code_of_first)"
exits "it reads its own unit" 0 in_office "$W1" thidua tally --unit w1 --period 20211104 --json
exits "not another's" 77 in_office "$W1" thidua tally --unit city --period 20211104
exits "nor who is connected" 77 in_office "$W1" thidua sessions
exits "it cannot grant itself more" 65 in_office "$W1" thidua access grant unit-w1 --role operator
check "not even that way" grep -q not-in-role "$SCRATCH/out"
equal "it sees its own access only" unit-w1 "$(in_office "$W1" thidua access list --json | jq -r '[.principals[].principal] | join(" ")')"
exits "from anywhere, with --office" 0 thidua submit --office "$W1" "$SCRATCH/w1.json"
exits "or from the environment" 0 env -u THIDUA_DATA THIDUA_OFFICE="$W1" thidua tally --unit w1 --period 20211104 --json
exits "or --broker and --key" 0 env -u THIDUA_DATA thidua submit --broker "$BROKER" --key "$W1/key" "$SCRATCH/w1.json"

# ---- others ----
check "a council member's key" thidua keys new "$SCRATCH/council" --principal hoa --json
exits "is granted" 0 thidua access grant hoa --role council --public-key-of "$SCRATCH/council" --title "Bà Hoa"
exits "and reads everything" 0 thidua tally --broker "$BROKER" --key "$SCRATCH/council" --unit city --period 20211104 --json
exits "and reports nothing" 65 thidua submit --wait --json --broker "$BROKER" --key "$SCRATCH/council" "$SCRATCH/w1.json"
equal "for its roles do not allow it" not-in-role "$(code_of_first)"
check "an auditor's key" thidua keys new "$SCRATCH/auditor" --principal tra --json
exits "is granted too" 0 thidua access grant tra --role auditor --public-key-of "$SCRATCH/auditor"
exits "who may send nothing is refused at the door" 77 thidua submit --wait --json --broker "$BROKER" --key "$SCRATCH/auditor" "$SCRATCH/w1.json"
equal "with the same code" "not-in-role null" "$(jq -r '.records[0] | "\(.code) \(.receipt)"' "$SCRATCH/out")"
cat >"$SCRATCH/access.yaml" <<'Y'
principals:
  - principal: d1-office
    title: Quận 1
    roles: [submitter]
    units: [d1/]
  - principal: d1-office
    roles: [boss]
    keys: [abc]
Y
exits "a file of access with mistakes" 65 thidua access publish "$SCRATCH/access.yaml" --json
equal "tells all of them with their lines" "6 duplicate-code, 7 choice-invalid, 8 shape-invalid" \
    "$(jq -r '[.mistakes[] | "\(.line) \(.code)"] | join(", ")' "$SCRATCH/out")"
equal "and nothing of it is published" "" "$(thidua access list --json | jq -r '.principals[] | select(.principal == "d1-office") | .principal')"
thidua keys new "$SCRATCH/d1" --principal d1-office >/dev/null
sed -i '6,$d' "$SCRATCH/access.yaml"
echo "    keys: [$(thidua keys show "$SCRATCH/d1" --json | jq -r .public_key)]" >>"$SCRATCH/access.yaml"
exits "without them it is published" 0 thidua access publish "$SCRATCH/access.yaml"
exits "whose subtree may be reported" 0 thidua submit --wait --broker "$BROKER" --key "$SCRATCH/d1" "$SCRATCH/w2.json"
exits "the operator's own key works over the network" 0 thidua sessions --json --broker "$BROKER" --key "$D/keys/operator"
equal "and sees itself" operator "$(jq -r '.sessions[] | select(.network) | .principal' "$SCRATCH/out")"

thidua keys new "$SCRATCH/worker" --principal machine-2 >/dev/null
exits "a worker elsewhere is granted its key" 0 thidua access grant machine-2 --role worker --public-key-of "$SCRATCH/worker"
thidua-query --data "$D" --broker "$BROKER" --key "$SCRATCH/worker" --clock-offset-us 0 2>"$SCRATCH/worker.log" &
worker=$!
until_session() { # until_session JQ-CONDITION: prints its principal
    timeout 20 bash -c "until thidua sessions --json | jq -re '.sessions[] | select($1) | .principal'; do :; done"
}
equal "and is a worker" machine-2 "$(until_session '.role == "query" and .network')"
exits "which its key is not for" 77 thidua tally --broker "$BROKER" --key "$SCRATCH/worker" --unit w1 --period 20211104
kill -TERM $worker
wait $worker
equal "it ends in order" 0 $?

# ---- a key is changed ----
exits "an office's rotation asks for the operator" 77 in_office "$W1" thidua keys rotate key
grant=$(sed -n 's/.*\(thidua access grant .*\)/\1/p' "$SCRATCH/err")
exits "not before it is granted" 75 in_office "$W1" thidua keys rotate key --finish
check "who runs what it says" sh -c "$grant"
equal "then there are two keys" 2 "$(thidua access list unit-w1 --json | jq '.principals[0].keys | length')"
exits "the old one works" 0 thidua submit --office "$W1" "$SCRATCH/w1.json"
exits "and so does the new one" 0 thidua submit --office "$W1" --key "$W1/key.new" "$SCRATCH/w1.json"
cp "$W1/key" "$SCRATCH/old"
exits "the rotation ends" 77 in_office "$W1" thidua keys rotate key --finish
check "the operator drops the old one" sh -c "$(sed -n 's/.*\(thidua access grant .*\)/\1/p' "$SCRATCH/err")"
check "the new key is the key" test ! -e "$W1/key.new"
exits "which works" 0 thidua submit --office "$W1" "$SCRATCH/w1.json"
exits "the old one is refused" 77 thidua submit --office "$W1" --key "$SCRATCH/old" --json "$SCRATCH/w1.json"
equal "as one that was revoked" key-revoked "$(code_of_first)"
exits "an operator changes its own key by itself" 0 thidua keys rotate "$D/keys/operator" --broker "$BROKER"
exits "to its end" 0 thidua keys rotate "$D/keys/operator" --broker "$BROKER" --finish
equal "with one key left" 1 "$(thidua access list operator --json | jq '.principals[0].keys | length')"

# ---- revoked in the middle of a session ----
mkfifo "$SCRATCH/pipe"
thidua submit --office "$W1" - <"$SCRATCH/pipe" >"$SCRATCH/session.out" 2>"$SCRATCH/session.err" &
session=$!
exec 7>"$SCRATCH/pipe"
report w1 121 20211102 >&7
equal "a session is open" unit-w1 "$(until_session '.principal == "unit-w1" and .records > 0')"
exits "its key is revoked" 0 thidua access revoke unit-w1
report w1 122 20211101 >&7
exec 7>&-
wait $session
equal "and its next message is refused" "77 key-revoked" "$? $(grep -o key-revoked "$SCRATCH/session.out" "$SCRATCH/session.err" -h | head -n 1)"
exits "and its next session" 77 thidua tally --office "$W1" --unit w1 --period 20211104
check "with a sentence" grep -q "revoked" "$SCRATCH/err"
equal "the list says so" 0 "$(thidua access list unit-w1 --json | jq '.principals[0].roles | length')"
exits "nobody who is not there is revoked" 65 thidua access revoke nobody

# ---- what may be wrong ----
chmod 640 "$SCRATCH/d1"
exits "a key that others may read is refused" 78 thidua tally --broker "$BROKER" --key "$SCRATCH/d1" --unit d1 --period 20211104
check "and says what to do" grep -q 'chmod 600' "$SCRATCH/err"
chmod 600 "$SCRATCH/d1"
exits "no key at all" 64 env -u THIDUA_DATA thidua tally --broker "$BROKER" --unit d1 --period 20211104
exits "a broker without its key" 78 thidua tally --broker "${BROKER%#*}" --key "$SCRATCH/d1" --unit d1 --period 20211104
other=$(thidua keys new "$SCRATCH/other" --principal broker --json | jq -r .public_key)
exits "another broker's key" 69 thidua tally --timeout 2 --broker "${BROKER%#*}#$other" --key "$SCRATCH/d1" --unit d1 --period 20211104
check "is told as such" grep -q 'handshake-failed' "$SCRATCH/err"
exits "a key that nobody granted" 77 thidua tally --broker "$BROKER" --key "$SCRATCH/other" --unit d1 --period 20211104
exits "a key file is never overwritten" 73 thidua keys new "$SCRATCH/d1" --principal x
exits "replaying the journal makes the same state" 0 thidua verify
finish
