/* Blocks: what was put in comes out, every flipped bit and every cut is told, the chain holds. */
#include "common/reader.h"
#include "proto/block.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>

static const uint8_t no_chain[BLOCK_CHAIN_SIZE];

static void
block_of_three(struct block_builder *b, uint64_t number, int64_t time_us, const uint8_t *previous)
{
    block_begin(b, 3, 0x1122334455667788, number);
    assert_true(block_add(b, slice_text("clerk"), slice_text("phuc-xa"), slice_text("body one")));
    assert_true(block_add(b, slice_of(NULL, 0), slice_of(NULL, 0), slice_of(NULL, 0)));
    assert_true(block_add(b, slice_text("clerk"), slice_text("ba-dinh"), slice_text("3")));
    block_finish(b, number, time_us, time_us - 5, previous);
}

static void
test_round_trip(void **state)
{
    (void)state;
    struct block_builder b = {0};
    struct block block;
    block_of_three(&b, 7, 1000, no_chain);
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_OK);
    assert_true(block.number == 7 && block.time_us == 1000 && block.made_us == 995);
    assert_true(block.site == 3 && block.start_id == 0x1122334455667788 && block.made_count == 7);
    assert_int_equal(block.count, 3);

    static const char *const bodies[] = {"body one", "", "3"};
    static const char *const units[] = {"phuc-xa", "", "ba-dinh"};
    struct block_record record;
    uint32_t n = 0;
    for (struct block_records it = block_records(&block); block_next(&it, &record); n++) {
        assert_int_equal(record.index, n);
        assert_true(slice_is(record.body, bodies[n]));
        assert_true(slice_is(record.unit, units[n]));
        assert_true(slice_is(record.principal, n == 1 ? "" : "clerk"));
    }
    assert_int_equal(n, 3);
    block_builder_fini(&b);
}

/* The places of the header are a promise to whoever reads a journal in ten years. */
static void
test_places(void **state)
{
    (void)state;
    struct block_builder b = {0};
    block_of_three(&b, 7, 1000, no_chain);
    const uint8_t *at = b.bytes.data;
    assert_memory_equal(at, "TDB1", 4);
    assert_int_equal(le32_get(at + 4), b.bytes.len);
    assert_true(le64_get(at + 8) == 7 && le64_get(at + 16) == 1000);
    assert_int_equal(le16_get(at + 64), BLOCK_VERSION);
    assert_int_equal(le16_get(at + 66), 3);
    assert_int_equal(le32_get(at + 68), 3);
    assert_true(le64_get(at + 72) == 0x1122334455667788 && le64_get(at + 80) == 7);
    assert_true(le64_get(at + 88) == 995);
    assert_int_equal(le32_get(at + 96), b.bytes.len - 104);
    assert_int_equal(le32_get(at + 100), 0);
    assert_int_equal(le16_get(at + 104), 5);
    assert_int_equal(le16_get(at + 106), 7);
    assert_int_equal(le32_get(at + 108), 8);
    assert_memory_equal(at + 112, "clerkphuc-xabody one", 20);

    uint8_t chain[BLOCK_CHAIN_SIZE];
    struct buf hashed = BUF_EMPTY;
    buf_put(&hashed, no_chain, sizeof no_chain);
    buf_put(&hashed, at + 8, 16);
    buf_put(&hashed, at + 64, b.bytes.len - 64);
    crypto_generichash(chain, sizeof chain, hashed.data, hashed.len, NULL, 0);
    assert_memory_equal(at + 32, chain, sizeof chain);
    buf_fini(&hashed);
    block_builder_fini(&b);
}

static void
test_every_flipped_bit(void **state)
{
    (void)state;
    struct block_builder b = {0};
    struct block block;
    block_of_three(&b, 7, 1000, no_chain);
    for (size_t bit = 0; bit < b.bytes.len * 8; bit++) {
        b.bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_CORRUPT);
        b.bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_OK);
    block_builder_fini(&b);
}

/* Copies of the exact size, so that AddressSanitizer tells of a byte read behind the end. */
static void
test_every_cut(void **state)
{
    (void)state;
    struct block_builder b = {0};
    struct block block;
    block_of_three(&b, 7, 1000, no_chain);
    for (size_t len = 0; len < b.bytes.len; len++) {
        uint8_t *cut = malloc(len == 0 ? 1 : len);
        memcpy(cut, b.bytes.data, len);
        assert_int_equal(block_open(slice_of(cut, len), &block), ERR_CORRUPT);
        if (len >= 8) {
            le32_put(cut + 4, (uint32_t)len); /* cut, and its length made to say so */
            assert_int_equal(block_open(slice_of(cut, len), &block), ERR_CORRUPT);
        }
        free(cut);
    }
    assert_int_equal(block_open(slice_of(NULL, 0), &block), ERR_CORRUPT);
    block_builder_fini(&b);
}

