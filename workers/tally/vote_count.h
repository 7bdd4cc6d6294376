/* Counting the votes on one nomination of a meeting, open or secret. A vote counts by what it is, not by
 * what the award's rule says today: a campaign that is published anew in the middle of a meeting
 * changes nothing about the ballots that were cast. */
#ifndef TALLY_VOTE_COUNT_H
#define TALLY_VOTE_COUNT_H

#include "proto/vote_rule.h"
#include "workers/tally/meetings.h"

struct vote_count {
    struct vote_sums sums;
    uint32_t sealed; /* secret ballots; without their opening they are in no sum but taking_part */
    bool opened;
};

enum err vote_count(struct apply *a, struct slice meeting, const struct meeting_row *m,
                    struct slice nomination, struct vote_count *count) MUST_CHECK;

#endif
