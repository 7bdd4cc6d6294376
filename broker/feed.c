/* Answers are copied out of the journal: its slices end with the next read. A worker that keeps up
 * asks for the block that was just written, and gets it from where it was made. Memory is bounded by
 * REPLIES_BYTES_MAX a turn; who is left over is first in the next turn, which comes at once. */
#include "broker/core.h"

#include "common/mem.h"

#include <stdlib.h>

#define FETCH_BLOCKS_MAX 4096 /* messages.def's limit of a FETCH */

void
feed_init(struct feed *feed)
{
    *feed = (struct feed){0};
    TAILQ_INIT(&feed->waiting);
    feed->parts = mem_alloc(FETCH_BLOCKS_MAX * sizeof(*feed->parts));
}

void
feed_fini(struct feed *feed)
{
    free(feed->parts);
    feed->parts = NULL;
}

void
feed_ask(struct broker *b, struct session *s, const struct message_fetch *fetch)
{
    feed_forget(b, s);
    s->fetch = *fetch;
    s->fetching = true;
    TAILQ_INSERT_TAIL(&b->feed.waiting, s, by_fetch);
}

void
feed_forget(struct broker *b, struct session *s)
{
    if (s->fetching) {
        s->fetching = false;
        TAILQ_REMOVE(&b->feed.waiting, s, by_fetch);
    }
}

/* Gathers blocks until one of the limits; at least one, if it can be read. */
static uint32_t
blocks_gather(struct broker *b, const struct message_fetch *fetch, uint64_t head, enum err *err)
{
    uint64_t bytes = 0;
    uint32_t n = 0;
    *err = ERR_OK;
    while ((n == 0 || n < fetch->max_blocks) && n < FETCH_BLOCKS_MAX && fetch->from + n <= head) {
        struct slice block;
        bool newest = batch_newest(b, fetch->from + n, &block);
        *err = newest ? ERR_OK : journal_read(b->journal, fetch->from + n, &block);
        if (*err != ERR_OK || (n > 0 && bytes + block.len > fetch->max_bytes)) {
            break;
        }
        b->feed.parts[n++] = newest ? block : arena_copy(b->arena, block);
        bytes += block.len;
    }
    return n;
}

static void
fetch_answer(struct broker *b, struct session *s, uint64_t head)
{
    enum err err;
    uint32_t n = blocks_gather(b, &s->fetch, head, &err);
    feed_forget(b, s);
    if (n == 0) {
        struct complaint why;
        monitor_unreadable(b, s->fetch.from, err, &why);
        broker_refuse(b, s->identity, 0, &why);
        return;
    }
    struct message_blocks blocks = {.first = s->fetch.from, .count = n, .head = head};
    message_encode_blocks(&blocks, replies_open(&b->replies));
    replies_close_with(&b->replies, s->identity, b->feed.parts, n);
}

void
feed_answer(struct broker *b)
{
    struct journal_head head;
    struct session *s, *next;
    journal_head(b->journal, &head);
    b->feed.more = false;
    for (s = TAILQ_FIRST(&b->feed.waiting); s != NULL; s = next) {
        next = TAILQ_NEXT(s, by_fetch);
        if (s->fetch.from > head.number) {
            continue;
        }
        if (b->replies.bytes >= REPLIES_BYTES_MAX) {
            b->feed.more = true;
            return;
        }
        fetch_answer(b, s, head.number);
    }
}
