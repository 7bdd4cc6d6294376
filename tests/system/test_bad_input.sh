#!/bin/bash
# What is wrong is told in one sentence with a code, nothing stops, and the rest goes through: peers,
# JSON, CSV, campaign and units files.
. "$(dirname "$0")/../lib/site.sh"
S=$DATA_FILES/small
D=$SCRATCH/site
check "init" thidua init --data "$D" --campaign "$S/campaign.yaml" --units "$S/units.csv" --shards 2
site_up "$D" --clock 2021-11-05T08:00:00+07:00

# Peers that speak the protocol badly.
"${THIDUA_TESTS:-$ROOT/build/tests}/peer" "ipc://$D/run/broker" >"$SCRATCH/peer.out" 2>&1
peer_status=$?
sed -nE 's/^((not )?ok) [0-9]+ -/\1 -/p; /^#/p' "$SCRATCH/peer.out"
tests=$((tests + $(grep -cE '^(not )?ok' "$SCRATCH/peer.out")))
failures=$((failures + $(grep -c '^not ok' "$SCRATCH/peer.out")))
equal "the peer came to its end" 0 $peer_status

# JSON reports: each line one mistake; the last line is good.
report() { # report CODE JSON
    echo "$1" >>"$SCRATCH/codes"
    echo "$2" >>"$SCRATCH/bad.json"
}
report form-unknown '{"unit":"w1","period":"20211104","form":"hourly","values":{"doses":1}}'
report unit-unknown '{"unit":"w9","period":"20211104","form":"daily","values":{"doses":1}}'
report campaign-unknown '{"campaign":"other","unit":"w1","period":"20211104","form":"daily","values":{"doses":1}}'
report form-not-asked '{"unit":"d1","period":"20211104","form":"daily","values":{"doses":1}}'
report source-unknown '{"unit":"w1","period":"20211104","form":"daily","source":"rumour","values":{"doses":1}}'
report period-invalid '{"unit":"w1","period":"yesterday","form":"daily","values":{"doses":1}}'
report period-invalid '{"unit":"w1","period":"20210229","form":"daily","values":{"doses":1}}'
report period-type '{"unit":"w1","period":"202110","form":"daily","values":{"doses":1}}'
report period-future '{"unit":"w1","period":"20211106","form":"daily","values":{"doses":1}}'
report period-expired '{"unit":"w1","period":"20210901","form":"daily","values":{"doses":1}}'
report period-outside '{"unit":"w1","period":"20201231","form":"daily","values":{"doses":1}}'
report indicator-unknown '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":1,"masks":2}}'
report value-type '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":"many"}}'
report value-type '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":true}}'
report value-fraction '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":"1.5"}}'
report value-fraction '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":1,"rate":12.25}}'
report value-too-low '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":-1}}'
report value-too-high '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":1,"open":1001}}'
report value-overflow '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":"9223372036854775808"}}'
report rule-broken '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":3,"first":1,"second":1}}'
report '' '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":3,"first":1,"second":2}}'
exits "a line for each mistake, exit 65" 65 thidua submit --wait --json "$SCRATCH/bad.json"
jq -r '.records[] | .code // ""' "$SCRATCH/out" >"$SCRATCH/codes.got"
check "each with its code, in order" diff "$SCRATCH/codes" "$SCRATCH/codes.got"
equal "and the good one counts" 3 "$(thidua tally --unit city --period 20211104 --json | jq '.rows[0].values[] | select(.indicator == "doses") | .value')"
equal "every sentence is filled in" 0 "$(jq -r '.records[] | select(.code) | .sentence' "$SCRATCH/out" | grep -cE '^$|\{|null')"
thidua submit --wait --lang vi "$SCRATCH/bad.json" >"$SCRATCH/out" 2>"$SCRATCH/err"
grep -q 'Không có biểu mẫu “hourly”' "$SCRATCH/out" "$SCRATCH/err"
ok $? "in Vietnamese too"

