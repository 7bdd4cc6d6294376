#!/bin/bash
# A whole campaign through real processes, each act with a key of its own: Hanoi's units, a quarter of reports
# made by a seed, districts that approve their wards, and 42 nominations from every level up to the
# President that take every move of proto/review.def (counted, at the end); votes at, below and above
# each threshold and quorum, open and secret, in person and in writing; two revocations, and the list of
# honours that is left.
. "$(dirname "$0")/../lib/site.sh"
FILES=$ROOT/deploy/hanoi
CITY_COUNCIL="m01 m02 m03 m04 m05 m06 m07 m08 m09 m10"
EIGHT="m01 m02 m03 m04 m05 m06 m07 m08"
DISTRICT_COUNCIL="c1 c2 c3 c4"

# The awards of the law, and some of a city's own whose votes try what those do not.
sed '/^stages:/d' "$FILES/campaign.yaml" >"$SCRATCH/campaign.yaml"
cat >>"$SCRATCH/campaign.yaml" <<'YAML'
  - {code: thu-huyen, title: {vi: "Thư khen của quận", en: "The district's letter"}, subject: [collective], level: district, quota: 1}
  - {code: bau-huyen, title: {vi: "Bầu chọn của quận", en: "Voted by the district"}, subject: [collective, individual, household], level: district, vote: {percent: 50, base: total}}
  - {code: bau-thanh-pho, title: {vi: "Bầu chọn của Thành phố", en: "Voted by the city"}, subject: [collective, individual, household], level: city, vote: {percent: 50, base: present, quorum: 75, written: true}}
  - {code: bau-kin, title: {vi: "Bỏ phiếu kín", en: "Voted in secret"}, subject: [collective, individual, household], level: city, vote: {percent: 50, base: present, quorum: 50, secret: true}}
stages: {submitted: 3, verified: 5, consulting: 10, in-review: 10, returned: 5, approved: 5, forwarded: 30}
YAML
printf 'Thành tích trong phòng, chống dịch.\n' >"$SCRATCH/summary"
head -c 300000 /dev/zero | tr '\0' 'x' >"$SCRATCH/document.txt"

as() { # as NAME COMMAND...: from that principal's folder
    local who=$1
    shift
    (unset THIDUA_DATA; cd "$SCRATCH/$who" && "$@")
}
failed=0
must() { # must COMMAND...: told only where it fails; the count is checked once
    "$@" >"$SCRATCH/must.out" 2>&1 && return 0
    echo "# failed: $*"
    sed 's/^/#   /' "$SCRATCH/must.out"
    failed=$((failed + 1))
}
all_well() { # all_well NAME: of all that was done since the last
    equal "$1" 0 $failed
    failed=0
}

# ---- a quarter of reports

