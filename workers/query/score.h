/* One line of the score sheet and one unit: the arithmetic, and nothing else. Points are integers in
 * hundredths; every quotient is rounded once, half away from zero. No floating point.
 *
 *   linear     up: points × value / target, no less than 0, no more than `cap` (absent: points).
 *              down: all points up to the target, beyond it points × target / value.
 *   threshold  all points where the target is reached (up: no less, down: no more), else none.
 *   rank       points × (n − place + 1) / n among the n units of the bloc that have a value; equal
 *              values share the better place (1, 2, 2, 4).
 *   target     fixed, or value × population / per. A target of 0 is reached by every value that is
 *              not worse (up: not below 0, down: not above 0), and beyond it there is no "how far":
 *              no cap and no bonus. A population that is 0 or not known makes no target: no points.
 *   bonus      added after the cap, where the value is at `at` percent of the target or better.
 *   penalty    late × reports that came late + missing × reports that did not come, in all no more
 *              than `most`; without `most` no more than the line has earned.
 *   no value   is not zero: it earns nothing, whatever the target, and is told as such. Penalties
 *              are taken all the same.
 *
 * 128 bits suffice: a value is held within VALUE_BITS (no sum that can be stored is beyond it), and
 * the limits of a campaign (proto/limits.h) bound the rest; score.c asserts the widths. */
#ifndef QUERY_SCORE_H
#define QUERY_SCORE_H

#include "common/decimal.h"
#include "proto/campaign.h"

enum score_state { SCORE_COUNTED, SCORE_NO_VALUE, SCORE_NO_POPULATION };

/* What one unit, with all beneath it, has on one line. */
struct score_facts {
    bool has_value;
    wide value; /* an indicator's, scaled by its decimals; else reports, of those expected */
    uint64_t population;
    uint64_t expected, late, missing; /* reports of the line's form */
    uint32_t place, places;           /* of a rank: this one's, and how many have a value */
};

struct score_points {
    enum score_state state;
    bool reached, capped;
    int64_t earned; /* by the method, capped */
    int64_t bonus, penalty;
    int64_t penalty_full; /* before its limit */
    int64_t points;       /* earned + bonus − penalty */
};

/* `indicator`: the line's; NULL for completeness and timeliness. */
void score_points_of(const struct score *line, const struct indicator *indicator,
                     const struct score_facts *facts, struct score_points *points);
/* Below 0 where `a` has the better value, 0 where they are equal. Both have one. */
int score_better(const struct indicator *indicator, const struct score_facts *a,
                 const struct score_facts *b);
/* An indicator's decimals; those that a share of reports is shown with. */
#define SHARE_DECIMALS 2
/* What a value is to people: the indicator's, or percent of what was expected, rounded. */
wide score_shown(const struct indicator *indicator, const struct score_facts *facts);
/* Whether a value that is there is at so many percent (to SCORE_AT_MAX) of the target or better. */
bool score_reaches(const struct score *line, const struct indicator *indicator,
                   const struct score_facts *facts, uint32_t at_percent);
/* The target in millionths, rounded; false where there is none. */
bool score_target(const struct score *line, const struct score_facts *facts, wide *target);
/* sum / count, rounded half away from zero; count > 0 */
wide score_quotient(wide sum, wide count);

#endif
