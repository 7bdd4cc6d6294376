/* A block as it came, and once more with the lengths and the checksum that its bytes should have, so
 * that what stands behind them is reached too. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "common/mem.h"
#include "common/reader.h"
#include "proto/block.h"

#include <stdlib.h>
#include <xxhash.h>

/* Places of the format drawn in block.h. */
enum {
    AT_LENGTH = 4,
    AT_CHECKSUM = 24,
    AT_CHAIN = 32,
    AT_MADE = 64,
    AT_BYTES = 96,
    AT_RECORDS = 104
};

static void
slice_within(struct slice outer, struct slice inner)
{
    CHECK(inner.data >= outer.data && inner.data + inner.len <= outer.data + outer.len);
}

/* Opened: its records lie within it, are as many as it says, and make the same block again. */
static void
records_walk(const struct block *block)
{
    static const uint8_t chain[BLOCK_CHAIN_SIZE];
    struct block_builder again = {0};
    struct block_record record;
    uint32_t count = 0;
    block_begin(&again, block->site, block->start_id, block->made_count);
    for (struct block_records it = block_records(block); block_next(&it, &record); count++) {
        CHECK(record.index == count);
        slice_within(block->bytes, record.principal);
        slice_within(block->bytes, record.unit);
        slice_within(block->bytes, record.body);
        CHECK(block_add(&again, record.principal, record.unit, record.body));
    }
    CHECK(count == block->count);
    block_finish(&again, block->number, block->time_us, block->made_us, chain);
    struct slice made = buf_slice_of(&again.bytes);
    CHECK(slice_equal(slice_of(made.data + AT_MADE, made.len - AT_MADE),
                      slice_of(block->bytes.data + AT_MADE, block->bytes.len - AT_MADE)));
    block_builder_fini(&again);
}

static void
open_and_walk(struct slice bytes)
{
    static const uint8_t chain[BLOCK_CHAIN_SIZE];
    struct block block;
    enum err err = block_open(bytes, &block);
    CHECK(err == ERR_OK || err == ERR_CORRUPT);
    if (err == ERR_OK) {
        records_walk(&block);
        err = block_follows(&block, block.number - 1, block.time_us, chain);
        CHECK(err == ERR_OK || err == ERR_CORRUPT);
    }
}

static uint64_t
checksum_of(struct slice bytes)
{
    struct buf covered = BUF_EMPTY;
    buf_put(&covered, bytes.data, AT_CHECKSUM);
    buf_put(&covered, bytes.data + AT_CHAIN, bytes.len - AT_CHAIN);
    uint64_t checksum = XXH3_64bits(covered.data, covered.len);
    buf_fini(&covered);
    return checksum;
}

void
fuzz_block(struct slice in)
{
    open_and_walk(in);
    if (in.len < AT_RECORDS) {
        return;
    }
    uint8_t *fixed = mem_alloc(in.len);
    memcpy(fixed, in.data, in.len);
    memcpy(fixed, "TDB1", 4);
    le32_put(fixed + AT_LENGTH, (uint32_t)in.len);
    le32_put(fixed + AT_BYTES, (uint32_t)in.len - AT_RECORDS);
    le64_put(fixed + AT_CHECKSUM, checksum_of(slice_of(fixed, in.len)));
    open_and_walk(slice_of(fixed, in.len));
    free(fixed);
}
