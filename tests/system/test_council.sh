#!/bin/bash
# Nominations through real processes, each act with a key of its own: a ward proposes, its secretary, the
# district's and the city's review; sent back and proposed anew, consulted, forwarded, decided, revoked. Who
# may not, may not, and nothing changes; a replay says the same.
. "$(dirname "$0")/../lib/site.sh"
FILES=$ROOT/deploy/hanoi
check "init" thidua init --data "$SCRATCH/site" --campaign "$FILES/campaign.yaml" --units "$FILES/units.csv"
echo "listen_tcp = tcp://127.0.0.1:$(free_port)" >>"$SCRATCH/site/thidua.conf"
site_up "$SCRATCH/site" --clock 2021-11-05T08:00:00+07:00

# A principal is an office's folder: its key and where the broker is.
office() { # office NAME UNIT ROLES
    check "$1" thidua office new "$2" --out "$SCRATCH/$1" --principal "$1" --role "$3"
}
office ward 00001 submitter
office ward-secretary 00001 secretary
office district-secretary 001 secretary
office city-secretary 01 secretary
office health so-y-te secretary
office other-ward 00004 submitter

as() { # as NAME COMMAND...: from that principal's folder
    local who=$1
    shift
    (unset THIDUA_DATA; cd "$SCRATCH/$who" && "$@")
}
code_of() { # the code that the last `exits` was answered with
    grep -oE 'not-allowed|not-in-role|move-refused|reason-missing|document-missing|authority-other|award-unknown|nomination-unknown' \
        "$SCRATCH/out" "$SCRATCH/err" -h | head -n 1
}
state_of() { # state_of ID
    thidua review show "$1" --json | jq -r '"\(.state) \(.holder)"'
}
moves() { # moves NAME ID WANTED WHO COMMAND...
    local name=$1 id=$2 wanted=$3
    shift 3
    exits "$name" 0 as "$@"
    equal "$name: state" "$wanted" "$(state_of "$id")"
}
refused() { # refused NAME STATUS CODE WHO COMMAND...
    local name=$1 status=$2 code=$3
    shift 3
    exits "$name" "$status" as "$@"
    equal "$name: code" "$code" "$(code_of)"
}

printf 'Tổ COVID cộng đồng số 5 giúp 210 hộ trong mười ngày.\n' >"$SCRATCH/summary"
head -c 600000 /dev/zero | tr '\0' 'x' >"$SCRATCH/achievement.txt"
nominate() { # nominate WHO UNIT AWARD KIND SUBJECT [OPTION...]
    local who=$1 unit=$2 award=$3 kind=$4 subject=$5
    shift 5
    as "$who" thidua nominate --award "$award" --subject "$subject" --kind "$kind" --unit "$unit" --summary "$SCRATCH/summary" "$@"
}

# ---- the ward's own award, by the simplified procedure, with a document of three chunks
id=$(nominate ward 00001 giay-khen-xa collective "Tổ COVID cộng đồng số 5" --theme vaccination \
    --document "bao-cao-thanh-tich:$SCRATCH/achievement.txt" --simplified | tail -n 1)
