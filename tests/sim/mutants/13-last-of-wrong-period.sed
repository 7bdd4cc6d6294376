# file: workers/tally/over.c
# The last value is that of the earliest period.
s|new->last >= cell->last|new->last <= cell->last|
