#!/bin/bash
# kill -9 of the broker, then of a tally worker, then of a query worker, while an import runs. The
# import ends well, every record counts once, and a replay gives the same state.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
zcat "$V/vax_state.csv.gz" >"$SCRATCH/state.csv"
check "init" thidua init --data "$SCRATCH/site" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards 2
site_up "$SCRATCH/site" --clock 2025-06-01T00:00:00+08:00

# A fifo holds the import where we want it: each part is let through once the kill before it is done.
mkfifo "$SCRATCH/pipe"
thidua import - --form daily --unit-column state --period-column date --map "$V/map.csv" --wait --json \
    <"$SCRATCH/pipe" >"$SCRATCH/import.out" 2>"$SCRATCH/import.err" &
import_pid=$!
exec 9>"$SCRATCH/pipe"
pid_of() { # of a child of `up`, by the status that the broker gives
    thidua status --json | jq -r "$1"
}
wait_for_block() { # until the journal has passed a block: records are in flight
    local i
    for ((i = 0; i < 500; i++)); do
        [ "$(thidua journal head --json 2>/dev/null | jq '.block // 0')" -gt "$1" ] 2>/dev/null && return 0
    done
    return 1
}
head_block=$(thidua journal head --json | jq .block)
sed -n 1,8000p "$SCRATCH/state.csv" >&9
check "records are in flight" wait_for_block "$head_block"
broker=$(pid_of '.broker.pid // .pid')
kill -KILL "$broker"
ok $? "kill -9 of the broker"
sed -n 8001,16000p "$SCRATCH/state.csv" >&9
check "the site is whole again" thidua status --wait 60
[ "$(pid_of '.broker.pid // .pid')" != "$broker" ]
ok $? "with another broker"
worker=$(pid_of '.shards[0].pid')
kill -KILL "$worker"
ok $? "kill -9 of a tally worker"
sed -n 16001,20000p "$SCRATCH/state.csv" >&9
# The broker says that all is well until it has seen that the process is gone.
another_worker() {
    local now
    now=$(pid_of '.shards[0].pid') && [ "${now:-0}" -gt 0 ] 2>/dev/null && [ "$now" != "$worker" ]
}
check "there is another worker" until_that another_worker
check "with it the site is whole again" thidua status --wait 60
query=$(pid_of '.query_workers[0].pid')
kill -KILL "$query"
ok $? "kill -9 of the query worker"
sed -n '20001,$p' "$SCRATCH/state.csv" >&9
exec 9>&-
wait $import_pid
equal "the import ends well" 0 $?
[ "$(jq -r '.records' "$SCRATCH/import.out")" = 23360 ]
ok $? "with a verdict for every record"
cat "$SCRATCH/import.out" | jq -c 'del(.errors)' | sed 's/^/# /'
equal "every record once: accepted, or unchanged where it was sent again" 23360 \
    "$(jq '.accepted + .unchanged' "$SCRATCH/import.out")"
zcat "$V/vax_malaysia.csv.gz" |
    awk -F, -v OFS=, 'NR == 1 {$1 = "period,unit"} NR > 1 {gsub("-", "", $1); $1 = $1 ",mys"} 1' >"$SCRATCH/wanted.csv"
check "the site answers" thidua status --wait 60
thidua export --unit mys --form daily --from 20210224 --to 20250222 >"$SCRATCH/got.csv"
check "the nation is what the nation published" cmp "$SCRATCH/wanted.csv" "$SCRATCH/got.csv"
exits "verify replays to the same state" 0 thidua verify
finish
