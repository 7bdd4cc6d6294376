# file: workers/tally/apply_vote.c
# Who has voted may vote again: the later ballot takes the place of the earlier one.
s|^        \*good = complain(v->why, CODE_VOTED_ALREADY, v->person, "%s", "");|        err = ERR_NOT_FOUND;|
