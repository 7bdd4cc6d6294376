#!/bin/bash
# The restatement of 30 August 2021: the file of the day before, then the file of the day after. The
# right number of reports is corrected, the rest unchanged, and the nation is the "after" file.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
for w in before after; do
    zcat "$V/vax_state-$w-2021-08-30.csv.gz" >"$SCRATCH/$w.csv"
done
zcat "$V/vax_malaysia-after-2021-08-30.csv.gz" |
    awk -F, -v OFS=, 'NR == 1 {$1 = "period,unit"} NR > 1 {gsub("-", "", $1); $1 = $1 ",mys"} 1' >"$SCRATCH/wanted.csv"
# Counted from the files themselves: rows of "after" that are new, changed, the same.
awk -F, 'NR == FNR {old[$1 "," $2] = $0; next} FNR > 1 {k = $1 "," $2
    if (!(k in old)) a++; else if (old[k] == $0) u++; else c++} END {print a + 0, c + 0, u + 0}' \
    "$SCRATCH/before.csv" "$SCRATCH/after.csv" >"$SCRATCH/counts"
check "init" thidua init --data "$SCRATCH/site" --campaign "$V/campaign.yaml" --units "$V/units.csv"
site_up "$SCRATCH/site" --clock 2021-09-01T00:00:00+08:00

import() {
    thidua import "$SCRATCH/$1.csv" --form daily-2021 --unit-column state --period-column date --map "$V/map.csv" --wait --json
}
counts() {
    jq -r '"\(.accepted) \(.corrected) \(.unchanged)"' "$SCRATCH/out"
}
national() {
    thidua export --unit mys --form daily-2021 --from 20210224 --to 20210830
}
exits "before goes in" 0 import before
equal "all of it new" "2992 0 0" "$(counts)"
exits "after goes in" 0 import after
equal "the source says 1,154 rows changed" "16 1154 1838" "$(cat "$SCRATCH/counts")"
equal "and so do the verdicts" "$(cat "$SCRATCH/counts")" "$(counts)"
national >"$SCRATCH/got.csv"
check "the nation is the file after" cmp "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"
for again in 1 2; do
    exits "after, time $again more" 0 import after
    equal "changes nothing but revisions ($again)" "0 0 3008" "$(counts)"
done
national >"$SCRATCH/got.csv"
check "the nation is still the file after" cmp "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"
exits "the old file, under its old revision, comes late" 0 thidua import "$SCRATCH/before.csv" --form daily-2021 \
    --unit-column state --period-column date --map "$V/map.csv" --revision 1 --wait --json
equal "and is superseded" 2992 "$(jq .superseded "$SCRATCH/out")"
national >"$SCRATCH/got.csv"
check "and moves nothing" cmp "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"
for again in 1 2; do
    exits "before, as a new revision, time $again" 0 import before
done
equal "the second time changes nothing" "0 0 2992" "$(counts)"
exits "verify replays to the same state" 0 thidua verify
finish
