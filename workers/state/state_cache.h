/* A state in front of another: the rows of TALLY that a worker touches stay in memory, as bytes, and
 * the changed ones go to the state behind once a transaction, in the order of their keys. A report
 * moves five rows, each of them many times in one turn; without this each move is a search of the
 * tree, down and up again.
 *
 * Nothing else differs: a transaction sees its own changes, also through a cursor (what has changed is
 * written before one opens), all of it commits together or not at all, the other tables pass through.
 * What was read stays known across transactions: so the state behind must be written through this
 * one only, or, if it was not, the next transaction must be aborted, which forgets everything. apply
 * finds that by the position (ERR_CONFLICT). */
#ifndef STATE_STATE_CACHE_H
#define STATE_STATE_CACHE_H

#include "workers/state/state.h"

/* Borrows `behind`, which outlives it. */
struct state *state_cache_new(struct state *behind);

#endif
