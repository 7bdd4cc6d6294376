/* What `thidua top` knows: the answers of the last ten seconds, from which it takes rates and recent times, and a
 * longer row of rates to draw. Fed with answers; no clock, no screen. */
#ifndef CLIENTS_TOP_H
#define CLIENTS_TOP_H

#include "proto/histogram.h"

#include <jansson.h>

#define TOP_ANSWERS 21 /* ten seconds of two a second, and the one they begin with */
#define TOP_RATES 240  /* what a wide screen draws, two minutes */

struct top {
    json_t *answers[TOP_ANSWERS]; /* oldest first */
    unsigned count;
    int64_t rates[TOP_RATES]; /* records a second between two answers, oldest first */
    unsigned rate_count;
    int64_t heard_ms; /* when the newest answer came; as the caller counts */
};

/* Start as {0}. */
void top_fini(struct top *t);
/* Takes the reference. An answer of another start of the broker begins anew. */
void top_take(struct top *t, json_t *answer, int64_t now_ms);

const json_t *top_now(const struct top *t); /* NULL: none yet */
/* Records a second, over all answers kept; -1: not known yet. */
int64_t top_rate(const struct top *t);
/* By how much a number of `counts` grew over them; by how much one of its `busy_by` did. */
int64_t top_grown(const struct top *t, const char *count);
int64_t top_busy(const struct top *t, const char *reason);
/* A member of `times`, and a shard's transactions, of what happened since the oldest answer kept. */
struct histogram top_time(const struct top *t, const char *which);
struct histogram top_transactions(const struct top *t, int64_t shard);

#endif
