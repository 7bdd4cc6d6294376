/* Rows: what is encoded comes back; every truncation, and one byte more, is ERR_CORRUPT, read from
 * a copy of exactly that size so that a sanitizer sees a byte too far; keys sort as numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "workers/state/rows.h"

#include <stdlib.h>

typedef enum err decode_fn(struct slice bytes, struct arena *arena);

static enum err
decode_exactly(decode_fn *decode, const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    enum err err = decode(slice_of(copy, len), arena);
    free(copy);
    arena_free(&arena);
    return err;
}

/* No prefix may pass, nor anything behind. */
static void
expect_only_whole(decode_fn *decode, struct buf *bytes)
{
    for (size_t len = 0; len < bytes->len; len++) {
        assert_int_equal(decode_exactly(decode, bytes->data, len), ERR_CORRUPT);
    }
    assert_int_equal(decode_exactly(decode, bytes->data, bytes->len), ERR_OK);
    buf_byte(bytes, 0);
    assert_int_equal(decode_exactly(decode, bytes->data, bytes->len), ERR_CORRUPT);
    bytes->len--;
}

/* Any byte changed: no crash, no read past the end; what comes out does not matter. */
static void
flip_every_byte(decode_fn *decode, struct buf *bytes)
{
    for (size_t i = 0; i < bytes->len; i++) {
        uint8_t kept = bytes->data[i];
        for (unsigned v = 0; v < 256; v++) {
            bytes->data[i] = (uint8_t)v;
            (void)!decode_exactly(decode, bytes->data, bytes->len);
        }
        bytes->data[i] = kept;
    }
}

static void
check_decoder(decode_fn *decode, struct buf *bytes)
{
    expect_only_whole(decode, bytes);
    flip_every_byte(decode, bytes);
}

/* ---- META, IDENT, UNIT ---- */

static enum err
position_fn(struct slice bytes, struct arena *arena)
{
    struct position p;
    (void)arena;
    return position_decode(bytes, &p);
}

static void
test_position(void **context)
{
    struct position in = {.block = UINT64_MAX,
                          .time_us = -1,
                          .accepted = 1,
                          .corrected = 200,
                          .unchanged = UINT64_MAX,
                          .superseded = 4,
                          .rejected = 5,
                          .quarantined = 6,
                          .registry_revision = 7,
                          .access_revision = 8};
    struct position out;
    struct buf b = BUF_EMPTY;
    (void)context;
    memset(in.chain, 0xab, sizeof(in.chain));
    memset(in.verdict_chain, 0xcd, sizeof(in.verdict_chain));
    position_encode(&in, &b);
    assert_int_equal(position_decode(buf_slice_of(&b), &out), ERR_OK);
    assert_memory_equal(&in, &out, sizeof(in));
    check_decoder(position_fn, &b);
    buf_fini(&b);
}

static enum err
shape_fn(struct slice bytes, struct arena *arena)
{
    struct shape s;
    (void)arena;
    return shape_decode(bytes, &s);
}

static enum err
ident_fn(struct slice bytes, struct arena *arena)
{
    uint32_t id;
    (void)arena;
    return ident_decode(bytes, &id);
}

static void
test_shape_and_ident(void **context)
{
    struct shape in = {STATE_VERSION, 3, 1024}, out;
    struct buf b = BUF_EMPTY;
    uint32_t id;
    (void)context;
    shape_encode(&in, &b);
    assert_int_equal(shape_decode(buf_slice_of(&b), &out), ERR_OK);
    assert_memory_equal(&in, &out, sizeof(in));
    expect_only_whole(shape_fn, &b);
    buf_clear(&b);
    ident_encode(0x01020304, &b);
    assert_int_equal(ident_decode(buf_slice_of(&b), &id), ERR_OK);
    assert_int_equal(id, 0x01020304);
    expect_only_whole(ident_fn, &b);
    buf_fini(&b);
}

static enum err
unit_fn(struct slice bytes, struct arena *arena)
{
    struct registry_version v;
    (void)arena;
    return unit_row_decode(bytes, &v);
}

