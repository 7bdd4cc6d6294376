#!/bin/bash
# Backups while an import runs, restored elsewhere: the same journal, the same state, to the newest
# block, to an earlier backup, to a block and to a day. Damage is found and named. Pruning wants a
# backup; the site goes on after it, and so do backup, restore and verify.
. "$(dirname "$0")/../lib/site.sh"
V=$DATA_FILES/my_vax
B=$SCRATCH/backup
zcat "$V/vax_state.csv.gz" >"$SCRATCH/state.csv"
check "init" thidua init --data "$SCRATCH/site" --campaign "$V/campaign.yaml" --units "$V/units.csv" --shards 2
sed -i 's/^segment_mb = .*/segment_mb = 1/' "$SCRATCH/site/thidua.conf"
# A backup of nothing is none.
exits "nothing journalled, nothing backed up" 66 thidua backup "$SCRATCH/none" --data "$SCRATCH/site"
site_up "$SCRATCH/site" --clock 2025-06-01T00:00:00+08:00

# A fifo holds the import where we want it: backups are made while records are in flight.
mkfifo "$SCRATCH/pipe"
thidua import - --form daily --unit-column state --period-column date --map "$V/map.csv" --wait --json \
    <"$SCRATCH/pipe" >"$SCRATCH/import.out" 2>"$SCRATCH/import.err" &
import_pid=$!
exec 9>"$SCRATCH/pipe"
head_of() { jq -r .head "$SCRATCH/$1.json"; }
back_up() { # NAME: keeps what was printed
    thidua backup "$B" --json >"$SCRATCH/$1.json"
}
sed -n 1,6000p "$SCRATCH/state.csv" >&9
check "the first backup, under load" back_up one
sed -n 6001,14000p "$SCRATCH/state.csv" >&9
check "the second, under load" back_up two
sed -n '14001,$p' "$SCRATCH/state.csv" >&9
exec 9>&-
check "the third, under load" back_up three
wait $import_pid
equal "the import ends well" 0 $?
sealed=$(find "$B/journal" -name '*.seal' | sort | head -n 1)
inode=$(stat -c %i "${sealed%.seal}.mdb")
check "the fourth, at rest" back_up four
equal "a sealed segment that was there is not copied again" "$inode" "$(stat -c %i "${sealed%.seal}.mdb")"
check "only what is new is new" [ "$(jq .new_files "$SCRATCH/four.json")" -lt "$(jq .files "$SCRATCH/four.json")" ]
equal "the head is the broker's" "$(thidua journal head --json | jq -r '"\(.block) \(.chain)"')" \
    "$(jq -r '"\(.head) \(.chain)"' "$SCRATCH/four.json")"
check "b2sum says the same without us" sh -c "cd '$B' && b2sum --check --quiet \$(ls manifest-* | tail -n 1)"
equal "four backups are listed" "$(for i in one two three four; do head_of $i; done | sort -nu)" \
    "$(thidua backup "$B" --list --json | jq -r '.backups[].head')"
thidua verify --json >"$SCRATCH/verify.json"
equal "the states in the backup are those that a replay makes" "$(jq -r '.shards[].hash' "$SCRATCH/verify.json")" \
    "$(jq -r '.states[].hash' "$SCRATCH/four.json")"
thidua export --unit mys --form daily --from 20210224 --to 20250222 >"$SCRATCH/export.csv"
site_down

# ---- elsewhere ----
exits "nothing is restored over a directory that is there" 73 thidua restore "$B" --data "$SCRATCH/site"
check "restore" thidua restore "$B" --data "$SCRATCH/new"
site_up "$SCRATCH/new"
check "nothing has to be replayed" grep -q "shard_open.*block=$(head_of four)" "$SCRATCH/up.log"
exits "verify: the restored site's state is its journal's" 0 thidua verify --json
equal "and the same as before" "$(jq -r '.shards[] | "\(.block) \(.hash)"' "$SCRATCH/verify.json")" \
    "$(jq -r '.shards[] | "\(.block) \(.hash)"' "$SCRATCH/out")"
thidua export --unit mys --form daily --from 20210224 --to 20250222 >"$SCRATCH/again.csv"
check "and so is what it says" cmp "$SCRATCH/export.csv" "$SCRATCH/again.csv"
site_down

# ---- an earlier point: the states are newer, so they are made again ----
for i in one two; do
    check "restore to backup $i" thidua restore "$B" --data "$SCRATCH/$i" --to "$(head_of $i)"
    site_up "$SCRATCH/$i"
    equal "its head is backup $i's" "$(jq -r '"\(.head) \(.chain)"' "$SCRATCH/$i.json")" \
        "$(thidua journal head --json | jq -r '"\(.block) \(.chain)"')"
    exits "its state is its journal's" 0 thidua verify --json
    thidua verify --json >"$SCRATCH/out"
    site_down
