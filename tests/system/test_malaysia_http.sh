#!/bin/bash
# The Malaysian set over HTTP as DHIS2's JSON, CSV and ADX, each into a fresh site, beside the command line's import of
# the same file into a fourth: every value of every state and of the nation is the same in all, and the nation's
# is what the nation published. DAYS of the 1,460 (150); FULL=1: all of them.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
V=$DATA_FILES/my_vax
DAYS=${DAYS:-150}
[ -z "${FULL:-}" ] || DAYS=1460
zcat "$V/vax_state.csv.gz" | head -n $((DAYS * 16 + 1)) >"$SCRATCH/state.csv"
zcat "$V/vax_malaysia.csv.gz" | head -n $((DAYS + 1)) >"$SCRATCH/nation.csv"
awk -F, -v OFS=, 'NR == 1 {$1 = "period,unit"} NR > 1 {gsub("-", "", $1); $1 = $1 ",mys"} 1' "$SCRATCH/nation.csv" >"$SCRATCH/wanted.csv"
last=$(tail -n 1 "$SCRATCH/wanted.csv" | cut -d, -f1)
values=$((DAYS * 16 * 49))
echo "# $DAYS days, $values values a format"

# rows: unit period element value
rows() {
    awk -F, 'FNR == NR {unit[$2] = $3; next}
        FNR == 1 {for (i = 3; i <= NF; i++) name[i] = $i; next}
        {p = $1; gsub("-", "", p); for (i = 3; i <= NF; i++) print unit[$2], p, name[i], $i}' \
        <(grep ^unit "$V/map.csv") "$SCRATCH/state.csv"
}
as_json() {
    rows | awk 'BEGIN {printf "{\"dataSet\": \"daily\", \"dataValues\": ["}
        {printf ("%s{\"orgUnit\": \"%s\", \"period\": \"%s\", \"dataElement\": \"%s\", \"value\": \"%s\"}", NR > 1 ? ",\n" : "", $1, $2, $3, $4)}
        END {print "]}"}'
}
as_csv() {
    rows | awk 'BEGIN {print "dataelement,period,orgunit,catoptcombo,attroptcombo,value"} {print $3 "," $2 "," $1 ",,," $4}'
}
as_adx() {
    rows | awk 'BEGIN {print "<adx xmlns=\"urn:ihe:qrph:adx:2015\">"}
        $1 $2 != last {if (last) print "</group>"; last = $1 $2; d = substr($2, 1, 4) "-" substr($2, 5, 2) "-" substr($2, 7, 2)
            printf "<group dataSet=\"daily\" orgUnit=\"%s\" period=\"%s/P1D\">\n", $1, d}
        {printf "<dataValue dataElement=\"%s\" value=\"%s\"/>\n", $3, $4} END {print "</group></adx>"}'
}

# A site of its own; what it says in the end stands in $SCRATCH/NAME.said
site_of() {
    check "init for $1" thidua init --data "$SCRATCH/$1" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards 2
    gateway_site "$SCRATCH/$1" --clock 2025-06-01T00:00:00+08:00
}
say() {
    local period
    thidua export --unit mys --form daily --from 20210224 --to "$last" >"$SCRATCH/$1.nation"
    {
        thidua export --unit mys --form daily --from 20210224 --to "$last" --children
        for period in 202103 202106 202108 2021Q2 2021Q4 2022Q1 2021 2022 2024; do
            thidua tally --unit mys --period $period --children --json | jq -Sc .rows
        done
    } >"$SCRATCH/$1.said"
    check "$1: the nation is what the nation published" diff -q "$SCRATCH/wanted.csv" "$SCRATCH/$1.nation"
    site_down
    rm -rf "${SCRATCH:?}/$1"
    : >"$SCRATCH/up.log"
}

site_of line
exits "the command line imports" 0 thidua import "$SCRATCH/state.csv" --form daily --unit-column state --period-column date \
    --map "$V/map.csv" --wait --json
equal "all of it" "$((DAYS * 16)) 0" "$(jq -r '"\(.accepted) \(.rejected)"' "$SCRATCH/out")"
say line

export CURL_MAX=580
over_http() { # over_http NAME TYPE
    local began
    site_of "$1"
    gateway_token states ingest auditor -- mys/
    "as_$1" >"$SCRATCH/in"
    began=$(date +%s%N)
    get 200 "$1 is taken" "${auth[@]}" -H "Content-Type: $2" -H Expect: -T "$SCRATCH/in" -X POST "$U/api/dataValueSets?dataSet=daily"
    echo "# $1: $(stat -c %s "$SCRATCH/in") bytes in $((($(date +%s%N) - began) / 1000000)) ms, the gateway at most $(awk '/^VmHWM/ {print $2}' "/proc/$(gateway_pid)/status") KiB"
    equal "all of it" "SUCCESS $values 0 0 0" "$(counts)"
    say "$1"
    check "$1 says what the command line's says" cmp "$SCRATCH/line.said" "$SCRATCH/$1.said"
}
over_http json application/json
over_http csv application/csv
over_http adx application/adx+xml
check "and that is something" [ "$(wc -c <"$SCRATCH/line.said")" -gt $((values * 2)) ]
finish
