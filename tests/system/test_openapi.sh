#!/bin/bash
# The table of routes, /openapi.json, docs/HTTP.md and what is answered are the same list.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
D=$SCRATCH/site
check "init" thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" --units "$DATA_FILES/small/units.csv"
gateway_site "$D" --clock 2021-11-10T08:00:00+07:00
gateway_token everybody ingest auditor -- city/

# The table as it is written, not as the gateway has it: method, path.
sed -n 's/^ROUTE("\([A-Z]*\)", "\([^"]*\)".*/\1 \2/p' "$ROOT/workers/gateway/routes.def" | sort >"$SCRATCH/table"
check "the table is not empty" [ "$(wc -l <"$SCRATCH/table")" -gt 15 ]
equal "it has each address once" "" "$(uniq -d "$SCRATCH/table")"
get 200 "openapi.json" "$U/openapi.json"
cp "$SCRATCH/body" "$SCRATCH/openapi.json"
jq -r '.paths | to_entries[] | .key as $path | .value | keys[] | "\(ascii_upcase) \($path)"' "$SCRATCH/openapi.json" | sort >"$SCRATCH/told"
check "openapi.json has the table's addresses, and no other" diff "$SCRATCH/table" "$SCRATCH/told"
equal "each with a summary" 0 "$(jq '[.paths[][] | select(.summary == "" or .summary == null)] | length' "$SCRATCH/openapi.json")"
equal "the same in Vietnamese, in other words" different "$(curl -s -H 'Accept-Language: vi' "$U/openapi.json" | cmp -s - "$SCRATCH/openapi.json" || echo different)"
equal "{id} is a parameter where it stands in the path" "" \
    "$(jq -r '.paths | to_entries[] | select((.key | contains("{id}")) != ([.value[].parameters[] | select(.in == "path")] | length > 0)) | .key' "$SCRATCH/openapi.json")"

# Every address is known; whoever is not signed in is refused where the table says so.
unknown='' open=''
while read -r method path; do
    status=$(curl -s -m 20 -o "$SCRATCH/body" -w '%{http_code}' -X "$method" "$U${path//\{id\}/1}")
    code=$(jq -r '.code? // ""' "$SCRATCH/body" 2>/dev/null)
    { [ "$status" != 405 ] && [ "$code" != path ]; } || unknown+=" $method $path"
    wanted=$(jq -r --arg p "$path" --arg m "${method,,}" '.paths[$p][$m].security | length' "$SCRATCH/openapi.json")
    # Where one signs in, the body has who it is.
    [ "$wanted" = 0 ] || [ "$status" = 401 ] || [ "$path" = /api/session ] || open+=" $method $path ($status)"
done <"$SCRATCH/table"
equal "every address is answered" "" "$unknown"
equal "and closed where it is not open" "" "$open"

# docs/HTTP.md names every address; a path is looked for up to its {id}.
undocumented=''
while read -r _ path; do
    grep -qF -- "${path%%\{*}" "$ROOT/docs/HTTP.md" || undocumented+=" $path"
done <"$SCRATCH/table"
equal "docs/HTTP.md names every address" "" "$undocumented"

# What is asked is what the table lets through: an argument that it has not is not passed on.
get 200 "an argument that is none is passed over" "${auth[@]}" "$U/api/campaigns?nothing=1"
get 400 "one that is, with nonsense, is refused" "${auth[@]}" "$U/api/tallies?unit=city&period=nonsense"
finish
