/* Which units are a principal's own: what proto/rights.h calls REACH_OWN, asked of the registry. The
 * tally worker decides records by it, the query worker questions. */
#ifndef STATE_OWN_H
#define STATE_OWN_H

#include "proto/access.h"
#include "workers/state/registry.h"

/* Whether the entry names the unit, or with `subtree` one that the unit counts beneath on the day: a
 * unit that has ended as it stood on its last day, one that has not begun as on its first. The entry is
 * an access table's: its units are sorted. */
bool own_unit(const struct registry *registry, const struct access_entry *entry, uint32_t unit,
              int32_t day);
/* The same, and all that counts beneath it too. */
bool own_subtree(const struct registry *registry, const struct access_entry *entry, uint32_t unit,
                 int32_t day);

/* The unit's version in force on *day; else the last one before it, else the first; NULL where it has
 * none. Moves *day into it, so that its parent is asked of a day on which there was one. */
const struct registry_version *own_version(const struct registry *registry, uint32_t unit,
                                           int32_t *day);

#endif
