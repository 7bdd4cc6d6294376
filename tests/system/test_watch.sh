#!/bin/bash
# A watched folder: what is dropped is imported once, whatever crashes; the rest is told beside it.
. "$(dirname "$0")/../lib/site.sh"
D=$SCRATCH/site W=$SCRATCH/drop
mkdir "$W"
check "init" thidua init --data "$D" --campaign "$DATA_FILES/small/campaign.yaml" --units "$DATA_FILES/small/units.csv" --shards 2
site_up "$D" --clock 2021-11-10T08:00:00+07:00
watch() { thidua watch "$W" --form daily "$@"; }
value() { thidua reports --unit "$1" --period "$2" --form daily --json | jq -r '[.reports[0].values[]? | "\(.indicator)=\(.value)"] | sort | join(" ")'; }
head_of() { thidua status --json | jq .head; }

# Once: what is there, in the order of the names.
printf 'unit,period,doses,open\nw1,20211101,5,2\nw2,20211101,7,\n' >"$W/a.csv"
printf 'unit,period,doses\nw1,20211101,6\nnowhere,20211101,1\nw2,20211102,-1\n' >"$W/b.csv"
printf '{"unit":"w3","form":"daily","period":"20211101","revision":1,"values":{"doses":3}}\n' >"$W/c.jsonl"
printf 'w1' >"$W/note.txt"
printf 'unit,period,doses\nw1,20211101,99\n' >"$W/.hidden.csv"
ln -s "$D/thidua.conf" "$W/link.csv"
exits "once, with mistakes in a file" 65 watch --once
check "the good one is done" [ -f "$W/done/a.csv" ]
equal "with its report" "2 0 0" "$(jq -r '.result | "\(.accepted) \(.rejected) \(.exit // 0)"' "$W/done/a.csv.report.json")"
check "the bad one is not" [ -f "$W/failed/b.csv" ]
equal "its report has the mistakes" "1 2 65" "$(jq -r '"\(.result.corrected) \(.result.rejected) \(.exit)"' "$W/failed/b.csv.report.json")"
equal "and all of them stand beside it" 3 "$(wc -l <"$W/failed/b.csv.errors.csv")"
check "JSON is taken too" [ -f "$W/done/c.jsonl" ]
equal "what was good counts" "doses=6" "$(value w1 20211101)"
equal "and so does the other kind" "doses=3" "$(value w3 20211101)"
equal "what is none of ours stays" ".hidden.csv link.csv note.txt" "$(cd "$W" && find . -maxdepth 1 ! -type d -printf '%f\n' | sort | paste -sd ' ')"

# The same content again, under any name.
before=$(head_of)
cp "$W/done/a.csv" "$W/a-again.csv"
exits "the same content again" 0 watch --once
equal "is known" true "$(jq .duplicate "$W/done/a-again.csv.report.json")"
equal "and sends nothing" "$before" "$(head_of)"
cp "$W/failed/b.csv" "$W/b.csv"
exits "what failed may come again" 65 watch --once
check "beside the first" [ -f "$W/failed/b.csv.2" ]
printf 'unit,period,doses\nw4,20211101,4\n' >"$W/a.csv"
exits "another content under a name that was" 0 watch --once
check "stands beside it too" [ -f "$W/done/a.csv.2" ]

# Killed after the records were taken, and before that was known: the same records again. In between the value is
# corrected, which sending it again must not undo, whole report or merge.
killed() { # killed NAME LAYOUT: leaves NAME in work, its records taken
    cp "$W/$1" "$SCRATCH/$1"
    exits "taken ($2)" 0 watch --once --layout "$2"
    mv "$W/done/$1" "$W/.thidua/taken/$1"
    rm "$W/done/$1.report.json"
    local seen
    seen=$W/.thidua/seen/$(b2sum -l 128 "$W/.thidua/taken/$1" | cut -d' ' -f1)
    check "its revision is kept ($2)" jq -e '.revision > 0 and .report' "$seen"
    jq '{revision}' "$seen" >"$SCRATCH/seen" && cp "$SCRATCH/seen" "$seen"
}
printf 'unit,period,doses\nw1,20211103,1\n' >"$W/k.csv"
killed k.csv wide
echo '{"unit":"w1","form":"daily","period":"20211103","values":{"doses":2}}' >"$SCRATCH/correct"
check "a correction" thidua submit --wait "$SCRATCH/correct"
exits "the watcher comes back" 0 watch --once
equal "the file is done" superseded "$(jq -r '.result | if .superseded == 1 then "superseded" else . end' "$W/done/k.csv.report.json")"
equal "and undoes nothing" "doses=2" "$(value w1 20211103)"
printf 'dataelement,period,orgunit,catoptcombo,attroptcombo,value\ndoses,20211103,w2,,,1\n' >"$W/m.csv"
killed m.csv dhis2
echo '{"unit":"w2","form":"daily","period":"20211103","merge":true,"values":{"doses":2}}' >"$SCRATCH/correct"
check "a correction" thidua submit --wait "$SCRATCH/correct"
exits "the watcher comes back" 0 watch --once --layout dhis2
equal "and undoes nothing" "doses=2" "$(value w2 20211103)"

# Watching.
thidua watch "$W" --form daily >"$SCRATCH/watch.log" 2>&1 &
watcher=$!
soon() { "$@" || { read -r -t 0.05 <>"$SCRATCH/never"; false; }; } # a look, and a moment's rest
mkfifo "$SCRATCH/never"
check "it has begun" until_that soon grep -q watching "$SCRATCH/watch.log"
exits "a second watcher is refused" 75 watch --once
printf 'unit,period,doses\nw1,20211104,8\n' >"$SCRATCH/n.csv"
mv "$SCRATCH/n.csv" "$W/n.csv"
check "what is moved in is taken" until_that soon test -f "$W/done/n.csv.report.json"
exec 3>"$W/slow.csv"
printf 'unit,period,doses\nw1,20211105,' >&3
printf 'unit,period,doses\nw2,20211105,1\n' >"$W/quick.csv"
check "another is taken meanwhile" until_that soon test -f "$W/done/quick.csv.report.json"
check "one that is being written is not" [ -f "$W/slow.csv" ]
printf '9\n' >&3
exec 3>&-
check "but when it is closed" until_that soon test -f "$W/done/slow.csv.report.json"
equal "whole" "doses=9" "$(value w1 20211105)"

# The broker away: put off, not lost.
site_down
printf 'unit,period,doses\nw1,20211106,4\n' >"$W/off.csv"
check "put off while nobody answers" until_that soon grep -q 'off.csv' "$SCRATCH/watch.log"
check "and not failed" [ ! -e "$W/failed/off.csv" ]
site_up "$D" --clock 2021-11-10T08:00:00+07:00
check "then taken" until_that soon test -f "$W/done/off.csv.report.json"
kill -TERM "$watcher"
wait "$watcher"
equal "it ends in order" 0 $?
exits "no folder" 66 thidua watch "$SCRATCH/nowhere" --form daily
finish
