# file: workers/tally/council.c
# An opinion gives those who have not answered yet new time.
s|    if (act == REVIEW_opinion) {|    if (act == REVIEW_opinion \&\& m->row.asked_count == 0) {|