# Every ward's weeks; every day of the wards of two districts; the districts' weeks; the departments' months.
generate() { # generate MONTH DAYS WEEK...
    awk -F, -v month="$1" -v days="$2" -v weeks="${*:3}" -v folder="$SCRATCH/reports" '
        function random(n) { seed = seed * 69621 % 2147483647; return int(seed / 128) % n }
        function begin(unit) { seed = (unit * 7919 + month * 104729) % 2147483646 + 1; random(2) }
        BEGIN {
            print "unit,period,doses,first-doses,second-doses,further-doses,new-cases,contacts-traced" >(folder "/ward-daily.csv")
            print "unit,period,isolation-started,isolation-completed,community-teams,households-supported,people-supported,support-amount" >(folder "/ward-weekly.csv")
            print "unit,period,adults-covered" >(folder "/district-weekly.csv")
            print "unit,period,directives-received,directives-on-time" >(folder "/department-monthly.csv")
            count = split(weeks, week, " ")
        }
        $3 == "commune" {
            begin($1)
            for (i = 1; i <= count; i++) {
                started = 10 + random(90); families = random(40)
                print $1, week[i], started, started - random(10), 5 + random(30), families, families * 3, families * 2 >(folder "/ward-weekly.csv")
            }
            for (day = 1; day <= days && ($2 == "001" || $2 == "002"); day++) {
                first = random(60); second = random(140); further = random(10); cases = random(4)
                print $1, sprintf("%s%02d", month, day), first + second + further, first, second, further, cases, cases * 3 >(folder "/ward-daily.csv")
            }
        }
        $3 == "district" {
            begin($1)
            for (i = 1; i <= count; i++) print $1, week[i], 50 + random(50) >(folder "/district-weekly.csv")
        }
        $3 == "department" || $3 == "organisation" {
            begin(NR); given = 1 + random(20)
            print $1, month, given, given - random(given) >(folder "/department-monthly.csv")
        }' OFS=, "$FILES/units.csv"
}
sent=0
report_month() { # report_month MORNING MONTH DAYS WEEK...
    site_up "$SCRATCH/site" --clock "$1"
    shift
    mkdir -p "$SCRATCH/reports"
    generate "$@"
    local form
    for form in ward-daily ward-weekly district-weekly department-monthly; do
        exits "$1: $form" 0 thidua import "$SCRATCH/reports/$form.csv" --form "$form" --quiet
        sent=$((sent + $(wc -l <"$SCRATCH/reports/$form.csv") - 1))
    done
    awk -F, '$1 != "unit" {doses += $3} END {print doses}' "$SCRATCH/reports/ward-daily.csv" >>"$SCRATCH/doses"
    awk -F, '$1 != "unit" && $2 ~ /W/ {homes += $6} END {print homes}' "$SCRATCH/reports/ward-weekly.csv" >>"$SCRATCH/homes"
    site_down
}
value() { thidua tally --unit "$1" --period "$2" --indicator "$3" --json | jq -r '.rows[0].values[0].value'; }

check "init" thidua init --quiet --data "$SCRATCH/site" --campaign "$SCRATCH/campaign.yaml" --units "$FILES/units.csv"
echo "listen_tcp = tcp://127.0.0.1:$(free_port)" >>"$SCRATCH/site/thidua.conf"
report_month 2021-10-31T20:00:00+07:00 202110 31 2021W40 2021W41 2021W42 2021W43
report_month 2021-11-30T20:00:00+07:00 202111 30 2021W44 2021W45 2021W46 2021W47
report_month 2021-12-31T20:00:00+07:00 202112 31 2021W48 2021W49 2021W50 2021W51 2021W52
site_up "$SCRATCH/site" --clock 2022-01-05T08:00:00+07:00
equal "the quarter's doses are what was sent" "$(awk '{s += $1} END {print s}' "$SCRATCH/doses")" "$(value 01 2021Q4 doses)"
equal "and the households" "$(awk '{s += $1} END {print s}' "$SCRATCH/homes")" "$(value 01 2021Q4 households-supported)"
check "thousands of reports" test "$sent" -gt 10000
equal "nothing was refused" 0 "$(thidua rejected --json | jq '.rejected | length')"

# ---- who there is
office() { must thidua office new "$2" --out "$SCRATCH/$1" --principal "$1" --role "$3"; } # NAME UNIT ROLE
for unit in 00001 00004 00037 001 002 so-y-te mat-tran-to-quoc 01; do
    office "sub-$unit" "$unit" submitter
    office "sec-$unit" "$unit" secretary
done
for member in $CITY_COUNCIL; do office "$member" 01 council; done
for member in $DISTRICT_COUNCIL; do office "$member" 001 council; done
must thidua office new 01 --out "$SCRATCH/above" --principal above --role secretary --beneath
all_well "thirty people have keys"

# ---- the districts approve their wards, the city its districts
for month in 202110 202111 202112; do
    exits "a district approves its wards' $month" 0 as sub-001 thidua approve --unit 001 --period $month --children
done
for district in $(awk -F, '$3 == "district" && $1 != "001" {print $1}' "$FILES/units.csv"); do
    must as above thidua approve --unit "$district" --period 202110 --children --quiet
