#!/bin/bash
# A month is approved from below upwards by who stands above, each with a key of their own: what is approved is
# locked, is opened again with a reason, corrected and approved again; the city comes last. Several
# shards, because a lock holds in all of them.
. "$(dirname "$0")/../lib/site.sh"
D=$SCRATCH/site

report() { # report UNIT DOSES PERIOD
    echo "{\"unit\": \"$1\", \"period\": \"$3\", \"form\": \"daily\", \"values\": {\"doses\": $2, \"first\": $2, \"second\": 0}}" >"$SCRATCH/report.json"
    thidua submit --wait --json "$SCRATCH/report.json"
}
office() { # office PRINCIPAL COMMAND...: over the network, with its key
    local principal=$1
    shift
    env -u THIDUA_DATA "$@" --broker "$BROKER" --key "$SCRATCH/$principal"
}
verdicts() { jq -r '[.records[] | "\(.unit // "-") \(.verdict)\(if .code then " " + .code + " " + .subject else "" end)"] | join(", ")' "$SCRATCH/out"; }
states() { jq -r '[.rows[] | "\(.unit) \(.state)"] | join(", ")' "$SCRATCH/out"; }

check "init makes a data directory" thidua init --quiet --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/small/units.csv" --shards 3
port=$(free_port)
echo "listen_tcp = tcp://127.0.0.1:$port" >>"$D/thidua.conf"
site_up "$D" --clock 2021-11-05T08:00:00+07:00
BROKER=tcp://127.0.0.1:$port#$(thidua keys show "$D/keys/broker" --json | jq -r .public_key)
grant() { # grant PRINCIPAL ROLE UNIT
    thidua keys new "$SCRATCH/$1" --principal "$1" >/dev/null &&
        thidua access grant "$1" --role "$2" --unit "$3" --public-key-of "$SCRATCH/$1"
}
check "a district has a key" grant d1-office submitter d1
check "a ward has one" grant w1-office submitter w1
check "the city's secretary has one" grant secretary secretary city/
exits "a ward reports" 0 report w1 120 20211010
exits "and so do others" 0 report w3 30 20211010

# ---- what stands in the way ----
exits "a district looks at its wards" 0 office d1-office thidua approvals --unit d1 --period 202110 --json
equal "nothing is approved yet" "d1 open, w1 open, w2 open" "$(states)"
equal "its wards are in the way" "false 2 w1 w2" "$(jq -r '.rows[0] | "\(.ready) \(.before) \(.first | join(" "))"' "$SCRATCH/out")"
exits "people read it too" 0 office d1-office thidua approvals --unit d1 --period 202110 --lang en
check "with what it waits for" grep -Eq '^d1 .*not approved .*waits for w1 w2$' "$SCRATCH/out"
exits "in Vietnamese" 0 office d1-office thidua approvals --unit d1 --period 202111 --lang vi
check "with a month that has not ended" grep -q 'kỳ chưa kết thúc' "$SCRATCH/out"
exits "the city cannot be first" 65 office secretary thidua approve --unit city --period 202110 --json
equal "its districts come before it" "city rejected below-first d1" "$(verdicts)"
exits "nor a month that has not ended" 65 office d1-office thidua approve --unit w1 --period 202111 --json
equal "and is told so" "w1 rejected not-closed 202111" "$(verdicts)"
exits "nobody approves themselves" 65 office d1-office thidua approve --unit d1 --period 202110 --json
equal "nor what is not beneath them" "d1 rejected not-allowed d1" "$(verdicts)"
exits "a district has no other's wards" 65 office d1-office thidua approve --unit w3 --period 202110 --json
equal "which are another's" "w3 rejected not-allowed w3" "$(verdicts)"
exits "a period that is none" 64 thidua approve --unit w1 --period soon
exits "a unit that is none" 64 thidua approve --unit W/1 --period 202110