done
exits "a block that is not there" 66 thidua restore "$B" --data "$SCRATCH/far" --to 999999
[ ! -e "$SCRATCH/far" ] && [ -z "$(ls -d "$SCRATCH"/far.* 2>/dev/null)" ]
ok $? "and nothing is left of the try"
thidua restore "$B" --data "$SCRATCH/day" --to 2025-06-02 --json >"$SCRATCH/day.json"
equal "restore to a day" "$(head_of four)" "$(head_of day)"
moment=$(jq -r '.head_time_us | "\(. / 1000000 | floor | todate[:19]).\(. % 1000000 + 1000000 | tostring[1:])Z"' "$SCRATCH/two.json")
thidua restore "$B" --data "$SCRATCH/moment" --to "$moment" --json >"$SCRATCH/moment.json"
equal "to a moment, $moment" "$(head_of two)" "$(head_of moment)"
exits "a day before the first block" 66 thidua restore "$B" --data "$SCRATCH/early" --to 2001-01-01
exits "no block, day or time" 64 thidua restore "$B" --data "$SCRATCH/early" --to yesterday

# ---- damage ----
cp -r "$B" "$SCRATCH/bad"
victim=$(cd "$SCRATCH/bad" && ls journal/*.mdb | head -n 1)
printf 'X' | dd of="$SCRATCH/bad/$victim" bs=1 seek=30000 conv=notrunc 2>/dev/null
exits "a damaged file is found" 65 thidua restore "$SCRATCH/bad" --data "$SCRATCH/never"
check "and named" grep -q "$victim" "$SCRATCH/err"
rm "$SCRATCH/bad/$victim"
exits "so is one that is missing" 65 thidua restore "$SCRATCH/bad" --data "$SCRATCH/never"
check "by its name" grep -q "$victim is missing" "$SCRATCH/err"
sed -i 's/journal 1 /journal 2 /' "$SCRATCH/bad/$(ls "$SCRATCH/bad" | grep manifest | tail -n 1)"
exits "and a manifest that was changed" 65 thidua restore "$SCRATCH/bad" --data "$SCRATCH/never"

# ---- pruning ----
site_up "$SCRATCH/site" --clock 2025-06-02T00:00:00+08:00
head=$(thidua journal head --json | jq .block)
exits "prune wants a backup" 64 thidua journal prune --before "$head"
exits "one that is whole" 65 thidua journal prune --before "$head" --backup "$SCRATCH/bad"
exits "of as many blocks" 65 thidua journal prune --before $((head + 1)) --backup "$B"
equal "nothing is gone" 1 "$(thidua journal head --json | jq .first)"
check "prune" thidua journal prune --before "$head" --backup "$B"
first=$(thidua journal head --json | jq .first)
[ "$first" -gt 1 ] && [ "$first" -le "$head" ]
ok $? "the journal begins with block $first"
sed -n '1p;$p' "$SCRATCH/state.csv" >"$SCRATCH/one.csv"
check "the site goes on" thidua import "$SCRATCH/one.csv" --form daily --unit-column state --period-column date \
    --map "$V/map.csv" --wait
[ "$(thidua journal head --json | jq .block)" -gt "$head" ]
ok $? "with new blocks"
exits "verify from block 1 is refused in words" 65 thidua verify
check "which say what to do" grep -q -- '--from' "$SCRATCH/err"
exits "verify --from the backup" 0 thidua verify --from "$B"
check "a backup after the prune, into the same directory" back_up five
equal "keeps what was pruned" 1 "$(jq .first "$SCRATCH/five.json")"
check "a backup into a new one" thidua backup "$SCRATCH/fresh"
site_down

# A worker whose state is gone cannot be taken to the first block that is there: it says so.
rm -rf "$SCRATCH/site/state/01"
thidua up --data "$SCRATCH/site" 2>"$SCRATCH/lost.log" &
lost=$!
for ((i = 0; i < 3000; i++)); do
    grep -q journal_does_not_fit "$SCRATCH/lost.log" && break
    thidua journal head --data "$SCRATCH/site" >/dev/null 2>&1
done
kill -TERM $lost
wait $lost
check "a worker without its blocks says what to do" grep -q 'event=journal_does_not_fit.*docs/BACKUP.md' "$SCRATCH/lost.log"

check "restore what begins with block $first" thidua restore "$SCRATCH/fresh" --data "$SCRATCH/short"
site_up "$SCRATCH/short"
exits "it is sound" 0 thidua verify --from "$SCRATCH/fresh"
thidua export --unit mys --form daily --from 20210224 --to 20250222 >"$SCRATCH/again.csv"
check "and says the same" cmp "$SCRATCH/export.csv" "$SCRATCH/again.csv"
site_down
exits "but not to before its states" 65 thidua restore "$SCRATCH/fresh" --data "$SCRATCH/never" --to "$first"
check "restore from the long one reaches back" thidua restore "$B" --data "$SCRATCH/long" --to 2
finish
