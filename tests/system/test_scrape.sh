#!/bin/bash
# Debian's Prometheus asks a gateway over HTTP, with deploy/prometheus.yml and deploy/alerts.yml as they are but for
# addresses and pace: it takes what comes, and its alerts see a worker that is stopped.
. "$(dirname "$0")/../lib/site.sh"
. "$ROOT/tests/lib/gateway.sh"
S=$DATA_FILES/small
D=$SCRATCH/site
prometheus_pid=
names() { sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' "$1" | sort; }

check "init" thidua init --data "$D" --campaign "$S/campaign.yaml" --units "$S/units.csv" --shards 2
gateway_site "$D" --clock 2021-11-06T08:00:00+07:00
check "a grant" thidua access grant prometheus --role auditor
check "a token" sh -c "thidua access token new prometheus --name prometheus --after 1.0 | tail -n 1 >$SCRATCH/thidua-token"
echo '{"unit":"w1","form":"daily","period":"20211105","values":{"doses":3}}' | thidua submit --wait - >/dev/null
get 401 "nobody sees them without a token" "$U/metrics"
get 200 "an auditor's token is enough" -H "Authorization: ApiToken $(cat "$SCRATCH/thidua-token")" "$U/metrics"
cp "$SCRATCH/body" "$SCRATCH/metrics"
thidua status --prometheus >"$SCRATCH/own"
equal "they are the command line's, and the gateway's own" \
    "thidua_gateway_errors_total thidua_gateway_requests_total thidua_gateway_sessions thidua_gateway_streams thidua_gateway_values_total" \
    "$(comm -3 <(names "$SCRATCH/own") <(names "$SCRATCH/metrics") | tr -d '\t' | xargs)"
for metric in $(names "$SCRATCH/metrics"); do
    grep -q "^| .$metric. |" "$ROOT/docs/METRICS.md" || echo "$metric"
done >"$SCRATCH/unknown"
equal "each is in docs/METRICS.md" "" "$(cat "$SCRATCH/unknown")"
if ! command -v prometheus >/dev/null; then
    echo "# no prometheus here: nobody scrapes"
    finish
fi

port=$(free_port)
sed -e "s|localhost:8080|${U#http://}|; s|/etc/prometheus/thidua-token|$SCRATCH/thidua-token|; s|: 15s|: 2s|" \
    -e '/^alerting:/,/^$/d; /thidua-textfile/,$d' "$ROOT/deploy/prometheus.yml" >"$SCRATCH/prometheus.yml"
cp "$ROOT/deploy/alerts.yml" "$SCRATCH/alerts.yml"
check "the configuration is one" promtool check config "$SCRATCH/prometheus.yml"
prometheus --config.file="$SCRATCH/prometheus.yml" --storage.tsdb.path="$SCRATCH/tsdb" --log.level=warn \
    --web.listen-address="127.0.0.1:$port" >"$SCRATCH/prometheus.log" 2>&1 &
prometheus_pid=$!
trap 'kill -KILL $prometheus_pid 2>/dev/null; [ -z "$up_pid" ] || kill -KILL "$up_pid" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
ask() { # PROMQL: the values of its answer
    curl -s -m 5 "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1" | jq -r '[.data.result[].value[1]] | join(" ")'
}
answers() { [ "$(ask "$1")" = "$2" ]; }
# A scrape that a busy machine delays leaves no answer for a moment: each is asked for until it is there.
answered() { # NAME PROMQL WANTED
    until_that answers "$2" "$3"
    ok $? "$1"
}
alert() { # NAME: its state
    curl -s -m 5 "http://127.0.0.1:$port/api/v1/rules" | jq -r ".data.groups[].rules[] | select(.name == \"$1\") | .state"
}
is_pending() { [ "$(alert "$1")" = pending ]; }
answered "Prometheus scrapes the gateway" 'up{job="thidua"}' 1
answered "and knows that all is well" thidua_ok 1
answered "the journal's head" thidua_journal_block "$(thidua status --json | jq .head)"
answered "both shards" thidua_shard_worker_up "1 1"
answered "the receipts" thidua_receipt_seconds_count "$(thidua status --json | jq .counts.submits)"
answered "and what a histogram answers" 'histogram_quantile(0.99, sum by (le) (thidua_lag_seconds_bucket)) > bool 0' 1
rules_are_well() { [ "$(curl -s -m 5 "http://127.0.0.1:$port/api/v1/rules" | jq -r '[.data.groups[].rules[].health] | unique | join(" ")')" = ok ]; }
until_that rules_are_well
ok $? "every alert can be asked"
worker=$(thidua status --json | jq .shards[1].pid)
kill -STOP "$worker"
until_that is_pending ThiduaShardWithoutWorker
ok $? "a worker that is stopped is an alert on its way"
equal "and the network, which there is none of, is not" inactive "$(alert ThiduaNetworkClosed)"
kill -CONT "$worker"
answered "until it goes on" thidua_shard_worker_up "1 1"
kill -TERM $prometheus_pid
wait $prometheus_pid
finish
