#!/bin/bash
# The operator at night: what is wrong is told with the command that mends it, and the command does; `top` in a
# terminal of 80x24 and a wide one, in both languages; metrics as Prometheus takes them, and its alerts.
. "$(dirname "$0")/../lib/site.sh"
S=$DATA_FILES/small
clock=2021-11-06T08:00:00+07:00
status_of() { thidua status --json | jq -r "$1"; }
says() { [ "$(thidua status --json | jq -r "$1")" = "$2" ]; }
has_trouble() { says ".troubles[] | select(.trouble == \"$1\") | .trouble" "$1"; }
do_as_told() { # TROUBLE: runs the command that status tells for it
    local command
    command=$(status_of ".troubles[] | select(.trouble == \"$1\") | .command")
    [ -n "$command" ] && bash -c "$command" >"$SCRATCH/told.out" 2>&1
}

check "init" thidua init --data "$SCRATCH/site" --campaign "$S/campaign.yaml" --units "$S/units.csv" --shards 2
exits "without a site, status says so" 69 thidua status --data "$SCRATCH/site"
exits "and so does the file for Prometheus" 69 thidua status --prometheus --data "$SCRATCH/site"
equal "in one metric" "thidua_ok 0" "$(grep -v '^#' "$SCRATCH/out")"
site_up "$SCRATCH/site" --clock $clock

# 1. What there is to tell of a site that is well.
exits "all is well" 0 thidua status --lang vi
equal "in Vietnamese" "Mọi việc đều ổn." "$(head -n 1 "$SCRATCH/out")"
grep -q 'Đồng hồ của broker là 2021-11-06' "$SCRATCH/out"
ok $? "a drill's clock is worth knowing, and nothing wrong"
[ "$(wc -l <"$SCRATCH/out")" -le 24 ]
ok $? "it fits a screen"
echo '{"unit":"w1","form":"daily","period":"20211105","values":{"doses":3}}' | thidua submit --wait - >/dev/null
echo '{"unit":"nowhere","form":"daily","period":"20211105","values":{"doses":3}}' | thidua submit --wait - >"$SCRATCH/refused.out" 2>&1
until_that says '[.shards[].rejected_by["unit-unknown"] // 0] | add' 1
ok $? "the workers tell what they rejected, by code"
equal "and what became of all" "4 1" "$(status_of '[.shards[].verdicts] | "\(map(.accepted) | add) \(map(.rejected) | add)"')"
equal "receipts were timed, each SUBMIT once" "$(status_of .counts.submits)" "$(status_of '.times.receipts[1:] | add')"
until_that says '(.times.lag[1:] | add) == 2 * .head' true
ok $? "and each block's way into each shard"
[ "$(status_of '[.shards[].transactions[1:] | add] | min')" -ge 1 ]
ok $? "and the workers' transactions"

# 2. Troubles, and their commands.
query=$(status_of '.query_workers[0].pid')
kill -STOP "$query"
exits "a query worker that says nothing is wrong" 1 thidua status --timeout 1
grep -q "kill -KILL $query" "$SCRATCH/out"
ok $? "and its command is told"
do_as_told query-worker-silent
until_that says ".query_workers | length == 1 and .[0].pid != $query" true
ok $? "which ends it, and another takes its place"
check "then all is well" thidua status --wait 60
worker=$(status_of '.shards[1].pid')
kill -STOP "$worker"
until_that has_trouble worker-silent
ok $? "a tally worker that says nothing is found when its lease is over"
equal "by its shard" "true" "$(status_of '.troubles[0].sentence | contains("shard 1 ") or contains("mảnh 1 ")')"
do_as_told worker-silent
check "and mended by the command" thidua status --wait 60
# Its successor counts rejections anew.
echo '{"unit":"nowhere","form":"daily","period":"20211105","values":{"doses":3}}' | thidua submit --wait - >"$SCRATCH/refused.out" 2>&1
until_that says '.shards[1].rejected_by["unit-unknown"]' 1
ok $? "the next worker counts anew"

