#!/bin/bash
# The council's papers through real processes: minutes, submission, draft decision, list, certificates and
# the lists for spreadsheets, from nominations that were voted on, decided and forwarded; whose paper it
# is not, the law of the day, and names that are tags and formulas.
. "$(dirname "$0")/../lib/site.sh"
FILES=$ROOT/deploy/hanoi
PAPER=$SCRATCH/paper.html
sed 's|^awards:|awards:\n  - {code: bieu-quyet, title: {vi: "Giấy khen sau biểu quyết", en: "Voted"}, subject: [collective, individual], level: city, vote: {percent: 60, base: total, quorum: 50}}|' \
    "$FILES/campaign.yaml" >"$SCRATCH/campaign.yaml"
check "init" thidua init --data "$SCRATCH/site" --campaign "$SCRATCH/campaign.yaml" --units "$FILES/units.csv"
echo "listen_tcp = tcp://127.0.0.1:$(free_port)" >>"$SCRATCH/site/thidua.conf"
site_up "$SCRATCH/site" --clock 2021-12-01T08:00:00+07:00

office() { # office NAME UNIT ROLE TITLE
    thidua office new "$2" --out "$SCRATCH/$1" --principal "$1" --role "$3" >/dev/null 2>&1 &&
        thidua access grant "$1" --title "$4" --role "$3" >/dev/null 2>&1
    ok $? "$1"
}
office m1 01 council "Ông Trần Mẫu"
office m2 01 council "Bà Lê <i>Mẫu</i>"
office m3 01 council "Ông Đỗ Mẫu"
office sec 01 secretary "Thư ký Hội đồng"
office ward 00001 submitter "Phường Phúc Xá"

as() { # as NAME COMMAND...: from that principal's folder
    local who=$1
    shift
    (unset THIDUA_DATA; cd "$SCRATCH/$who" && "$@")
}
verified() { # verified UNIT AWARD KIND SUBJECT [OPTION...]: its identity
    local unit=$1 award=$2 kind=$3 subject=$4 id
    shift 4
    id=$(thidua nominate --award "$award" --subject "$subject" --kind "$kind" --unit "$unit" --summary "$SCRATCH/summary" "$@" | tail -n 1)
    thidua review verify "$id" >/dev/null && echo "$id"
}
approved() {
    local id
    id=$(verified "$@" --simplified)
    thidua review approve "$id" >/dev/null && echo "$id"
}
paper() { # paper NAME STATUS KIND [OPTION...]: into $PAPER, by the secretary over the network
    local name=$1 status=$2 kind=$3
    shift 3
    rm -f "$PAPER"
    exits "$name" "$status" as sec thidua --lang en paper "$kind" --out "$PAPER" "$@"
}
has() { # has NAME TEXT...: the paper has each
    local name=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$PAPER"
        ok $? "$name: $text"
    done
}
has_not() {
    [ -s "$PAPER" ] && ! grep -qF -- "$2" "$PAPER"
    ok $? "$1: no $2"
}
printf 'Trực chốt 60 ngày & nấu 12.000 suất ăn.\n' >"$SCRATCH/summary"

# ---- nominations: two the simplified way, two voted on, one above the city, one of a district
TEAM=$(approved 01 bang-khen-thanh-pho collective 'Đội <script>alert(1)</script>')
SUM=$(approved 01 bang-khen-thanh-pho individual '=SUM(A1:A9)' --theme vaccination)
FIRST=$(verified 01 bieu-quyet individual 'Nguyễn Thị Ánh')
SECOND=$(verified 01 bieu-quyet individual 'Phạm Văn Bình')
ABOVE=$(approved 01 bang-khen-thu-tuong collective 'Bệnh viện Thanh Nhàn')
LOWER=$(approved 001 giay-khen-huyen collective 'Tổ COVID cộng đồng số 7')
equal "six nominations" "26 26 26 26 26 26" "${#TEAM} ${#SUM} ${#FIRST} ${#SECOND} ${#ABOVE} ${#LOWER}"

# ---- the meeting and its minutes
M=$(as sec thidua meeting open --unit 01 --title "Phiên họp thứ nhất" --date 2021-12-01 --member m1 --member m2 --member m3 \
    --nomination "$FIRST" --nomination "$SECOND" | tail -n 1)
check "two are present" as sec thidua meeting attend "$M" --member m1 --member m2
for vote in "m1 $FIRST yes" "m2 $FIRST yes" "m1 $SECOND yes" "m2 $SECOND no"; do
    read -r who what choice <<<"$vote"
    check "$vote" as "$who" thidua vote "$M" "$what" "$choice"
