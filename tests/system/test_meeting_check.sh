#!/bin/bash
# A count that is wrong is found: rows of a meeting that was held are written wrong in the state, one after the
# other, and `thidua meeting check`, which believes neither the state machine nor the teller, names what
# does not add up. Whatever it cannot see, `thidua verify` does, which makes the state again.
. "$(dirname "$0")/../lib/site.sh"
TAMPER=${THIDUA_TESTS:-$ROOT/build/tests}/tamper
cp "$DATA_FILES/small/campaign.yaml" "$SCRATCH/campaign.yaml"
cat >>"$SCRATCH/campaign.yaml" <<'YAML'
awards:
  - {code: open, title: {vi: "Biểu quyết", en: "Open"}, subject: [collective], level: city, vote: {percent: 50, base: present, quorum: 50}}
  - {code: secret, title: {vi: "Bỏ phiếu kín", en: "Secret"}, subject: [collective], level: city, vote: {percent: 50, base: total, secret: true, written: true}}
YAML
printf 'Thành tích.\n' >"$SCRATCH/summary"

as() { # as NAME COMMAND...: from that principal's folder
    local who=$1
    shift
    (unset THIDUA_DATA; cd "$SCRATCH/$who" && "$@")
}
nominate() { # nominate AWARD SUBJECT: verified
    local id
    id=$(as sec thidua nominate --award "$1" --subject "$2" --kind collective --unit city --summary "$SCRATCH/summary" | tail -n 1)
    as sec thidua review verify "$id" >/dev/null && echo "$id"
}
held() { # held NOMINATION...: called, attended by three of four
    as sec thidua meeting open --unit city --title "Phiên họp" --date 2021-11-05 --member m1 --member m2 --member m3 --member m4 \
        --teller m1 --ballot-key "$KEY" $(printf -- '--nomination %s ' "$@") | tail -n 1
}
votes() { # votes MEETING NOMINATION CHOICE...: by m1, m2, ...; the fourth in writing
    local i=1 choice
    for choice in "${@:3}"; do
        as "m$i" thidua vote "$1" "$2" "$choice" $([ $i = 4 ] && echo --written) >/dev/null || echo "# m$i did not vote"
        i=$((i + 1))
    done
}

check "init" thidua init --quiet --data "$SCRATCH/site" --campaign "$SCRATCH/campaign.yaml" --units "$DATA_FILES/small/units.csv"
echo "listen_tcp = tcp://127.0.0.1:$(free_port)" >>"$SCRATCH/site/thidua.conf"
site_up "$SCRATCH/site" --clock 2021-11-05T08:00:00+07:00
for member in m1 m2 m3 m4; do
    thidua office new city --out "$SCRATCH/$member" --principal "$member" --role council >/dev/null 2>&1
done
thidua office new city --out "$SCRATCH/sec" --principal sec --role secretary >/dev/null 2>&1
KEY=$(as m1 thidua teller key "$SCRATCH/ballots" 2>/dev/null)
OPEN=$(nominate open "Tổ một")
SECRET=$(nominate secret "Tổ hai")
LATER=$(nominate secret "Tổ ba")

# One meeting that is closed, one that is counted and not closed: there nothing is recorded yet.
CLOSED=$(held "$OPEN" "$SECRET")
COUNTED=$(held "$LATER")
for meeting in $CLOSED $COUNTED; do
    exits "attended" 0 as sec thidua meeting attend "$meeting" --member m1 --member m2 --member m3
done
votes "$CLOSED" "$OPEN" yes yes no
votes "$CLOSED" "$SECRET" yes no yes abstain
votes "$COUNTED" "$LATER" yes no abstain yes
exits "the ballots are opened" 0 as m1 thidua teller open "$CLOSED" --ballot-key "$SCRATCH/ballots"
exits "of both meetings" 0 as m1 thidua teller open "$COUNTED" --ballot-key "$SCRATCH/ballots"
exits "one is closed" 0 as sec thidua meeting close "$CLOSED"
exits "its counts are right" 0 as m3 thidua meeting check "$CLOSED"
exits "and the other's" 0 as m3 thidua meeting check "$COUNTED"

tampered() { # tampered MEETING NOMINATION WHAT WRONG: found, named, and, put back, right again
    local what="$3 of $([ "$1" = "$CLOSED" ] && echo closed || echo counted)"
    check "$what" "$TAMPER" "$SCRATCH/site/state/00" "$SCRATCH/saved" "$1" "$2" "$3"
    exits "$what: found" 65 as m3 thidua meeting check "$1" --json
    equal "$what: named" "false $2 $4" "$(jq -r '"\(.right) " + (.table[] | select(.right | not) | "\(.nomination) \(.wrong)")' "$SCRATCH/out" | head -n 1)"
    check "$what: put back" "$TAMPER" "$SCRATCH/site/state/00" "$SCRATCH/saved"
    exits "$what: right again" 0 as m3 thidua meeting check "$1"
}
tampered "$CLOSED" "$OPEN" recorded-yes recorded
tampered "$CLOSED" "$OPEN" recorded-no recorded
tampered "$CLOSED" "$OPEN" recorded-base recorded
tampered "$CLOSED" "$OPEN" vote recorded
tampered "$CLOSED" "$OPEN" vote-gone recorded
tampered "$CLOSED" "$OPEN" absent voter
tampered "$CLOSED" "$OPEN" not-called voter
tampered "$CLOSED" "$SECRET" recorded-yes recorded
tampered "$CLOSED" "$SECRET" opening-gone recorded
tampered "$CLOSED" "$SECRET" opening-swap blinding
tampered "$COUNTED" "$LATER" opening-yes blinding
tampered "$COUNTED" "$LATER" opening-swap blinding
tampered "$COUNTED" "$LATER" opening-blinding blinding
tampered "$COUNTED" "$LATER" opening-spoilt blinding
tampered "$COUNTED" "$LATER" vote blinding
tampered "$COUNTED" "$LATER" vote-gone opening

check "people read it too" "$TAMPER" "$SCRATCH/site/state/00" "$SCRATCH/saved" "$COUNTED" "$LATER" opening-swap
exits "in words" 65 as m3 thidua meeting check "$COUNTED" --lang en
check "which number" grep -q "^$LATER: .* WRONG: blinding$" "$SCRATCH/out"
exits "a replay finds it as well" 1 thidua verify
check "put back" "$TAMPER" "$SCRATCH/site/state/00" "$SCRATCH/saved"
exits "and finds nothing then" 0 thidua verify
finish
