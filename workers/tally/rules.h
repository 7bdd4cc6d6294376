/* The rules across the values of one report. Sums are exact (wide), at the most decimals of the
 * rule's indicators. A comparison with a missing value is skipped: what is not said cannot be wrong.
 * `together`: all of the list have a value, or none. `exclusive`: at most one of the list has a value
 * other than zero. */
#ifndef TALLY_RULES_H
#define TALLY_RULES_H

#include "workers/tally/values.h"

/* False: a rule of severity `reject` is broken, told in `why`. Else *warned says whether one of
 * severity `warn` is, the first of them told in `why`. */
bool rules_check(const struct form_plan *form, const struct values *values, bool *warned,
                 struct complaint *why);

#endif
