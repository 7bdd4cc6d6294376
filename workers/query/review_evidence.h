/* A nomination's evidence beside what the tallies and the ranks say of it today. */
#ifndef QUERY_REVIEW_EVIDENCE_H
#define QUERY_REVIEW_EVIDENCE_H

#include "workers/query/review_item.h"

/* "evidence": [{unit, name, period, indicator, title_vi, title_en, value, rank, places}]; value is nil
 * where nothing was reported or the asker does not see the unit, rank 0 where it has none or where
 * REVIEW_RANKS_MAX others were worked out already. False: too-large. */
bool review_put_evidence(struct ask *ask, const struct nomination_row *row, struct buf *b);

#endif
