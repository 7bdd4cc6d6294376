/* A unit's tally of one of the form's own periods, from the reports of all of its sources.
 *   cells          the first source's, in the form's order, that has a value
 *   received       1 where any source's report is live
 *   on_time        1 where any of those came by the due day
 *   complete       1 where every required indicator has a cell
 *   disagreements  cells for which two sources have different values
 *   outliers       1 where any live report has the flag */
#ifndef TALLY_BASE_ROW_H
#define TALLY_BASE_ROW_H

#include "workers/tally/validate.h"

/* With `report` for what is stored at `place`. Cells in the arena. */
enum err base_row_make(struct apply *a, const struct place *place, const struct report_row *report,
                       struct tally_row *row) MUST_CHECK;

#endif
