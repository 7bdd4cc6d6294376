/* Values far from what a unit usually reports: a flag for people to look at, never a refusal.
 *
 * A value is an outlier when it is more than OUTLIER_MADS median absolute deviations (MAD) from the
 * median of the last OUTLIER_SERIES values of the same unit, form and source in earlier periods.
 * Median and MAD, not mean and deviation: one absurd value among thirty does not move them.
 * Not judged:
 *   - fewer than OUTLIER_LEAST earlier values: a new unit's first weeks say nothing yet;
 *   - a MAD of zero, that is, more than half of the series is one number: any other value would be
 *     infinitely far, and a ward that nearly always reports 0 would be flagged whenever it does not;
 *   - flags: a yes is not far from a no.
 * Exact: medians are doubled instead of halved, so that no fraction is ever rounded. */
#ifndef TALLY_OUTLIER_H
#define TALLY_OUTLIER_H

#include "workers/tally/validate.h"
#include "workers/tally/values.h"

/* Ascending. */
void values_sort(int64_t *values, uint32_t count);
/* Reorders `series`, at most OUTLIER_SERIES values. */
bool outlier_is(int64_t value, int64_t *series, uint32_t count);
/* Whether any value of a report at `place` is one; from memory (recent.h) or by one scan. */
enum err outlier_judge(struct apply *a, const struct place *place, const struct values *values,
                       bool *found) MUST_CHECK;

#endif
