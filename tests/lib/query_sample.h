/* The campaign that tests of questions are about: "c", 2021-10-01 to 2021-12-31 at +07:00.
 *   daily    day, of communes, sources office then system, due 1:
 *            doses (sum, sum; required)  beds (last, sum)  temp (mean, mean; one decimal)
 *            peak (max, max)  low (min, min)
 *   weekly   week, of communes: meetings (sum, sum)
 *   monthly  month, of districts and cities: staff (last, sum)  visits (sum, sum) */
#ifndef TESTS_LIB_QUERY_SAMPLE_H
#define TESTS_LIB_QUERY_SAMPLE_H

#include "proto/campaign.h"
#include "proto/units.h"

/* With the first `forms` of them. Static: good until the next call. */
/* The same with a score sheet: first doses linear (up, per population), second peak by rank, third
 * completeness of daily. */
const struct campaign *sample_scored(uint32_t forms);
const struct campaign *sample_campaign(uint32_t forms);
/* Dates as text; NULL where open. */
struct unit_row sample_unit(const char *code, const char *parent, const char *level,
                            const char *from, const char *to);

#endif
