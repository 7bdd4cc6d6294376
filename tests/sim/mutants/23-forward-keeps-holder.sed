# file: workers/tally/council.c
# A nomination that is forwarded stays in the hand of who forwarded it.
s|^    if (move->need == NEED_LOWER) {|    if (move->need == NEED_LOWER \&\& move->act != REVIEW_forward) {|
