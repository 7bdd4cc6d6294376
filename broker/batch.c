/* Receipts are made in batch_delivered and nowhere else: from a block that the sequencer gave back,
 * which is on disk. */
#include "broker/core.h"

#include "common/check.h"
#include "common/mem.h"
#include "proto/cursor.h"
#include "proto/records.h"

#include <stdlib.h>

/* A whole SUBMIT fits an empty block, whatever its records are: batch_take rests on it. */
_Static_assert(BLOCK_HEADER_SIZE + BLOCK_MADE_SIZE + SUBMIT_BYTES_MAX +
                       SUBMIT_RECORDS_MAX * (8u + PRINCIPAL_MAX + CODE_MAX) <=
                   BLOCK_BYTES_MAX,
               "a block holds the largest SUBMIT");

void
batch_fini(struct batch *batch)
{
    block_builder_fini(&batch->block);
    free(batch->due);
    *batch = (struct batch){0};
}

static void
batch_open(struct broker *b)
{
    struct batch *batch = &b->batch;
    if (!batch->open) {
        batch->made_count++;
        block_begin(&batch->block, (uint16_t)b->settings.site, b->start_id, batch->made_count);
        batch->open = true;
    }
}

static void
due_add(struct broker *b, const struct session *from, uint64_t request, uint32_t first)
{
    struct batch *batch = &b->batch;
    if (batch->due_count == batch->due_cap) {
        batch->due_cap = batch->due_cap == 0 ? 64 : batch->due_cap * 2;
        batch->due = mem_resize(batch->due, batch->due_cap * sizeof(*batch->due));
    }
    batch->due[batch->due_count++] = (struct receipts_due){
        .identity = arena_copy(b->arena, from->identity),
        .request = request,
        .first = first,
        .count = batch->block.count - first,
        .taken_us = clock_mono_us(b->clock),
    };
}

/* All or none: false, and the open block as it was, where they do not fit. */
static bool
records_add(struct broker *b, struct slice principal, struct slice records)
{
    struct block_builder *block = &b->batch.block;
    size_t len_before = block->bytes.len;
    uint32_t count_before = block->count, n;
    struct slice unit, body;
    struct cursor c = cursor_of(records);
    struct complaint why;
    CHECK(cursor_array(&c, &n) == ERR_OK);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(submit_next(&c, i, &unit, &body, &why)); /* on_submit has walked the same bytes */
        if (!block_add(block, principal, unit, body)) {
            block->bytes.len = len_before;
            block->count = count_before;
            return false;
        }
    }
    return true;
}

enum err
batch_take(struct broker *b, struct session *from, struct slice principal, uint64_t request,
           struct slice records)
{
    batch_open(b);
    uint32_t first = b->batch.block.count;
    if (!records_add(b, principal, records)) {
        enum err err = batch_commit(b);
        if (err != ERR_OK) {
            return err;
        }
        batch_open(b);
        first = 0;
        CHECK(records_add(b, principal, records));
    }
    from->records += b->batch.block.count - first;
    from->bytes += records.len;
    from->share_bytes = batch_share(b, from) + records.len;
    from->share_block = b->batch.made_count;
    due_add(b, from, request, first);
    b->counts.submits++;
    return ERR_OK;
}

enum err
batch_take_own(struct broker *b, const struct session *from, uint64_t request, struct slice body)
{
    struct slice principal = slice_text(PRINCIPAL_BROKER);
    batch_open(b);
    uint32_t first = b->batch.block.count;
    if (!block_add(&b->batch.block, principal, slice_text(""), body)) {
        enum err err = batch_commit(b);
        if (err != ERR_OK) {
            return err;
        }
        batch_open(b);
        first = 0;
        CHECK(block_add(&b->batch.block, principal, slice_text(""), body));
    }
    due_add(b, from, request, first);
    return ERR_OK;
}

uint64_t
batch_share(const struct broker *b, const struct session *s)
{
    return b->batch.open && s->share_block == b->batch.made_count ? s->share_bytes : 0;
}

enum err
batch_commit(struct broker *b)
{
    struct batch *batch = &b->batch;
    if (!batch->open) {
        return ERR_OK;
    }
    batch->given_us = clock_mono_us(b->clock);
    enum err err = b->sequencer->ops->submit(b->sequencer, &batch->block, clock_wall_us(b->clock));
    if (err == ERR_OK) {
        batch->open = false; /* its memory is the next block's */
    }
    return err;
}

bool
batch_newest(const struct broker *b, uint64_t number, struct slice *block)
{
    const struct batch *batch = &b->batch;
    bool is_it = !batch->open && number != 0 && batch->delivered == number;
    if (is_it) {
        *block = buf_slice_of(&batch->block.bytes);
    }
    return is_it;
}

static void
receipts_append(struct broker *b, const struct receipts_due *due, const struct block *block)
{
    struct message_receipts receipts = {
        .request = due->request,
        .block = block->number,
        .first = due->first,
        .count = due->count,
        .time_us = (uint64_t)block->time_us,
    };
    message_encode_receipts(&receipts, replies_open(&b->replies));
    replies_close(&b->replies, due->identity);
}

void
batch_delivered(void *context, const struct block *block)
{
    struct broker *b = context;
    struct batch *batch = &b->batch;
    b->counts.blocks++;
    b->counts.records += block->count;
    b->counts.bytes += block->bytes.len;
    timing_block(b, block->number, block->count);
    quarantine_note(b, block);
    /* Another site's, or one of ours that was resent: nobody here waits for it. */
    if (block->site != b->settings.site || block->start_id != b->start_id ||
        block->made_count != batch->made_count) {
        return;
    }
    batch->delivered = block->number;
    histogram_add(&b->timing.commits, clock_mono_us(b->clock) - batch->given_us, 1);
    for (uint32_t i = 0; i < batch->due_count; i++) {
        receipts_append(b, &batch->due[i], block);
        timing_receipts(b, batch->due[i].taken_us);
    }
    batch->due_count = 0;
}
