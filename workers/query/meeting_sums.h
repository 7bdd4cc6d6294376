/* The votes on one nomination of a meeting, read anew from its rows: what the minutes say can be held
 * against it. Ballots without their opening are in no sum. */
#ifndef QUERY_MEETING_SUMS_H
#define QUERY_MEETING_SUMS_H

#include "proto/vote_rule.h"
#include "workers/query/ask.h"
#include "workers/state/rows_council.h"

struct meeting_sums {
    struct vote_sums sums;
    uint32_t sealed; /* secret ballots */
    bool opened;
};

/* Appends one map a vote to `votes`, in the order of the voters' names, and gives their number; the
 * opening, where there is one, in the query's arena. */
uint32_t meeting_votes(struct query *query, struct slice id, const struct meeting_row *m,
                       struct slice nomination, struct buf *votes, struct meeting_sums *sums,
                       struct opening_row *opening);

/* What became of a nomination at the meeting that was called with this receipt: carry, fail, untable; 0:
 * nothing yet. The nomination's own row forgets it when the review begins again. */
enum review_act meeting_outcome(struct query *query, struct slice nomination,
                                struct receipt called);

#endif