done
exits "the city what is beneath it" 0 as sec-01 thidua approve --unit 01 --period 202110 --children
exits "and then itself" 0 as above thidua approve --unit 01 --period 202110
all_well "every district approved"
equal "all is approved" "approved" "$(thidua approvals --unit 01 --period 202110 --json | jq -r '[.rows[].state] | unique | join(" ")')"
echo '{"unit": "00001", "period": "20211231", "form": "ward-daily", "values": {"doses": 1, "first-doses": 1, "second-doses": 0, "further-doses": 0, "new-cases": 0}}' >"$SCRATCH/late.json"
exits "and locked" 65 as sub-00001 thidua submit --wait "$SCRATCH/late.json"

# ---- nominations: a line each, what is done with it, in order; the holder's secretary does it

declare -A ID TRAIL STATE
state_of() { thidua review show "$1" --json | jq -r '"\(.state) \(.holder)"'; }
nominate() { # nominate NUMBER UNIT AWARD KIND [OPTION...]
    local number=$1 unit=$2 award=$3 kind=$4
    shift 4
    as "sub-$unit" thidua nominate --award "$award" --subject "Đối tượng số $number" --kind "$kind" --unit "$unit" \
        --summary "$SCRATCH/summary" "$@" 2>"$SCRATCH/nominate.err" | tail -n 1
}
step() { # step NUMBER STEP HOLDER
    local id=${ID[$1]} act=${2%%:*} unit=${2#*:} secretary=sec-$3
    case $act in
    consult) must as "$secretary" thidua review consult "$id" --unit "$unit" ;;
    opinion) must as "sec-$unit" thidua review opinion "$id" --unit "$unit" --agrees ;;
    return | refuse) must as "$secretary" thidua review "$act" "$id" --reason "Chưa đủ căn cứ." ;;
    again)
        nominate "$1" ${NOMINATED[$1]} --again "$id" >"$SCRATCH/again"
        must grep -q . "$SCRATCH/again"
        act=submit
        ;;
    decide) must as "$secretary" thidua decide "$id" --number "$1/QĐ" --date 2022-01-05 --signer "Bà A" ;;
    reject) must as "$secretary" thidua decide "$id" --refuse --reason "Cấp trên không đồng ý." && act=refuse ;;
    revoke) must as "$secretary" thidua revoke "$id" --number "$1/TH" --date 2022-01-05 --reason "Sai đối tượng." ;;
    *) must as "$secretary" thidua review "$act" "$id" ;;
    esac
    TRAIL[$1]+=" $act"
}
steps() { # steps NUMBER STEP...: STATE is where it stands then
    local number=$1 at
    shift
    for at in "$@"; do
        STATE[$number]=$(state_of "${ID[$number]}")
        step "$number" "$at" "${STATE[$number]#* }"
    done
    STATE[$number]=$(state_of "${ID[$number]}")
}
declare -A NOMINATED
propose() { # propose NUMBER "UNIT AWARD KIND [OPTION...]" WANTED STEP...
    local number=$1 wanted=$3
    NOMINATED[$number]=$2
    ID[$number]=$(nominate "$number" $2)
    TRAIL[$number]=submit
    shift 3
    steps "$number" "$@"
    equal "nomination $number: $*" "$wanted" "${STATE[$number]}"
}

