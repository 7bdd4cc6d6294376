#!/bin/bash
# A council writes the head down; an auditor proves later, with a copy of the files alone, that nothing
# before it was changed. What was changed is named. The head is told with a broker and without.
. "$(dirname "$0")/../lib/site.sh"
S=$DATA_FILES/small
SITE=$SCRATCH/site
COPY=$SCRATCH/copy
check "init" thidua init --data "$SITE" --campaign "$S/campaign.yaml" --units "$S/units.csv"
sed -i 's/^segment_mb = .*/segment_mb = 1/' "$SITE/thidua.conf"
exits "nothing journalled, nothing to prove" 66 thidua journal head --journal "$SITE/journal"
site_up "$SITE" --clock 2021-11-05T08:00:00+07:00
reports() { # FROM TO: a submit each, a block each
    for i in $(seq "$1" "$2"); do
        echo "{\"unit\":\"w1\",\"form\":\"daily\",\"period\":\"20211104\",\"values\":{\"doses\":$i,\"first\":$i,\"second\":0}}" |
            thidua submit - --quiet >"$SCRATCH/submit.out" 2>&1 || return
    done
}
check "reports" reports 1 8
head_of() { jq -r '"\(.block) \(.chain)"' "$SCRATCH/$1.json"; }
check "the head is written down" sh -c "thidua journal head --json >'$SCRATCH/written.json'"
read -r block chain <<<"$(head_of written)"
check "more reports" reports 9 16
exits "proved beside the broker" 0 thidua journal prove "$block" "$chain" --json
equal "the block, and that others came after it" "true true" \
    "$(jq -r "\"\(.proved) \(.block == $block and .head > $block)\"" "$SCRATCH/out")"
exits "verify looks at the files too" 0 thidua verify
thidua journal head --json >"$SCRATCH/online.json"
mkdir -p "$SITE/keys" && echo "secret: a-private-key" >"$SITE/keys/somebody" && chmod -R go= "$SITE/keys"
check "a backup" thidua backup "$SCRATCH/backup"
check "no key is in it" sh -c "! grep -rq a-private-key '$SCRATCH/backup' && grep -rq '^# thidua backup' '$SCRATCH/backup'"
exits "the backup's journal proves the same" 0 thidua journal prove "$block" "$chain" --journal "$SCRATCH/backup/journal"
check "in words" grep -q "Proved: block $block has the hash given" "$SCRATCH/out"
site_down

exits "the head without a broker" 0 thidua journal head --json
cp "$SCRATCH/out" "$SCRATCH/offline.json"
equal "is the head with one" "$(jq -S . "$SCRATCH/online.json")" "$(jq -S . "$SCRATCH/offline.json")"
cp -r "$SITE/journal" "$COPY"
unset THIDUA_DATA
cd "$SCRATCH" || exit 70
chmod -R a-w "$COPY"
before=$(find "$COPY" -printf '%p %s %T@\n' | sort | b2sum)
exits "on an auditor's machine, from a folder that cannot be written" 0 thidua journal prove "$block" "$chain" --journal "$COPY"
equal "which is left as it was" "$before" "$(find "$COPY" -printf '%p %s %T@\n' | sort | b2sum)"
exits "a hash with a letter that is no digit" 64 thidua journal prove "$block" "${chain/[0-9a-f]/z}" --journal "$COPY"
exits "no hash at all" 64 thidua journal prove "$block" 1234 --journal "$COPY"
exits "a block that is none" 64 thidua journal prove 0 "$chain" --journal "$COPY"
other=$(printf '%064d' 0)
exits "the hash of another journal" 65 thidua journal prove "$block" "$other" --journal "$COPY" --json
equal "is named" "hash-differs $block" "$(jq -r '"\(.fault) \(.block)"' "$SCRATCH/out")"
exits "a head that the journal does not reach" 65 thidua journal prove 9999 "$chain" --journal "$COPY" --json
equal "is named" "journal-short 9999" "$(jq -r '"\(.fault) \(.block)"' "$SCRATCH/out")"
exits "in Vietnamese" 65 thidua journal prove 9999 "$chain" --journal "$COPY" --lang vi
check "in Vietnamese words" grep -q "nhật ký kết thúc trước khối đã ghi lại" "$SCRATCH/out"

# One record of the journal changed by hand, in the file and nowhere else.
chmod -R u+w "$COPY"
segment=$(find "$COPY" -name '*.mdb' | sort | head -n 1)
at=$(grep -abo 20211104 "$segment" | head -n 1 | cut -d: -f1)
printf 2 | dd of="$segment" bs=1 seek=$((at + 7)) conv=notrunc status=none
exits "a record that was changed" 65 thidua journal prove "$block" "$chain" --journal "$COPY" --json
equal "is named by its file and block" "block-damaged $(basename "$segment") true" \
    "$(jq -r '"\(.fault) \(.file) \(.block > 0 and .byte > 0)"' "$SCRATCH/out")"
cp "$segment" "$SITE/journal/"
export THIDUA_DATA=$SITE
exits "verify finds it before anything is replayed" 65 thidua verify
check "and names the block" grep -q "block [0-9]*, from byte [0-9]*: the block is damaged" "$SCRATCH/out"
finish
