/* The score sheet of one bloc in one period: what each of its units has on each line, their totals
 * and ranks, from the tallies as they are. Computed when asked; nothing is kept.
 *
 * A line is of this period where its form's periods add up to it. A line that is for other levels
 * and blocs than a unit's gives it nothing and is not shown. Equal totals share the better rank
 * (1, 2, 2, 4) and stand in the order of the units' codes. */
#ifndef QUERY_SHEET_H
#define QUERY_SHEET_H

#include "workers/query/family.h"
#include "workers/query/score.h"

struct sheet_line {
    const struct score *score;
    const struct indicator *indicator; /* NULL for completeness and timeliness */
    const struct form *form;
    uint32_t asked; /* of so many units of the bloc */
};

/* Kept small: a city has 300,000 of them. */
struct sheet_cell {
    struct score_facts facts;
    int32_t points; /* of the line: score_points_of(facts) has the rest */
    bool asked;
    bool counted; /* there was a value, and what it needs */
};

struct sheet {
    const struct registry_campaign *campaign;
    struct family family; /* its rows are the sheet's */
    struct sheet_line *lines;
    uint32_t line_count;
    struct sheet_cell *cells; /* by row, then line */
    int64_t *totals;          /* by row */
    uint32_t *ranks;          /* by row */
    uint32_t *order;          /* rows, the best first */
};

/* In the arena of the answer. False, too-large, where bloc and lines are more than one question may
 * cost. A bloc that nobody is in has no rows. */
bool sheet_make(struct sheet *s, struct query *query, const struct registry_campaign *campaign,
                struct slice bloc, struct period period, struct complaint *why);
/* False: nobody is in the bloc in the period (bloc-unknown), or no line is of it (no-scores). */
bool sheet_check(const struct sheet *s, struct complaint *why);
/* How a cell's points were made. */
void sheet_explain(const struct sheet *s, uint32_t row, uint32_t line, struct score_points *points);
struct sheet_cell *sheet_cell(const struct sheet *s, uint32_t row, uint32_t line);

#endif
