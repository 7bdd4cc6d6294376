#!/bin/bash
# The gateway's side of the console, with curl as the browser: signing in and out, what keeps others from using
# somebody's session, pages from memory, the council's work from the report to the decision, a secret vote,
# documents, and a thousand open streams of events.
. "$(dirname "$0")/../lib/site.sh"
D=$SCRATCH/site
cp "$DATA_FILES/small/campaign.yaml" "$SCRATCH/campaign.yaml"
cat >>"$SCRATCH/campaign.yaml" <<'YAML'
awards:
  - {code: open, title: {vi: "Biểu quyết", en: "Open"}, subject: [collective], level: city, vote: {percent: 50, base: present, quorum: 50}}
  - {code: secret, title: {vi: "Bỏ phiếu kín", en: "Secret"}, subject: [collective], level: city, vote: {percent: 50, base: total, secret: true, written: true}}
YAML
# The pages are a folder of this test's own, with what must not come out of it.
mkdir -p "$SCRATCH/pages/js"
echo '<!doctype html><title>index</title>' >"$SCRATCH/pages/index.html"
head -c 5000 /dev/zero | tr '\0' ';' >"$SCRATCH/pages/js/main.js"
echo secret >"$SCRATCH/pages/.hidden.js"
echo secret >"$SCRATCH/pages/notes.txt"
echo secret >"$SCRATCH/outside.js"
ln -s "$SCRATCH/outside.js" "$SCRATCH/pages/link.js"
check "init" thidua init --quiet --data "$D" --campaign "$SCRATCH/campaign.yaml" --units "$DATA_FILES/small/units.csv"
port=$(free_port)
printf 'gateway_listen = 127.0.0.1:0\ngateway_console = %s\nlisten_tcp = tcp://127.0.0.1:%s\n' "$SCRATCH/pages" "$port" >>"$D/thidua.conf"
site_up "$D" --clock 2021-11-05T08:00:00+07:00
gateway_find() { # the port that the newest gateway listens at; waits until it answers
    local tries=0 old=${1:-}
    while [ $tries -lt 200 ]; do
        U=$(sed -n 's/.*process=gateway event=listening endpoint=//p' "$SCRATCH/up.log" | tail -n 1)
        [ -n "$U" ] && [ "$U" != "$old" ] && curl -s -m 5 -o /dev/null "http://$U/healthz" && break
        read -r -t 0.1 </dev/zero || :
        tries=$((tries + 1))
    done
    HOST=$U
    U=http://$U
}
gateway_find
# get WANTED-STATUS NAME CURL-ARGUMENTS...: the body stays in $SCRATCH/body
get() {
    local wanted=$1 name=$2 got
    shift 2
    got=$(curl -s -m 60 -o "$SCRATCH/body" -D "$SCRATCH/headers" -w '%{http_code}' "$@")
    equal "$name" "$wanted" "$got"
    [ "$wanted" = "$got" ] || sed 's/^/# /' "$SCRATCH/body" | head -n 5
}
field() { jq -r ".$1" "$SCRATCH/body"; }
header() { grep -i "^$1:" "$SCRATCH/headers" | tr -d '\r' | cut -d' ' -f2-; }

# ---- people
person() { # person NAME UNIT ROLE...
    local name=$1 unit=$2 roles
    shift 2
    roles=$(printf -- '--role %s ' "$@")
    thidua access grant "$name" $roles --unit "$unit" && echo "password of $name" | thidua access password "$name"
}
for row in "clerk w1 submitter" "sec city/ secretary council" "m1 city/ council" "m2 city/ council" "ops city/ operator" "d1 d1/ submitter secretary"; do
    check "${row%% *} is granted" person $row
