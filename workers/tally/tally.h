/* Moving a unit's tallies when one of its reports changes. First everything is worked out, then
 * everything is written: a sum that would overflow is found before anything has moved.
 *
 * At the form's own granularity a row is made from the reports of all of the form's sources, each
 * cell from the first source, in the form's order, that has a value: sources are never added. The
 * coarser rows, up to the year (weeks for daily forms only), move by the difference between that row
 * before and after; where a difference cannot tell (over.h) a cell is made again from the next finer
 * rows: weeks and months from the form's own periods, quarters from months, years from quarters.
 *
 * A change of the campaign moves no tally. A form's new order of sources, or a list without an
 * indicator, shows in a period's tallies when a report of that period next changes. */
#ifndef TALLY_TALLY_H
#define TALLY_TALLY_H

#include "workers/tally/ledger.h"
#include "workers/tally/limits.h"
#include "workers/tally/validate.h"

struct tally_change {
    struct tally_key key;
    struct tally_row row; /* what becomes of it; in the arena */
    struct entry *entry;  /* where it goes */
};

struct tally_move {
    struct tally_change changes[GRANULARITIES_MAX]; /* the form's own first, then coarser */
    uint32_t count;                                 /* 0: nothing moves */
};

/* The coarser rows that a report at `place`, which was noted (ahead.h), may move will be read soon. */
void tally_expect(const struct apply *a, const struct place *place);
/* What becomes of the tallies when the report at `place` becomes `report`. A sum that does not fit
 * is told in `why` (sum-overflow), with ERR_OK and no changes. Rows are in the arena. */
enum err tally_prepare(struct apply *a, const struct place *place, const struct report_row *report,
                       struct tally_move *move, struct complaint *why) MUST_CHECK;
void tally_write(struct apply *a, const struct tally_move *move);

#endif
