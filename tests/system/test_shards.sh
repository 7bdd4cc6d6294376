#!/bin/bash
# 1, 2 and 5 shards give the same tallies: the number is how the work is spread, not what it says.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
zcat "$V/vax_state-after-2021-08-30.csv.gz" >"$SCRATCH/after.csv"
for shards in 1 2 5; do
    check "init with $shards" thidua init --data "$SCRATCH/$shards" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards $shards
    site_up "$SCRATCH/$shards" --clock 2021-09-01T00:00:00+08:00
    exits "import with $shards" 0 thidua import "$SCRATCH/after.csv" --form daily-2021 --unit-column state \
        --period-column date --map "$V/map.csv" --wait --quiet
    thidua export --unit mys --form daily-2021 --from 20210224 --to 20210830 --children >"$SCRATCH/$shards.csv"
    thidua tally --unit mys --period 2021Q3 --children --json | jq -c 'del(.as_of)' >"$SCRATCH/$shards.json"
    exits "verify with $shards" 0 thidua verify
    site_down
done
equal "3,008 state-days" 3009 "$(wc -l <"$SCRATCH/1.csv")"
for shards in 2 5; do
    check "$shards shards export what one does" cmp "$SCRATCH/1.csv" "$SCRATCH/$shards.csv"
    check "$shards shards tally what one does" cmp "$SCRATCH/1.json" "$SCRATCH/$shards.json"
done
finish
