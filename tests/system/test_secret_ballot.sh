#!/bin/bash
# A council's meeting through real processes, each member with a key of its own: an open vote and a secret
# one, counted by its teller, recounted by anybody. Then the same meeting again on a second site, where
# others voted yes: nothing that anybody may read there, and nothing in the journal, is different but
# for random-looking bytes, and those are as long. And whoever has every file of the site, of its people
# and of its logs, but not the teller's key, finds in them no key and no number that opens a ballot
# (pry.c says what that proves, and what not).
. "$(dirname "$0")/../lib/site.sh"
MEMBERS="m1 m2 m3 m4"
PRY=${THIDUA_TESTS:-$ROOT/build/tests}/pry

cp "$DATA_FILES/small/campaign.yaml" "$SCRATCH/campaign.yaml"
cat >>"$SCRATCH/campaign.yaml" <<'YAML'
awards:
  - {code: open, title: {vi: "Biểu quyết", en: "Open"}, subject: [collective], level: city, vote: {percent: 50, base: present, quorum: 50}}
  - {code: secret, title: {vi: "Bỏ phiếu kín", en: "Secret"}, subject: [collective], level: city, vote: {percent: 50, base: total, secret: true, written: true}}
YAML
printf 'Thành tích.\n' >"$SCRATCH/summary"