# the wards' own
propose 1 "00001 giay-khen-xa collective --document bao-cao:$SCRATCH/document.txt --evidence 00001:202110:doses" "decided 00001" verify approve decide
propose 2 "00001 giay-khen-xa individual --simplified" "revoked 00001" verify approve decide revoke
propose 3 "00001 lao-dong-tien-tien-xa individual --theme vaccination" "decided 00001" verify return again verify approve decide
propose 4 "00001 gia-dinh-van-hoa household" "returned 00001" return again return
propose 5 "00001 gia-dinh-van-hoa household" "refused 00001" verify approve refuse
propose 6 "00004 giay-khen-xa household" "refused 00004" refuse
propose 7 "00004 giay-khen-xa collective" "decided 00004" verify consult:so-y-te opinion:so-y-te approve decide
propose 8 "00004 giay-khen-xa individual" "decided 00004" verify consult:001 consult:so-y-te opinion:001 opinion:so-y-te approve decide
propose 9 "00004 lao-dong-tien-tien-xa individual" "consulting 00004" verify consult:so-y-te
propose 10 "00004 gia-dinh-van-hoa household" "submitted 00004"
propose 11 "00004 gia-dinh-van-hoa household" "verified 00004" verify
# up to the districts and a department
propose 12 "00001 giay-khen-huyen collective --simplified" "decided 001" verify forward verify approve decide
propose 13 "00001 giay-khen-huyen individual" "decided 001" verify approve forward verify approve decide
propose 14 "00037 giay-khen-huyen household" "decided 002" verify forward return again verify approve decide
propose 15 "00037 lao-dong-tien-tien individual" "refused 002" verify forward refuse
propose 16 "001 chien-si-thi-dua-co-so individual" "revoked 001" verify approve decide revoke
propose 17 "001 tap-the-lao-dong-tien-tien collective" "decided 001" verify approve decide
propose 18 "002 thu-huyen collective" "decided 002" verify approve decide
propose 19 "002 thu-huyen collective" "approved 002" verify approve
exits "the quota of one is reached" 65 as sec-002 thidua decide "${ID[19]}" --number 19/QĐ --date 2022-01-05
check "which it says" grep -q quota-reached "$SCRATCH/out" "$SCRATCH/err"
propose 20 "so-y-te lao-dong-tien-tien individual" "decided so-y-te" verify consult:mat-tran-to-quoc opinion:mat-tran-to-quoc approve decide
# up to the city
propose 21 "00001 bang-khen-thanh-pho individual --simplified" "decided 01" verify forward verify forward verify approve decide
propose 22 "00037 bang-khen-thanh-pho household" "decided 01" verify forward verify forward return again verify approve decide
propose 23 "so-y-te co-thi-dua-thanh-pho collective" "decided 01" verify forward verify approve decide
propose 24 "002 tap-the-lao-dong-xuat-sac collective" "refused 01" verify forward verify approve refuse
propose 41 "01 huan-chuong household --simplified" "decided 01" verify approve forward decide
all_well "whatever was done was taken"

# ---- meetings
vote_with() { # vote_with MEETING NUMBER CHOICES MEMBER...: a letter a member: y n a, Y in writing, - silent
    local meeting=$1 id=${ID[$2]} choices=$3 i=0 word
    shift 3
    for member in "$@"; do
        case ${choices:i:1} in
        y) must as "$member" thidua vote "$meeting" "$id" yes ;;
        Y) must as "$member" thidua vote "$meeting" "$id" yes --written ;;
        n) must as "$member" thidua vote "$meeting" "$id" no ;;
        a) must as "$member" thidua vote "$meeting" "$id" abstain ;;
        esac
        i=$((i + 1))
    done
}
MEETINGS=
# meeting UNIT MEMBERS PRESENT NUMBER:CHOICES...: held and closed; the table's secret ones are counted by the
# first of its members
meeting() {
    local unit=$1 members=$2 present=$3 key held item number
    shift 3
    rm -f "$SCRATCH/ballots"
    key=$(as m01 thidua teller key "$SCRATCH/ballots" 2>/dev/null)
    held=$(as "sec-$unit" thidua meeting open --unit "$unit" --title "Phiên họp" --date 2022-01-05 --teller "${members%% *}" --ballot-key "$key" \
        $(printf -- '--member %s ' $members) $(for item in "$@"; do echo "--nomination ${ID[${item%%:*}]}"; done) | tail -n 1)
    MEETING=$held
    MEETINGS+=" $held"
    must as "sec-$unit" thidua meeting attend "$held" $(printf -- '--member %s ' $present)
    for item in "$@"; do
        vote_with "$held" "${item%%:*}" "${item#*:}" $members
        TRAIL[${item%%:*}]+=" table"
    done
    must as m02 thidua meeting check "$held"
}
count() { must as "$1" thidua teller open "$MEETING" --ballot-key "$SCRATCH/ballots"; }
closed() { # closed NAME UNIT NUMBER:STATE:SUMS...: what the close made of each, "yes no abstain base"
    local name=$1 unit=$2 item number state
    shift 2
    must as "sec-$unit" thidua meeting close "$MEETING"
    thidua meeting show "$MEETING" --json >"$SCRATCH/meeting.json"
    for item in "$@"; do
        IFS=: read -r number state sums <<<"$item"
        equal "$name: $number" "$state $unit" "$(state_of "${ID[$number]}")"
        equal "$name: the count of $number" "$sums" "$(jq -r --arg id "${ID[$number]}" '.table[] | select(.nomination == $id) |
            if .recorded then .recorded | "\(.yes) \(.no) \(.abstain) \(.base)" else "none" end' "$SCRATCH/meeting.json")"
        case $state in
        approved) TRAIL[$number]+=" carry" ;;
        refused) TRAIL[$number]+=" fail" ;;
        *) TRAIL[$number]+=" untable" ;;
        esac
    done
}

