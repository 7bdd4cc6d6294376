/* How many reports were asked: for each form asked of a unit, the form's periods in the asked one
 * that overlap the campaign's window, have begun by the day of the position, and on whose last day
 * the unit existed, at a level and of a kind that the form asks for. Counted by arithmetic on the
 * days of the unit's versions, never day by day. */
#ifndef QUERY_EXPECTED_H
#define QUERY_EXPECTED_H

#include "workers/query/family.h"

/* The form's periods that can be expected of anyone: ordinals, inclusive; empty where last < first.
 */
struct expected_span {
    int64_t first, last;
};

/* `today`: the local day of the position. The form's granularity is not coarser than the period's.
 */
struct expected_span expected_span(const struct campaign *campaign, const struct form *form,
                                   struct period period, int32_t today);
uint64_t expected_of(const struct registry *registry, const struct form *form, uint32_t unit,
                     struct expected_span span);
/* Adds to counts[row] of the family what is expected of each unit in it. */
void expected_add(struct family *family, const struct form *form, struct expected_span span,
                  uint64_t *counts);

#endif
