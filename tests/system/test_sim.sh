#!/bin/bash
# The simulator on a few hundred seeds, and that a seed replays step by step. tests/sim/README.md.
set -u
sim=$THIDUA_TESTS/sim
n=0
tell() { # tell STATUS WORDS
    n=$((n + 1))
    [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
out=$(mktemp -d "${TMPDIR:-/tmp}/tdsim.XXXXXX") || exit 73
trap 'rm -rf "$out"' EXIT

"$sim" --seeds 300 --from "$(($(date +%s) * 1000))" >"$out/runs" 2>&1
status=$?
grep -q '^violations 0$' "$out/runs" || status=1
[ $status -eq 0 ] || cat "$out/runs"
tell $status "300 new seeds keep every promise"

"$sim" --seed 7 --trace >"$out/one" 2>"$out/log"
"$sim" --seed 7 --trace >"$out/two" 2>"$out/log"
sed -i 's/ · [0-9.]* s$//' "$out/one" "$out/two"
[ "$(wc -l <"$out/one")" -gt 200 ] && cmp "$out/one" "$out/two"
tell $? "a seed replays step by step"
echo "1..$n"
