# file: proto/vote_rule.c
# Just as many as the quorum asks are not enough.
s|(uint64_t)sums->taking_part \* 100 >= (uint64_t)rule->quorum|(uint64_t)sums->taking_part * 100 > (uint64_t)rule->quorum|
