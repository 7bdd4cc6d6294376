/* A cell over time: see over.h. */
#include "workers/tally/over.h"

#include "common/check.h"
#include "common/decimal.h"

static enum moved
move_sum(const struct tally_cell *old, const struct tally_cell *new, struct tally_cell *cell)
{
    /* Wide: the way from one sum to the next may pass where the sums do not. */
    wide value =
        (wide)cell->value + (new != NULL ? new->value : 0) - (old != NULL ? old->value : 0);
    if (value > INT64_MAX || value < INT64_MIN) {
        return MOVED_OVERFLOW;
    }
    cell->value = (int64_t)value;
    return MOVED;
}

static void
take(struct tally_cell *cell, const struct tally_cell *from)
{
    cell->value = from->value;
    cell->last = from->last;
}

static enum moved
move_last(const struct tally_cell *old, const struct tally_cell *new, struct tally_cell *cell)
{
    if (new != NULL &&new->last >= cell->last) {
        take(cell, new);
        return MOVED;
    }
    return new == NULL && old->last == cell->last ? MOVED_REMAKE : MOVED;
}

/* `sign` is 1 for the greatest and -1 for the least. */
static bool
reaches(int sign, int64_t value, int64_t other)
{
    return sign > 0 ? value >= other : value <= other;
}

static enum moved
move_extreme(int sign, const struct tally_cell *old, const struct tally_cell *new,
             struct tally_cell *cell)
{
    if (new != NULL && reaches(sign, new->value, cell->value)) {
        cell->value = new->value;
        return MOVED;
    }
    return old != NULL && old->value == cell->value ? MOVED_REMAKE : MOVED;
}

enum moved
over_move(enum over over, const struct tally_cell *old, const struct tally_cell *new,
          struct tally_cell *cell)
{
    CHECK(old == NULL || cell->periods > 0);
    uint32_t periods = cell->periods + (new != NULL) - (old != NULL);
    bool alone = new != NULL &&periods == 1;
    enum moved moved = MOVED;
    if (over == OVER_SUM || over == OVER_MEAN) {
        moved = move_sum(old, new, cell);
    } else if (alone) {
        take(cell, new);
    } else if (periods > 0 && over == OVER_LAST) {
        moved = move_last(old, new, cell);
    } else if (periods > 0) {
        moved = move_extreme(over == OVER_MAX ? 1 : -1, old, new, cell);
    }
    if (moved != MOVED_OVERFLOW) {
        cell->periods = periods;
    }
    return moved;
}

void
over_add(struct over_remake *remake, const struct tally_cell *finer)
{
    struct tally_cell *cell = remake->cell;
    bool better = !remake->begun;
    if (remake->begun && remake->over == OVER_LAST) {
        better = finer->last > cell->last;
    } else if (remake->begun) {
        better = reaches(remake->over == OVER_MAX ? 1 : -1, finer->value, cell->value);
    }
    if (better) {
        take(cell, finer);
        remake->begun = true;
    }
}
