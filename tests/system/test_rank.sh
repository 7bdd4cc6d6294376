#!/bin/bash
# The score sheet of tests/data/scores, worked out by hand in its README: points line by line, totals,
# ranks with a tie, and the same arithmetic told by --explain. The numbers below are the page's.
. "$(dirname "$0")/../lib/site.sh"
FILES=$DATA_FILES/scores
check "init" thidua init --data "$SCRATCH/site" --campaign "$FILES/campaign.yaml" --units "$FILES/units.csv" --shards 2
site_up "$SCRATCH/site" --clock 2021-11-04T08:00:00+07:00
for form in daily monthly; do
    exits "import $form" 0 thidua import "$FILES/$form.csv" --form $form --wait
done

# By hand: vaccination, few-cases, visits, satisfied, reporting; in hundredths.
exits "rank" 0 thidua rank --bloc cum --period 202111 --json
cp "$SCRATCH/out" "$SCRATCH/rank.json"
by_hand='1 p1 4075: 1300 900 800 500 575
2 d1 3821: 1000 771 1000 500 550
3 p2 2717: 667 675 800 0 575
4 p3 1550: 0 900 400 0 250
4 p6 1550: 150 900 0 500 0
6 p4 1393: 243 450 200 500 0
7 p5 -200: 0 0 0 0 -200'
equal "points, totals and ranks are the pencil's" "$by_hand" \
    "$(jq -r '.rows[] | "\(.rank) \(.unit) \(.total): \(.points | join(" "))"' "$SCRATCH/rank.json")"
equal "lines without a value are counted" "0 0 0 2 1 0 4" "$(jq -r '[.rows[].without_value] | join(" ")' "$SCRATCH/rank.json")"
# The page itself has the same totals: whoever changes one of the two hears of it.
equal "the page's totals" "$(jq -r '.rows[] | "\(.rank) \(.unit) \(.total)"' "$SCRATCH/rank.json")" \
    "$(sed -n '/^## Totals/,$p' "$FILES/README.md" | sed 's/−/-/g' | sed -n 's/^| \([0-9]\) | \(..\) | .* = \(-\{0,1\}\)\([0-9]*\)\.\([0-9][0-9]\) |$/\1 \2 \3\4\5/p' |
        sed 's/ \(-\{0,1\}\)0*\([0-9]\)/ \1\2/')"

# Each unit's explanation gives the same points as the table, line by line, and they add up.
for unit in d1 p1 p2 p3 p4 p5 p6; do
    exits "explain $unit" 0 thidua rank --explain $unit --period 202111 --json
    equal "$unit is explained as it is ranked" \
        "$(jq -r --arg u $unit '.rows[] | select(.unit == $u) | .points | join(" ")' "$SCRATCH/rank.json")" \
        "$(jq -r '[.explain[] | if .earned + .bonus - .penalty == .points then .points else "sum" end] | join(" ")' "$SCRATCH/out")"
done

thidua rank --explain p4 --period 202111 --lang en >"$SCRATCH/p4.txt"
equal "a half is rounded away from zero, in words" "   10.00 × 97 ÷ (50 × 8000 ÷ 1000) = 2.43" "$(grep '97 ÷' "$SCRATCH/p4.txt")"
equal "a penalty is held at its most" "   penalty: reports missing 2 × 1.50 = 3.00, at most 2.00: − 2.00" "$(grep penalty "$SCRATCH/p4.txt")"
thidua rank --explain p1 --period 202111 --lang vi >"$SCRATCH/p1.txt"
equal "a cap" "   10.00 × 900 ÷ (50 × 10000 ÷ 1000), không quá 12.00: 12.00" "$(grep '900 ÷' "$SCRATCH/p1.txt")"
equal "a bonus" "   thưởng: từ 120 % mục tiêu trở lên: + 1.00" "$(grep thưởng "$SCRATCH/p1.txt")"
equal "a place that is shared" "   thứ 2 trong 5 đơn vị có số liệu: 10.00 × (5 − 2 + 1) ÷ 5 = 8.00" "$(grep 'thứ 2' "$SCRATCH/p1.txt")"
equal "no population" 1 "$(thidua rank --explain p3 --period 202111 --lang en | grep -c 'the population is not known')"
equal "no value" 4 "$(thidua rank --explain p5 --period 202111 --lang en | grep -c 'no value: 0 points')"

# In a day the monthly form's lines do not count; who is asked is told in one sentence.
equal "a day has the daily form's lines" "vaccination few-cases reporting" \
    "$(thidua rank --bloc cum --period 20211103 --json | jq -r '[.lines[].line] | join(" ")')"
equal "the blocs" "cum 7 commune,district" "$(thidua rank --blocs --json | jq -r '.blocs[] | "\(.bloc) \(.units) \(.levels | join(","))"')"
exits "no such bloc" 65 thidua rank --bloc x --period 202111
exits "a unit of no bloc" 65 thidua rank --explain d1a --period 202111
exits "neither bloc nor unit" 64 thidua rank --period 202111

# Highlights of the month, by hand: p1 gave 900 of 500 doses (180 %); p1 had 3 and p3 0 cases of 6, at most 80 %.
exits "highlights" 0 thidua highlights --period 202111 --json
equal "those far beyond a target" "cum p1 target-exceeded vaccination,cum p1 target-exceeded few-cases,cum p3 target-exceeded few-cases" \
    "$(jq -r '[.highlights[] | "\(.bloc) \(.unit) \(.rule) \(.line)"] | join(",")' "$SCRATCH/out")"
equal "in words" 1 "$(thidua highlights --bloc cum --period 202111 --lang vi | grep -c 'Xã Ba .*vượt xa mục tiêu.*Ít ca mắc mới: 0, mục tiêu 6')"

# Corrected reports move points and ranks at once. p2: doses 2750 of 1500 would be 18.33, cap 12, and the bonus: 13; cases 6: 9;
# 13 + 9 + 8 + 5 + 5.75 = 40.75 as p1 has. Both are first, by name (Hai before Một), and d1 is third.
echo '{"unit":"p2","period":"20211103","form":"daily","values":{"doses":2000,"cases":0}}
{"unit":"p2","period":"202111","form":"monthly","values":{"visits":40,"rate":"90"}}' >"$SCRATCH/more.json"
exits "corrections" 0 thidua submit --wait "$SCRATCH/more.json"
equal "two first, and then a third" "1 p2 4075,1 p1 4075,3 d1 3821" \
    "$(thidua rank --bloc cum --period 202111 --json | jq -r '[.rows[:3][] | "\(.rank) \(.unit) \(.total)"] | join(",")')"
finish
