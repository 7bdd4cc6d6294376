#!/bin/bash
# A record that kills its worker twice is quarantined: the shard goes on, what comes after it counts, a
# replay skips the same record, a new broker knows it too, and once the fault is mended the record can
# be sent again. A worker that others kill quarantines nobody.
. "$(dirname "$0")/../lib/site.sh"
S=$DATA_FILES/small
ulimit -c 0
clock=2021-11-06T08:00:00+07:00
report() { # UNIT DAY DOSES
    echo "{\"unit\":\"$1\",\"form\":\"daily\",\"period\":\"$2\",\"values\":{\"doses\":$3}}" | thidua submit --json -
}
receipt_of() { jq -r '.records[0].receipt'; }
verdict_of() { thidua receipt "$1" --json | jq -r .verdict; }
doses_of() { # of the whole city on a day
    thidua tally --unit city --period "$1" --indicator doses --json --after "$2" | jq '.rows[0].values[0].value'
}
listed() { thidua quarantine list --json | jq -c '[.quarantined[].receipt]'; }
pid_of() { thidua status --json | jq -r "$1"; }

check "init" thidua init --data "$SCRATCH/site" --campaign "$S/campaign.yaml" --units "$S/units.csv" --shards 2
export THIDUA_TEST_CRASH_UNIT=w1
site_up "$SCRATCH/site" --clock $clock
equal "nothing is quarantined" '[]' "$(listed)"
before=$(report w2 20211105 10 | receipt_of)
equal "a report before it counts" accepted "$(verdict_of "$before")"

# 1. The poison.
poison=$(report w1 20211105 1000 | receipt_of)
after=$(report w2 20211106 20 | receipt_of)
equal "the shard goes on, and the record is told to be quarantined" quarantined "$(verdict_of "$poison")"
equal "a report after it counts" accepted "$(verdict_of "$after")"
equal "the broker's list has it" "[\"$poison\"]" "$(listed)"
equal "with its unit, its type and the signal" '["w1","report","SIGSEGV"]' \
    "$(thidua quarantine list --json | jq -c '.quarantined[0] | [.unit, .type, .reason]')"
own=$(thidua quarantine list --json | jq -r '.quarantined[0].quarantine')
equal "the journal has it as the broker's own record" '[":broker","quarantine"]' \
    "$(thidua journal show "$own" --json | jq -c '[.principal, .record.type]')"
equal "accepted as such" accepted "$(verdict_of "$own")"
equal "it does not count" 10 "$(doses_of 20211105 "$own")"
equal "what came after it does" 20 "$(doses_of 20211106 "$own")"
equal "two deaths of the worker, and no third" 2 "$(grep -c 'child_ended.*thidua-tally.*signal=11' "$SCRATCH/up.log")"
exits "a replay skips the same record" 0 thidua verify
exits "rejected shows it" 0 thidua rejected --unit w1 --json
equal "as quarantined" "[[\"$poison\",\"quarantined\"]]" "$(jq -c '[.rejected[] | [.receipt, .verdict]]' "$SCRATCH/out")"

# 2. Killed by others: nobody is quarantined.
for round in 1 2 3 4 5; do
    worker=$(pid_of '.shards[0].pid')
    kill -KILL "$worker"
    report w2 2021110$round $round >"$SCRATCH/report.out"
    thidua status --wait 60 >/dev/null
done
equal "kill -9 five times quarantines nobody" "[\"$poison\"]" "$(listed)"
exits "and the state is right" 0 thidua verify

# 3. The broker begins anew, with its file, and without it.
broker=$(pid_of .pid)
kill -KILL "$broker"
check "the site is whole again" thidua status --wait 60
equal "a new broker keeps the list" "[\"$poison\"]" "$(listed)"
exits "a replay still skips it" 0 thidua verify
site_down
check "the file is there" test -s "$SCRATCH/site/journal/quarantine"
rm "$SCRATCH/site/journal/quarantine"
site_up "$SCRATCH/site" --clock $clock
equal "without its file the list is read from the journal" "[\"$poison\"]" "$(listed)"
check "and the file is made again" test -s "$SCRATCH/site/journal/quarantine"
site_down
rm -r "$SCRATCH/site/state"
site_up "$SCRATCH/site" --clock $clock
exits "a state made anew says the same, though the fault is still there" 0 thidua verify
equal "quarantined" quarantined "$(verdict_of "$poison")"
site_down

# 4. The fault is mended: the record is sent again, and counts from its new receipt on.
unset THIDUA_TEST_CRASH_UNIT
site_up "$SCRATCH/site" --clock $clock
exits "what is not quarantined cannot be released" 65 thidua quarantine release "$before"
exits "nor what is no receipt" 64 thidua quarantine release w1
exits "release" 0 thidua quarantine release "$poison" --wait --json
equal "is accepted" accepted "$(jq -r '.records[0].verdict' "$SCRATCH/out")"
new=$(receipt_of <"$SCRATCH/out")
equal "the old receipt stays as it was" quarantined "$(verdict_of "$poison")"
thidua tally --unit w1 --period 20211105 --json --after "$new" >"$SCRATCH/out"
equal "and it counts" 1000 "$(jq '.rows[0].values[0].value' "$SCRATCH/out")"
exits "verify" 0 thidua verify

# 5. What a shard has applied already is quarantined all the same (another site's worker died of it):
# that shard's state is emptied and made again, the worker with it.
exits "the broker is told" 0 thidua-tally --data "$SCRATCH/site" --quarantine "$before:SIGBUS"
cp "$SCRATCH/err" "$SCRATCH/told"
exits "telling it twice" 0 thidua-tally --data "$SCRATCH/site" --quarantine "$before:SIGBUS"
equal "is told of the same record" "$(grep -o 'quarantine_journalled.*' "$SCRATCH/told")" \
    "$(grep -o 'quarantine_journalled.*' "$SCRATCH/err")"
exits "what is not there is refused" 65 thidua-tally --data "$SCRATCH/site" --quarantine 9999.0:SIGBUS
exits "and what is no receipt" 64 thidua-tally --data "$SCRATCH/site" --quarantine SIGBUS
own=$(thidua quarantine list --json | jq -r '.quarantined[1].quarantine')
for ((i = 0; i < 200; i++)); do # the old state answers until the new one is there
    [ "$(verdict_of "$before")" = quarantined ] && break
done
equal "the record is skipped now" quarantined "$(verdict_of "$before")"
equal "one shard was made again" 1 "$(grep -c 'event=state_stale ' "$SCRATCH/up.log")"
check "the site is whole" thidua status --wait 60
equal "the released record still counts, and w2's later one of that day" 1005 "$(doses_of 20211105 "$own")"
exits "and every shard is what the journal says" 0 thidua verify
finish
