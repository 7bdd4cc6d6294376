/* The list and its file. The file:
 *
 *   0  32  BLAKE2b-256 of the rest
 *   32  4  "TDQ1"
 *   36     varint checked, 32 bytes chain, varint count, and for each: varints block, index, type,
 *          and of its own receipt block, index
 *
 * It counts where the hash is right, and the journal's block `checked` has that chain: a journal that
 * was put back from an older copy, or is another's, is read anew. A file that cannot be written costs
 * the next start a longer reading and nothing else. */
#include "broker/core.h"

#include "common/log.h"
#include "common/mem.h"
#include "common/reader.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#define HASH_SIZE 32
#define MAGIC "TDQ1"

_Static_assert(QUARANTINES_MAX * 20 < 65536, "the list fits a WELCOME");

/* ---- the list ---- */

void
quarantine_fini(struct quarantine *q)
{
    free(q->list);
    buf_fini(&q->told);
    *q = (struct quarantine){0};
}

const struct quarantined *
quarantine_find(const struct quarantine *q, struct receipt receipt)
{
    for (uint32_t i = 0; i < q->count; i++) {
        const struct receipt *r = &q->list[i].receipt;
        if (r->block == receipt.block && r->index == receipt.index) {
            return &q->list[i];
        }
    }
    return NULL;
}

struct slice
quarantine_told(const struct quarantine *q)
{
    return buf_slice_of(&q->told);
}

static void
told_make(struct quarantine *q)
{
    buf_clear(&q->told);
    pack_array(&q->told, q->count);
    for (uint32_t i = 0; i < q->count; i++) {
        pack_array(&q->told, 3);
        pack_uint(&q->told, q->list[i].receipt.block);
        pack_uint(&q->told, q->list[i].receipt.index);
        pack_uint(&q->told, q->list[i].type);
    }
}

static bool
list_add(struct quarantine *q, const struct quarantined *one)
{
    if (quarantine_find(q, one->receipt) != NULL) {
        return false;
    }
    if (q->count == QUARANTINES_MAX) {
        log_error("quarantine_full", "receipt=%" PRIu64 ".%" PRIu32, one->receipt.block,
                  one->receipt.index);
        return false;
    }
    q->list = mem_resize(q->list, (q->count + 1) * sizeof(*q->list));
    q->list[q->count++] = *one;
    return true;
}

/* ---- the journal ---- */

/* Our own record: a worker judges it as we do, but for what only the state knows (its ULID). */
static bool
record_note(struct quarantine *q, const struct block *block, const struct block_record *record)
{
    struct record_quarantine in;
    struct complaint why;
    uint64_t type;
    if (!slice_is(record->principal, PRINCIPAL_BROKER) || !layout_peek(record->body, &type) ||
        type != RECORD_quarantine ||
        !layout_decode(record_layout(RECORD_quarantine), record->body, &in, &why)) {
        return false;
    }
    struct quarantined one = {.receipt = {in.block, (uint32_t)in.index},
                              .type = in.record,
                              .own = {block->number, record->index}};
    return list_add(q, &one);
}

/* True: the list is longer. */
static bool
block_note(struct quarantine *q, const struct block *block)
{
    struct block_records it = block_records(block);
    struct block_record record;
    bool added = false;
    while (block_next(&it, &record)) {
        added |= record_note(q, block, &record);
    }
    /* Behind a block that could not be read nothing is complete any more. */
    if (block->number == q->checked + 1) {
        q->checked = block->number;
        memcpy(q->chain, block->chain, BLOCK_CHAIN_SIZE);
    }
    q->unkept += block->bytes.len;
    return added;
}

static enum err
block_read(struct broker *b, uint64_t number, struct block *block)
{
    struct slice bytes;
    enum err err = journal_read(b->journal, number, &bytes);
    return err == ERR_OK ? block_open(bytes, block) : err;
}

