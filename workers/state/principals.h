/* TABLE_ACCESS in memory. */
#ifndef STATE_PRINCIPALS_H
#define STATE_PRINCIPALS_H

#include "proto/access_table.h"
#include "workers/state/state.h"

/* In a transaction of `state`. Replaces *table (NULL at first); on an error (ERR_CORRUPT: a row does not
 * parse) what was there stays. */
enum err principals_load(struct access_table **table, struct state *state) MUST_CHECK;

#endif