/* Lengths that lie under a checksum that is right: finish signs whatever stands there. */
static void
test_lying_records(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } lies[] = {{104, 6}, {106, 8}, {108, 7}, {108, 9}, {111, 0xff}, {110, 0x10}, {132 + 4, 1}};
    struct block_builder b = {0};
    struct block block;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        block_of_three(&b, 7, 1000, no_chain);
        b.bytes.data[lies[i].at] = lies[i].byte;
        block_finish(&b, 7, 1000, 995, no_chain);
        assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_CORRUPT);
    }
    for (uint32_t count = 0; count < 6; count++) {
        block_of_three(&b, 7, 1000, no_chain);
        b.count = count;
        block_finish(&b, 7, 1000, 995, no_chain);
        assert_int_equal(block_open(buf_slice_of(&b.bytes), &block),
                         count == 3 ? ERR_OK : ERR_CORRUPT);
    }
    block_builder_fini(&b);
}

static void
test_follows(void **state)
{
    (void)state;
    struct block_builder a = {0};
    struct block_builder b = {0};
    struct block first;
    struct block second;
    block_of_three(&a, 1, 1000, no_chain);
    assert_int_equal(block_open(buf_slice_of(&a.bytes), &first), ERR_OK);
    assert_int_equal(block_follows(&first, 0, 0, no_chain), ERR_OK);
    block_of_three(&b, 2, 1000, first.chain);
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &second), ERR_OK);
    assert_int_equal(block_follows(&second, 1, 1000, first.chain), ERR_OK);
    assert_int_equal(block_follows(&second, 0, 1000, first.chain), ERR_CORRUPT);
    assert_int_equal(block_follows(&second, 2, 1000, first.chain), ERR_CORRUPT);
    assert_int_equal(block_follows(&second, 1, 1001, first.chain), ERR_CORRUPT);
    assert_int_equal(block_follows(&second, 1, 1000, no_chain), ERR_CORRUPT);
    block_builder_fini(&a);
    block_builder_fini(&b);
}

static void
test_limits(void **state)
{
    (void)state;
    struct block_builder b = {0};
    struct block block;
    struct slice none = slice_of(NULL, 0);
    block_begin(&b, 1, 1, 1);
    for (uint32_t i = 0; i < BLOCK_RECORDS_MAX; i++) {
        assert_true(block_add(&b, none, none, none));
    }
    assert_false(block_add(&b, none, none, none));
    block_finish(&b, 1, 1, 1, no_chain);
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_OK);
    assert_int_equal(block.count, BLOCK_RECORDS_MAX);

    size_t room = BLOCK_BYTES_MAX - BLOCK_HEADER_SIZE - BLOCK_MADE_SIZE - 8;
    uint8_t *large = calloc(1, room + 1);
    block_begin(&b, 1, 1, 1);
    assert_false(block_add(&b, none, none, slice_of(large, room + 1)));
    assert_false(block_add(&b, none, slice_of(large, UINT16_MAX + 1), none));
    assert_false(block_add(&b, slice_of(large, UINT16_MAX + 1), none, none));
    assert_true(block_add(&b, none, none, slice_of(large, room)));
    assert_false(block_add(&b, none, none, none));
    block_finish(&b, 1, 1, 1, no_chain);
    assert_int_equal(b.bytes.len, BLOCK_BYTES_MAX);
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_OK);
    assert_int_equal(block.count, 1);
    free(large);
    block_builder_fini(&b);
}

static void
test_no_records(void **state)
{
    (void)state;
    struct block_builder b = {0};
    struct block block;
    struct block_record record;
    block_begin(&b, 1, 1, 1);
    block_finish(&b, 1, 1, 1, no_chain);
    assert_int_equal(block_open(buf_slice_of(&b.bytes), &block), ERR_OK);
    struct block_records it = block_records(&block);
    assert_false(block_next(&it, &record));
    block_builder_fini(&b);
}

/* Fixed for ever: data directories rest on these numbers. */
static void
test_shards(void **state)
{
    (void)state;
    assert_int_equal(shard_of_unit(slice_text("phuc-xa"), 1), 0);
    assert_int_equal(shard_of_unit(slice_of(NULL, 0), 1u << 31), 0x51d8e999);
    assert_int_equal(shard_of_unit(slice_text("abc"), 1u << 31), 0x2d770999);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_every_flipped_bit),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_lying_records),
        cmocka_unit_test(test_follows),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_records),
        cmocka_unit_test(test_shards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
