#!/bin/bash
# An office with a bad line: reports put into the outbox without a broker, sent through a line that is cut and
# stalled, by a sender that is killed again and again. In the end every report counts once, in the office's
# order, and the office can read what became of each. How long it takes (20 to 60 s) is how often the line goes
# down: the sender then rests five seconds and more before it tries again, as it shall.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
D=$SCRATCH/site
OUT=$SCRATCH/outbox
LINE=$SCRATCH/line
TESTS=${THIDUA_TESTS:-$ROOT/build/tests}
line_pid=
run_pid=
trap '[ -z "$line_pid" ] || kill -KILL "$line_pid" 2>/dev/null; [ -z "$run_pid" ] || kill -KILL "$run_pid" 2>/dev/null
      [ -z "$up_pid" ] || kill -KILL "$up_pid" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
outbox() { thidua outbox "$@" --outbox-dir "$OUT"; }
count() { outbox status --json 2>/dev/null | jq ".$1 // 0"; }

# ---- without a broker
check "init" thidua init --data "$D" --campaign "$V/campaign.yaml" --units "$V/units.csv"
# That a stalled line is noticed is tested here, not how long a city gives it.
sed -i 's/^#* *heartbeat_ms = .*/heartbeat_ms = 400/; s/^#* *lease_ms = .*/lease_ms = 1500/' "$D/thidua.conf"
check "short leases" grep -q '^lease_ms = 1500' "$D/thidua.conf"
export THIDUA_DATA=$D
exits "an outbox that is not there" 66 outbox status
echo '{"unit":"johor","form":"daily","period":"20210301","values":{"daily-partial-adult":1}}' >"$SCRATCH/one.json"
exits "submit --outbox wants no broker" 0 thidua submit --outbox-dir "$OUT" --json "$SCRATCH/one.json"
equal "and gives the entry's number" 1 "$(jq '.records[0].entry' "$SCRATCH/out")"
exits "a code that is none is refused at once" 65 thidua submit --outbox-dir "$OUT" - <<<'{"unit":"Ba Đình","form":"daily","period":"20210301","values":{}}'
exits "--wait and --outbox exclude each other" 64 thidua submit --wait --outbox-dir "$OUT" "$SCRATCH/one.json"
exits "import --outbox does not know the form yet" 69 thidua import --outbox-dir "$OUT" --form daily - <<<'unit,period'
exits "status tells of it" 0 outbox status --json
equal "one waits" 1 "$(jq .pending "$SCRATCH/out")"
exits "run --once: nobody answers" 69 outbox run --once --timeout 1
equal "it still waits, and why is told" '1 no-answer' "$(outbox status --json | jq -r '"\(.pending) \(.trouble.code)"')"

# ---- a first line
site_up "$D" --clock 2025-06-01T00:00:00+08:00
exits "run --once sends it" 0 outbox run --once
cat "$SCRATCH/err" | tail -n 3 | sed 's/^/# /'
equal "its verdict is there" "rejected" "$(outbox list --json | jq -r '.[0].state')"
LANG=vi_VN.UTF-8 outbox list --state rejected >"$SCRATCH/vi"
check "in Vietnamese" grep -q "Không có\|không có" "$SCRATCH/vi"
exits "status: one is to be read" 65 outbox status
exits "clear wants to know what" 64 outbox clear
exits "it was read" 0 outbox clear --rejected --quiet
exits "nothing is left" 0 outbox status

# ---- 5,000 reports
zcat "$V/vax_state.csv.gz" | head -n 5001 >"$SCRATCH/state.csv"
exits "import --outbox" 0 thidua import "$SCRATCH/state.csv" --outbox-dir "$OUT" --form daily --unit-column state \
    --period-column date --map "$V/map.csv" --json
equal "5,000 are queued" 5000 "$(jq .queued "$SCRATCH/out")"
"$TESTS/line" "$LINE" "$D/run/broker" "${SEED:-1}" 500000 8 &
line_pid=$!
sender() { # a sender through the bad line, in the background
    thidua outbox run --outbox-dir "$OUT" --broker "ipc://$LINE" --timeout 2 >>"$SCRATCH/run.log" 2>&1 &
    run_pid=$!
}
fewer() { [ "$(count pending)" -lt "$1" ]; }
RANDOM=${SEED:-1}
left=5000
for kill in 1 2 3 4 5 6; do
    sender
    left=$((left - 1 - RANDOM % 700))
    until_that fewer "$left" || break
    left=$(count pending)
    kill -KILL "$run_pid"
    wait "$run_pid" 2>/dev/null
done
equal "the sender was killed six times" 6 "$kill"
sender
runs() { [ "$(count running)" = true ]; }
check "the sender runs" until_that runs
exits "one sender at a time" 75 outbox run --once
# The broker too is stopped and started amid it all.
kill -KILL "$(thidua status --json | jq '.broker.pid // .pid')"
settled() { [ "$(outbox status --json | jq '.pending + .receipted')" = 0 ]; }
until_that settled
ok $? "all is sent and judged"
tail -n 3 "$SCRATCH/run.log" | sed 's/^/# /'
kill -TERM "$run_pid"
wait "$run_pid"
equal "SIGTERM ends the sender in order" 0 $?
run_pid=
equal "5,000 are done" 5000 "$(count done)"
equal "none was rejected" 0 "$(count rejected)"
outbox list --json >"$SCRATCH/list.json"
equal "each is accepted once, or unchanged where it was sent again" 5000 \
    "$(jq '[.[] | select(.verdict == "accepted" or .verdict == "unchanged")] | length' "$SCRATCH/list.json")"
check "their receipts stand in the office's order" jq -e \
    '[.[].receipt | split(".") | map(tonumber)] | . == sort and (unique | length) == 5000' "$SCRATCH/list.json"
echo "# the line was down $(grep -c 'event=line_down' "$SCRATCH/run.log") times"
awk -F, 'NR > 1 {s += $3} END {print s}' "$SCRATCH/state.csv" >"$SCRATCH/wanted"
thidua export --unit mys --form daily --children --from 20210224 --to 20250222 >"$SCRATCH/got.csv"
header=$(head -n 1 "$SCRATCH/state.csv" | cut -d, -f3)
column=$(head -n 1 "$SCRATCH/got.csv" | tr , '\n' | grep -nx "$header\|$(echo "$header" | tr _ -)" | cut -d: -f1)
awk -F, -v c="$column" 'NR > 1 && $2 != "mys" {s += $c} END {print s}' "$SCRATCH/got.csv" >"$SCRATCH/got"
check "the tallies are those of the file" cmp "$SCRATCH/wanted" "$SCRATCH/got"
exits "verify replays to the same state" 0 thidua verify

# ---- an idle sender hears of each entry
thidua outbox run --outbox-dir "$OUT" >>"$SCRATCH/run.log" 2>&1 &
run_pid=$!
check "a sender runs again" until_that runs
heard=0
for ((i = 0; i < 20; i++)); do
    thidua submit --outbox-dir "$OUT" "$SCRATCH/one.json" >/dev/null
    until_that settled || break
    heard=$((heard + 1))
done
equal "twenty entries, one by one, are each heard of" 20 "$heard"
kill -TERM "$run_pid"
wait "$run_pid"
equal "the idle sender ends in order" 0 $?
run_pid=
kill -KILL "$line_pid"
wait "$line_pid" 2>/dev/null
line_pid=
finish
