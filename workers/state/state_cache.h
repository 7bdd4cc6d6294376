/* A state in front of another that writes in order: rows of REPORT, HISTORY and ULID that are put in a
 * transaction wait in memory, and go to the state behind at its end in the order of their keys. They
 * come in the order in which units happen to report; put one by one each is a search of the tree for a
 * page that the next one does not need.
 *
 * Nothing else differs: a transaction sees its own changes, also through a cursor (what waits is
 * written before one opens), all of it commits together or not at all, the other tables pass through.
 * Between transactions nothing is kept. */
#ifndef STATE_STATE_CACHE_H
#define STATE_STATE_CACHE_H

#include "workers/state/state.h"

/* Borrows `behind`, which outlives it. */
struct state *state_cache_new(struct state *behind);

#endif
