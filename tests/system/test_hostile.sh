#!/bin/bash
# A siege: everything that we know a peer on the network can do, with and without a key, against a broker
# on tcp with CURVE, while an office that behaves goes on reporting (hostile.c). Then once more with few
# descriptors, so that connections that say nothing use them up.
. "$(dirname "$0")/../lib/site.sh"
HOSTILE=${THIDUA_TESTS:-$ROOT/build/tests}/hostile
D=$SCRATCH/site
# SECURITY.md states it; a sanitizer keeps what was freed, and is given its own room.
RSS_MIB=128
[ "${BIN%/*}" = "$ROOT/build" ] || RSS_MIB=1500

broker_pid() { pgrep -P "$up_pid" thidua-broker; }
siege() { "$HOSTILE" siege "$BROKER" "$(broker_pid)" "$RSS_MIB" "$SCRATCH/w2/key" "$SCRATCH/w1/key" "$SCRATCH/worker" "$SCRATCH/auditor"; }
attack() { "$HOSTILE" attack "$1" "$BROKER" "$SCRATCH/w1/key" "$SCRATCH/worker" "$SCRATCH/auditor"; }

check "init makes a data directory" thidua init --quiet --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/small/units.csv"
port=$(free_port)
echo "listen_tcp = tcp://127.0.0.1:$port" >>"$D/thidua.conf"
ulimit -Sn "$(ulimit -Hn)"
site_up "$D" --clock 2021-11-05T08:00:00+07:00
BROKER=tcp://127.0.0.1:$port#$(thidua keys show "$D/keys/broker" --json | jq -r .public_key)
exits "an office that behaves" 0 thidua office new w2 --out "$SCRATCH/w2"
exits "one that does not" 0 thidua office new w1 --out "$SCRATCH/w1"
for role in worker auditor; do
    thidua keys new "$SCRATCH/$role" --principal "$role" >/dev/null
    exits "and a key of role $role" 0 thidua access grant $role --role $role --public-key-of "$SCRATCH/$role"
done
echo "# this process may have $(ulimit -n) descriptors"

broker=$(broker_pid)
siege >"$SCRATCH/siege" 2>&1
status=$?
grep '^#' "$SCRATCH/siege"
# The siege's own tests become these: numbered anew.
while read -r line; do
    ok "$([ "${line%%ok *}" = "" ]; echo $?)" "${line#*- }"
done < <(grep -E '^(not )?ok ' "$SCRATCH/siege")
equal "the siege ends" 0 $status
equal "the broker is still the same process" "$broker" "$(broker_pid)"
exits "who may speak is what it was" 0 thidua access list --json
equal "and nobody else" "auditor operator unit-w1 unit-w2 worker" \
    "$(jq -r '[.principals[].principal] | sort | join(" ")' "$SCRATCH/out")"
exits "the office reads its unit" 0 thidua tally --office "$SCRATCH/w2" --unit w2 --period 20211103 --json
exits "replaying the journal makes the same state" 0 thidua verify
site_down

# ---- few descriptors ----
ulimit -Sn 700
site_up "$D" --clock 2021-11-05T09:00:00+07:00
ulimit -Sn "$(ulimit -Hn)"
broker=$(broker_pid)
attack idle >"$SCRATCH/idle" 2>&1
grep '^#' "$SCRATCH/idle"
check "the endpoint closes before the journal has no descriptor left" grep -q 'event=network_full' "$SCRATCH/up.log"
exits "all is well again when they are gone" 0 thidua status --wait 30
echo '{"unit": "w2", "period": "20211104", "form": "daily", "values": {"doses": 3, "first": 3, "second": 0}}' >"$SCRATCH/w2.json"
exits "and the office reports" 0 thidua submit --wait --office "$SCRATCH/w2" "$SCRATCH/w2.json"
equal "the broker is still the same process" "$broker" "$(broker_pid)"
finish
