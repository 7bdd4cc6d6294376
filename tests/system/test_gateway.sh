#!/bin/bash
# The gateway over HTTP, with curl: signing in, what is refused, and the Malaysian set as JSON, CSV and ADX: each
# gives the published national figures; the gateway killed in the middle and the client repeating: one effect.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
V=$DATA_FILES/my_vax
D=$SCRATCH/site
DAYS=${DAYS:-120} # of 1,460; the whole set is test_malaysia.sh's
zcat "$V/vax_state.csv.gz" | head -n $((DAYS * 16 + 1)) >"$SCRATCH/state.csv"
zcat "$V/vax_malaysia.csv.gz" | head -n $((DAYS + 1)) >"$SCRATCH/nation.csv"
check "init" thidua init --data "$D" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards 2
gateway_site "$D" --clock 2025-06-01T00:00:00+08:00
get 200 "healthz" "$U/healthz"
check "a grant" thidua access grant states --role ingest --role auditor --unit mys/
check "a token" sh -c "thidua access token new states --name dhis2 --after 1.0 >$SCRATCH/token"
T=$(tail -n 1 "$SCRATCH/token")
check "a password" sh -c "echo correct-horse | thidua access password states"
auth=(-H "Authorization: ApiToken $T")
equal "the token has its form" 46 "${#T}"

# Headers that never end: looked at when all else is done.
exec 3<>"/dev/tcp/127.0.0.1/${U##*:}"
printf 'GET /healthz HTTP/1.1\r\nX-Slow: ' >&3

# Who is let in.
get 401 "nobody" "$U/api/status"
get 401 "a wrong token" -H "Authorization: ApiToken td_wrong" "$U/api/status"
get 200 "the token" "${auth[@]}" "$U/api/status"
get 200 "the password" -u states:correct-horse "$U/api/status"
# Passwords are looked at beside the loop: many at once, of principals that have none or another one, and it goes on.
for ((i = 0; i < 30; i++)); do curl -s -m 60 -o /dev/null -w '%{http_code}\n' -u "states:correct-horse" "$U/api/status" & done >"$SCRATCH/many"
many=$(jobs -p | grep -vx "$up_pid")
get 200 "healthz meanwhile" "$U/healthz"
# shellcheck disable=SC2086
wait $many
equal "all of them are let in" "30 200" "$(sort "$SCRATCH/many" | uniq -c | awk '{print $1, $2}')"
for i in 1 2 3 4 5; do get 401 "a wrong password, $i" -u states:wrong-horse-$i "$U/api/status"; done
get 429 "then it is locked" -u states:correct-horse "$U/api/status"
check "and says for how long" grep -qi '^retry-after: ' "$SCRATCH/headers"
get 200 "which the token is not" "${auth[@]}" "$U/api/status"

# What is no request.
get 404 "no such path" "$U/../../etc/passwd" --path-as-is
get 404 "no such path, encoded" "$U/%2e%2e/%2e%2e/etc/passwd" --path-as-is
get 405 "a wrong method" -X DELETE "${auth[@]}" "$U/api/tallies"
get 400 "bad UTF-8" "${auth[@]}" "$U/api/tallies?unit=%ff"
get 431 "huge headers" -H "X-Huge: $(head -c 100000 /dev/zero | tr '\0' x)" "$U/healthz"
get 415 "no format" "${auth[@]}" -d '{}' -H 'Content-Type: text/plain' "$U/api/dataValueSets"
get 404 "an unknown unit, in Vietnamese" "${auth[@]}" -H 'Accept-Language: vi' "$U/api/tallies?unit=nowhere&period=2021"
check "told in Vietnamese" grep -q 'Không có đơn vị' "$SCRATCH/body"

# One form, in JSON, and what is refused of it.
cat >"$SCRATCH/one.json" <<'J'
{"dataSet": "daily", "completeDate": "2025-01-02", "period": "20250101", "orgUnit": "johor", "dataValues": [
 {"dataElement": "daily_partial", "value": "7", "comment": {"any": ["thing"]}},
 {"dataElement": "nothing", "value": "7"}, {"dataElement": "daily_full", "value": "1.5"},
 {"dataElement": "daily", "value": 9, "categoryOptionCombo": "HllvX50cXC0"},
 {"dataElement": "daily", "value": 9, "categoryOptionCombo": "rcl3xVhyhpk"},
 {"dataElement": "daily_booster", "value": 3, "orgUnit": "nowhere"},
 {"dataElement": "daily_booster", "value": 3, "period": "2025W1"}]}
J
post 409 "one form with mistakes" application/json "$SCRATCH/one.json"
equal "the good ones are in" "WARNING 2 0 5 0" "$(counts)"
equal "the others by code and place" "E7610 [1] E7619 [2] E7613 [4] E7612 [5] E7632 [6]" \
    "$(jq -rc '[.response.conflicts[] | "\(.errorCode) \(.indexes)"] | join(" ")' "$SCRATCH/body")"
