/* The values of one report by slot of its form (plan.h): from the wire, from a stored row, and back
 * into cells. */
#ifndef TALLY_VALUES_H
#define TALLY_VALUES_H

#include "workers/tally/apply_impl.h"

struct values {
    bool *named;    /* by slot: the record says something of it, be it that there is none */
    bool *has;      /* by slot: it has a value */
    int64_t *value; /* by slot: scaled by the indicator's decimals */
};

void values_init(struct values *values, const struct form_plan *form, struct arena *arena);
/* Every value: known in the form, once, of its type, in its range. False: the first that is not. */
bool values_read(struct values *values, const struct form_plan *form, struct slice wire,
                 struct complaint *why);
/* What a merge does not name, as it stands. Cells that the form no longer asks for are left out. */
void values_keep(struct values *values, const struct form_plan *form, const struct report_row *row);
/* Leaves aside the values that the merge's `only` does not mean: enum values_only against what stands in
 * `row` (NULL: nothing). What is named as having none stays. How many were left aside. */
enum values_only { ONLY_ALL, ONLY_NEW, ONLY_THERE };
uint32_t values_leave(struct values *values, const struct form_plan *form,
                      const struct report_row *row, enum values_only only);
/* Whether anything is named still. */
bool values_named(const struct values *values, const struct form_plan *form);
bool values_complete(const struct values *values, const struct form_plan *form);
/* Into row->cells, in the arena. */
void values_cells(const struct values *values, const struct form_plan *form, struct arena *arena,
                  struct report_row *row);

#endif
