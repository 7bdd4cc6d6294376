# The council's part of the browser's site: nominations in every state, a meeting that is over and one that goes on, with an open and a
# secret vote. Made as the local operator; the people of site.sh then find their work there. Sourced by site.sh.
# shellcheck shell=bash

proposed() { # proposed AWARD KIND UNIT NAME [OPTION…]: its nomination
    local award=$1 kind=$2 unit=$3 name=$4
    shift 4
    thidua nominate --award "$award" --kind "$kind" --unit "$unit" --subject "$name" --summary "$SCRATCH/summary.txt" --quiet "$@" | tail -n 1
}
verified() { # the same, verified
    local id
    id=$(proposed "$@") && thidua review verify "$id" --quiet >/dev/null && echo "$id"
}
tabled() { # tabled TITLE DATE "MEMBER…" NOMINATION…: a meeting of the city's council on them
    local title=$1 date=$2 on=()
    for id in $3; do
        on+=(--member "$id")
    done
    shift 3
    for id in "$@"; do
        on+=(--nomination "$id")
    done
    thidua meeting open --unit 01 --title "$title" --date "$date" --teller local --ballot-key "$BALLOT_KEY" "${on[@]}" --quiet | tail -n 1
}

council_site() {
    local id
    cat >"$SCRATCH/summary.txt" <<'TEXT'
Trong đợt dịch tháng 10 và đầu tháng 11/2021, tổ đã rà soát 1.240 hộ dân, phát hiện sớm 11 ca nhiễm, hỗ trợ 210 hộ khó khăn trong mười ngày phong tỏa.

Tổ trực 24/24 giờ, phối hợp với trạm y tế phường đưa ba sản phụ đi sinh an toàn.
TEXT
    # Hanoi's own awards are voted on in secret or not at all: here one of them openly.
    sed '/code: tap-the-lao-dong-xuat-sac/ s/level: city}/level: city, vote: {percent: 50, base: total}}/' \
        "$ROOT/deploy/hanoi/campaign.yaml" >"$SCRATCH/campaign.yaml"
    check "a campaign with an open vote" thidua campaign publish "$SCRATCH/campaign.yaml" --quiet
    printf 'Tờ trình về việc khen thưởng\n' >"$SCRATCH/to-trinh.txt"
    thidua access grant vice --title "Hoàng Minh Châu, Phó Chủ tịch Hội đồng" --role council --quiet >/dev/null
    thidua access grant chairman --title "Chu Văn Nam, Chủ tịch Hội đồng" --role council --quiet >/dev/null
    BALLOT_KEY=$(thidua teller key "$SCRATCH/ballots" 2>/dev/null)
    # A ward's own: the clerk's and the district's queue.
    proposed giay-khen-xa collective 00001 "Tổ COVID cộng đồng số 5" --simplified --theme containment \
        --evidence 00001:202111:doses --evidence 00001:2021W44:contacts-traced --document "submission:$SCRATCH/to-trinh.txt" >/dev/null
    id=$(proposed giay-khen-xa household 00001 "Hộ ông Lê Văn Bình" --simplified)
    check "a nomination is returned" thidua review return "$id" --reason "Chưa nêu số hộ đã giúp; đề nghị bổ sung." --quiet
    # The district's: one to verify, one asked about, one whose simplified way is open, one decided.
    proposed giay-khen-huyen collective 001 "Trạm Y tế phường Trúc Bạch" --subject-unit 00004 --theme vaccination >/dev/null
    id=$(verified giay-khen-huyen individual 001 "Phạm Thu Hà" --simplified --subject-unit 00007)
    thidua review approve "$id" --quiet >/dev/null
    thidua decide "$id" --number 215/QĐ-UBND --date 2021-11-05 --signer "Tạ Nam Chiến" --quiet >/dev/null
    verified giay-khen-huyen individual 001 "Vũ Quang Hưng" --simplified >/dev/null
    # The city's: consulting the district, ready for a meeting, decided.
    id=$(verified bang-khen-thanh-pho individual 01 "Nguyễn Thị Hồng Nhung" --subject-unit 00006 --theme social-security)
    check "the district is asked" thidua review consult "$id" --unit 001 --quiet
    verified bang-khen-thanh-pho collective 01 "Bệnh viện dã chiến Mê Linh" --theme containment >/dev/null
    verified chien-si-thi-dua-thanh-pho individual 01 "Đặng Thị Mai Anh" >/dev/null
    verified chien-si-thi-dua-thanh-pho individual 01 "Lý Thanh Hòa" >/dev/null
    id=$(verified tap-the-lao-dong-xuat-sac collective 01 "Trung tâm Y tế quận Đống Đa" --theme vaccination)
    MEETING_OVER=$(tabled "Họp Hội đồng xét khen thưởng đợt 2" 2021-11-05 "local vice" "$id")
    thidua meeting attend "$MEETING_OVER" --member local --member vice --quiet >/dev/null
    thidua vote "$MEETING_OVER" "$id" yes --quiet >/dev/null
    check "a meeting is closed" thidua meeting close "$MEETING_OVER" --quiet
    thidua decide "$id" --number 5012/QĐ-UBND --date 2021-11-05 --signer "Chu Ngọc Anh" --quiet >/dev/null
    # And a meeting that goes on: the member is there, the secretary is not.
    OPEN_VOTE=$(verified tap-the-lao-dong-xuat-sac collective 01 "Đội phản ứng nhanh phường Chương Dương" --subject-unit 00037)
    SECRET_VOTE=$(verified chien-si-thi-dua-thanh-pho individual 01 "Bác sĩ Trần Quốc Tuấn")
    MEETING=$(tabled "Họp Hội đồng xét khen thưởng đợt 3" 2021-11-08 "member vice chairman local" "$OPEN_VOTE" "$SECRET_VOTE")
    thidua meeting attend "$MEETING" --member member --member vice --member local --quiet >/dev/null
    check "two have voted" thidua vote "$MEETING" "$OPEN_VOTE" yes --quiet
    check "one of them in secret" thidua vote "$MEETING" "$SECRET_VOTE" yes --quiet
    # October: a ward's is approved.
    check "a ward's October is approved" thidua approve --unit 00001 --period 202110 --quiet
    export MEETING MEETING_OVER OPEN_VOTE SECRET_VOTE BALLOT_KEY
}