static void
test_unit_row(void **context)
{
    struct registry_version in = {
        .to = DAY_MAX,
        .parent = 19999,
        .population = 8000000,
        .level = slice_text("commune"),
        .kind = slice_text("phuong"),
        .bloc = slice_text(""),
        .name = slice_text("Phường Phúc Xá"),
        .successor = slice_text("00004"),
        .contact = slice_text("x@y"),
    };
    struct registry_version out;
    struct buf b = BUF_EMPTY;
    (void)context;
    unit_row_encode(&in, &b);
    assert_int_equal(unit_row_decode(buf_slice_of(&b), &out), ERR_OK);
    assert_int_equal(out.to, DAY_MAX);
    assert_int_equal(out.parent, 19999);
    assert_int_equal(out.population, 8000000);
    assert_true(slice_equal(out.level, in.level) && slice_equal(out.kind, in.kind));
    assert_true(slice_equal(out.bloc, in.bloc) && slice_equal(out.name, in.name));
    assert_true(slice_equal(out.successor, in.successor));
    assert_true(slice_equal(out.contact, in.contact));
    check_decoder(unit_fn, &b);
    in = (struct registry_version){.parent = UNIT_NONE};
    buf_clear(&b);
    unit_row_encode(&in, &b);
    assert_int_equal(unit_row_decode(buf_slice_of(&b), &out), ERR_OK);
    assert_int_equal(out.parent, UNIT_NONE);
    buf_fini(&b);
}

/* ---- REPORT, TALLY, VERDICT ---- */

static enum err
report_fn(struct slice bytes, struct arena *arena)
{
    struct report_row row;
    return report_decode(bytes, arena, &row);
}

static void
test_report(void **context)
{
    struct cell cells[] = {{0, 0}, {1, INT64_MIN}, {300, INT64_MAX}, {UINT16_MAX, -1}};
    struct report_row in = {.revision = INT64_MAX,
                            .receipt = {18231, 7},
                            .time_us = 1636074000000000,
                            .on_time = true,
                            .flags = FLAG_LATE | FLAG_WARNED,
                            .cells = cells,
                            .count = 4};
    struct report_row out;
    struct arena *arena = arena_new();
    struct buf b = BUF_EMPTY;
    (void)context;
    report_encode(&in, &b);
    assert_int_equal(report_decode(buf_slice_of(&b), arena, &out), ERR_OK);
    assert_int_equal(out.revision, INT64_MAX);
    assert_int_equal(out.receipt.block, 18231);
    assert_int_equal(out.receipt.index, 7);
    assert_int_equal(out.time_us, in.time_us);
    assert_true(out.on_time && !out.withdrawn);
    assert_int_equal(out.flags, in.flags);
    assert_int_equal(out.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(out.cells[i].indicator, cells[i].indicator);
        assert_true(out.cells[i].value == cells[i].value);
    }
    check_decoder(report_fn, &b);
    arena_free(&arena);
    buf_fini(&b);
}

static void
test_tombstone(void **context)
{
    struct report_row in = {.revision = 2, .withdrawn = true}, out;
    struct cell cell = {1, 1};
    struct arena *arena = arena_new();
    struct buf b = BUF_EMPTY;
    (void)context;
    report_encode(&in, &b);
    assert_int_equal(report_decode(buf_slice_of(&b), arena, &out), ERR_OK);
    assert_true(out.withdrawn && !out.on_time);
    assert_int_equal(out.count, 0);
    in.cells = &cell; /* what was withdrawn says nothing */
    in.count = 1;
    buf_clear(&b);
    report_encode(&in, &b);
    assert_int_equal(report_decode(buf_slice_of(&b), arena, &out), ERR_CORRUPT);
    arena_free(&arena);
    buf_fini(&b);
}

static enum err
tally_fn(struct slice bytes, struct arena *arena)
{
    struct tally_row row;
    return tally_decode(bytes, arena, &row);
}

static void
test_tally(void **context)
{
    struct tally_cell cells[] = {{2, 31, INT64_MIN, 0}, {3, UINT32_MAX, 5, UINT32_MAX}};
    struct tally_row in = {31, 30, 29, 2, 1, cells, 2}, out;
    struct arena *arena = arena_new();
    struct buf b = BUF_EMPTY;
    (void)context;
    tally_encode(&in, &b);
    assert_int_equal(tally_decode(buf_slice_of(&b), arena, &out), ERR_OK);
    assert_int_equal(out.received, 31);
    assert_int_equal(out.on_time, 30);
    assert_int_equal(out.complete, 29);
    assert_int_equal(out.disagreements, 2);
    assert_int_equal(out.outliers, 1);
    assert_int_equal(out.count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(out.cells[i].indicator, cells[i].indicator);
        assert_int_equal(out.cells[i].periods, cells[i].periods);
        assert_true(out.cells[i].value == cells[i].value);
        assert_int_equal(out.cells[i].last, cells[i].last);
    }
    check_decoder(tally_fn, &b);
    cells[0].periods = 0; /* a mean would divide by it */
    buf_clear(&b);
    tally_encode(&in, &b);
    assert_int_equal(tally_decode(buf_slice_of(&b), arena, &out), ERR_CORRUPT);
    arena_free(&arena);
    buf_fini(&b);
}

