/* When a vote is carried: an award's rule {percent, base, quorum} over what was counted, in integers.
 * One function for the state machine that decides by it and for whoever recounts.
 *
 * Who takes part: members who are present, and absent ones whose vote came in writing; each once.
 * Quorum: those, of all members. Base: all members (total), or those who take part (present). A
 * spoilt ballot and an abstention are in the base and for nothing.
 * Law on Emulation and Commendation 15/2003/QH11; Decree 91/2017/NĐ-CP asks 90 % of all members for
 * the highest titles, and leaves the rest to each council's own rules: hence data. */
#ifndef PROTO_VOTE_RULE_H
#define PROTO_VOTE_RULE_H

#include "proto/campaign.h"

struct vote_sums {
    uint32_t members; /* of the meeting */
    uint32_t taking_part;
    uint32_t yes, no, abstain, spoilt;
};

struct vote_rule {
    uint32_t percent, quorum;
    enum vote_base base;
};

struct vote_rule vote_rule_of(const struct award *award);
/* Whether the award is decided by a vote at all. */
bool vote_is_asked(const struct award *award);
bool vote_has_quorum(const struct vote_rule *rule, const struct vote_sums *sums);
/* How many the percent is of. */
uint32_t vote_base_of(const struct vote_rule *rule, const struct vote_sums *sums);
/* With a quorum; nothing is carried over a base of nobody, nor without a single vote for it. */
bool vote_is_carried(const struct vote_rule *rule, const struct vote_sums *sums);

#endif