done
sign_in() { # sign_in NAME: its cookie in $SCRATCH/NAME.jar, its token in CSRF_NAME
    get 200 "$1 signs in" -c "$SCRATCH/$1.jar" -H 'Content-Type: application/json' -H "Origin: $U" -H 'Sec-Fetch-Site: same-origin' \
        -d "{\"principal\": \"$1\", \"password\": \"password of $1\"}" "$U/api/session"
    printf -v "CSRF_$1" %s "$(field csrf)"
}
for who in clerk sec m1 m2 ops d1; do sign_in $who; done
cookie=$(awk '/thidua/ {print $7}' "$SCRATCH/ops.jar")
equal "a cookie has 43 characters" 43 ${#cookie}
check "which scripts cannot read, and no other site sends" grep -qi '^set-cookie: thidua=[^;]*; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict.$' "$SCRATCH/headers"
# reads STATUS NAME WHO PATH [CURL...]
reads() {
    local wanted=$1 name=$2 who=$3 path=$4
    shift 4
    get "$wanted" "$name" -b "$SCRATCH/$who.jar" "$@" "$U$path"
}
# acts STATUS NAME WHO PATH JSON [CURL...]
acts() {
    local wanted=$1 name=$2 who=$3 path=$4 json=$5 token=CSRF_$3
    shift 5
    get "$wanted" "$name" -b "$SCRATCH/$who.jar" -H "X-CSRF-Token: ${!token}" -H 'Content-Type: application/json' -d "$json" "$@" "$U$path"
}
reads 200 "who one is" clerk /api/me
equal "is told" '["clerk",["submitter"],[{"subtree":false,"unit":"w1"}]]' "$(jq -c '[.principal, .roles, .units]' "$SCRATCH/body")"
check "with what one may" jq -e '.may | index("report") and (index("decision") | not)' "$SCRATCH/body"
reads 200 "who another is" d1 /api/me
check "is another" [ "$(field csrf)" != "$CSRF_clerk" ]

# ---- who is not let in
get 401 "nobody" "$U/api/me"
get 401 "a forged cookie" -b "thidua=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "$U/api/me"
get 401 "a cookie with one bit changed" -b "thidua=${cookie%?}$([ "${cookie: -1}" = A ] && echo E || echo A)" "$U/api/me"
get 401 "a cookie that is too long" -b "thidua=$cookie$cookie" "$U/api/me"
get 401 "the wrong password" -H 'Content-Type: application/json' -d '{"principal": "m2", "password": "wrong"}' "$U/api/session"
get 401 "no such person" -H 'Content-Type: application/json' -d '{"principal": "nobody", "password": "wrong"}' "$U/api/session"
get 401 "nothing at all" -H 'Content-Type: application/json' -d '[]' "$U/api/session"
get 415 "a form of another site" -d 'principal=m2&password=x' "$U/api/session"
get 403 "another site signs somebody in" -H 'Origin: http://evil.example' -H 'Content-Type: application/json' -d '{"principal": "m2", "password": "password of m2"}' "$U/api/session"
get 413 "a long sign-in" -H 'Content-Type: application/json' -d "{\"principal\": \"$(head -c 5000 /dev/zero | tr '\0' x)\"}" "$U/api/session"
comment='{"nomination": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "text": "x"}'
get 403 "no token" -b "$SCRATCH/sec.jar" -H 'Content-Type: application/json' -d "$comment" "$U/api/comment"
equal "says so" csrf "$(field code)"
get 403 "another's token" -b "$SCRATCH/sec.jar" -H "X-CSRF-Token: $CSRF_ops" -H 'Content-Type: application/json' -d "$comment" "$U/api/comment"
acts 403 "another site's page" sec /api/comment "$comment" -H 'Origin: http://evil.example'
equal "says so" cross-site "$(field code)"
acts 403 "a page that hides where it is" sec /api/comment "$comment" -H 'Origin: null'
acts 403 "another site, by the browser's word" sec /api/comment "$comment" -H 'Sec-Fetch-Site: cross-site'
get 403 "an import with a cookie alone" -b "$SCRATCH/clerk.jar" -H 'Content-Type: application/json' -d '{}' "$U/api/dataValueSets"
get 403 "signing somebody out" -X DELETE -b "$SCRATCH/sec.jar" "$U/api/session"
equal "none of it is in the journal" 0 "$(thidua rejected --json | jq '.rejected | length')"
for i in 2 3 4 5; do get 401 "a wrong password, $i" -H 'Content-Type: application/json' -d "{\"principal\": \"m2\", \"password\": \"wrong $i\"}" "$U/api/session"; done
get 429 "then m2 is locked out" -H 'Content-Type: application/json' -d '{"principal": "m2", "password": "password of m2"}' "$U/api/session"
check "for a minute at most" [ "$(header retry-after)" -le 61 ]
reads 200 "but whoever is in stays in" m2 /api/me

# ---- pages
get 302 "the front door" "$U/"
equal "leads to the console" /console/ "$(header location)"
get 200 "its page" "$U/console/"
equal "is the index" '<!doctype html><title>index</title>' "$(cat "$SCRATCH/body")"
check "which runs nothing but its own" sh -c "grep -i '^content-security-policy:' '$SCRATCH/headers' | grep -q \"default-src 'none'; script-src 'self'; style-src 'self'\""
check "and is no other page's frame" grep -qi '^x-frame-options: DENY' "$SCRATCH/headers"
get 200 "a script, zipped" --compressed "$U/console/js/main.js"
equal "is whole" 5000 "$(wc -c <"$SCRATCH/body")"
equal "and has its type" "text/javascript; charset=utf-8" "$(header content-type)"
get 304 "and is known" -H "If-None-Match: $(header etag)" "$U/console/js/main.js"
get 200 "Bootstrap" "$U/console/lib/bootstrap.min.css"
for path in /console/.hidden.js /console/notes.txt /console/link.js /console/js /console/js/ /console//js/main.js /console/js/../js/main.js \
    /console/../../etc/passwd /console/%2e%2e/outside.js /etc/passwd /console/js/main.js/ '/console/..%5c..%5coutside.js'; do
    get 404 "not $path" --path-as-is "$U$path"
done
get 200 "an answer is no page" -b "$SCRATCH/sec.jar" "$U/api/units?unit=city"
check "and is told so" grep -qi '^x-content-type-options: nosniff' "$SCRATCH/headers"
check "and may do nothing" sh -c "grep -i '^content-security-policy:' '$SCRATCH/headers' | grep -q \"default-src 'none'; .*sandbox\""

# ---- reports
report='{"form": "daily", "unit": "w1", "period": "20211104", "revision": 7, "values": {"doses": 120, "first": 100, "second": 20, "open": 3}}'
acts 200 "a report" clerk /api/report "$report" -H 'Idempotency-Key: r-1'
equal "is accepted" accepted "$(field verdict.verdict)"
receipt=$(field receipt)
acts 200 "the same report again" clerk /api/report "$report" -H 'Idempotency-Key: r-1'
equal "changes nothing" unchanged "$(field verdict.verdict)"
acts 400 "a key without a revision" clerk /api/report "${report/\"revision\": 7, /}" -H 'Idempotency-Key: r-2'
acts 200 "without a key it is stamped" clerk /api/report "${report/\"revision\": 7, /}"
acts 409 "sums that are wrong" clerk /api/report '{"form": "daily", "unit": "w1", "period": "20211103", "values": {"doses": 1, "first": 100, "second": 1}}'
equal "are refused" "rule-broken rejected" "$(field code) $(field verdict.verdict)"
acts 409 "told in Vietnamese" clerk /api/report '{"form": "daily", "unit": "w1", "period": "20211103", "values": {"doses": "x"}}' -H 'Accept-Language: vi'
equal "is told in Vietnamese" "$(field verdict.text_vi)" "$(field message)"
acts 409 "another's report" clerk /api/report "${report/w1/w2}"
equal "is refused" not-allowed "$(field code)"
acts 400 "a field that is none" clerk /api/report "${report/\"form\"/\"fern\"}"
equal "is named" key-unknown "$(field code)"
acts 400 "a field that is not this act's" clerk /api/report "${report/\"form\"/\"id\"}"
acts 400 "a field that is missing" clerk /api/report '{"form": "daily", "unit": "w1", "period": "20211104"}'
for bad in '' '[]' '{' '{"form": 1}' '{"values": []}' '{"merge": 1}' '{"revision": -1}' '{"unit": "Ward 1"}' '{"form": "daily", "form": "daily"}' '{"values": {"Doses": 1}}' \
    '{"values": {"doses": 0.1234567890123456789e-300}}' '{"values": {"doses": {}}}'; do
    acts 400 "no report: $bad" clerk /api/report "$bad"
done
head -c 300000 /dev/zero | tr '\0' ' ' >"$SCRATCH/long"
acts 413 "a long report" clerk /api/report "@$SCRATCH/long"
reads 200 "the verdict by its receipt" clerk "/api/receipts/$receipt"
reads 200 "the tally" clerk "/api/tallies?unit=w1&period=20211104"
equal "is there" 120 "$(jq '.rows[0].values[] | select(.indicator == "doses") | .value' "$SCRATCH/body")"
reads 200 "the series" clerk "/api/series?unit=w1&form=daily&from=20211101&to=20211105"
reads 200 "what was refused" clerk /api/rejected
equal "one's own" 3 "$(jq '.rejected | length' "$SCRATCH/body")"
reads 403 "another's reports" clerk "/api/reports?unit=w2&period=20211104"
reads 403 "the operators' page" clerk /api/broker/sessions
reads 200 "is for operators" ops /api/broker/sessions
reads 200 "who may what" ops /api/access
check "hashes of passwords are not told" sh -c "! grep -q argon2 '$SCRATCH/body'"
reads 200 "the status" ops /api/status
check "with the gateway's own" jq -e '.gateway.receipt_ms.count > 0 and .gateway.sessions == 6' "$SCRATCH/body"
reads 200 "the tops" clerk /api/units
equal "are where the tree begins" city "$(field 'children[0].unit')"
reads 200 "found without marks" clerk "/api/units/find?text=phuong"
equal "all four" 4 "$(field found)"
reads 200 "who is missing" sec "/api/missing?form=daily&period=20211104"
check "and whom to call" jq -e '.missing[0] | has("contact")' "$SCRATCH/body"
acts 200 "a withdrawal" clerk /api/withdraw '{"form": "daily", "unit": "w1", "period": "20211104"}'
acts 200 "a report of another ward" d1 /api/report "${report/w1/w2}"
acts 200 "is approved by the unit above" d1 /api/approve '{"unit": "w2", "period": "20211104"}'
acts 409 "so it is locked" d1 /api/report "${report/\"w1\", \"period\": \"20211104\", \"revision\": 7/\"w2\", \"period\": \"20211104\", \"revision\": 8}"
equal "and says so" period-locked "$(field code)"
acts 400 "opened again for no reason" d1 /api/reopen '{"unit": "w2", "period": "20211104"}'
acts 200 "opened again" d1 /api/reopen '{"unit": "w2", "period": "20211104", "reason": "Nhập sai."}'
reads 200 "which periods are approved" d1 "/api/approvals?unit=d1&period=20211104"
printf 'dataelement,period,orgunit,catoptcombo,attroptcombo,value\ndoses,20211102,w1,,,x\ndoses,20211102,w1,,,5\n' >"$SCRATCH/two.csv"
get 409 "a CSV file is looked at" -b "$SCRATCH/clerk.jar" -H "X-CSRF-Token: $CSRF_clerk" -H 'Content-Type: text/csv' --data-binary "@$SCRATCH/two.csv" "$U/api/dataValueSets?dryRun=true&dataSet=daily"
equal "its mistake has a place" "[0]" "$(jq -c .response.rejectedIndexes "$SCRATCH/body")"

# ---- the council's work
head -c 600000 /dev/urandom >"$SCRATCH/dossier"
get 200 "a document" -b "$SCRATCH/sec.jar" -H "X-CSRF-Token: $CSRF_sec" -H 'Content-Type: application/octet-stream' --data-binary "@$SCRATCH/dossier" "$U/api/file?unit=city"
equal "has its hash" "$(b2sum -l 256 "$SCRATCH/dossier" | cut -d' ' -f1)" "$(field hash)"
hash=$(field hash)
nomination() { # nomination AWARD SUBJECT
    printf '{"unit": "city", "award": "%s", "kind": "collective", "subject": "%s", "summary": "Thành tích.", "evidence": [{"unit": "w1", "period": "20211104", "indicator": "doses"}], "documents": [{"hash": "%s", "kind": "bao-cao", "name": "<b>hồ sơ.pdf", "bytes": 600000}]}' "$1" "$2" "$hash"
}
nasty='<script>alert(1)</script>'
acts 200 "a nomination" sec /api/nominate "$(nomination open "$nasty")" -H 'Idempotency-Key: n-1'
N1=$(field nomination)
acts 200 "the same again" sec /api/nominate "$(nomination open "$nasty")" -H 'Idempotency-Key: n-1'
equal "is the same" "$N1 unchanged" "$(field nomination) $(field verdict.verdict)"
acts 200 "another" sec /api/nominate "$(nomination secret "Tổ hai")" -H 'Idempotency-Key: n-1'
N2=$(field nomination)
check "is another, whatever its key" [ "$N1" != "$N2" ]
reads 200 "the queue" sec /api/review
equal "has two" 2 "$(jq '.items | length' "$SCRATCH/body")"
check "and a script is text" grep -qF "$nasty" "$SCRATCH/body"
reads 403 "which is not everybody's" ops /api/review
for n in "$N1" "$N2"; do acts 200 "verified" sec /api/review "{\"nomination\": \"$n\", \"act\": \"verify\"}"; done
acts 400 "no such act" sec /api/review "{\"nomination\": \"$N1\", \"act\": \"table\"}"
acts 409 "a comment upon nothing" sec /api/comment "$comment"
acts 200 "a comment" m1 /api/comment "{\"nomination\": \"$N1\", \"text\": \"Xứng đáng.\"}"
reads 200 "one nomination" m1 "/api/review/$N1"
equal "with its document" "true 600000" "$(field 'documents[0].there') $(field 'documents[0].bytes')"
reads 200 "the document" m1 "/api/file?nomination=$N1&document=$hash"
check "is what was sent" cmp "$SCRATCH/body" "$SCRATCH/dossier"
equal "and only to be kept" "attachment; filename*=UTF-8''%3Cb%3Eh%E1%BB%93%20s%C6%A1%2Epdf" "$(header content-disposition)"
key=$(thidua teller key "$SCRATCH/ballots" 2>/dev/null | tail -n 1)
acts 200 "a meeting" sec /api/meeting "{\"act\": \"open\", \"unit\": \"city\", \"title\": \"Phiên họp\", \"date\": \"2021-11-05\", \"teller\": \"local\", \"members\": [\"sec\", \"m1\", \"m2\"], \"nominations\": [\"$N1\", \"$N2\"], \"ballot_key\": \"$key\"}"
M=$(field meeting)
acts 200 "two are there" sec /api/meeting "{\"act\": \"attend\", \"meeting\": \"$M\", \"members\": [\"sec\", \"m1\"]}"
acts 400 "of no meeting" sec /api/meeting '{"act": "attend", "members": ["m1"]}'
reads 200 "the meetings" m1 /api/meetings
equal "are listed" "$M" "$(field 'meetings[0].meeting')"
choice() { case $1 in [0-9]) echo "$1" ;; *) echo "\"$1\"" ;; esac; }
vote() { printf '{"meeting": "%s", "nomination": "%s", "choice": %s%s}' "$M" "$1" "$(choice "$2")" "${3:-}"; }
acts 200 "an open vote" m1 /api/vote "$(vote "$N1" yes)" -H 'Idempotency-Key: v-1'
acts 200 "another" sec /api/vote "$(vote "$N1" no)"
acts 409 "nobody votes twice" sec /api/vote "$(vote "$N1" yes)"
acts 403 "who is no member of the council does not vote" clerk /api/vote "$(vote "$N1" yes)"
acts 409 "of what is not on the table" m1 /api/vote "$(vote 01ARZ3NDEKTSV4RRFFQ69G5FAV yes)"
equal "says so" not-on-table "$(field code)"
acts 400 "no such choice" m1 /api/vote "$(vote "$N2" maybe)"
acts 200 "a secret vote" m1 /api/vote "$(vote "$N2" 1)" -H 'Idempotency-Key: v-2'
secret_receipt=$(field receipt)
acts 200 "another choice under its key" m1 /api/vote "$(vote "$N2" 2)" -H 'Idempotency-Key: v-2'
equal "is the same vote: ids do not tell the choice" unchanged "$(field verdict.verdict)"
acts 200 "another" sec /api/vote "$(vote "$N2" abstain)"
acts 200 "one in writing" m2 /api/vote "$(vote "$N2" no ', "written": true')"
check "the journal has no choice" sh -c "thidua journal show $secret_receipt --json | jq -e '.record // . | tostring | (contains(\"commitment\") and (contains(\"choice\") | not))'"
check "nor has the log" sh -c "! grep -E 'abstain|choice' '$SCRATCH/up.log'"
reads 200 "one meeting" m2 "/api/meetings/$M"
equal "tells who voted, and not what" '[null,null,null]' "$(jq -c "[.table[] | select(.nomination == \"$N2\") | .votes[].choice]" "$SCRATCH/body")"
equal "of the open one what" '["yes","no"]' "$(jq -c "[.table[] | select(.nomination == \"$N1\") | .votes[].choice]" "$SCRATCH/body")"
curl -s -m 5 -N -b "$SCRATCH/sec.jar" "$U/api/events" >"$SCRATCH/events" &
listener=$!
until_that grep -q '^event: head' "$SCRATCH/events"
check "an open page hears of the journal" grep -q '^event: head' "$SCRATCH/events"
acts 409 "it cannot be closed before the count" sec /api/meeting "{\"act\": \"close\", \"meeting\": \"$M\"}"
check "the teller opens the ballots" thidua teller open "$M" --ballot-key "$SCRATCH/ballots"
acts 200 "it is closed" sec /api/meeting "{\"act\": \"close\", \"meeting\": \"$M\"}"
reads 200 "the meeting's counts" m2 "/api/meetings/$M"
equal "the ballots that were sealed here are good" '[1,1,1,0,3]' "$(jq -c ".table[] | select(.nomination == \"$N2\") | .recorded | [.yes, .no, .abstain, .spoilt, .base]" "$SCRATCH/body")"
acts 409 "a report that is refused" clerk /api/report '{"form": "daily", "unit": "w1", "period": "20211103", "values": {"doses": 2, "first": 100, "second": 1}}'
until_that grep -q '^event: rejected' "$SCRATCH/events"
check "of what was refused" grep -q '^data: .*rule-broken' "$SCRATCH/events"
check "and that the queue has changed" grep -q '^event: queue' "$SCRATCH/events"
wait $listener
id=$(grep '^id: ' "$SCRATCH/events" | tail -n 1 | cut -d' ' -f2)
curl -s -m 2 -N -b "$SCRATCH/sec.jar" -H "Last-Event-ID: $id" "$U/api/events" >"$SCRATCH/again"
check "who comes back is not told again" sh -c "! grep -qE '^event: (queue|rejected)' '$SCRATCH/again'"
check "and is told the head" grep -q '^event: head' "$SCRATCH/again"
acts 200 "decided" sec /api/decide "{\"nomination\": \"$N1\", \"outcome\": \"decided\", \"number\": \"1/QĐ\", \"date\": \"2021-11-05\", \"signer\": \"Chủ tịch\"}"
acts 409 "to decide what was not approved" sec /api/decide "{\"nomination\": \"$N2\", \"outcome\": \"decided\", \"number\": \"1/QĐ\", \"date\": \"2021-11-05\"}"
equal "is refused" move-refused "$(field code)"
get 200 "honours are for everybody" "$U/api/honours"
equal "and name who was honoured" "$nasty" "$(field 'honours[0].subject')"
get 200 "and a feed" "$U/honours.atom"
check "which is XML" sh -c "command -v xmllint >/dev/null || exit 0; xmllint --noout '$SCRATCH/body'"
check "where a script is text" grep -qF '<title>&lt;script&gt;alert(1)&lt;/script&gt; — Open</title>' "$SCRATCH/body"
acts 200 "taken back" sec /api/revoke "{\"nomination\": \"$N1\", \"number\": \"2/QĐ\", \"date\": \"2021-11-05\", \"reason\": \"Sai.\"}"
get 200 "it is no honour any longer" "$U/api/honours"
equal "nobody is" 0 "$(field count)"
get 200 "but history" -b "$SCRATCH/sec.jar" -G --data-urlencode "subject=$nasty" "$U/api/history"
equal "which is not forgotten" "revoked" "$(field 'items[0].state')"

# ---- how sessions end
get 200 "signing out" -X DELETE -b "$SCRATCH/d1.jar" -H "X-CSRF-Token: $CSRF_d1" "$U/api/session"
check "takes the cookie away" grep -qi '^set-cookie: thidua=; .*Max-Age=0' "$SCRATCH/headers"
reads 401 "and the session" d1 /api/me
check "revoked" thidua access revoke m1
check "who is revoked may nothing" sh -c "curl -s -b '$SCRATCH/m1.jar' '$U/api/review' | jq -e '.httpStatusCode == 403 or .httpStatusCode == 401'"
is_out() { [ "$(curl -s -o /dev/null -w '%{http_code}' -b "$SCRATCH/m1.jar" "$U/api/me")" = 401 ]; }
until_that is_out
reads 401 "and is out within ten seconds" m1 /api/me
echo "another password" | thidua access password ops >/dev/null
is_out() { [ "$(curl -s -o /dev/null -w '%{http_code}' -b "$SCRATCH/ops.jar" "$U/api/me")" = 401 ]; }
until_that is_out
reads 401 "a new password ends the old one's sessions" ops /api/me
for i in $(seq 16); do
    curl -s -c "$SCRATCH/d1.$i" -o /dev/null -H 'Content-Type: application/json' -d '{"principal": "d1", "password": "password of d1"}' "$U/api/session"
done
get 200 "sixteen sessions of one person" -b "$SCRATCH/d1.1" "$U/api/me"
get 200 "and one more" -c "$SCRATCH/d1.17" -H 'Content-Type: application/json' -d '{"principal": "d1", "password": "password of d1"}' "$U/api/session"
get 401 "ends the one not used for the longest time" -b "$SCRATCH/d1.2" "$U/api/me"
get 200 "and no other" -b "$SCRATCH/d1.1" "$U/api/me"

# ---- a thousand streams
for i in $(seq 8); do person "p$i" w1 submitter >/dev/null 2>&1; done
for i in $(seq 128); do
    curl -s -c - -o /dev/null -H 'Content-Type: application/json' -d "{\"principal\": \"p$((i % 8 + 1))\", \"password\": \"password of p$((i % 8 + 1))\"}" "$U/api/session" |
        awk '/thidua/ {print "Cookie: thidua=" $7}'
done >"$SCRATCH/cookies"
equal "128 sessions" 128 "$(wc -l <"$SCRATCH/cookies")"
gateway=$(sed -n 's/.*event=child_started program=thidua-gateway pid=//p' "$SCRATCH/up.log" | tail -n 1)
memory() { awk '/^VmRSS/ {print $2}' "/proc/$gateway/status"; }
before=$(memory)
mkfifo "$SCRATCH/hold"
"$(dirname "$BIN")/tests/streams" "$HOST" 1000 "$SCRATCH/cookies" <"$SCRATCH/hold" >"$SCRATCH/streams" &
holder=$!
exec 5>"$SCRATCH/hold"
until_that grep -q '^open 1000' "$SCRATCH/streams"
check "1,000 streams are open" grep -q '^open 1000' "$SCRATCH/streams"
acts 200 "the journal grows" clerk /api/report "${report/\"revision\": 7/\"revision\": 2000000000000}"
until_that grep -q '^again 1000' "$SCRATCH/streams"
check "and all are told" grep -q '^again 1000' "$SCRATCH/streams"
reads 200 "others are served" clerk "/api/tallies?unit=w1&period=20211104"
after=$(memory)
echo "# the gateway's memory: $before KiB, with 1,000 streams $after KiB"
grep -qa __asan_init "$BIN/thidua-gateway" || check "80 KiB each at the most" [ $((after - before)) -lt 80000 ]
exec 5>&-
wait $holder
equal "none of them ended" 0 $?
kill -KILL "$gateway"
gateway_find "$HOST"
reads 401 "sessions end with the gateway" clerk /api/me

# ---- a gateway of its own: a key, and two whom it may speak for
BROKER=tcp://127.0.0.1:$port#$(thidua keys show "$D/keys/broker" --json | jq -r .public_key)
mkdir "$SCRATCH/apart"
printf 'gateway_listen = 127.0.0.1:0\ngateway_secure = yes\n' >"$SCRATCH/apart/thidua.conf"
thidua keys new "$SCRATCH/web.key" --principal web >/dev/null
check "it is granted" thidua access grant web --role gateway --acts-for clerk --acts-for d1 --public-key-of "$SCRATCH/web.key"
(unset THIDUA_DATA && exec thidua-gateway --data "$SCRATCH/apart" --broker "$BROKER" --key "$SCRATCH/web.key" --gateway-console "$SCRATCH/pages" 2>"$SCRATCH/apart.log") &
apart=$!
until_that grep -q 'event=listening' "$SCRATCH/apart.log"
U=http://$(sed -n 's/.*event=listening endpoint=//p' "$SCRATCH/apart.log")
until_that curl -s -f -o /dev/null "$U/readyz"
enters() { # enters STATUS WHO
    get "$1" "$2 at the gateway apart" -c "$SCRATCH/$2.apart" -H 'Content-Type: application/json' -H "Origin: https://${U#http://}" \
        -d "{\"principal\": \"$2\", \"password\": \"password of $2\"}" "$U/api/session"
}
enters 200 clerk
check "its cookie is for TLS and this host alone" grep -qi '^set-cookie: __Host-thidua=.*; Secure' "$SCRATCH/headers"
cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\);.*/\1/p' "$SCRATCH/headers")
get 200 "a report from there" -H "Cookie: $cookie" -H "X-CSRF-Token: $(field csrf)" -H 'Content-Type: application/json' -d "${report/\"revision\": 7/\"revision\": 2000000000001}" "$U/api/report"
equal "is the clerk's, by that gateway" clerk@web "$(thidua journal show "$(field receipt)" --json | jq -r '.principal')"
get 403 "over plain HTTP it is another site" -H "Cookie: $cookie" -H "Origin: $U" -H 'Content-Type: application/json' -d '{}' "$U/api/report"
enters 403 sec
check "whom it may not speak for it gives no session" sh -c "! grep -qi '^set-cookie' '$SCRATCH/headers'"
kill -TERM $apart
wait $apart
equal "it ends in order" 0 $?
! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$SCRATCH/apart.log"
ok $? "and nothing complained"
finish
