/* What one question may cost, each with its reason. The contract's own limits: proto/limits.h. */
#ifndef QUERY_LIMITS_H
#define QUERY_LIMITS_H

#include "proto/limits.h"

/* A page ends here: the row after it still fits the answer. */
#define PAGE_BYTES (ANSWER_BYTES_MAX / 2)
/* 64 MiB of sums: the 579 communes of 2021 with 3,600 values each. */
#define ROLLUP_CELLS_MAX (2u << 20)
/* 40 MiB of facts: 10,000 units on 50 lines; the largest bloc of 2021 had 30 units. */
#define SHEET_CELLS_MAX (1u << 19)
/* Five years of days a page, so that a page is made well within the broker's lease. */
#define EXPORT_PERIODS_MAX 2000
/* Replaced revisions shown of one report: the newest. */
#define EARLIER_MAX 100
/* Records asked about at once: importers ask for what they have finished, not for all. */
#define VERDICT_RANGES_RECORDS_MAX (4u << 20)
/* Rows looked at for one page of rejected records. */
#define REJECTED_ROWS_MAX 200000

#endif
