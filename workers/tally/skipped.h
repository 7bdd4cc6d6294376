/* Records that every run skips: quarantined, told by the broker before their block. In memory,
 * ascending; looked at once a record, so an empty list costs nothing.
 *
 * What a state knows of a quarantined record stands in its row of QUARANTINE, one byte or none:
 *   none          the quarantine came, and the record was never this shard's
 *   MARK_SKIPPED  this shard has skipped it
 *   MARK_APPLIED  this shard had applied it before the quarantine came: the state is stale, for no
 *                 replay applies it */
#ifndef TALLY_SKIPPED_H
#define TALLY_SKIPPED_H

#include "workers/state/rows.h"
#include "workers/state/state.h"

#define MARK_NONE ""
#define MARK_SKIPPED "s"
#define MARK_APPLIED "a"

struct skip {
    struct receipt receipt;
    uint64_t type; /* of the record; 0: it cannot be read */
};

struct skipped {
    struct skip *skips;
    uint32_t count;
};

void skipped_add(struct skipped *skipped, struct receipt receipt,
                 uint64_t type); /* again: nothing */
bool skipped_find(const struct skipped *skipped, struct receipt receipt, uint64_t *type);
void skipped_fini(struct skipped *skipped);

/* Both in a transaction; `key` is room for one. */
enum err skipped_mark(struct state *state, struct receipt receipt, const char *mark,
                      struct buf *key) MUST_CHECK;
/* Whether any row says MARK_APPLIED. */
enum err skipped_stale(struct state *state, bool *stale) MUST_CHECK;

#endif
