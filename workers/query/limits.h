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
/* Units named that must be approved first: more are counted, and nobody reads on. */
#define APPROVALS_FIRST_MAX 10
/* Units found by a text: a longer text finds fewer. */
#define UNITS_FOUND_MAX 200
/* Records asked about at once: importers ask for what they have finished, not for all. */
#define VERDICT_RANGES_RECORDS_MAX (4u << 20)
/* Rows looked at for one page of rejected records. */
#define REJECTED_ROWS_MAX 200000
/* Nominations a page: a screen or two, and what a program may ask at once. */
#define REVIEW_PAGE_DEFAULT 50
#define REVIEW_PAGE_MAX 1000
/* Places in a bloc worked out beside one nomination's evidence: each is a score sheet of its own. */
#define REVIEW_RANKS_MAX 5
/* Decisions gathered for one list of honours: a city of 2021 had a few thousand a year. */
#define HONOURS_MAX 200000

#endif