static enum err
verdict_fn(struct slice bytes, struct arena *arena)
{
    struct verdict_row row;
    (void)arena;
    return verdict_decode(bytes, &row);
}

static void
test_verdict(void **context)
{
    struct verdict_row in = {
        VERDICT_REJECTED,         FLAG_LATE,           RECORD_report,     slice_text("00001"),
        slice_text("value-type"), slice_text("doses"), slice_text("ten"), slice_text("ward-00001")};
    struct verdict_row out;
    struct buf b = BUF_EMPTY;
    (void)context;
    verdict_encode(&in, &b);
    assert_int_equal(verdict_decode(buf_slice_of(&b), &out), ERR_OK);
    assert_int_equal(out.verdict, VERDICT_REJECTED);
    assert_int_equal(out.flags, FLAG_LATE);
    assert_int_equal(out.record_type, RECORD_report);
    assert_true(slice_is(out.unit, "00001") && slice_is(out.code, "value-type"));
    assert_true(slice_is(out.subject, "doses") && slice_is(out.detail, "ten"));
    assert_true(slice_is(out.principal, "ward-00001"));
    check_decoder(verdict_fn, &b);
    buf_fini(&b);
}

/* A count that the row has no room for must not be believed, nor allocated. */
static void
test_lying_counts(void **context)
{
    struct arena *arena = arena_new();
    struct buf b = BUF_EMPTY;
    struct report_row report;
    struct tally_row tally;
    (void)context;
    for (int i = 0; i < 4; i++) {
        buf_varint(&b, 0); /* revision, receipt, time */
    }
    buf_put(&b, "\0\0", 2);
    buf_varint(&b, UINT32_MAX);
    assert_int_equal(report_decode(buf_slice_of(&b), arena, &report), ERR_CORRUPT);
    buf_clear(&b);
    for (int i = 0; i < 5; i++) {
        buf_varint(&b, 0);
    }
    buf_varint(&b, UINT64_MAX);
    assert_int_equal(tally_decode(buf_slice_of(&b), arena, &tally), ERR_CORRUPT);
    arena_free(&arena);
    buf_fini(&b);
}

/* ---- keys ---- */

static void
test_keys_round_trip(void **context)
{
    struct buf b = BUF_EMPTY;
    struct report_key report = {1, 2, 3, 4, 5}, report_out;
    struct tally_key tally = {1, 2, GRAN_QUARTER, 207, 9}, tally_out;
    struct ident_key ident;
    struct receipt receipt = {UINT64_MAX, UINT32_MAX}, receipt_out;
    struct slice unit;
    uint32_t id;
    uint16_t campaign;
    int32_t from;
    (void)context;
    key_report(&b, &report);
    assert_int_equal(b.len, REPORT_KEY_SIZE);
    assert_int_equal(report_key_decode(buf_slice_of(&b), &report_out), ERR_OK);
    assert_memory_equal(&report_out.campaign, &report.campaign, sizeof(uint16_t));
    assert_int_equal(report_out.source, 5);
    key_history(&b, &report, receipt);
    assert_int_equal(report_key_decode(buf_slice_of(&b), &report_out), ERR_OK);
    assert_int_equal(report_out.unit, 3);
    assert_int_equal(report_key_decode(slice_of(b.data, b.len - 1), &report_out), ERR_CORRUPT);
    key_tally(&b, &tally);
    assert_int_equal(tally_key_decode(buf_slice_of(&b), &tally_out), ERR_OK);
    assert_int_equal(tally_out.gran, GRAN_QUARTER);
    assert_int_equal(tally_out.period, 207);
    assert_int_equal(tally_out.unit, 9);
    key_ident(&b, IDENT_SOURCE, 7, slice_text("office"));
    assert_int_equal(ident_key_decode(buf_slice_of(&b), &ident), ERR_OK);
    assert_true(ident.kind == IDENT_SOURCE && ident.campaign == 7 &&
                slice_is(ident.code, "office"));
    key_unit(&b, 70000, DAY_MAX);
    assert_int_equal(unit_key_decode(buf_slice_of(&b), &id, &from), ERR_OK);
    assert_true(id == 70000 && from == DAY_MAX);
    key_campaign(&b, 513);
    assert_int_equal(campaign_key_decode(buf_slice_of(&b), &campaign), ERR_OK);
    assert_int_equal(campaign, 513);
    key_receipt(&b, receipt);
    assert_int_equal(receipt_key_decode(buf_slice_of(&b), &receipt_out), ERR_OK);
    assert_true(receipt_out.block == UINT64_MAX && receipt_out.index == UINT32_MAX);
    key_rejected(&b, slice_text("00001"), receipt);
    assert_int_equal(rejected_key_decode(buf_slice_of(&b), &unit, &receipt_out), ERR_OK);
    assert_true(slice_is(unit, "00001") && receipt_out.block == UINT64_MAX);
    key_rejected(&b, slice_text(""), receipt);
    assert_int_equal(rejected_key_decode(buf_slice_of(&b), &unit, &receipt_out), ERR_OK);
    assert_int_equal(unit.len, 0);
    key_ulid(&b, slice_text("local"), slice_text("0123456789abcdef"));
    assert_true(slice_equal(buf_slice_of(&b), slice_of("local\0"
                                                       "0123456789abcdef",
                                                       22)));
    buf_fini(&b);
}

