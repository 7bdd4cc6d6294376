/* A ULID counts once a principal: what was sent twice is found here, a year apart or not.
 *
 * A merge's is kept with its unit, the others' (units, campaign, quarantine) without one: a shard
 * knows the merges of its own units only, and what becomes of a record must not depend on how many
 * shards there are. So one ULID in merges of two units is two; whoever sends a merge again sends it
 * with its unit. */
#ifndef TALLY_ONCE_H
#define TALLY_ONCE_H

#include "workers/tally/apply_impl.h"

struct once {
    struct slice principal;
    struct slice id;   /* a ULID */
    struct slice unit; /* a code; empty for what every shard applies */
};

/* 16 bytes, else missing-field. */
bool once_check(struct slice id, struct complaint *why);
enum err once_seen(struct apply *a, const struct once *once, bool *seen) MUST_CHECK;
/* Only for a record that is not rejected: a rejected one uses up nothing. */
enum err once_keep(struct apply *a, const struct once *once, struct receipt receipt) MUST_CHECK;

#endif