echo '{"dataSet": "daily", "period": "20250101", "orgUnit": "johor", "dataValues": [{"dataElement": "daily", "value": ""}, {"dataElement": "daily_partial", "value": 8}]}' >"$SCRATCH/two.json"
post 200 "a merge changes what it names" application/json "$SCRATCH/two.json"
equal "and an empty value takes away" "SUCCESS 0 1 0 1" "$(counts)"
get 200 "a dry run" "${auth[@]}" -H "Content-Type: application/json" --data-binary "@$SCRATCH/two.json" "$U/api/dataValueSets?dryRun=true"
get 200 "DELETE" "${auth[@]}" -H "Content-Type: application/json" --data-binary "@$SCRATCH/two.json" "$U/api/dataValueSets?importStrategy=DELETE"
equal "takes away what is named" "SUCCESS 0 0 0 2" "$(counts)"
get 409 "a strategy that is none" "${auth[@]}" -H "Content-Type: application/json" --data-binary "@$SCRATCH/two.json" "$U/api/dataValueSets?importStrategy=SYNC"
for bad in '{"dataValues": [' '[1]' '{"dataValues": [{"dataElement": "daily"' "$(printf '{"a":%0.s' {1..40})" ''; do
    printf '%s' "$bad" >"$SCRATCH/bad.json"
    post 400 "bad JSON: ${bad:0:20}" application/json "$SCRATCH/bad.json"
done
cat >"$SCRATCH/bomb.xml" <<'X'
<?xml version="1.0"?><!DOCTYPE adx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="&b;"/></adx>
X
post 400 "an entity bomb" application/adx+xml "$SCRATCH/bomb.xml"

# The Malaysian set, each format into a part of its own; the figures are compared at the end.
third=$((DAYS / 3))
rows() { # rows FROM-DAY TO-DAY: unit period element value
    awk -F, -v from="$1" -v to="$2" 'FNR == NR {unit[$2] = $3; next}
        FNR == 1 {for (i = 3; i <= NF; i++) name[i] = $i; next}
        $1 != last {day++; last = $1}
        day > from && day <= to {p = $1; gsub("-", "", p); for (i = 3; i <= NF; i++) print unit[$2], p, name[i], $i}' \
        <(grep ^unit "$V/map.csv") "$SCRATCH/state.csv"
}
Q=?dataSet=daily
rows 0 $third | awk 'BEGIN {printf "{\"dataValues\": ["}
    {printf ("%s{\"orgUnit\": \"%s\", \"period\": \"%s\", \"dataElement\": \"%s\", \"value\": \"%s\"}", NR > 1 ? ",\n" : "", $1, $2, $3, $4)}
    END {print "]}"}' >"$SCRATCH/a.json"
rows $third $((2 * third)) | awk 'BEGIN {print "dataelement,period,orgunit,catoptcombo,attroptcombo,value"}
    {print $3 "," $2 "," $1 ",,," $4}' >"$SCRATCH/b.csv"
rows $((2 * third)) "$DAYS" | awk 'BEGIN {print "<adx xmlns=\"urn:ihe:qrph:adx:2015\">"}
    $1 $2 != last {if (last) print "</group>"; last = $1 $2; d = substr($2, 1, 4) "-" substr($2, 5, 2) "-" substr($2, 7, 2)
        printf "<group dataSet=\"daily\" orgUnit=\"%s\" period=\"%s/P1D\">\n", $1, d}
    {printf "<dataValue dataElement=\"%s\" value=\"%s\"/>\n", $3, $4} END {print "</group></adx>"}' >"$SCRATCH/c.xml"
cells=$((third * 16 * 49))
post 200 "JSON" application/json "$SCRATCH/a.json"
equal "all of it" "SUCCESS $cells 0 0 0" "$(counts)"
post 200 "ADX" application/adx+xml "$SCRATCH/c.xml"
equal "all of it" "SUCCESS $cells 0 0 0" "$(counts)"

# CSV, with the gateway killed in the middle, and again with the same key.
gateway=$(gateway_pid)
head_of() { thidua status --json | jq .head; }
before=$(head_of)
# Nobody answers for verdicts meanwhile: so it is killed between the receipts and the answer, however fast all is.
# The dry run lets it know token and campaign, which it asks for too.
get 200 "a dry run first" "${auth[@]}" -H "Content-Type: application/csv" --data-binary "@$SCRATCH/b.csv" "$U/api/dataValueSets?dataSet=daily&dryRun=true"
query=$(sed -n 's/.*event=child_started program=thidua-query pid=//p' "$SCRATCH/up.log" | tail -n 1)
kill -STOP "$query"
curl -s -m 120 --limit-rate 1M "${auth[@]}" -H "Content-Type: application/csv" -H "Idempotency-Key: nightly-1" \
    --data-binary "@$SCRATCH/b.csv" "$U/api/dataValueSets?dataSet=daily" >"$SCRATCH/killed" &
