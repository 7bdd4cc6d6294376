#!/bin/bash
# In mid-quarter, on 11 November 2021: ward a2 goes from district A to B; district C is abolished and its
# ward c1 goes to B; wards m1 and m2 merge into m. Reports on three days, worked out by hand:
#
#   doses (sum over time)          1 Nov   10 Nov   11 Nov    open (last over time), same days
#   a1  in A                          1       2        4        10  11  12
#   a2  in A, from 11 Nov in B       10      20       40        20  21  22
#   b1  in B                        100     200      400        30  31  32
#   c1  in C, from 11 Nov in B     1000    2000     4000        40  41  42
#   m1  in A, to 10 Nov           10000   20000        -        50  51   -
#   m2  in A, to 10 Nov          100000  200000        -        60  61   -
#   m   in A, from 11 Nov             -       -  1000000         -   -  70
#
# A unit counts under the parent of its last day in the period. So on 10 November a2 is A's and C is
# there; in November and in the quarter, a2 and c1 (all their days) are B's, and C has nothing of its own.
# m1 and m2 keep their sums under A; of `open`, only who exists at the period's end counts.
. "$(dirname "$0")/../lib/site.sh"
check "init" thidua init --data "$SCRATCH/site" --campaign "$DATA_FILES/small/campaign.yaml" \
    --units "$DATA_FILES/moves/units.csv" --shards 2
site_up "$SCRATCH/site" --clock 2021-11-20T08:00:00+07:00
cat >"$SCRATCH/in.csv" <<'C'
unit,period,doses,open
a1,20211101,1,10
a1,20211110,2,11
a1,20211111,4,12
a2,20211101,10,20
a2,20211110,20,21
a2,20211111,40,22
b1,20211101,100,30
b1,20211110,200,31
b1,20211111,400,32
c1,20211101,1000,40
c1,20211110,2000,41
c1,20211111,4000,42
m1,20211101,10000,50
m1,20211110,20000,51
m2,20211101,100000,60
m2,20211110,200000,61
m,20211111,1000000,70
m1,20211111,7,7
m,20211110,7,7
C
exits "the import tells the two that were not there then" 65 thidua import "$SCRATCH/in.csv" --form daily --wait --json
equal "by their code" "unit-not-then unit-not-then" "$(jq -r '[.errors[].code] | join(" ")' "$SCRATCH/out")"

says() { # says UNIT PERIOD DOSES OPEN
    equal "$1 in $2: $3 doses, $4 open" "$3 $4" "$(thidua tally --unit "$1" --period "$2" --json |
        jq -r '.rows[0].values as $v | [("doses", "open") as $i | [$v[] | select(.indicator == $i) | .value][0] // "-"] | join(" ")')"
}
says da 20211101 110011 140
says dc 20211101 1000 40
says db 20211101 100 30
says da 20211110 220022 144
says dc 20211110 2000 41
says city 20211110 222222 216
says da 20211111 1000004 82
says db 20211111 4440 96
says city 20211111 1004444 178
# The month and the quarter: A has a1 (7), m1 (30000), m2 (300000), m (1000000); B has a2 (70), b1 (700), c1 (7000).
for period in 202111 2021Q4; do
    says da $period 1330007 82
    says db $period 7770 96
    says city $period 1337777 178
    says dc $period - -
done
# Week 44 (1 to 7 November) is before the changes, week 45 (8 to 14) holds them.
says da 2021W44 110011 140
says dc 2021W44 1000 40
says da 2021W45 1220006 82
says db 2021W45 6660 96
equal "children of the city in November" "da:1330007 db:7770 dc:-" "$(thidua tally --unit city --period 202111 --children --json |
    jq -r '[.rows[1:][] | "\(.unit):\([.values[] | select(.indicator == "doses") | .value][0] // "-")"] | join(" ")')"
exits "a district that is gone" 65 thidua tally --unit dc --period 20211111
exits "verify replays to the same state" 0 thidua verify

# The registry is published anew without b1: it ends on that day and is asked no more; its reports stay.
grep -v '^b1' "$DATA_FILES/moves/units.csv" >"$SCRATCH/units.csv"
check "units publish" thidua units publish "$SCRATCH/units.csv"
check "and the site takes it" thidua status --wait 60
echo '{"unit":"b1","period":"20211120","form":"daily","values":{"doses":1}}' >"$SCRATCH/last.json"
exits "b1 may still report its last day" 0 thidua submit --wait "$SCRATCH/last.json"
says db 202111 7771 64
says db 2021Q4 7771 64
exits "verify replays to the same state" 0 thidua verify
finish
