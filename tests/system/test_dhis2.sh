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

Q=
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

# Reading back. What comes out can be sent again.
read_back() { # read_back STATUS NAME ARGUMENTS [CURL...]: in $SCRATCH/body
    local status=$1 name=$2 arguments=$3
    shift 3
    get "$status" "$name" "${auth[@]}" "$U/api/dataValueSets$arguments" "$@"
}
list() { jq -r '[.dataValues[] | "\(.orgUnit) \(.period) \(.dataElement)=\(.value)"] | join(", ")' "$SCRATCH/body"; }
send 200 "two more units" "$(set_of w2 doses=4)"
send 200 "and another" "$(set_of w3 doses=2 rate=99.5)"
send 200 "a form of a month" '{"dataSet":"monthly","period":"202110","orgUnit":"d1","dataValues":[{"dataElement":"families","value":"-3"}]}'
read_back 200 "one unit's day" '?dataSet=daily&period=20211105&orgUnit=w1'
equal "is what stands" "w1 20211105 doses=8, w1 20211105 open=2, w1 20211105 rate=12.5" "$(list)"
equal "with its data set" daily "$(jq -r .dataSet "$SCRATCH/body")"
read_back 200 "all beneath, by dates" '?dataSet=daily&startDate=2021-11-01&endDate=2021-11-30&orgUnit=city&children=true'
equal "in order" "w1 doses=8,w1 open=2,w1 rate=12.5,w2 doses=4,w3 doses=2,w3 rate=99.5" \
    "$(jq -r '[.dataValues[] | "\(.orgUnit) \(.dataElement)=\(.value)"] | join(",")' "$SCRATCH/body")"
read_back 200 "a unit alone has not its children's" '?dataSet=daily&period=202111&orgUnit=city'
equal "nothing" "" "$(list)"
read_back 200 "two sets, two units, two periods" '.json?dataSet=daily&dataSet=monthly&period=202110&period=20211105&orgUnit=d1&orgUnit=w2'
equal "each with its set" "d1 202110 families=-3 monthly,w2 20211105 doses=4 daily" \
    "$(jq -r '[.dataValues[] | "\(.orgUnit) \(.period) \(.dataElement)=\(.value) \(.dataSet)"] | sort | join(",")' "$SCRATCH/body")"
cp "$SCRATCH/body" "$SCRATCH/again.json"
read_back 200 "CSV" '.csv?dataSet=daily&period=202111&orgUnit=d2&children=true'
check "is told" grep -qi '^content-type: application/csv' "$SCRATCH/headers"
equal "as DHIS2 writes it" "dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby,lastupdated,comment,followup,deleted|doses,20211105,w3,default,default,2,,,,,|rate,20211105,w3,default,default,99.5,,,,," \
    "$(tr -d '\r' <"$SCRATCH/body" | paste -sd '|')"
cp "$SCRATCH/body" "$SCRATCH/again.csv"
read_back 200 "CSV by its type" '?dataSet=daily&period=202111&orgUnit=d2&children=true' -H 'Accept: application/csv'
check "is the same" cmp "$SCRATCH/again.csv" "$SCRATCH/body"
post 200 "JSON back in" application/json "$SCRATCH/again.json"
equal "changes nothing" "SUCCESS 0 2 0 0" "$(counts)"
Q='?dataSet=daily'
post 200 "CSV back in" application/csv "$SCRATCH/again.csv"
equal "changes nothing" "SUCCESS 0 2 0 0" "$(counts)"
get 200 "an address with DHIS2's version" "${auth[@]}" "$U/api/38/dataValueSets?dataSet=daily&period=20211105&orgUnit=w2"
equal "is the same" "w2 20211105 doses=4" "$(list)"
get 404 "but not any number" "${auth[@]}" "$U/api/12345/dataValueSets?dataSet=daily&period=20211105&orgUnit=w2"
read_back 409 "without a data set" '?period=20211105&orgUnit=w1'
equal "DHIS2's code" E2001 "$(jq -r .code "$SCRATCH/body")"
read_back 409 "without a period" '?dataSet=daily&orgUnit=w1'
read_back 409 "without a unit" '?dataSet=daily&period=20211105'
read_back 404 "an unknown unit" '?dataSet=daily&period=20211105&orgUnit=nowhere'
read_back 400 "a date that is none" '?dataSet=daily&startDate=2021-13-01&endDate=2021-12-01&orgUnit=w1'
read_back 400 "dates the wrong way round" '?dataSet=daily&startDate=2021-12-01&endDate=2021-11-01&orgUnit=w1'
read_back 409 "identifiers that are not codes" '?dataSet=daily&period=20211105&orgUnit=w1&idScheme=uid'
many=$(for ((i = 0; i < 40; i++)); do printf '&orgUnit=w1'; done)
read_back 400 "too many at once" "?dataSet=daily&period=20211105$many"

# Jobs.
send 200 "async" "$(set_of w4 doses=4 nothing=1)" '?async=true'
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
equal "and it took effect" "doses=4" "$(values w4)"
mine=("${auth[@]}")
gateway_token other ingest -- d2/
get 404 "another's job is not told" "${auth[@]}" "$U$at"
get 404 "nor its summary" "${auth[@]}" "$U/api/system/taskSummaries/DATAVALUE_IMPORT/$job"
read_back 403 "another's values neither" '?dataSet=daily&period=20211105&orgUnit=w1'
read_back 403 "nor the city's with all beneath" '?dataSet=daily&period=20211105&orgUnit=city&children=true'
read_back 200 "its own are" '?dataSet=daily&period=20211105&orgUnit=d2&children=true'
auth=("${mine[@]}")
get 404 "a job that is none" "${auth[@]}" "$U/api/system/tasks/DATAVALUE_IMPORT/nothing"
send 400 "async with a broken body" '{"dataValues": [' '?async=true'
kill -KILL "$(gateway_pid)"
gateway_find "${U#http://}"
get 404 "a gateway that begins anew knows no job" "${auth[@]}" "$U$at"
finish