done
exits "minutes of a meeting that goes on" 0 as sec thidua minutes "$M" --out "$PAPER"
has "they are a draft" "Bản nháp" "Chưa có kết quả"
check "the meeting is closed" as sec thidua meeting close "$M"
exits "the minutes" 0 as sec thidua minutes "${M:0:20}" --out "$PAPER" --place "Hà Nội" --number "03/BB-HĐTĐKT" --signer "Trần Mẫu"
has "the minutes" "BIÊN BẢN" "Phiên họp thứ nhất" "03/BB-HĐTĐKT" "Hà Nội, ngày 01 tháng 12 năm 2021" \
    "Có mặt 02/03 thành viên: Ông Trần Mẫu; Bà Lê &lt;i&gt;Mẫu&lt;/i&gt;" "Vắng mặt 01 thành viên: Ông Đỗ Mẫu" \
    "02/03 = 66,66%" "01/03 = 33,33%" "Không thông qua" "Hội đồng thông qua 01/02 hồ sơ" "Thành phố Hà Nội"
has_not "the minutes" "Bản nháp"
exits "a ward's clerk has no minutes" 77 as ward thidua minutes "$M" --out "$SCRATCH/none.html"
[ ! -e "$SCRATCH/none.html" ]
ok $? "and no file is left"
exits "no such meeting" 65 as sec thidua minutes 7ZZZZZZZZZZZZZZZZZZZZZZZZZ --out "$PAPER"

# ---- a district's meeting, whose nomination goes on to the city: its minutes stay what they were
UP=$(verified 001 bieu-quyet collective 'Trạm Y tế phường')
M2=$(thidua meeting open --unit 001 --title "Họp quận" --date 2021-12-01 --member m1 --member m2 --nomination "$UP" | tail -n 1)
check "both come" thidua meeting attend "$M2" --member m1 --member m2
for who in m1 m2; do
    check "$who votes" as "$who" thidua vote "$M2" "$UP" yes
done
check "it is closed" thidua meeting close "$M2"
check "the nomination goes up" thidua review forward "$UP"
exits "its minutes" 0 as sec thidua minutes "$M2" --out "$PAPER"
has "its minutes" "Hội đồng thông qua 01/01 hồ sơ" "02/02 = 100%" "HỘI ĐỒNG<br>THI ĐUA" "QUẬN BA ĐÌNH"
has_not "its minutes" "Chưa có kết quả"

# ---- what waits: the submission has all, the decision only what the city confers
paper "a submission" 0 submission --unit 01 --to "Chủ tịch UBND Thành phố Hà Nội"
has "submission" "TỜ TRÌNH" "Bệnh viện Thanh Nhàn" "Nguyễn Thị Ánh" "02/03 (66,66%)" "nấu 12.000 suất ăn" "60 ngày &amp; nấu" \
    "Kính gửi: <b>Chủ tịch UBND Thành phố Hà Nội" "Luật Thi đua, Khen thưởng ngày 26 tháng 11 năm 2003"
has_not "submission" "Phạm Văn Bình"
has_not "submission: another unit's" "Tổ COVID cộng đồng số 7"
equal "nothing is said of a law that is in force" 0 "$(grep -c WARNING "$SCRATCH/err")"
paper "a draft decision" 0 decision --unit 01 --number "5188/QĐ-UBND" --date 2021-12-02 --signer "Nguyễn Văn Mẫu" --place "Hà Nội"
has "decision" "QUYẾT ĐỊNH" "5188/QĐ-UBND" "ngày 02 tháng 12 năm 2021" "Đội &lt;script&gt;alert(1)&lt;/script&gt;" "Nguyễn Văn Mẫu" "Nguyễn Thị Ánh"
has_not "decision: above the city" "Bệnh viện Thanh Nhàn"
has_not "decision" "<script>"
grep -q "left out 1.*Bệnh viện Thanh Nhàn.*of the Prime Minister" "$SCRATCH/err"
ok $? "what was left out is told"
paper "the list alone" 0 list --unit 01 --award bieu-quyet
has "list" "Nguyễn Thị Ánh"
has_not "list" "=SUM"
paper "a decision of the Prime Minister's is refused" 65 decision --unit 01 --award bang-khen-thu-tuong
grep -q "of the Prime Minister.*decided elsewhere (Prime Minister)" "$SCRATCH/err"
ok $? "with whose it is"
paper "as is one that was named" 65 decision --unit 01 --nomination "$TEAM" --nomination "$ABOVE"
paper "and one in another's hands" 65 decision --unit 01 --nomination "$LOWER"
[ ! -e "$PAPER" ]
ok $? "and no file is left"
paper "the district's" 0 decision --unit 001
has "the district's" "Tổ COVID cộng đồng số 7" "THÀNH PHỐ HÀ NỘI" "QUẬN BA ĐÌNH"
paper "nothing waits at a ward" 65 decision --unit 00001