as() { # as NAME COMMAND...: from that principal's folder
    local who=$1
    shift
    (unset THIDUA_DATA; cd "$HERE/$who" && "$@")
}
code_of() { # the code that the last `exits` was answered with
    grep -ohE 'not-allowed|not-in-role|not-member|not-present|voted-already|meeting-open|meeting-closed|counted-already' \
        "$SCRATCH/out" "$SCRATCH/err" | head -n 1
}
refused() { # refused NAME STATUS CODE WHO COMMAND...
    local name=$1 status=$2 code=$3
    shift 3
    exits "$name" "$status" as "$@"
    equal "$name: code" "$code" "$(code_of)"
}
nominate() { # nominate AWARD SUBJECT: verified
    local id
    id=$(as sec thidua nominate --award "$1" --subject "$2" --kind collective --unit city --summary "$SCRATCH/summary" | tail -n 1)
    as sec thidua review verify "$id" >/dev/null && echo "$id"
}
site_begin() { # site_begin NAME: people, two nominations verified
    HERE=$SCRATCH/$1
    mkdir "$HERE"
    check "init" thidua init --quiet --data "$HERE/site" --campaign "$SCRATCH/campaign.yaml" --units "$DATA_FILES/small/units.csv"
    echo "listen_tcp = tcp://127.0.0.1:$(free_port)" >>"$HERE/site/thidua.conf"
    site_up "$HERE/site" --clock 2021-11-05T08:00:00+07:00
    for member in $MEMBERS guest; do
        thidua office new city --out "$HERE/$member" --principal "$member" --role council >/dev/null
    done
    thidua office new city --out "$HERE/sec" --principal sec --role secretary >/dev/null
    thidua office new city --out "$HERE/aud" --principal aud --role auditor >/dev/null
    N1=$(nominate open "Tổ một")
    N2=$(nominate secret "Tổ hai")
    equal "two nominations are verified" "26 26" "${#N1} ${#N2}"
}
meeting_open() { # the teller's key, the call, who is present
    KEY=$(as m1 thidua teller key "$HERE/ballots" 2>/dev/null)
    equal "the ballot key is the teller's alone" "600 64" "$(stat -c %a "$HERE/ballots") ${#KEY}"
    M=$(as sec thidua meeting open --unit city --title "Phiên họp" --date 2021-11-05 $(printf -- '--member %s ' $MEMBERS) \
        --nomination "$N1" --nomination "${N2:0:20}" --teller m1 --ballot-key "$KEY" | tail -n 1)
    equal "a meeting is called" 26 ${#M}
    exits "three are present" 0 as sec thidua meeting attend "$M" --member m1 --member m2 --member m3
}
vote_all() { # vote_all NOMINATION CHOICE...: by m1, m2, ...; what is printed names no choice
    local nomination=$1 member=1
    shift
    for choice in "$@"; do
        echo "$choice" | as "m$member" thidua vote "$M" "$nomination" - $([ $member = 4 ] && echo --written) \
            >>"$HERE/printed" 2>&1 || echo "vote of m$member failed" >>"$HERE/failed"
        member=$((member + 1))
    done
}
close_and_count() {
    exits "the teller opens the ballots" 0 as m1 thidua teller open "$M" --ballot-key "$HERE/ballots"
    exits "the meeting is closed" 0 as sec thidua meeting close "$M"
}
table() { thidua meeting show "$M" --json | jq -c ".table[] | select(.nomination == \"$1\") | $2"; }

# Everything that may be read, as text, what is random or a moment made the same.
same() {
    sed -E -e 's/\<[0-9a-f]{228}\>/BOX/g' -e 's/\<[0-9a-f]{64}\>/KEY/g' -e 's/[0-9a-f]{32,}/H/g' \
        -e 's/"start_id": "[0-9a-f]+"/S/' -e 's/[0-9A-HJKMNP-TV-Z]{26}/U/g' -e 's/("(time_us|submitted_us|made_us|as_of)": ?)[0-9]+/\1T/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+([+-][0-9:]+|Z)?/D/g'
}
reads() {
    local who block head
    for who in m1 m2 m3 m4 guest sec aud; do
        echo "== $who"
        as "$who" thidua meeting list --json
        as "$who" thidua meeting show "$M" --json
        as "$who" thidua meeting show "$M"
        as "$who" thidua meeting check "$M"
        as "$who" thidua review show "$N2" --json
        as "$who" thidua review list --done --json
        as "$who" thidua rejected --json
        as "$who" thidua honours --json
    done 2>&1
    head=$(thidua journal head --json | jq .block)
    for block in $(seq 1 "$head"); do
        thidua journal show "$block" --json
    done
}

# The teller's keys are taken out of the folder; all else stays there, with the log of the processes.
nothing_told() { # nothing_told NAME: after the site is down
    mkdir "$SCRATCH/$1-teller"
    mv "$HERE/ballots" "$HERE/other" "$SCRATCH/$1-teller" 2>/dev/null
    check "$1: no file gives a ballot away" "$PRY" "$SCRATCH/$1.json" "$HERE" "$SCRATCH/up.log" "$SCRATCH/$1.txt"
    tail -n 1 "$SCRATCH/check.out" | tee "$SCRATCH/tried" | sed 's/^/# /'
    check "$1: all were seen, and thousands of keys tried" grep -Eq '^4 of 4 ballots seen; .* [0-9]{4,} different' "$SCRATCH/tried"
}

# ---- a whole meeting
site_begin one
meeting_open
refused "who is no member does not vote" 65 not-member guest thidua vote "$M" "$N1" yes
refused "who is absent does not vote openly" 65 not-present m4 thidua vote "$M" "$N1" yes
vote_all "$N1" yes yes no
vote_all "$N2" yes no yes abstain
check "all voted" test ! -e "$HERE/failed"
check "and no choice was printed" sh -c "! grep -Eiw 'yes|no|abstain' '$HERE/printed'"
refused "nobody votes twice" 65 voted-already m2 thidua vote "$M" "$N2" yes
refused "no close before the count" 65 meeting-open sec thidua meeting close "$M"
refused "nobody counts but the teller" 65 not-allowed m2 thidua teller open "$M" --ballot-key "$HERE/ballots"
as m1 thidua teller key "$HERE/other" >/dev/null 2>&1
exits "nor with another meeting's key" 65 as m1 thidua teller open "$M" --ballot-key "$HERE/other"
chmod 644 "$HERE/other"
exits "nor with a key that others could read" 66 as m1 thidua teller open "$M" --ballot-key "$HERE/other"
close_and_count
refused "no vote after the close" 65 meeting-closed m2 thidua vote "$M" "$N1" yes
equal "the open vote is carried" '[2,1,0,0,3]' "$(table "$N1" '.recorded | [.yes,.no,.abstain,.spoilt,.base]')"
equal "the secret one too" '[2,1,1,0,4]' "$(table "$N2" '.recorded | [.yes,.no,.abstain,.spoilt,.base]')"
equal "both are approved" "approved approved" "$(table "$N1" .state | tr -d '"') $(table "$N2" .state | tr -d '"')"
exits "anybody recounts" 0 as m3 thidua meeting check "$M"
equal "every count is right" true "$(as aud thidua meeting check "$M" --json | jq '[.table[].right] | all')"
reads | same >"$SCRATCH/one.txt"
thidua meeting show "$M" --json >"$SCRATCH/one.json"
exits "a replay says the same" 0 thidua verify
site_down
nothing_told one

# ---- and were there anything, it would be found
mkdir "$SCRATCH/planted"
planted() { # planted NAME WANTED COMMAND...: what the command leaves in the folder is found there
    local name=$1 wanted=$2
    shift 2
    rm -f "$SCRATCH"/planted/*
    "$@"
    exits "$name" 1 "$PRY" "$SCRATCH/one.json" "$SCRATCH/planted"
    check "$name: told" grep -q "^$wanted" "$SCRATCH/out"
}
amid() { { head -c 5000 "$ROOT/README.md"; cat "$1"; tail -c 5000 "$ROOT/README.md"; } >"$SCRATCH/planted/amid"; }
check "a blinding is taken from its box" "$PRY" --plant "$SCRATCH/one.json" "$SCRATCH/one-teller/ballots" "$SCRATCH/blinding"
planted "a blinding as bytes" "yes of m1 on $N2 in" amid "$SCRATCH/blinding"
planted "a blinding as digits" "yes of m1 on $N2 in" amid "$SCRATCH/blinding.hex"
planted "the teller's key" "the ballot key of the teller in" amid "$SCRATCH/one-teller/ballots"

# ---- the same, but for who voted what on the secret one
site_begin two
meeting_open
exits "who is no member" 65 as guest thidua vote "$M" "$N1" yes
exits "who is absent" 65 as m4 thidua vote "$M" "$N1" yes
vote_all "$N1" yes yes no
vote_all "$N2" abstain yes no yes
exits "twice" 65 as m2 thidua vote "$M" "$N2" yes
exits "too early" 65 as sec thidua meeting close "$M"
exits "not the teller" 65 as m2 thidua teller open "$M" --ballot-key "$HERE/ballots"
close_and_count
exits "too late" 65 as m2 thidua vote "$M" "$N1" yes
reads | same >"$SCRATCH/two.txt"
thidua meeting show "$M" --json >"$SCRATCH/two.json"
check "much was read" test "$(wc -l <"$SCRATCH/one.txt")" -gt 500
check "nothing differs" diff "$SCRATCH/one.txt" "$SCRATCH/two.txt"
site_down
nothing_told two

finish
