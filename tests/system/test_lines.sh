#!/bin/bash
# POST /api/reports: our own reports, a line each, and what became of each line.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
D=$SCRATCH/site
check "init" thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" --units "$DATA_FILES/small/units.csv" --shards 2
gateway_site "$D" --clock 2021-11-10T08:00:00+07:00
gateway_token wards ingest auditor -- d1/

lines() { # lines STATUS NAME [CURL...] <BODY
    local status=$1 name=$2
    shift 2
    cat >"$SCRATCH/lines"
    get "$status" "$name" "${auth[@]}" -H 'Content-Type: application/x-ndjson' --data-binary "@$SCRATCH/lines" "$U/api/reports" "$@"
}
told() { jq -rc '"\(.line) \(.verdict) \(.code // "-")"' "$SCRATCH/body" | paste -sd ';'; }
report() { printf '{"unit":"%s","form":"daily","period":"%s","revision":%s,"values":%s}\n' "$@"; }

{ report w1 20211101 1 '{"doses":5,"open":2}'; echo; report w2 20211101 1 '{"doses":"7"}'; } | lines 200 "two reports"
equal "are told in their order" "1 accepted -;3 accepted -" "$(told)"
check "with receipts that can be asked for" sh -c "jq -re .receipt '$SCRATCH/body' | grep -Eqx '[0-9]+\.[0-9]+'"
get 200 "the second one's" "${auth[@]}" "$U/api/receipts/$(jq -rs '.[1].receipt' "$SCRATCH/body")"
equal "is its" accepted "$(jq -r '.records[0].verdict // "accepted"' "$SCRATCH/body")"

{
    report w1 20211101 2 '{"doses":6,"open":2}'
    report w1 20211101 2 '{"doses":6,"open":2}'
    report w3 20211101 1 '{"doses":1}'
    report w1 20211102 1 '{"doses":-1}'
    report w1 20211103 1 '{"nothing":1}'
    echo '{"unit":"w1"'
    echo '[1]'
    report w1 20211199 1 '{"doses":1}'
    printf '{"unit":"w1","form":"daily","period":"20211104","extra":1,"values":{}}\n'
    printf '{"unit":"w1","form":"daily","period":"20211105","values":{"doses":3}}\n'
    printf '{"unit":"w1","form":"daily","period":"20211105","merge":true,"values":{"open":4}}'
} | lines 409 "all kinds of lines"
equal "each has its own" "1 corrected -;2 unchanged -;3 rejected not-allowed;4 rejected value-too-low;5 rejected indicator-unknown;6 rejected syntax;7 rejected shape-invalid;8 rejected period-invalid;9 rejected key-unknown;10 accepted -;11 corrected -" "$(told)"
equal "what was good stands" "doses=3 open=4" \
    "$(thidua reports --unit w1 --period 20211105 --form daily --json | jq -r '[.reports[0].values[] | "\(.indicator)=\(.value)"] | sort | join(" ")')"
lines 409 "in Vietnamese" -H 'Accept-Language: vi' <<<'{"unit":"w3","form":"daily","period":"20211101","revision":9,"values":{"doses":1}}'
check "the sentence is" grep -q 'không có quyền' "$SCRATCH/body"

# A key: merges have one effect; a report without a revision cannot have one.
merge='{"unit":"w2","form":"daily","period":"20211106","merge":true,"values":{"doses":1}}'
lines 200 "a merge under a key" -H 'Idempotency-Key: a' <<<"$merge"
lines 200 "changed since" <<<"${merge/:1\}/:2\}}"
lines 200 "the first again" -H 'Idempotency-Key: a' <<<"$merge"
equal "is unchanged" "1 unchanged -" "$(told)"
equal "and undoes nothing" 2 "$(thidua reports --unit w2 --period 20211106 --form daily --json | jq -r '.reports[0].values[0].value')"
lines 409 "no revision under a key" -H 'Idempotency-Key: b' <<<'{"unit":"w2","form":"daily","period":"20211106","values":{"doses":1}}'
equal "is refused" "1 rejected missing-field" "$(told)"

# What is no body of lines.
lines 400 "nothing" </dev/null
lines 400 "empty lines" <<<$'\n\n'
{ report w2 20211107 1 '{"doses":1}'; head -c 70000 /dev/zero | tr '\0' x; } | lines 400 "a line that does not end"
equal "what came before it counts" "1 accepted" "$(head -n 1 "$SCRATCH/body" | jq -r '"\(.line) \(.verdict)"')"
equal "and the end is told" "2 too-large" "$(tail -n 1 "$SCRATCH/body" | jq -r '"\(.line) \(.code)"')"
get 415 "JSON that is not lines" "${auth[@]}" -H 'Content-Type: application/json' -d '{}' "$U/api/reports"
for ((i = 1; i <= 10050; i++)); do echo "x"; done | lines 400 "more lines than are told"
equal "the first are told" "10000 1" "$(jq -rs '"\([.[] | select(.verdict)] | length) \([.[] | select(.code == "too-many")] | length)"' "$SCRATCH/body")"
finish
