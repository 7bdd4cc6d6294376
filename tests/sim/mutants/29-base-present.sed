# file: proto/vote_rule.c
# The percent is always of those who take part.
s|    return rule->base == BASE_PRESENT ? sums->taking_part : sums->members;|    (void)rule;\n    return sums->taking_part;|
