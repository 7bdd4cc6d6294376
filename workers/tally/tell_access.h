/* Shard 0's worker tells the broker who may speak: the whole of TABLE_ACCESS, in pages. The broker has no
 * state of its own to read it from, and takes none of the pages before the last is there. */
#ifndef TALLY_TELL_ACCESS_H
#define TALLY_TELL_ACCESS_H

#include "workers/link.h"
#include "workers/state/state.h"

/* From the committed state; `revision` is its position's access_revision. ERR_AGAIN: the line is full;
 * begin again later. Else what the state says: end the process. */
enum err tell_access(struct state *state, uint64_t revision, struct link *link) MUST_CHECK;

#endif
