/* Thresholds: see vote_rule.h. Counts are at most MEMBERS_MAX, percents 100: no product overflows. */
#include "proto/vote_rule.h"

struct vote_rule
vote_rule_of(const struct award *award)
{
    return (struct vote_rule){
        .percent = award->percent,
        .quorum = award->quorum,
        .base = award->base == BASE_PRESENT ? BASE_PRESENT : BASE_TOTAL,
    };
}

bool
vote_is_asked(const struct award *award)
{
    return award->percent > 0;
}

bool
vote_has_quorum(const struct vote_rule *rule, const struct vote_sums *sums)
{
    return sums->taking_part > 0 &&
           (uint64_t)sums->taking_part * 100 >= (uint64_t)rule->quorum * sums->members;
}

uint32_t
vote_base_of(const struct vote_rule *rule, const struct vote_sums *sums)
{
    return rule->base == BASE_PRESENT ? sums->taking_part : sums->members;
}

bool
vote_is_carried(const struct vote_rule *rule, const struct vote_sums *sums)
{
    uint64_t base = vote_base_of(rule, sums);
    return vote_has_quorum(rule, sums) && sums->yes > 0 &&
           (uint64_t)sums->yes * 100 >= (uint64_t)rule->percent * base;
}
