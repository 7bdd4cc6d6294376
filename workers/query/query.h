/* Answers to reads, from LMDB snapshots of all shards; makes roll-ups over units when asked. Never
 * writes. Every answer is a map with text keys, as PROTOCOL.md lists them; values of indicators are
 * integers where the indicator has no decimals and fits 64 bits, else decimals as text, so that
 * nothing is rounded on the way. */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "common/buf.h"
#include "workers/state/registry.h"

struct query;

/* Borrows the states, opened for reading, one a shard in order; a state may be NULL until its
 * worker has made it (answers are then `not-ready`). */
struct query *query_new(struct state **states, uint32_t shards);
void query_free(struct query **query);

/* Who asks what. */
struct question {
    struct slice principal; /* as the broker tells it; empty: the local operator */
    struct slice name;
    struct slice args;
};

/* Begins and ends its own snapshots. True: *body has the answer, *as_of the lowest position that
 * was read. False: `why`. Never fails for what a peer sends. ERR_IO of a state ends the process
 * inside. */
bool query_answer(struct query *query, const struct question *question, struct buf *body,
                  uint64_t *as_of, struct complaint *why);

#endif