# JSON that never becomes a record.
for bad in '{"unit":"w1",' '{"unit":"w1","unit":"w2","period":"20211104","form":"daily","values":{}}' '[1,2]' \
    '{"period":"20211104","form":"daily","values":{"doses":1}}' '{"unit":"w1","period":"20211104","form":"daily"}' \
    '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":1e300}}' \
    '{"unit":"w1","period":"20211104","form":"daily","values":{"doses":[1]}}' \
    '{"unit":"w1","period":"20211104","form":"daily","colour":"red","values":{"doses":1}}'; do
    echo "$bad" >"$SCRATCH/line.json"
    exits "refused: ${bad:0:60}" 65 thidua submit --wait "$SCRATCH/line.json"
done

# A sum that would overflow: two days of nearly 2^63 in one month.
big() {
    echo "{\"unit\":\"w3\",\"period\":\"$1\",\"form\":\"daily\",\"values\":{\"doses\":9000000000000000000}}"
}
big 20211102 >"$SCRATCH/big.json"
exits "a very large number" 0 thidua submit --wait "$SCRATCH/big.json"
big 20211103 >"$SCRATCH/big.json"
exits "a second would overflow the month's sum" 65 thidua submit --wait --json "$SCRATCH/big.json"
equal "and says so" sum-overflow "$(jq -r '.records[0].code' "$SCRATCH/out")"
exits "it can be withdrawn" 0 thidua withdraw --unit w3 --form daily --period 20211102 --wait

# CSV: BOM, CRLF, quotes, missing and extra columns, odd rows.
printf '\xef\xbb\xbfunit,period,doses,first,second,note\r\n"w1",2021-11-02,"5",2,3,"a, ""b"""\r\nw2,20211102,7,,,\r\nw9,20211102,1,,,\r\nw4,20211102\r\nw4,20211102,2,1,1,x,y\r\nw3,20211102,12a,,,\r\n' >"$SCRATCH/a.csv"
exits "CSV with BOM, CRLF, quotes and mistakes" 65 thidua import "$SCRATCH/a.csv" --form daily --wait --json
equal "two go through, four are told" "6 2 4" "$(jq -r '"\(.records) \(.accepted) \(.rejected)"' "$SCRATCH/out")"
equal "each with its line and code" "4:unit-unknown 5:row-shape 6:row-shape 7:value-type" \
    "$(jq -r '[.errors | sort_by(.line)[] | "\(.line):\(.code)"] | join(" ")' "$SCRATCH/out")"
grep -q note "$SCRATCH/err"
ok $? "a column that is no indicator is named"
printf 'ward,period,doses\nw1,20211102,5\n' >"$SCRATCH/b.csv"
exits "a CSV without the unit's column" 65 thidua import "$SCRATCH/b.csv" --form daily --wait
grep -qi "unit" "$SCRATCH/err"
ok $? "says which column is missing"
printf 'unit,period,indicator,value\nw1,20211101,doses,4\nw1,20211101,first,\nw2,20211101,doses,6\n' >"$SCRATCH/c.csv"
exits "the long layout" 0 thidua import "$SCRATCH/c.csv" --form daily --layout long --wait --json
equal "gathers cells into reports" "2 2" "$(jq -r '"\(.records) \(.accepted)"' "$SCRATCH/out")"
printf 'dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby\ndoses,20211031,w1,,,8,x\nopen,20211031,w1,,,2,x\n' >"$SCRATCH/d.csv"
exits "DHIS2's layout" 0 thidua import "$SCRATCH/d.csv" --form daily --layout dhis2 --wait --json
equal "both cells count" "8 2" "$(thidua tally --unit w1 --period 20211031 --json |
    jq -r '[.rows[0].values[] | select(.indicator == "doses" or .indicator == "open") | .value] | join(" ")')"
exits "a file that is not there" 66 thidua import "$SCRATCH/none.csv" --form daily

# Files with twenty mistakes: all twenty told, each with its line.
for file in campaign units; do
    ext=$([ $file = campaign ] && echo yaml || echo csv)
    exits "$file with twenty mistakes" 65 thidua $file check "$DATA_FILES/bad/$file.$ext" --json
    jq -r '.mistakes[] | "\(.line) \(.code)"' "$SCRATCH/out" | sort -n >"$SCRATCH/got"
    check "$file: all twenty, with their lines" diff "$DATA_FILES/bad/$file.expected" "$SCRATCH/got"
    equal "$file: twenty" 20 "$(wc -l <"$SCRATCH/got")"
done
check "after all that, all is well" thidua status
exits "verify replays to the same state" 0 thidua verify
finish
