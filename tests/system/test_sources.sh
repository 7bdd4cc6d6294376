#!/bin/bash
# Two sources of one cell: never added; the form says who goes first; the disagreement is shown.
. "$(dirname "$0")/../lib/site.sh"
S=$DATA_FILES/small
check "init" thidua init --data "$SCRATCH/site" --campaign "$S/campaign.yaml" --units "$S/units.csv"
site_up "$SCRATCH/site" --clock 2021-11-05T08:00:00+07:00
send() { # send SOURCE VALUES
    echo "{\"unit\":\"w1\",\"period\":\"20211104\",\"form\":\"daily\",\"source\":\"$1\",\"values\":$2}" |
        thidua submit --wait --quiet - >/dev/null
}
cell() {
    thidua tally --unit "${2:-city}" --period "${3:-20211104}" --json | jq -r --arg i "$1" '[.rows[0].values[] | select(.indicator == $i) | .value][0] // "none"'
}
check "the vaccination system reports first" send registry '{"doses":90,"open":4}'
equal "what one source says counts" 90 "$(cell doses)"
check "then the clerk" send office '{"doses":100}'
equal "the form's first source goes first" 100 "$(cell doses)"
equal "the second speaks where the first is silent" 4 "$(cell open)"
equal "never added, at any level and period" "100 100 100" "$(cell doses d1) $(cell doses city 202111) $(cell doses city 2021)"
equal "the disagreement is counted" 1 "$(thidua tally --unit w1 --period 20211104 --json | jq '.rows[0].disagreements')"
equal "and shown" '[{"source":"office","value":100},{"source":"registry","value":90}]' \
    "$(thidua reports --unit w1 --period 20211104 --json | jq -c '.disagreements[0].values')"
equal "a report counts once for the unit" 1 "$(thidua tally --unit city --period 20211104 --json | jq '.rows[0].received')"
check "they agree" send registry '{"doses":100,"open":4}'
equal "nothing to show any more" 0 "$(thidua tally --unit w1 --period 20211104 --json | jq '.rows[0].disagreements')"
check "the clerk withdraws" thidua withdraw --unit w1 --form daily --period 20211104 --wait
equal "the other source counts" 100 "$(cell doses)"
check "and withdraws as well" thidua withdraw --unit w1 --form daily --period 20211104 --source registry --wait
equal "no value is not zero" none "$(cell doses)"
check "an explicit zero" send office '{"doses":0}'
equal "is a value" 0 "$(cell doses)"
exits "verify replays to the same state" 0 thidua verify
finish
