/* Which units' periods are approved, in memory: a cache of TABLE_APPROVAL, never ahead of it but inside a
 * transaction; and the rules that rest on it, for the worker that decides and the one that shows why.
 *
 *   A period lies in another where it counts in it (common/period.h), itself included.
 *   What is approved for a period is locked for every form period that lies in it: the unit's, and
 *   that of each unit that counts beneath it in the period (registry.h). Beneath, nearly all is locked
 *   by an approval of its own already; what came into the registry or the campaign later is not, and
 *   would move a total that was approved.
 *   A unit is asked in a period where a form whose period lies in it, within the campaign's window,
 *   is asked of it. */
#ifndef STATE_APPROVALS_H
#define STATE_APPROVALS_H

#include "workers/state/registry.h"

struct approvals;

struct approvals *approvals_new(void);
void approvals_free(struct approvals **approvals);
/* What was there is forgotten. In a transaction. ERR_CORRUPT: a row that does not parse, or is of no
 * unit of the registry. */
enum err approvals_load(struct approvals *approvals, struct state *state,
                        const struct registry *registry) MUST_CHECK;
/* Of one row, as it is from now on. */
void approvals_set(struct approvals *approvals, uint16_t campaign, uint32_t unit,
                   struct period period, bool approved);
/* Of this unit and this period alone. */
bool approvals_has(const struct approvals *approvals, uint16_t campaign, uint32_t unit,
                   struct period period);

/* What the rules are asked about. */
struct approval_of {
    const struct approvals *approvals;
    const struct registry *registry;
    const struct registry_campaign *campaign;
    uint32_t unit;
    struct period period;
};

struct approved {
    uint32_t unit;
    struct period period;
};

/* What locks a form's period of the unit; false: nothing does. */
bool approval_locks(const struct approval_of *of, struct approved *by);
/* The unit's own approval of this period, or of one that it lies in. */
bool approval_covers(const struct approval_of *of, struct approved *by);
/* Whether the unit is asked in the period. */
bool approval_asked(const struct approval_of *of);
/* The first unit with an id from `from` on that counts beneath, is asked and is not covered: it must be
 * approved first. UNIT_NONE: nothing is in the way. */
uint32_t approval_below(const struct approval_of *of, uint32_t from);
/* What must be opened first where this period is to be: an approval of a unit above, or a longer one of
 * the unit itself, that rests on it. */
bool approval_above(const struct approval_of *of, struct approved *by);
/* Whether any form's period may lie in the period at all; *finest is the shortest that is asked. */
bool approval_holds_forms(const struct approval_of *of, enum granularity *finest);

#endif