equal "a nomination has 26 digits" 26 ${#id}
equal "it is in the ward's hands" "submitted 00001" "$(state_of "$id")"
refused "who proposes does not verify" 65 not-in-role ward thidua review verify "$id"
refused "nor does another unit's secretary" 65 not-allowed health thidua review verify "$id"
refused "a step cannot be left out" 65 move-refused ward-secretary thidua review approve "$id"
refused "to send back needs a reason" 65 reason-missing ward-secretary thidua review return "$id"
moves "sent back" "$id" "returned 00001" ward-secretary thidua review return "$id" --reason "Thiếu số liệu."
exits "another cannot propose it anew" 77 nominate other-ward 00004 giay-khen-xa collective "Tổ khác" --again "$id"
exits "proposed anew" 0 nominate ward 00001 giay-khen-xa collective "Tổ COVID cộng đồng số 5" --again "${id:0:12}" \
    --document "bao-cao-thanh-tich:$SCRATCH/achievement.txt" --simplified
equal "proposed anew: state" "submitted 00001" "$(state_of "$id")"
moves "verified" "$id" "verified 00001" ward-secretary thidua review verify "$id"
moves "by the simplified procedure" "$id" "approved 00001" ward-secretary thidua review approve "$id"
moves "decided" "$id" "decided 00001" ward-secretary thidua decide "$id" --number "12/QĐ-UBND" --date 2021-11-05 --signer "Trần Thị B"
equal "it is an honour" "Tổ COVID cộng đồng số 5 12/QĐ-UBND" "$(as other-ward thidua honours --json | jq -r '.honours[] | "\(.subject) \(.number)"')"
equal "found without marks" "$id" "$(thidua history --subject 'to covid cong dong so 5' --json | jq -r '.items[].nomination')"
moves "revoked" "$id" "revoked 00001" ward-secretary thidua revoke "$id" --number "15/QĐ-UBND" --date 2021-11-05 --reason "Sai đối tượng."
equal "and no honour any more" 0 "$(thidua honours --json | jq '.count')"

# ---- the city's: up through the district, another department asked
id=$(nominate ward 00001 bang-khen-thanh-pho individual "Nguyễn Thị Thưởng" --simplified | tail -n 1)
refused "the ward has no authority over it" 65 move-refused ward-secretary thidua decide "$id" --number 1 --date 2021-11-05
moves "the ward verifies" "$id" "verified 00001" ward-secretary thidua review verify "$id"
moves "and forwards" "$id" "submitted 001" ward-secretary thidua review forward "$id"
refused "it is no longer the ward's" 65 not-allowed ward-secretary thidua review verify "$id"
moves "the district verifies" "$id" "verified 001" district-secretary thidua review verify "$id"
moves "and forwards too" "$id" "submitted 01" district-secretary thidua review forward "$id"
moves "the city verifies" "$id" "verified 01" city-secretary thidua review verify "$id"
moves "and asks a department" "$id" "consulting 01" city-secretary thidua review consult "$id" --unit so-y-te
refused "nobody else answers for it" 65 not-allowed district-secretary thidua review opinion "$id" --unit so-y-te --agrees
moves "which answers" "$id" "verified 01" health thidua review opinion "$id" --unit so-y-te --agrees --reason "Nhất trí."
moves "approved" "$id" "approved 01" city-secretary thidua review approve "$id"
exits "remarked upon" 0 as city-secretary thidua review comment "$id" --reason "Gương sáng."
moves "decided by the city" "$id" "decided 01" city-secretary thidua decide "$id" --number "5001/QĐ-UBND" --date 2021-11-05 --signer "Chu Ngọc A"
equal "all that was done, in order" "submit verify forward verify forward verify consult opinion approve comment decide" \
    "$(thidua review show "$id" --json | jq -r '[.acts[].act] | join(" ")')"

# ---- refused, and above the city
above=$(nominate city-secretary 01 bang-khen-thu-tuong collective "Bệnh viện Thanh Nhàn" --simplified | tail -n 1)
moves "the city proposes to the Prime Minister" "$above" "verified 01" city-secretary thidua review verify "$above"
moves "and asks" "$above" "consulting 01" city-secretary thidua review consult "$above" --unit so-y-te
moves "two" "$above" "consulting 01" city-secretary thidua review consult "$above" --unit 001
moves "one answers" "$above" "consulting 01" district-secretary thidua review opinion "$above" --unit 001 --agrees
refused "it does not conclude before its day" 65 move-refused city-secretary thidua review conclude "$above"
moves "then the other" "$above" "verified 01" health thidua review opinion "$above" --unit so-y-te
moves "it approves" "$above" "approved 01" city-secretary thidua review approve "$above"
refused "it does not decide itself" 65 authority-other city-secretary thidua decide "$above" --number 9 --date 2021-11-05
moves "it forwards" "$above" "forwarded 01" city-secretary thidua review forward "$above"
moves "and records what was decided there" "$above" "decided 01" city-secretary thidua decide "$above" --number "1900/QĐ-TTg" --date 2021-11-05
other=$(nominate ward 00001 giay-khen-huyen household "Hộ bà Lê Thị Ơn" | tail -n 1)
moves "refused with a reason" "$other" "refused 00001" ward-secretary thidua review refuse "$other" --reason "Đã được khen."
exits "no such award" 65 nominate ward 00001 no-such-award individual "Ai đó"
equal "its code" award-unknown "$(code_of)"
refused "no such nomination" 65 nomination-unknown city-secretary thidua review verify 7ZZZZZZZZZZZZZZZZZZZZZZZZZ
exits "a nomination that is none" 64 as city-secretary thidua review verify nothing

# ---- who sees what
equal "a ward sees its own" 1 "$(as ward thidua review list --done --find 'nguyen thi thuong' --json | jq '.items | length')"
equal "another's it does not" 0 "$(as other-ward thidua review list --done --json | jq '.items | length')"
refused "nor by its name" 77 not-allowed other-ward thidua review show "$id"
equal "the table is Vietnamese" 1 "$(thidua --lang vi honours | grep -c 'Bằng khen của Chủ tịch UBND Thành phố.*Nguyễn Thị Thưởng.*cá nhân')"

exits "a replay says the same" 0 thidua verify
finish