# secret, nine in ten of all ten; m10 is absent and votes in writing
propose 25 "00001 chien-si-thi-dua-thanh-pho individual" "verified 01" verify forward verify forward verify
propose 26 "002 chien-si-thi-dua-thanh-pho individual" "verified 01" verify forward verify
propose 27 "so-y-te chien-si-thi-dua-thanh-pho individual" "verified 01" verify forward verify
meeting 01 "$CITY_COUNCIL" "${CITY_COUNCIL% m10}" 25:yyynyyyyyY 26:yayyyyyynY 27:yyyyyyyyyY
exits "no close before the secret ballots are counted" 65 as sec-01 thidua meeting close "$MEETING"
count m01
closed "90 % of all, in secret" 01 "25:approved:9 1 0 10" "26:refused:8 1 1 10" "27:approved:10 0 0 10"
steps 25 decide
steps 27 decide

# secret, 75 % of all eight, one of them absent; above the city's authority
propose 28 "01 bang-khen-thu-tuong collective" "verified 01" verify
propose 29 "01 bang-khen-thu-tuong individual" "verified 01" verify
propose 30 "01 bang-khen-thu-tuong household" "verified 01" verify
meeting 01 "$EIGHT" "${EIGHT% m08}" 28:yyyyyyn- 29:yyyyynn- 30:yyyyyyy-
count m01
closed "75 % of all, in secret" 01 "28:approved:6 1 0 8" "29:refused:5 2 0 8" "30:approved:7 0 0 8"
steps 28 forward decide
steps 30 forward reject

# open, half of those who take part, three quarters of all eight: five are there, a sixth writes
propose 31 "00001 bau-thanh-pho collective" "verified 01" verify forward verify forward verify
propose 32 "002 bau-thanh-pho individual" "verified 01" verify forward verify
propose 33 "mat-tran-to-quoc bau-thanh-pho household" "verified 01" verify forward verify
propose 34 "01 bau-thanh-pho household" "verified 01" verify
meeting 01 "$EIGHT" "m01 m02 m03 m04 m05" 31:yynnnY-- 32:yannnY-- 33:yyynnY-- 34:yyyyy---
closed "half of those present, a quorum" 01 "31:approved:3 3 0 6" "32:refused:2 3 1 6" "33:approved:4 2 0 6" "34:verified:none"
steps 31 decide
meeting 01 "$EIGHT" "$EIGHT" 34:yyyyyyyy
exits "a meeting is cancelled" 0 as sec-01 thidua meeting cancel "$MEETING" --reason "Mất điện."
equal "nothing was carried by it" "verified 01" "$(state_of "${ID[34]}")"
TRAIL[34]+=" untable"
meeting 01 "$EIGHT" "m01 m02 m03 m04 m05 m06" 34:yyyynnY-
closed "one above the quorum" 01 "34:approved:5 2 0 7"
steps 34 decide

# a district's council, open, half of all four, no quorum; one is absent and may not write
propose 35 "001 bau-huyen collective" "verified 001" verify
propose 36 "00001 bau-huyen household" "verified 001" verify forward verify
propose 37 "00004 bau-huyen individual" "verified 001" verify forward verify
meeting 001 "$DISTRICT_COUNCIL" "c1 c2 c3" 35:yyn- 36:ynn- 37:yyy-
exits "who is absent does not vote" 65 as c4 thidua vote "$MEETING" "${ID[35]}" yes --written
closed "half of all, in a district" 001 "35:approved:2 1 0 4" "36:refused:1 2 0 4" "37:approved:3 0 0 4"
steps 35 decide
steps 37 decide

