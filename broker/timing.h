/* How long things take, for people who watch; nothing is decided by it. Receipts: from the turn that takes a
 * SUBMIT to its block on disk. Commits: a block into the journal. Lag: from a block on disk to a shard's
 * word that its effects are there, once a shard and block. Counted since this start of the broker. */
#ifndef BROKER_TIMING_H
#define BROKER_TIMING_H

#include "broker/limits.h"
#include "common/buf.h"
#include "proto/histogram.h"

struct broker;

struct timing {
    struct histogram receipts, commits, lag;
    /* Records by second of the monotonic clock: that of `second` s stands at s % TIMING_SECONDS. */
    uint64_t records[TIMING_SECONDS];
    int64_t second;
    /* When block n was on disk: committed_us[n % TIMING_BLOCKS], for first <= n <= newest. */
    int64_t *committed_us;
    uint64_t begin;         /* the first since this start; 0: none */
    uint64_t first, newest; /* those that the ring has */
};

void timing_init(struct broker *b);
void timing_fini(struct timing *t);

/* A SUBMIT whose receipts are due; it was taken then. */
void timing_receipts(struct broker *b, int64_t taken_us);
/* A block that was given to the journal then is on disk. */
void timing_block(struct broker *b, uint64_t number, uint32_t records);
/* A shard has told that it has passed all up to block `to`, having told block `from` before. One that the
 * ring has lost counts as old as the oldest there: it is at least that. */
void timing_passed(struct broker *b, uint64_t from, uint64_t to);

/* Since when block `number` waits, in ms. -1: it was on disk before this start, or too many have come
 * since. */
int64_t timing_age_ms(const struct broker *b, uint64_t number);
/* Records journalled in the last `seconds` whole seconds, at most TIMING_SECONDS - 1. */
uint64_t timing_records(const struct broker *b, unsigned seconds);

#endif
