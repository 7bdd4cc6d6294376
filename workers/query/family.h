/* Who counts where in one period, by registry.h's rule. Beneath one unit: row 0 is the unit with all
 * beneath it, rows 1.. its direct children, by code, each with all beneath it. In a bloc: a row for
 * each unit that is in it on its last day in the period, by code, each with all beneath it. */
#ifndef QUERY_FAMILY_H
#define QUERY_FAMILY_H

#include "workers/query/ask.h"

#define ROW_OUTSIDE (UINT32_MAX - 1)

struct family {
    const struct query *query;
    uint32_t top; /* UNIT_NONE: all units, as if one stood above the tops */
    bool with_children;
    bool of_bloc;
    struct slice bloc; /* where of_bloc: top is UNIT_NONE then */
    struct period period;
    uint32_t *members; /* by row: unit ids; members[0] is top */
    uint32_t count;    /* rows */
    uint32_t *rows;    /* by unit, filled as it is asked for: the chain upwards is walked once */
    uint32_t *above;   /* by row: where its units count too; ROW_OUTSIDE at the end */
};

/* In the arena of the answer. Without children the family is its row 0. */
void family_init(struct family *f, const struct query *query, uint32_t top, bool with_children);
/* The units of a bloc; there may be none of them. */
void family_init_bloc(struct family *f, const struct query *query, struct slice bloc);
/* Moves to another period, in which `top` exists. */
void family_set(struct family *f, struct period period);
/* The lowest row that `unit` counts in: of the child that it is beneath; 0 for the top itself, or
 * where there are no children's rows; of the bloc's unit that it is or is beneath; ROW_OUTSIDE. It
 * counts in above[row] too, and so on. */
uint32_t family_row(struct family *f, uint32_t unit);

#endif