# secret, half of those present, half of all eight
propose 38 "01 bau-kin individual" "verified 01" verify
propose 39 "01 bau-kin household" "verified 01" verify
propose 40 "so-y-te bau-kin individual" "verified 01" verify forward verify
propose 42 "01 bau-kin collective" "verified 01" verify
meeting 01 "$EIGHT" "m01 m02 m03 m04" 38:yynn---- 39:ynnn---- 40:yyyn----
count m01
closed "half of those present, in secret" 01 "38:approved:2 2 0 4" "39:refused:1 3 0 4" "40:approved:3 1 0 4"
steps 38 decide
meeting 01 "$EIGHT" "m01 m02 m03" 42:yyy-----
count m01
closed "one below the quorum" 01 "42:verified:none"
meeting 01 "$EIGHT" "m01 m02 m03 m04 m05" 42:yyynn---
count m01
closed "one above it" 01 "42:approved:3 2 0 5"
steps 42 decide
all_well "every vote and every count was taken"

# ---- a month later
exits "no conclusion before the deadline" 65 as sec-00004 thidua review conclude "${ID[9]}"
site_down
site_up "$SCRATCH/site" --clock 2022-02-01T08:00:00+07:00
steps 9 conclude approve decide
equal "one that was asked did not answer" "decided 00004" "${STATE[9]}"
all_well "concluded"

# ---- what is left
honoured="41 28 21 22 23 25 27 31 34 42 38 12 13 14 20 17 18 35 37 1 7 8 3 9"
equal "the honours, the highest first" "$honoured" \
    "$(as m02 thidua honours --json | jq -r '[.honours[].number | rtrimstr("/QĐ")] | join(" ")')"
equal "each by its name" "$(printf 'Đối tượng số %s\n' $honoured)" \
    "$(thidua honours --json | jq -r '.honours[].subject')"
equal "those of a district and its wards" "12 13 17 35 37" \
    "$(thidua honours --unit 001 --json | jq -r '[.honours[] | select(.level == "district").number | rtrimstr("/QĐ")] | join(" ")')"
equal "42 nominations" 42 "${#ID[@]}"
wrong=0
for number in "${!ID[@]}"; do
    thidua review show "${ID[$number]}" --json >"$SCRATCH/item.json"
    jq -r '.acts[] | "\(.act) \(.from) \(.to)"' "$SCRATCH/item.json" >>"$SCRATCH/acts"
    [ "$(jq -r '[.acts[].act] | join(" ")' "$SCRATCH/item.json")" = "${TRAIL[$number]}" ] ||
        { wrong=$((wrong + 1)); echo "# $number: ${TRAIL[$number]}: $(jq -c '[.acts[].act]' "$SCRATCH/item.json")"; }
done
equal "each trail is what was done, in order" 0 $wrong
# submit's "none" is no state's name; an opinion after which none is missing is an opinion
sed -nE 's/^MOVE\(([a-z_]+), ([a-z_]+), ([a-z_]+),.*/\1 \2 \3/p' "$ROOT/proto/review.def" |
    sed -e 's/^send_back/return/; s/^opinion_last/opinion/; s/ none / /' | sort -u >"$SCRATCH/moves"
sed 's/  */ /g' "$SCRATCH/acts" | sort -u >"$SCRATCH/walked"
equal "review.def has as many moves as ever" 24 "$(wc -l <"$SCRATCH/moves")"
check "every one of them was walked, and no other" diff "$SCRATCH/moves" "$SCRATCH/walked"

for held in $MEETINGS; do
    must as m05 thidua meeting check "$held"
    jq -e . >/dev/null <<<"$(thidua meeting check "$held" --json | jq 'select(.right and ([.table[].right] | all))')" ||
        failed=$((failed + 1))
done
equal "nine meetings" 9 "$(wc -w <<<"$MEETINGS")"
all_well "each of their counts is right"
exits "a replay says the same" 0 thidua verify
finish