# ---- approved and locked ----
exits "the district approves its wards" 0 office d1-office thidua approve --unit d1 --period 202110 --children --json
equal "each of them" "w1 accepted, w2 accepted" "$(verdicts)"
exits "once more" 0 office d1-office thidua approve --unit d1 --period 202110 --children
equal "nothing is left to approve" "" "$(cat "$SCRATCH/out")"
check "which it says" grep -q '0 children to approve, 2 approved already' "$SCRATCH/err"
exits "one of them alone" 0 office d1-office thidua approve --unit w1 --period 202110
check "is so already" grep -q '^w1: .* unchanged$' "$SCRATCH/out"
exits "a report into the month is refused" 65 report w1 125 20211010
equal "as locked" "- rejected period-locked 20211010" "$(verdicts)"
exits "and so is one that never came" 65 report w2 5 20211031
equal "with the same code" "- rejected period-locked 20211031" "$(verdicts)"
exits "nothing is taken back either" 65 thidua withdraw --unit w1 --form daily --period 20211010 --wait --json
equal "for it is locked" "- rejected period-locked 20211010" "$(verdicts)"
exits "the month behind it is open" 0 report w1 9 20211101
exits "another district's ward is, too" 0 report w3 31 20211011

# ---- opened again ----
exits "the city approves its districts" 65 office secretary thidua approve --unit city --period 202110 --children --json
equal "those that can be" "d1 accepted, d2 rejected below-first w3" "$(verdicts)"
exits "a reopening wants a reason" 64 office d1-office thidua reopen --unit w1 --period 202110
exits "a reason with words in it" 65 office d1-office thidua reopen --unit w1 --period 202110 --reason "" --json
equal "and says so" "w1 rejected reason-missing w1" "$(verdicts)"
exits "what others rest on stays" 65 office d1-office thidua reopen --unit w1 --period 202110 --reason "Nhập thiếu một điểm" --json
equal "until those are opened" "w1 rejected above-first d1" "$(verdicts)"
exits "the city opens the district" 0 office secretary thidua reopen --unit d1 --period 202110 --reason "Phường 1 xin sửa"
exits "a ward does not open its own" 65 office w1-office thidua reopen --unit w1 --period 202110 --reason "Nhập thiếu một điểm" --json
equal "it is not above itself" "w1 rejected not-allowed w1" "$(verdicts)"
exits "its district does" 0 office d1-office thidua reopen --unit w1 --period 202110 --reason "Nhập thiếu một điểm"
exits "who, when and why is kept" 0 office d1-office thidua approvals --unit d1 --period 202110 --json
equal "for each" "d1 reopened secretary Phường 1 xin sửa; w1 reopened d1-office Nhập thiếu một điểm; w2 approved d1-office " \
    "$(jq -r '[.rows[] | "\(.unit) \(.state) \(.approval.principal) \(.approval.reason)"] | join("; ")' "$SCRATCH/out")"
exits "the ward corrects" 0 report w1 125 20211010
equal "its report" "- corrected" "$(verdicts)"
exits "its neighbour stays locked" 65 report w2 5 20211031
exits "it is approved again" 0 office d1-office thidua approve --unit d1 --period 202110 --children --json
equal "it alone" "w1 accepted" "$(verdicts)"
exits "and locked again" 65 report w1 126 20211010

# ---- the city ----
exits "the other wards" 0 office secretary thidua approve --unit d2 --period 202110 --children
exits "the districts" 0 office secretary thidua approve --unit city --period 202110 --children --json
equal "both now" "d1 accepted, d2 accepted" "$(verdicts)"
exits "a district is not above the city" 65 office d1-office thidua approve --unit city --period 202110
exits "the city comes last" 0 office secretary thidua approve --unit city --period 202110 --json
equal "and is approved" "city accepted" "$(verdicts)"
exits "everything is" 0 thidua approvals --unit city --period 202110 --json
equal "from the top down" "city approved, d1 approved, d2 approved" "$(states)"
equal "with what was corrected" 186 "$(thidua tally --unit city --period 202110 --json |
    jq -r '.rows[0].values[] | select(.indicator == "doses") | .value')"
exits "the city's is opened before a district's" 65 office secretary thidua reopen --unit d2 --period 202110 --reason "Sửa" --json
equal "as all that rests on it" "d2 rejected above-first city" "$(verdicts)"
exits "replaying the journal makes the same state" 0 thidua verify
finish
