/* Between the files that hold the council's tables against the model. All of it inside a read
 * transaction of the state in question. */
#ifndef SIM_CHECK_COUNCIL_H
#define SIM_CHECK_COUNCIL_H

#include "tests/sim/check.h"
#include "workers/state/rows_council.h"

/* A unit by the state's number of it. */
struct unit_names {
    uint32_t mine[MODEL_CODES_MAX]; /* the model's number; UINT32_MAX: none */
};

static inline bool
receipt_equal(struct receipt a, struct receipt b)
{
    return a.block == b.block && a.index == b.index;
}

/* Shard 0's table has so many rows. */
void check_rows_count(struct sim *s, enum table table, uint32_t count);
/* check_review.c: nominations, acts, documents. */
void check_review(struct sim *s, const struct model *m, const struct unit_names *names);
/* check_meeting.c */
void check_meetings(struct sim *s, const struct model *m, const struct unit_names *names);

#endif
