/* Receipts that every run skips: quarantined, told by the broker before their block or by a record.
 * In memory, ascending; looked at once a record, so an empty list costs nothing. */
#ifndef TALLY_SKIPPED_H
#define TALLY_SKIPPED_H

#include "workers/state/rows.h"
#include "workers/state/state.h"

struct skipped {
    struct receipt *receipts;
    uint32_t count;
};

void skipped_add(struct skipped *skipped, struct receipt receipt); /* again is nothing */
bool skipped_has(const struct skipped *skipped, struct receipt receipt);
/* Adds every row of QUARANTINE. In a transaction. */
enum err skipped_load(struct skipped *skipped, struct state *state) MUST_CHECK;
void skipped_fini(struct skipped *skipped);

#endif
