# file: workers/query/ask_honours.c
# An honour that was revoked is told among the others.
s|    \*jump = state != STATE_decided;|    *jump = state < STATE_decided;|
s|    if (state > STATE_decided) {|    if (state > STATE_revoked) {|