static void
test_wrong_keys(void **context)
{
    struct tally_key tally;
    struct ident_key ident;
    struct receipt receipt;
    struct slice unit;
    uint32_t id;
    int32_t from;
    uint8_t bytes[13] = {0};
    (void)context;
    assert_int_equal(tally_key_decode(slice_of(bytes, 13), &tally),
                     ERR_CORRUPT); /* granularity 0 */
    bytes[4] = GRAN_YEAR + 1;
    assert_int_equal(tally_key_decode(slice_of(bytes, 13), &tally), ERR_CORRUPT);
    assert_int_equal(ident_key_decode(slice_of("\x09\0\0a", 4), &ident), ERR_CORRUPT);
    assert_int_equal(ident_key_decode(slice_of("\x01\0\0", 3), &ident), ERR_CORRUPT);
    assert_int_equal(unit_key_decode(slice_of("\0\0\0\0\xff\0\0\0", 8), &id, &from), ERR_CORRUPT);
    assert_int_equal(rejected_key_decode(slice_of(bytes, 12), &unit, &receipt), ERR_CORRUPT);
    assert_int_equal(
        rejected_key_decode(slice_of("x\x01\0\0\0\0\0\0\0\0\0\0\0\0", 14), &unit, &receipt),
        ERR_CORRUPT);
    assert_int_equal(receipt_key_decode(slice_of(bytes, 11), &receipt), ERR_CORRUPT);
}

/* The order of bytes is the order of numbers, field before field. */
static void
test_keys_sort(void **context)
{
    static const struct report_key ascending[] = {
        {0, 0, 0, 0, 1},   {0, 0, 0, 1, 0},     {0, 0, 0, 255, 0}, {0, 0, 0, 256, 0},
        {0, 0, 255, 0, 0}, {0, 0, 65536, 0, 0}, {0, 1, 0, 0, 0},   {256, 0, 0, 0, 0},
    };
    struct buf before = BUF_EMPTY, b = BUF_EMPTY;
    (void)context;
    for (size_t i = 0; i < sizeof(ascending) / sizeof(ascending[0]); i++) {
        key_report(&b, &ascending[i]);
        assert_true(slice_compare(buf_slice_of(&before), buf_slice_of(&b)) < 0);
        key_report(&before, &ascending[i]);
    }
    buf_fini(&before);
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_position),        cmocka_unit_test(test_shape_and_ident),
        cmocka_unit_test(test_unit_row),        cmocka_unit_test(test_report),
        cmocka_unit_test(test_tombstone),       cmocka_unit_test(test_tally),
        cmocka_unit_test(test_verdict),         cmocka_unit_test(test_lying_counts),
        cmocka_unit_test(test_keys_round_trip), cmocka_unit_test(test_wrong_keys),
        cmocka_unit_test(test_keys_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
