#!/bin/bash
# The shipped campaign and units are without a mistake, and the demonstration's figures are what its
# generated files add up to.
. "$(dirname "$0")/../lib/site.sh"
H=$ROOT/deploy/hanoi
check "units.csv has no mistake" thidua units check "$H/units.csv"
check "campaign.yaml has no mistake" thidua campaign check "$H/campaign.yaml"
equal "30 districts and 579 communes" "30 579" \
    "$(awk -F, '$3 == "district" {d++} $3 == "commune" {c++} END {print d, c}' "$H/units.csv")"
equal "six themes" 6 "$(sed -n '/^themes:/,/^indicators:/p' "$H/campaign.yaml" | grep -c '  - code:')"

exits "the demonstration runs to its end" 0 env DEMO_FOLDER="$SCRATCH/demo" "$H/demo" "$BIN" --once
cp "$SCRATCH/out" "$SCRATCH/demo.out"
! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$SCRATCH/demo/up.log" "$SCRATCH/demo/send.log"
ok $? "no sanitizer complained"

# What the wards sent, added up here: reports whose doses do not add up were refused.
cat "$SCRATCH"/demo/2021-11-0?/daily/*.csv | awk -F, '$1 == "unit" {next}
    $3 != $4 + $5 + $6 {refused++; next} {n++; doses += $3; cases += $8} END {print n, refused + 0, doses, cases}' >"$SCRATCH/sums"
read -r reports refused doses cases <"$SCRATCH/sums"
site_up "$SCRATCH/demo/site" --clock 2021-11-08T12:00:00+07:00
value() {
    thidua tally --unit "$1" --period 2021W44 --indicator "$2" --json | jq -r '.rows[0].values[0].value'
}
equal "the city's doses" "$doses" "$(value 01 doses)"
equal "the city's new cases" "$cases" "$(value 01 new-cases)"
equal "reports received" "$reports" \
    "$(thidua completeness --unit 01 --form ward-daily --period 2021W44 --json | jq '.rows[0].received')"
equal "579 wards, seven days expected" 4053 \
    "$(thidua completeness --unit 01 --form ward-daily --period 2021W44 --json | jq '.rows[0].expected')"
equal "reports refused" "$refused" "$(thidua rejected --json | jq '.rejected | length')"
equal "received and missing make all" 4053 "$((reports + $(thidua missing --unit 01 --form ward-daily --period 2021W44 --json |
    jq '[.missing[] | .expected - .received] | add')))"
equal "a district is the sum of its wards" "$(value 001 doses)" \
    "$(thidua tally --unit 001 --period 2021W44 --indicator doses --children --json | jq '[.rows[1:][].values[].value] | add')"
equal "most and least complete districts were printed" 11 \
    "$(sed -n '/most and the least/,/^$/p' "$SCRATCH/demo.out" | grep -cE '^[0-9]{2,3} ')"
equal "the console and who signs in are told once" 1 "$(grep -c "thi-dua-2021" "$SCRATCH/demo.out")"
equal "two nominations were walked to a decision" \
    "$(printf '%s\n' "Trạm Y tế phường Phúc Xá 1287/QĐ-UBND" "Tổ COVID cộng đồng số 8 12/QĐ-UBND")" \
    "$(thidua honours --json | jq -r '.honours[] | "\(.subject) \(.number)"')"
grep -q "decided since 2021-11-08, in the hands of Phường Phúc Xá" "$SCRATCH/demo.out"
ok $? "and shown"

# ---- units by a name without marks; the campaign in force
equal "found without marks" "Phường Đống Mác" "$(thidua units find 'dong mac' --json | jq -r '.units[].name')"
equal "by name as Vietnamese sorts: Đ behind D" "Phường Dịch Vọng|Phường Dịch Vọng Hậu|Phường Điện Biên|Phường Định Công|Xã Phương Đình" \
    "$(thidua units find 'phuong di' --json | jq -r '[.units[].name] | join("|")')"
exits "as a table" 0 thidua --lang en units find "Đống Đa"
grep -q 'Quận Đống Đa.*district.*Thành phố Hà Nội (01)' "$SCRATCH/out"
ok $? "with who is above"
exits "too many are told" 0 thidua --lang en units find xa
grep -qE "[0-9]+ units have this text" "$SCRATCH/err"
ok $? "and how many"
exits "a day that is none" 65 thidua units find x --on yesterday
exits "no text" 64 thidua units find
equal "a table's children by name" "Quận Đống Đa Quận Hà Đông Quận Hai Bà Trưng Quận Hoàn Kiếm Quận Hoàng Mai" \
    "$(thidua --lang en approvals --unit 01 --period 202110 | grep -oE 'Quận (Đống|H)[^ ]*( [^ ]+)*' | paste -sd ' ')"
exits "the campaign" 0 thidua --lang en campaign show
grep -q 'chien-si-thi-dua-thanh-pho.*city.*individual.*90 % of all members, secret, in writing too' "$SCRATCH/out"
ok $? "who decides and how it is voted on"
equal "awards and stages" "17 10" "$(thidua campaign show covid19-2021 --json | jq -r '"\(.awards | length) \(.stages.consulting)"')"
exits "no such campaign" 65 thidua campaign show nothing
exits "neither check nor publish nor show" 64 thidua campaign burn FILE
exits "verify replays to the same state" 0 thidua verify
finish
