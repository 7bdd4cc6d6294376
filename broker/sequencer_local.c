/* The sequencer of one machine: the next number is the journal's head plus one. A block's time is
 * the clock's, but never before its predecessor's: a clock that was set back must not let a report
 * overtake the approval that stands before it. */
#include "broker/sequencer.h"

#include "common/mem.h"

#include <stdlib.h>

struct sequencer_local {
    struct sequencer base;
    struct journal *journal;
    sequencer_deliver_fn *deliver;
    void *context;
};

static enum err
local_submit(struct sequencer *base, struct block_builder *builder, int64_t now_us)
{
    struct sequencer_local *s = (struct sequencer_local *)base;
    struct journal_head head;
    journal_head(s->journal, &head);
    int64_t time_us = now_us > head.time_us ? now_us : head.time_us;
    block_finish(builder, head.number + 1, time_us, now_us, head.chain);
    struct block block = block_of(builder);
    enum err err = journal_append(s->journal, block.bytes);
    if (err == ERR_OK) {
        s->deliver(s->context, &block);
    }
    return err;
}

static void
local_free(struct sequencer *base)
{
    free(base);
}

static const struct sequencer_ops LOCAL_OPS = {
    .submit = local_submit,
    .free = local_free,
};

struct sequencer *
sequencer_local_new(struct journal *journal, sequencer_deliver_fn *deliver, void *context)
{
    struct sequencer_local *s = mem_alloc(sizeof(*s));
    s->base.ops = &LOCAL_OPS;
    s->journal = journal;
    s->deliver = deliver;
    s->context = context;
    return &s->base;
}
