/* Who counts where beneath one unit in one period, by registry.h's rule: row 0 is the unit with all
 * beneath it, rows 1.. its direct children, by code, each with all beneath it. */
#ifndef QUERY_FAMILY_H
#define QUERY_FAMILY_H

#include "workers/query/ask.h"

#define ROW_OUTSIDE (UINT32_MAX - 1)

struct family {
    const struct query *query;
    uint32_t top; /* UNIT_NONE: all units, as if one stood above the tops */
    bool with_children;
    struct period period;
    uint32_t *members; /* by row: unit ids; members[0] is top */
    uint32_t count;    /* rows */
    uint32_t *rows;    /* by unit, filled as it is asked for: the chain upwards is walked once */
};

/* In the arena of the answer. Without children the family is its row 0. */
void family_init(struct family *f, const struct query *query, uint32_t top, bool with_children);
/* Moves to another period, in which `top` exists. */
void family_set(struct family *f, struct period period);
/* The row of the child that `unit` counts beneath; 0 for the top itself, or where there are no
 * children's rows; ROW_OUTSIDE. */
uint32_t family_row(struct family *f, uint32_t unit);

#endif
