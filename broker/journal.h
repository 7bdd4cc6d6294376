/* The journal: blocks numbered 1, 2, 3, …, each on disk before append returns. What alone decides.
 * The edge behind which LMDB segments (journal_lmdb.c) and the simulator's memory (journal_mem.c),
 * whose crashes forget what was not synced, are the same. One thread. */
#ifndef BROKER_JOURNAL_H
#define BROKER_JOURNAL_H

#include "common/err.h"
#include "proto/block.h"

struct journal_head {
    uint64_t number; /* of the newest block; 0: none */
    int64_t time_us;
    uint8_t chain[BLOCK_CHAIN_SIZE];
    uint64_t first; /* oldest block kept; 1 where there is none yet */
};

struct journal;

struct journal_ops {
    enum err (*append)(struct journal *j, struct slice block);
    enum err (*read)(struct journal *j, uint64_t number, struct slice *block);
    void (*head)(const struct journal *j, struct journal_head *head);
    enum err (*prune)(struct journal *j, uint64_t before);
    void (*idle)(struct journal *j); /* may be NULL */
    void (*free)(struct journal *j);
};

struct journal {
    const struct journal_ops *ops;
};

struct journal_options {
    uint64_t segment_bytes; /* seal a segment when it holds this much; 0: 64 MiB */
    bool read_only; /* verify and backup: reads beside a running broker, takes no lock on it */
};

/* ERR_IO, ERR_CORRUPT, ERR_NOT_FOUND (read_only, nothing there), ERR_EXISTS (another broker has it).
 * Read only, the head is the one at opening until a read past it: that looks again at the disk. */
enum err journal_lmdb_open(const char *folder, const struct journal_options *options,
                           struct journal **journal) MUST_CHECK;
struct journal *journal_mem_new(void);
/* The next append of a journal_mem gives ERR_IO: a failed sync, after which the block may (`kept`) or
 * may not be there once the journal is looked at anew. */
void journal_mem_fail_next(struct journal *j, bool kept);

static inline void
journal_free(struct journal **j)
{
    if (*j != NULL) {
        (*j)->ops->free(*j);
    }
    *j = NULL;
}

/* The finished block must follow the head (CHECKed, its chain by journal_mem only: the sequencer made
 * it). On any error the process must end: what is on disk is only known after reading it anew. */
static inline MUST_CHECK enum err
journal_append(struct journal *j, struct slice block)
{
    return j->ops->append(j, block);
}

/* When nobody waits, the replies of a turn being out: a small step of what makes later appends
 * shorter. Changes nothing that can be read. */
static inline void
journal_idle(struct journal *j)
{
    if (j->ops->idle != NULL) {
        j->ops->idle(j);
    }
}

/* The bytes are good until the next call on this journal. ERR_NOT_FOUND; ERR_CORRUPT. */
static inline MUST_CHECK enum err
journal_read(struct journal *j, uint64_t number, struct slice *block)
{
    return j->ops->read(j, number, block);
}

static inline void
journal_head(const struct journal *j, struct journal_head *head)
{
    j->ops->head(j, head);
}

/* Removes whole segments below `before`, at most PRUNE_SEGMENTS_MAX at a time: call again until the
 * head's `first` stays. The caller has proved that a synced snapshot covers them. */
static inline MUST_CHECK enum err
journal_prune(struct journal *j, uint64_t before)
{
    return j->ops->prune(j, before);
}

#endif