# ---- the law of 2022
paper "a decision of 2024" 0 decision --unit 01 --date 2024-01-01
equal "the law has changed" 1 "$(grep -c 'WARNING.*2003.*06/2022/QH15' "$SCRATCH/err")"
paper "the day before" 0 decision --unit 01 --date 2023-12-31
equal "it had not" 0 "$(grep -c WARNING "$SCRATCH/err")"
printf 'Căn cứ Luật Thi đua, Khen thưởng số 06/2022/QH15 <b>;\n' >"$SCRATCH/grounds"
paper "with grounds of its own" 0 decision --unit 01 --date 2024-01-01 --grounds "$SCRATCH/grounds"
has "its grounds" "06/2022/QH15 &lt;b&gt;;"
has_not "its grounds" "năm 2003"
equal "no warning then" 0 "$(grep -c WARNING "$SCRATCH/err")"
printf '\xff\n' >"$SCRATCH/grounds"
paper "grounds that are no text" 65 decision --unit 01 --grounds "$SCRATCH/grounds"
paper "a date that is none" 64 decision --unit 01 --date 2021-02-30
paper "no unit" 64 decision
paper "no such paper" 64 poem --unit 01

# ---- what was decided
for id in "$TEAM" "$SUM" "$FIRST"; do
    check "decided" thidua decide "$id" --number "5188/QĐ-UBND" --date 2021-12-02 --signer "Nguyễn Văn Mẫu"
done
check "forwarded" thidua review forward "$ABOVE"
check "decided above" thidua decide "$ABOVE" --number "1900/QĐ-TTg" --date 2021-12-01
paper "certificates" 0 certificates --unit 01 --place "Hà Nội"
equal "one a page" 3 "$(grep -c '<div class="certificate">' "$PAPER")"
has "certificates" "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI" "Ông (bà) Nguyễn Thị Ánh" "Quyết định số 5188/QĐ-UBND"
has_not "certificates: the Prime Minister's" "Bệnh viện Thanh Nhàn"
paper "one of the Prime Minister's is refused" 65 certificates --unit 01 --award bang-khen-thu-tuong
paper "also by its nomination" 65 certificates --unit 01 --nomination "${ABOVE:0:20}"
paper "one alone" 0 certificates --unit 01 --nomination "$FIRST"
equal "one page" 1 "$(grep -c '<div class="certificate">' "$PAPER")"
paper "another unit's it does not make" 65 certificates --unit 001
paper "a decision that was recorded" 0 decision --unit 01 --decided "5188/QĐ-UBND"
has "as recorded" "Số: 5188/QĐ-UBND" "ngày 02 tháng 12 năm 2021" "Nguyễn Văn Mẫu" "=SUM(A1:A9)"
paper "one that was not" 65 decision --unit 01 --decided "1/QĐ"
paper "the public list" 0 honours
has "public" "Bệnh viện Thanh Nhàn" "1900/QĐ-TTg" "Nguyễn Thị Ánh"

# ---- spreadsheets
exits "lists for spreadsheets" 0 as ward thidua honours --csv "$SCRATCH/list.csv" --ods "$SCRATCH/list.ods"
equal "a heading and a row each" 5 "$(wc -l <"$SCRATCH/list.csv")"
equal "a byte order mark" efbbbf "$(head -c 3 "$SCRATCH/list.csv" | od -An -tx1 | tr -d ' ')"
grep -qF "\"'=SUM(A1:A9)\"" "$SCRATCH/list.csv"
ok $? "a name is no formula"
equal "no cell is one" 0 "$(grep -cE '(^|,)"[=+@-]' "$SCRATCH/list.csv")"
equal "the summary and the theme's title" 1 "$(grep -c 'Tiêm vắc xin nhanh.*nấu 12.000 suất ăn' "$SCRATCH/list.csv")"
equal "an ODS says what it is" "mimetypeapplication/vnd.oasis.opendocument.spreadsheet" "$(head -c 84 "$SCRATCH/list.ods" | tail -c 54)"
equal "to stdout" "$(md5sum <"$SCRATCH/list.csv")" "$(as ward thidua honours --csv - | md5sum)"
exits "where nothing can be written" 73 thidua honours --csv "$SCRATCH/no/such/folder.csv"
finish
