/* The tally rows of one form in one period, of all units in all shards, side by side on the disk.
 *     scan_open → (scan_start → scan_next until false)… → scan_close, inside one snapshot */
#ifndef QUERY_SCAN_H
#define QUERY_SCAN_H

#include "workers/query/ask.h"

struct scan {
    struct query *query;
    struct state_cursor **cursors; /* by shard, opened once for all periods */
    struct buf prefix;             /* the key of the period's first row */
    uint16_t campaign, form;       /* ids */
    uint32_t shard;                /* the one being read */
    bool inside;                   /* its cursor stands in the period */
};

void scan_open(struct scan *s, struct query *query, uint16_t campaign, uint16_t form);
void scan_start(struct scan *s, struct period period);
/* False at the end. Units that the registry does not know are left out. `value` is a tally row, not
 * decoded, because most callers want few of them. */
bool scan_next(struct scan *s, uint32_t *unit, struct slice *value);
void scan_close(struct scan *s);

#endif