sender=$!
for ((i = 0; i < 200; i++)); do [ "$(head_of)" = "$before" ] || break; done
kill -KILL "$gateway"
kill -CONT "$query"
wait $sender
check "the broker had taken a part of it" [ "$(head_of)" -gt "$before" ]
check "the client was not told that it is done" [ ! -s "$SCRATCH/killed" ]
gateway_find "${U#http://}"
post 200 "CSV again, with its key" application/csv "$SCRATCH/b.csv" -H "Idempotency-Key: nightly-1"
equal "what was there is not there twice" "SUCCESS $cells" "$(jq -r '.response | "\(.status) \(.importCount.imported + .importCount.updated)"' "$SCRATCH/body")"
check "and was in part" [ "$(jq .response.importCount.updated "$SCRATCH/body")" -gt 0 ]
post 200 "a third time" application/csv "$SCRATCH/b.csv" -H "Idempotency-Key: nightly-1"
equal "changes nothing" "SUCCESS 0 $cells 0 0" "$(counts)"

# Values that are the same would hide that a merge counted again: so one is corrected in between.
IFS=, read -r element period unit _ _ value < <(sed -n 2p "$SCRATCH/b.csv")
one() { thidua reports --unit "$unit" --period "$period" --form daily --json | jq -r ".reports[0].values[] | select(.indicator == \"$element\") | .value"; }
row() { printf 'dataelement,period,orgunit,catoptcombo,attroptcombo,value\n%s,%s,%s,,,%s\n' "$element" "$period" "$unit" "$1" >"$SCRATCH/row.csv"; }
row 123456
post 200 "a correction under the same key, another body" text/csv "$SCRATCH/row.csv" -H "Idempotency-Key: nightly-1"
equal "counts" 123456 "$(one)"
post 200 "the first body once more" application/csv "$SCRATCH/b.csv" -H "Idempotency-Key: nightly-1"
equal "does not undo it" 123456 "$(one)"
row "$value"
post 200 "put right again" text/csv "$SCRATCH/row.csv"
equal "is right" "$value" "$(one)"

awk -F, -v OFS=, 'NR == 1 {$1 = "period,unit"} NR > 1 {gsub("-", "", $1); $1 = $1 ",mys"} 1' "$SCRATCH/nation.csv" >"$SCRATCH/wanted.csv"
last=$(tail -n 1 "$SCRATCH/wanted.csv" | cut -d, -f1)
check "export" sh -c "thidua export --unit mys --form daily --from 20210224 --to $last >$SCRATCH/got.csv"
check "the nation is what the nation published" diff -q "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"
get 200 "a tally over HTTP" "${auth[@]}" "$U/api/tallies?unit=mys&period=202104"
equal "is the command line's" "$(thidua tally --unit mys --period 202104 --json | jq -Sc .rows)" "$(jq -Sc .rows "$SCRATCH/body")"
E=$(sed -n 's/^[Ee][Tt]ag: \(.*\)\r/\1/p' "$SCRATCH/headers")
get 304 "and its ETag is known" "${auth[@]}" -H "If-None-Match: $E" "$U/api/tallies?unit=mys&period=202104"
get 200 "gzip" "${auth[@]}" --compressed "$U/api/tallies?unit=mys&period=202104"
check "is the same" [ "$(jq -c '.rows | length' "$SCRATCH/body")" = 1 ]
check "and was zipped" grep -qi '^content-encoding: gzip' "$SCRATCH/headers"
get 200 "readyz" "$U/readyz"
get 200 "metrics" "${auth[@]}" "$U/metrics"
check "has the head" grep -q '^thidua_journal_block [1-9]' "$SCRATCH/body"
check "and the gateway's own" grep -q '^thidua_gateway_requests_total [1-9]' "$SCRATCH/body"
get 200 "openapi" "$U/openapi.json"
get 200 "a receipt" "${auth[@]}" "$U/api/receipts/3.0"
# A body that would not fit: through a process that stays small, and goes on answering. BYTES: how long (200M; 2G by hand).
bytes=$(numfmt --from=si "${BYTES:-200M}")
bytes=$((bytes / 25 * 25)) # whole lines
gateway=$(gateway_pid)
yes daily,20250101,johor,,,1 | head -c "$bytes" |
    curl -s -m "${CURL_MAX:-150}" -o "$SCRATCH/big" "${auth[@]}" -H "Content-Type: text/csv" -T - -X POST "$U/api/dataValueSets?dataSet=daily&dryRun=true&firstRowIsHeader=false"
equal "$bytes bytes are read" "SUCCESS $((bytes / 25))" "$(jq -r '.response | "\(.status) \(.importCount.imported)"' "$SCRATCH/big")"
peak=$(awk '/^VmHWM/ {print $2}' "/proc/$gateway/status")
echo "# the gateway's memory was at most $peak KiB"
grep -qa __asan_init "$BIN/thidua-gateway" || check "in less than 64 MiB" [ "$peak" -lt 65536 ]
printf 'POST /api/dataValueSets HTTP/1.1\r\nHost: x\r\nAuthorization: ApiToken %s\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n' "$T" >"$SCRATCH/chunk"
exec 4<>"/dev/tcp/127.0.0.1/${U##*:}"
cat "$SCRATCH/chunk" >&4
check "a bad chunk ends the connection" timeout 20 cat <&4
timeout 20 cat <&3 >/dev/null
equal "and so do headers that never end" 0 $?
get 200 "all the while it answers" "$U/healthz"
check "a token taken back" thidua access token revoke states --name dhis2
finish
