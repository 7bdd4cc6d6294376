# A site for the browser: Hanoi's units and campaign on 8 November 2021, a week of reports of three districts, people of every role.
# shellcheck shell=bash
# shellcheck source=../lib/site.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/site.sh"
CONSOLE_PASSWORD=mat-khau-thu-nghiem

person() { # person NAME TITLE ROLE… [-- UNIT…]
    local name=$1 title=$2 arguments=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        arguments+=(--role "$1")
        shift
    done
    [ $# -eq 0 ] || shift
    for unit in "$@"; do
        arguments+=(--unit "$unit")
    done
    thidua access grant "$name" --title "$title" "${arguments[@]}" --quiet >/dev/null &&
        printf '%s\n%s\n' "$CONSOLE_PASSWORD" "$CONSOLE_PASSWORD" | thidua access password "$name" --quiet >/dev/null
}

# Reports by a formula: 001 has all, 002 misses one ward every day, 003 the last two days.
reports() {
    awk -F, '
        BEGIN { print "unit,period,doses,first-doses,second-doses,further-doses,doses-65-plus,new-cases,recoveries,deaths,tests,positive-tests,contacts-traced,home-treated,hotline-on" }
        $3 == "commune" && $2 ~ /^00[123]$/ {
            for (day = 1; day <= 7; day++) {
                if ($1 == "00037" || ($2 == "003" && day > 5)) continue
                first = ($1 * 7 + day * 13) % 60; second = ($1 * 3 + day * 31) % 140; cases = ($1 + day) % 4
                print $1, "2021-11-0" day, first + second, first, second, 0, first, cases, cases, 0, 20 + second, cases, cases * 3, 2, 1
            }
        }' OFS=, "$ROOT/deploy/hanoi/units.csv"
}

# console_site FOLDER: makes and starts it; CONSOLE is its address then.
console_site() {
    local port
    port=$(free_port)
    check "a site is made" thidua init --data "$1" --campaign "$ROOT/deploy/hanoi/campaign.yaml" --units "$ROOT/deploy/hanoi/units.csv" --quiet
    printf 'gateway_listen = 127.0.0.1:%s\ngateway_console = %s\n' "$port" "$ROOT/workers/gateway/console" >>"$1/thidua.conf"
    site_up "$1" --clock 2021-11-08T08:00:00+07:00
    CONSOLE=http://127.0.0.1:$port
    person clerk "Nguyễn Thị Hằng, Phường Phúc Xá" submitter -- 00001
    person district "Trần Văn Đức, Quận Ba Đình" submitter secretary -- 001/
    person secretary "Lê Thu Hương, Thường trực Hội đồng" secretary -- 01/
    person member "Phạm Quốc Bảo, Ủy viên Hội đồng" council
    person operator "Vũ Minh Quân, trực vận hành" operator
    person auditor "Đỗ Thị Lan, Thanh tra" auditor
    reports >"$SCRATCH/reports.csv"
    check "a week of reports" thidua import "$SCRATCH/reports.csv" --form ward-daily --quiet
    # One mistake, for the page that shows mistakes.
    printf 'unit,period,doses,first-doses,second-doses,further-doses,new-cases\n00004,2021-11-07,10,1,2,0,0\n' >"$SCRATCH/wrong.csv"
    thidua import "$SCRATCH/wrong.csv" --form ward-daily --quiet >/dev/null 2>&1
    ok "$((! ($? == 65)))" "a report whose doses do not add up is refused"
}
