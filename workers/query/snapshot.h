/* One moment of all shards. Between snapshot_begin and snapshot_end the states are in a read
 * transaction each; never longer than one answer, for a long reader keeps pages from being reused.
 *
 * Shards may stand at different blocks: the answer promises the lowest. The registry is shard 0's;
 * a row of a shard that is ahead may name a unit or an indicator that it has not heard of yet: such
 * rows are left out, as they are of a later moment. */
#ifndef QUERY_SNAPSHOT_H
#define QUERY_SNAPSHOT_H

#include "workers/query/ask.h"

/* False: `not-ready`, and nothing was begun. Reads the registry anew where shard 0's has moved. */
bool snapshot_begin(struct query *query, struct complaint *why);
void snapshot_end(struct query *query);

/* The local day of the lowest position; the first campaign's offset where `campaign` is NULL. */
int32_t snapshot_day(const struct query *query, const struct campaign *campaign);
uint32_t snapshot_shard(const struct query *query, struct slice unit);

/* Reading our own rows must not fail: one line in the log and the process ends (EX_IOERR), to be
 * started again over what the disk then has. */
void snapshot_need(enum err err, const char *what);
/* The same, but false for ERR_NOT_FOUND. */
bool snapshot_found(enum err err, const char *what);

#endif
