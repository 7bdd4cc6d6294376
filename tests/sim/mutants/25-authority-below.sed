# file: workers/tally/council_needs.c
# The level below the award's may decide it.
s|    if ((int)award->level > (int)authority) {|    if ((int)award->level > (int)authority + 1) {|
