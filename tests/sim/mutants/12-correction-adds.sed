# file: workers/tally/over.c
# A correction adds the new value, and does not take the old one away.
s| - (old != NULL ? old->value : 0);|;|