# 3. The terminal.
if command -v tmux >/dev/null; then
    exits "without a terminal top says what to do instead" 64 thidua top
    grep -q 'thidua status' "$SCRATCH/err"
    ok $? "in words"
    terminal() { tmux -L "td$$" -f /dev/null "$@"; }
    screen() { terminal capture-pane -p -t top; }
    shows() { screen | grep -qF -- "$1"; }
    shown() { # NAME TEXT
        until_that shows "$2"
        local status=$?
        ok $status "$1"
        [ $status -eq 0 ] || screen | sed 's/^/# /'
    }
    terminal new-session -d -s top -x 80 -y 24 "TERM=nonsense thidua top 2>&1; thidua top; echo top ended with \$?; cat"
    shown "a terminal that nobody knows is told, then the other one draws" "q quit   l Tiếng Việt   ? help"
    shown "the site" "Thi Đua · site 1 · up for"
    shown "all is well" " well"
    shown "how many sessions" "of 2000 (client"
    shown "the shards" "Transactions 99 %"
    shown "what is rejected" "unit-unknown 1"
    shown "the drill's clock" "2021-11-06"
    terminal send-keys -t top l
    shown "l: the other language" "q thoát   l English   ? trợ giúp"
    shown "for all of it" "Độ trễ"
    terminal send-keys -t top '?'
    shown "?: help" "đổi ngôn ngữ"
    terminal resize-window -t top -x 160 -y 50
    terminal send-keys -t top x
    shown "any key goes back, on a wider screen" "Giao dịch 99 %"
    wide() { screen | grep -qE '^.{80} *[·!] '; }
    until_that wide
    ok $? "where what is to know stands to the right"
    echo '{"unit":"w2","form":"daily","period":"20211105","values":{"doses":3}}' | thidua submit - >/dev/null
    shown "what comes is seen" "khối $(status_of .head) "
    broker=$(status_of .pid)
    kill -STOP "$broker"
    shown "a broker that says nothing" "broker im lặng"
    kill -CONT "$broker"
    gone() { ! shows "broker im lặng"; }
    until_that gone
    ok $? "and that speaks again"
    terminal resize-window -t top -x 70 -y 20
    shown "a screen that is too small" "Cửa sổ quá nhỏ"
    terminal resize-window -t top -x 80 -y 24
    shown "and is not any more" "q thoát"
    terminal send-keys -t top q
    shown "q ends it in order" "top ended with 0"
    terminal kill-server
else
    echo "# no tmux here: top is not looked at"
fi

# 4. Prometheus.
exits "metrics" 0 thidua status --prometheus
cp "$SCRATCH/out" "$SCRATCH/metrics"
grep -qx 'thidua_ok 1' "$SCRATCH/metrics"
ok $? "of a site that is well"
equal "what was rejected, by code" 1 "$(sed -n 's/^thidua_rejected_total{shard="[01]",code="unit-unknown"} //p' "$SCRATCH/metrics")"
equal "every series once" "" "$(grep -v '^#' "$SCRATCH/metrics" | sed 's/ [^ ]*$//' | sort | uniq -d)"
alerts=$(sed -n 's/.*- alert: //p' "$ROOT/deploy/alerts.yml")
equal "the runbook has every alert and no other" "$(sort <<<"$alerts")" "$(sed -n 's/^### //p' "$ROOT/deploy/RUNBOOK.md" | sort)"
equal "and each alert leads there" "$(tr 'A-Z' 'a-z' <<<"$alerts")" "$(sed -n 's/.*RUNBOOK.md#\(.*\)"/\1/p' "$ROOT/deploy/alerts.yml")"
known() { # what rules and dashboard ask for is what docs/METRICS.md has
    grep -ohE 'thidua_[a-z_]+' "$@" | sed -E 's/_bucket$//' | sort -u | while read -r metric; do
        grep -q "^| .$metric. |" "$ROOT/docs/METRICS.md" || echo "$metric"
    done
}
equal "alerts ask for metrics that there are" "" "$(known "$ROOT/deploy/alerts.yml")"
check "the dashboard is JSON" jq -e '.panels | length > 5' "$ROOT/deploy/grafana/thidua.json"
equal "and asks for metrics that there are" "" "$(jq -r '.. | .expr? // empty' "$ROOT/deploy/grafana/thidua.json" >"$SCRATCH/exprs"; known "$SCRATCH/exprs")"
if command -v promtool >/dev/null; then
    check "promtool takes the metrics" promtool check metrics <"$SCRATCH/metrics"
    check "and the alerts" promtool check rules "$ROOT/deploy/alerts.yml"
    check "and the configuration" promtool check config "$ROOT/deploy/prometheus.yml"
    check "each alert fires when it should, and alone" promtool test rules "$ROOT/tests/data/alerts.yml"
    jq -Rs '{groups: [{name: "x", rules: [split("\n")[] | select(. != "") | {record: "x", expr: .}]}]}' "$SCRATCH/exprs" >"$SCRATCH/exprs.yml"
    check "and the dashboard's questions" promtool check rules "$SCRATCH/exprs.yml"
else
    echo "# no promtool here (Debian's prometheus): metrics and alerts are not checked by it"
fi

# 5. The units, as systemd reads them.
if command -v systemd-analyze >/dev/null; then
    for unit in "$ROOT"/deploy/systemd/thidua*.service; do
        sed "s|/usr/local/bin/thidua|$BIN/thidua|" "$unit" >"$SCRATCH/$(basename "$unit")"
        check "systemd takes $(basename "$unit")" systemd-analyze verify --man=no "$SCRATCH/$(basename "$unit")"
        ! grep -E 'Unknown|Failed to parse|Invalid' "$SCRATCH/check.out"
        ok $? "every line of it"
    done
else
    echo "# no systemd-analyze here: the units are not looked at"
fi
finish