enum err
quarantine_read(struct broker *b, struct receipt receipt, struct block *block,
                struct block_record *record)
{
    enum err err = block_read(b, receipt.block, block);
    if (err != ERR_OK) {
        return err;
    }
    struct block_records it = block_records(block);
    while (block_next(&it, record)) {
        if (record->index == receipt.index) {
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- the file ---- */

static void
file_keep(struct broker *b)
{
    struct quarantine *q = &b->quarantine;
    struct buf out = BUF_EMPTY;
    if (b->machine.side_write == NULL) {
        return;
    }
    buf_reserve(&out, HASH_SIZE);
    buf_put(&out, MAGIC, strlen(MAGIC));
    buf_varint(&out, q->checked);
    buf_put(&out, q->chain, BLOCK_CHAIN_SIZE);
    buf_varint(&out, q->count);
    for (uint32_t i = 0; i < q->count; i++) {
        buf_varint(&out, q->list[i].receipt.block);
        buf_varint(&out, q->list[i].receipt.index);
        buf_varint(&out, q->list[i].type);
        buf_varint(&out, q->list[i].own.block);
        buf_varint(&out, q->list[i].own.index);
    }
    crypto_generichash(out.data, HASH_SIZE, out.data + HASH_SIZE, out.len - HASH_SIZE, NULL, 0);
    if (!b->machine.side_write(b->machine.context, buf_slice_of(&out))) {
        log_warn("quarantine_unkept", "checked=%" PRIu64, q->checked);
    }
    q->unkept = 0;
    buf_fini(&out);
}

static bool
file_decode(struct quarantine *q, struct slice bytes)
{
    uint8_t hash[HASH_SIZE];
    struct reader r = reader_of(bytes);
    struct slice told_hash = reader_bytes(&r, HASH_SIZE);
    if (r.bad) {
        return false;
    }
    crypto_generichash(hash, HASH_SIZE, r.at, reader_left(&r), NULL, 0);
    if (!slice_equal(told_hash, slice_of(hash, HASH_SIZE)) ||
        !slice_is(reader_bytes(&r, strlen(MAGIC)), MAGIC)) {
        return false;
    }
    q->checked = reader_varint(&r);
    struct slice chain = reader_bytes(&r, BLOCK_CHAIN_SIZE);
    if (r.bad) {
        return false;
    }
    memcpy(q->chain, chain.data, BLOCK_CHAIN_SIZE);
    uint64_t count = reader_varint(&r);
    for (uint64_t i = 0; i < count && !r.bad; i++) {
        struct quarantined one;
        one.receipt.block = reader_varint(&r);
        one.receipt.index = (uint32_t)reader_varint(&r);
        one.type = reader_varint(&r);
        one.own.block = reader_varint(&r);
        one.own.index = (uint32_t)reader_varint(&r);
        (void)!list_add(q, &one);
    }
    return !r.bad && reader_left(&r) == 0;
}

static bool
file_fits(struct broker *b)
{
    struct quarantine *q = &b->quarantine;
    struct block block;
    if (q->checked == 0) {
        return q->count == 0;
    }
    return block_read(b, q->checked, &block) == ERR_OK &&
           memcmp(block.chain, q->chain, BLOCK_CHAIN_SIZE) == 0;
}

static void
file_load(struct broker *b)
{
    struct quarantine *q = &b->quarantine;
    struct buf bytes = BUF_EMPTY;
    bool there = b->machine.side_read != NULL && b->machine.side_read(b->machine.context, &bytes);
    if (there && !(file_decode(q, buf_slice_of(&bytes)) && file_fits(b))) {
        log_warn("quarantine_made_again", "why=\"the file does not fit the journal\"");
        quarantine_fini(q);
    }
    buf_fini(&bytes);
}

/* ---- from outside ---- */

void
quarantine_init(struct broker *b)
{
    struct quarantine *q = &b->quarantine;
    struct journal_head head;
    file_load(b);
    journal_head(b->journal, &head);
    if (q->checked + 1 < head.first) { /* what was pruned has no record that anybody could apply */
        q->checked = head.first - 1;
    }
    for (uint64_t number = q->checked + 1; number <= head.number; number++) {
        struct block block;
        struct complaint why;
        enum err err = block_read(b, number, &block);
        if (err == ERR_OK) {
            block_note(q, &block);
        } else {
            monitor_unreadable(b, number, err, &why);
        }
    }
    if (q->unkept > 0) {
        file_keep(b);
    }
    if (q->count > 0) {
        told_make(q);
        log_info("quarantined", "records=%" PRIu32, q->count);
    }
}

void
quarantine_note(struct broker *b, const struct block *block)
{
    struct quarantine *q = &b->quarantine;
    bool added = block_note(q, block);
    if (added) {
        told_make(q);
    }
    if (added || q->unkept >= QUARANTINE_SCAN_BYTES) {
        file_keep(b);
    }
}
