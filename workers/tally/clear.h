/* Emptying a state so that the journal can make it again. */
#ifndef TALLY_CLEAR_H
#define TALLY_CLEAR_H

#include "workers/state/state.h"

/* Every row of every table goes, in one transaction: readers see all of them or none. The folder is
 * not replaced by a new one, because the query worker holds its files open and would read the old
 * ones for ever. ERR_IO, ERR_FULL: nothing was changed. */
enum err state_clear(struct state *state) MUST_CHECK;

#endif
