# For tests of real processes: a site of its own in a temporary folder, the command line, and TAP.
# A test sources this, calls `check` and `site_up`, and ends with `finish`.
# shellcheck shell=bash
set -u
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${THIDUA_BIN:-$ROOT/build/bin}
DATA_FILES=$ROOT/tests/data
PATH=$BIN:$PATH
unset THIDUA_DATA LC_ALL LC_MESSAGES LANGUAGE
export LANG=C.UTF-8
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/td.XXXXXX") || exit 73
tests=0
failures=0
up_pid=

ok() { # ok STATUS NAME
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tests - $2"
    else
        echo "not ok $tests - $2"
        failures=$((failures + 1))
    fi
}

# check NAME COMMAND...: the command must exit 0; what it printed is shown when it does not.
check() {
    local name=$1 status
    shift
    "$@" >"$SCRATCH/check.out" 2>&1
    status=$?
    ok $status "$name"
    [ $status -eq 0 ] || sed 's/^/# /' "$SCRATCH/check.out" | head -n 40
}

# equal NAME WANTED GOT
equal() {
    [ "$2" = "$3" ]
    local status=$?
    ok $status "$1"
    [ $status -eq 0 ] || printf '# wanted: %s\n# got:    %s\n' "$2" "$3"
}

until_that() { # until_that COMMAND...: asked again until it is so, or for far longer than it takes
    local i
    for ((i = 0; i < 4000; i++)); do
        "$@" && return 0
    done
    return 1
}

# exits NAME STATUS COMMAND...: its stdout stays in $SCRATCH/out, its stderr in $SCRATCH/err
exits() {
    local name=$1 wanted=$2 status
    shift 2
    "$@" >"$SCRATCH/out" 2>"$SCRATCH/err"
    status=$?
    [ $status -eq "$wanted" ]
    ok $? "$name"
    [ $status -eq "$wanted" ] ||
        { echo "# wanted exit $wanted, got $status"; cat "$SCRATCH/out" "$SCRATCH/err" | sed 's/^/# /' | head -n 20; }
}

free_port() { # one that nobody has; between this and the broker's bind it may be taken, seldom
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        if ! ss -ltn "sport = :$port" | grep -q LISTEN; then
            echo "$port"
            return
        fi
    done
}

# site_up DATA [OPTION...]: starts `thidua up` there and waits until all is well.
site_up() {
    export THIDUA_DATA=$1
    shift
    thidua up "$@" >>"$SCRATCH/up.log" 2>&1 &
    up_pid=$!
    check "the site comes up" thidua status --wait "${SITE_WAIT:-60}"
}

site_down() {
    [ -n "$up_pid" ] || return 0
    kill -TERM "$up_pid"
    wait "$up_pid"
    local status=$?
    up_pid=
    equal "the site stops in order" 0 $status
    # A sanitizer's report in any process is a failure, whatever the exit codes said.
    ! grep -E -A 30 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$SCRATCH/up.log"
    ok $? "no sanitizer complained"
}

finish() {
    site_down
    [ $failures -eq 0 ] || [ ! -s "$SCRATCH/up.log" ] || { echo "# the site's log:"; tail -n 40 "$SCRATCH/up.log" | sed 's/^/# /'; }
    rm -rf "$SCRATCH"
    echo "1..$tests"
    [ $failures -eq 0 ]
    exit
}
trap '[ -z "$up_pid" ] || kill -KILL "$up_pid" 2>/dev/null; rm -rf "$SCRATCH"' EXIT
