/* Units as lists show them: by name as Vietnamese sorts (common/collate.h), and by code where two have
 * the same one. */
#ifndef QUERY_BY_NAME_H
#define QUERY_BY_NAME_H

#include "workers/query/ask.h"

/* One of a list; what else its row tells is the caller's, by `unit` or `at`. */
struct named_unit {
    uint32_t unit, at;
    struct slice key; /* in the query's arena */
};

/* Uses the query's `item`. */
struct named_unit named_unit(struct query *query, uint32_t unit,
                             const struct registry_version *version, uint32_t at);
/* For qsort. */
int named_unit_order(const void *a, const void *b);

#endif
