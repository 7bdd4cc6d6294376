/* The open block: what was taken in this turn and is not on disk yet, and whom to tell once it is.
 * Batches form by themselves: all that came while the last commit was under way makes the next. */
#ifndef BROKER_BATCH_H
#define BROKER_BATCH_H

#include "common/err.h"
#include "proto/block.h"

struct broker;
struct session;

/* Receipts owed for one SUBMIT. The identity is in the turn's arena: the session may end before. */
struct receipts_due {
    struct slice identity;
    uint64_t request;
    uint32_t first, count;
    int64_t taken_us; /* of the monotonic clock */
};

struct batch {
    bool open;
    struct block_builder block;
    uint64_t made_count; /* of the open block or the last one */
    uint64_t delivered;  /* the number of the last one that was on disk; 0: none */
    int64_t given_us;    /* when the last one was given to the sequencer; monotonic */
    struct receipts_due *due;
    uint32_t due_count, due_cap;
};

void batch_fini(struct batch *batch);

/* One record of a SUBMIT: moves past it, or says what is wrong with it. */
struct cursor;
struct complaint;
bool submit_next(struct cursor *c, uint32_t index, struct slice *unit, struct slice *body,
                 struct complaint *why);

/* Takes all of a SUBMIT's checked records, side by side in one block, closing the open one first
 * where they would not fit. `principal` is whom they are of: the session's, or for whom it speaks. */
enum err batch_take(struct broker *b, struct session *from, struct slice principal,
                    uint64_t request, struct slice records) MUST_CHECK;
/* One record of the broker's own, about no unit; the receipt goes to `from`. */
enum err batch_take_own(struct broker *b, const struct session *from, uint64_t request,
                        struct slice body) MUST_CHECK;
/* Bytes that the session has in the open block. */
uint64_t batch_share(const struct broker *b, const struct session *s);
/* The open block, if there is one, to the sequencer. */
enum err batch_commit(struct broker *b) MUST_CHECK;
/* Whether block `number` is the one that was committed last and is in memory still: then its bytes,
 * good until the next is begun, which no turn does between its commit and its flush. */
bool batch_newest(const struct broker *b, uint64_t number, struct slice *block);
/* A block is ordered and on disk: the receipts of what was ours in it. `context` is the broker. */
void batch_delivered(void *context, const struct block *block);

#endif
