/* A cell over time, as arithmetic: one form period's value came, changed or went; what becomes of the
 * cell of a coarser period. Pure.
 *
 *   sum, mean  value is the sum; it moves by the difference
 *   last       value of the latest form period that has one, `last` is that period
 *   max, min   value is that of the greatest, the least
 * `periods` counts the form periods with a value; where it falls to 0 there is no cell. */
#ifndef TALLY_OVER_H
#define TALLY_OVER_H

#include "proto/campaign.h"
#include "workers/state/rows.h"

enum moved {
    MOVED,          /* the cell is right */
    MOVED_REMAKE,   /* the difference cannot tell: over_add of every finer cell */
    MOVED_OVERFLOW, /* the sum does not fit 64 bits; the cell is as it was */
};

/* `old` and `new` are cells at the form's own granularity; NULL where there is none, not both.
 * `cell` has periods 0 where there was none. */
enum moved over_move(enum over over, const struct tally_cell *old, const struct tally_cell *new,
                     struct tally_cell *cell);

/* Making a cell of `last`, `max` or `min` again from the finer ones, in any order. `periods` is right
 * already and stays. */
struct over_remake {
    enum over over;
    struct tally_cell *cell;
    bool begun;
};
void over_add(struct over_remake *remake, const struct tally_cell *finer);

#endif
