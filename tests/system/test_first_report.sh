#!/bin/bash
# One report's whole way: submit, receipt, journal, tally, export, verify; then a correction, a
# withdrawal, and what every reading verb says of them.
. "$(dirname "$0")/../lib/site.sh"
D=$SCRATCH/site
check "init makes a data directory" thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/small/units.csv"
exits "init refuses one that is there" 73 thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/small/units.csv"
site_up "$D" --clock 2021-11-05T08:00:00+07:00

cat >"$SCRATCH/one.json" <<'J'
{"unit": "w1", "period": "20211104", "form": "daily", "values": {"doses": 120, "first": 70, "second": 50, "open": 3}}
J
exits "submit --wait takes a report" 0 thidua submit --wait --json "$SCRATCH/one.json"
receipt=$(jq -r '.records[0].receipt // .[0].receipt // .receipt' "$SCRATCH/out")
equal "its verdict is accepted" accepted "$(jq -r '.records[0].verdict // .[0].verdict // .verdict' "$SCRATCH/out")"
value() { # value UNIT PERIOD INDICATOR [OPTION...]
    local unit=$1 period=$2 indicator=$3
    shift 3
    thidua tally --unit "$unit" --period "$period" --json "$@" |
        jq -r --arg i "$indicator" '.rows[0].values[] | select(.indicator == $i) | .value'
}
equal "the ward's day" 120 "$(value w1 20211104 doses)"
equal "the district's day" 120 "$(value d1 20211104 doses)"
equal "the city's quarter" 120 "$(value city 2021Q4 doses)"
equal "receipt tells the verdict" accepted "$(thidua receipt "$receipt" --json | jq -r .verdict)"
check "journal show gives the record back" sh -c \
    "thidua journal show $receipt --json | jq -e '.record.values.doses == 120 and .record.unit == \"w1\"'"

echo '{"unit":"w1","period":"2021-11-04","form":"daily","values":{"doses":100,"first":60,"second":40,"open":5}}' >"$SCRATCH/two.json"
exits "a correction" 0 thidua submit --wait "$SCRATCH/two.json"
equal "moves the city" 100 "$(value city 20211104 doses)"
equal "shows the earlier revision" "$receipt" \
    "$(thidua reports --unit w1 --period 20211104 --json | jq -r '.reports[0].earlier[0].receipt')"
printf '%s\n' '[{"unit":"w2","period":"20211104","form":"daily","values":{"doses":7,"first":7,"second":0}},' \
    '{"unit":"nowhere","period":"20211104","form":"daily","values":{"doses":1}}]' >"$SCRATCH/three.json"
exits "a bad record among good ones exits 65" 65 thidua submit --wait --json "$SCRATCH/three.json"
equal "with its code" unit-unknown "$(jq -r '[.. | objects | select(.verdict? == "rejected") | .code][0]' "$SCRATCH/out")"
equal "and the good one counts" 107 "$(value city 20211104 doses)"
equal "rejected lists it" unit-unknown "$(thidua rejected --json | jq -r '.rejected[0].code')"
equal "rejected of one unit lists it" 1 "$(thidua rejected --unit nowhere --json | jq '.rejected | length')"
equal "missing names who has not reported" "w3 w4" \
    "$(thidua missing --form daily --period 20211104 --json | jq -r '[.missing[].unit] | join(" ")')"
check "export writes the children's day" sh -c \
    "thidua export --unit city --form daily --from 20211104 --to 20211104 --children >$SCRATCH/children.csv"
equal "one row a district" "$(printf '%s\n' period,unit,doses,first,second,open,rate \
    20211104,d1,107,67,40,5, 20211104,d2,,,,,)" "$(cat "$SCRATCH/children.csv")"
exits "withdraw takes it back" 0 thidua withdraw --unit w1 --form daily --period 20211104 --wait
equal "and the city with it" 7 "$(value city 20211104 doses)"
check "journal head" thidua journal head

# A worker that stands still a moment is no trouble yet; but who waits until all is well wants to read what
# has been taken.
tally=$(thidua status --json | jq '.shards[0].pid')
kill -STOP "$tally"
sed 's/"doses": 120, "first": 70/"doses": 130, "first": 80/' "$SCRATCH/one.json" >"$SCRATCH/four.json"
exits "a report is taken while the worker stands still" 0 thidua submit "$SCRATCH/four.json"
exits "not all is well then" 1 thidua status --wait 1 --json
check "for it has not been applied" jq -e '.problems | any(. == "lag-large" or . == "worker-silent")' "$SCRATCH/out"
kill -CONT "$tally"
exits "once it goes on, all is" 0 thidua status --wait 60
equal "and the report is seen" 137 "$(value city 20211104 doses)"
exits "verify replays to the same state" 0 thidua verify
finish
