#!/bin/bash
# What DHIS2's clients count on beside a plain import: the strategies, jobs, reading values back, registrations.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
D=$SCRATCH/site
check "init" thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" --units "$DATA_FILES/small/units.csv" --shards 2
gateway_site "$D" --clock 2021-11-10T08:00:00+07:00
gateway_token registry ingest auditor -- city/

# values UNIT: what stands there now
values() {
    thidua reports --unit "$1" --period 20211105 --form daily --json |
        jq -r '[.reports[0].values[]? | "\(.indicator)=\(.value)"] | sort | join(" ")'
}
send() { # send STATUS NAME BODY [ARGUMENTS [CURL...]]
    local status=$1 name=$2 body=$3 arguments=${4:-}
    shift $(($# < 4 ? $# : 4))
    printf '%s' "$body" >"$SCRATCH/send"
    get "$status" "$name" "${auth[@]}" -H 'Content-Type: application/json' --data-binary "@$SCRATCH/send" "$U/api/dataValueSets$arguments" "$@"
}
set_of() { # set_of UNIT ELEMENT=VALUE...
    local unit=$1 list='' pair
    shift
    for pair; do list+="${list:+,}{\"dataElement\":\"${pair%=*}\",\"value\":\"${pair#*=}\"}"; done
    echo "{\"dataSet\":\"daily\",\"period\":\"20211105\",\"orgUnit\":\"$unit\",\"dataValues\":[$list]}"
}

# The strategies, as they are applied: what is there is looked at in the journal's order.
send 200 "UPDATE of nothing" "$(set_of w1 doses=5)" '?importStrategy=UPDATE'
equal "leaves all" "SUCCESS 0 0 1 0" "$(counts)"
equal "and makes no report" "" "$(values w1)"
send 200 "CREATE" "$(set_of w1 doses=5 open=2)" '?importStrategy=CREATE'
equal "makes them" "SUCCESS 2 0 0 0" "$(counts)"
send 200 "CREATE over some" "$(set_of w1 doses=9 open=9 rate=12.5)" '?importStrategy=CREATE'
equal "makes what was not there" "SUCCESS 1 0 2 0" "$(counts)"
equal "and leaves what was" "doses=5 open=2 rate=12.5" "$(values w1)"
send 200 "CREATE of what is empty" "$(set_of w1 doses=)" '?importStrategy=CREATE'
equal "takes nothing away" "SUCCESS 0 0 1 0" "$(counts)"
send 200 "UPDATE" "$(set_of w1 doses=6 first=1)" '?importStrategy=UPDATE'
equal "changes what was there" "SUCCESS 0 1 1 0" "$(counts)"
equal "and nothing else" "doses=6 open=2 rate=12.5" "$(values w1)"
send 409 "UPDATE with a bad value" "$(set_of w1 doses=7 open=x)" '?importStrategy=UPDATE'
equal "takes the good one" "WARNING 0 1 1 0" "$(counts)"
send 200 "a key" "$(set_of w1 doses=8)" '?importStrategy=UPDATE' -H 'Idempotency-Key: k'
send 200 "in between" "$(set_of w1 doses=3)"
send 200 "the key again" "$(set_of w1 doses=8)" '?importStrategy=UPDATE' -H 'Idempotency-Key: k'
equal "has no effect" "doses=3 open=2 rate=12.5" "$(values w1)"
send 200 "the key with another strategy" "$(set_of w1 doses=8)" '' -H 'Idempotency-Key: k'
equal "is another import" "doses=8 open=2 rate=12.5" "$(values w1)"

# Jobs.
send 200 "async" "$(set_of w2 doses=4 nothing=1)" '?async=true'
equal "is told as DHIS2 tells it" "OK Initiated dataValueImport DATAVALUE_IMPORT" \
    "$(jq -r '"\(.status) \(.message) \(.response.jobType)"' "$SCRATCH/body")"
job=$(jq -r .response.id "$SCRATCH/body")
at=$(jq -r .response.relativeNotifierEndpoint "$SCRATCH/body")
equal "where to ask" "/api/system/tasks/DATAVALUE_IMPORT/$job" "$at"
over() { [ "$(curl -s "${auth[@]}" "$U$at" | jq -r '.[0].completed')" = true ]; }
check "the job ends" until_that over
get 200 "its summary" "${auth[@]}" "$U/api/system/taskSummaries/DATAVALUE_IMPORT/$job"
equal "is the import's" "WARNING 1 1 E7610" \
    "$(jq -r '"\(.status) \(.importCount.imported) \(.importCount.ignored) \(.conflicts[0].errorCode)"' "$SCRATCH/body")"
equal "and it took effect" "doses=4" "$(values w2)"
mine=("${auth[@]}")
gateway_token other ingest auditor -- d2/
get 404 "another's job is not told" "${auth[@]}" "$U$at"
get 404 "nor its summary" "${auth[@]}" "$U/api/system/taskSummaries/DATAVALUE_IMPORT/$job"
auth=("${mine[@]}")
get 404 "a job that is none" "${auth[@]}" "$U/api/system/tasks/DATAVALUE_IMPORT/nothing"
send 400 "async with a broken body" '{"dataValues": [' '?async=true'
kill -KILL "$(gateway_pid)"
gateway_find "${U#http://}"
get 404 "a gateway that begins anew knows no job" "${auth[@]}" "$U$at"
finish
