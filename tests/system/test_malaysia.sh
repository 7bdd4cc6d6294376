#!/bin/bash
# A real campaign: Malaysia's 16 states, 1,460 days, 49 measures. What the nation's total is here must
# be what the nation published, cell by cell; and a month, quarter and year what the file adds up to.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
D=$SCRATCH/site
zcat "$V/vax_state.csv.gz" >"$SCRATCH/state.csv"
zcat "$V/vax_malaysia.csv.gz" >"$SCRATCH/nation.csv"
check "init" thidua init --data "$D" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards "${SHARDS:-2}"
site_up "$D" --clock 2025-06-01T00:00:00+08:00

exits "import takes all reports" 0 thidua import "$SCRATCH/state.csv" --form daily --unit-column state \
    --period-column date --map "$V/map.csv" --wait --json
equal "23,360 accepted" "23360 23360 0 0" "$(jq -r '"\(.records) \(.accepted) \(.corrected) \(.rejected)"' "$SCRATCH/out")"

# The published file in the form that export writes: period,unit first.
awk -F, -v OFS=, 'NR == 1 {$1 = "period,unit"} NR > 1 {gsub("-", "", $1); $1 = $1 ",mys"} 1' "$SCRATCH/nation.csv" >"$SCRATCH/wanted.csv"
check "export" sh -c "thidua export --unit mys --form daily --from 20210224 --to 20250222 >$SCRATCH/got.csv"
equal "71,540 cells to compare" 71540 \
    "$(awk -F, 'NR > 1 {for (i = 3; i <= NF; i++) if ($i != "") n++} END {print n}' "$SCRATCH/got.csv")"
check "the nation is what the nation published" diff -q "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"

# Coarser periods against sums made from the national file: daily columns add, cumulative take the last.
columns=$(head -1 "$SCRATCH/nation.csv" | cut -d, -f2- | tr , '\n' | sort)
coarse() { # coarse PERIOD REGEX-OF-DATES
    awk -F, -v re="$2" 'NR == 1 {for (i = 2; i <= NF; i++) name[i] = $i; next}
        $1 ~ re {for (i = 2; i <= NF; i++) sum[i] = name[i] ~ /^cumul/ ? $i : sum[i] + $i}
        END {for (i in name) printf "%s %d\n", name[i], sum[i]}' "$SCRATCH/nation.csv" | sort >"$SCRATCH/coarse.wanted"
    thidua tally --unit mys --period "$1" --json |
        jq -r '.rows[0].values[] | select(.form == "daily") | "\(.indicator) \(.value)"' | sort >"$SCRATCH/coarse.got"
    check "$1 is what the days add up to" diff "$SCRATCH/coarse.wanted" "$SCRATCH/coarse.got"
}
coarse 202108 '^2021-08'
coarse 202202 '^2022-02'
coarse 2021Q4 '^2021-1[012]'
coarse 2022 '^2022'
coarse 2023Q1 '^2023-0[123]'
equal "49 measures compared each time" 49 "$(echo "$columns" | wc -l)"

exits "the same file again" 0 thidua import "$SCRATCH/state.csv" --form daily --unit-column state \
    --period-column date --map "$V/map.csv" --wait --json
equal "changes nothing" "0 0 23360" "$(jq -r '"\(.accepted) \(.corrected) \(.unchanged)"' "$SCRATCH/out")"
thidua export --unit mys --form daily --from 20210224 --to 20250222 >"$SCRATCH/again.csv"
check "and the export is the same" cmp "$SCRATCH/wanted.csv" "$SCRATCH/again.csv"
exits "verify replays to the same state" 0 thidua verify
finish
