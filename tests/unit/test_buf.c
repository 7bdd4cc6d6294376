/* Bytes: what buf writes reader reads back, never past the end; the arena's alignment and turns. */
#include "common/arena.h"
#include "common/buf.h"
#include "common/reader.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

static const uint64_t numbers[] = {
    0,
    1,
    127,
    128,
    255,
    256,
    16383,
    16384,
    65535,
    65536,
    UINT32_MAX,
    (uint64_t)UINT32_MAX + 1,
    INT64_MAX,
    (uint64_t)INT64_MAX + 1,
    UINT64_MAX - 1,
    UINT64_MAX,
};

#define NUMBER_COUNT (sizeof numbers / sizeof *numbers)

static void
test_round_trip(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        buf_byte(&buf, (uint8_t)numbers[i]);
        buf_be16(&buf, (uint16_t)numbers[i]);
        buf_be32(&buf, (uint32_t)numbers[i]);
        buf_be64(&buf, numbers[i]);
        buf_varint(&buf, numbers[i]);
        buf_zigzag(&buf, (int64_t)numbers[i]);
        buf_printf(&buf, "%s", "end");
    }
    struct reader r = reader_of(buf_slice_of(&buf));
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        assert_int_equal(reader_byte(&r), (uint8_t)numbers[i]);
        assert_int_equal(reader_be16(&r), (uint16_t)numbers[i]);
        assert_int_equal(reader_be32(&r), (uint32_t)numbers[i]);
        assert_true(reader_be64(&r) == numbers[i]);
        assert_true(reader_varint(&r) == numbers[i]);
        assert_true(reader_zigzag(&r) == (int64_t)numbers[i]);
        assert_true(slice_is(reader_bytes(&r, 3), "end"));
    }
    assert_false(r.bad);
    assert_int_equal(reader_left(&r), 0);
    buf_fini(&buf);
}

/* Cut anywhere, a row reads as bad, with zeros, and nothing behind its end is touched: the copy has
 * the exact size, so that AddressSanitizer would tell. */
static void
test_cut_rows(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_varint(&buf, UINT64_MAX);
    buf_be64(&buf, 1);
    buf_zigzag(&buf, INT64_MIN);
    buf_be16(&buf, 1);
    for (size_t len = 0; len < buf.len; len++) {
        uint8_t *cut = malloc(len == 0 ? 1 : len);
        memcpy(cut, buf.data, len);
        struct reader r = reader_of(slice_of(cut, len));
        reader_varint(&r);
        reader_be64(&r);
        reader_zigzag(&r);
        assert_int_equal(reader_be16(&r), 0);
        assert_true(r.bad);
        assert_int_equal(reader_left(&r), 0);
        free(cut);
    }
    buf_fini(&buf);
}

static void
test_bad_stays(void **state)
{
    (void)state;
    struct reader r = reader_of(slice_of("\x01\x02", 2));
    assert_int_equal(reader_bytes(&r, 3).len, 0);
    assert_true(r.bad);
    assert_int_equal(reader_byte(&r), 0);
    r = reader_of(slice_of(NULL, 0));
    assert_int_equal(reader_bytes(&r, 0).len, 0);
    assert_false(r.bad);
    assert_true(reader_varint(&r) == 0);
    assert_true(r.bad);
}

static void
test_long_varints(void **state)
{
    (void)state;
    /* 2^64 and eleven bytes. */
    struct reader r = reader_of(slice_of("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", 10));
    assert_true(reader_varint(&r) == 0 && r.bad);
    r = reader_of(slice_of("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11));
    assert_true(reader_varint(&r) == 0 && r.bad);
}

static void
test_keys_sort(void **state)
{
    (void)state;
    struct buf a = BUF_EMPTY;
    struct buf b = BUF_EMPTY;
    for (size_t i = 0; i + 1 < NUMBER_COUNT; i++) {
        buf_clear(&a);
        buf_clear(&b);
        buf_be64(&a, numbers[i]);
        buf_be64(&b, numbers[i + 1]);
        assert_true(slice_compare(buf_slice_of(&a), buf_slice_of(&b)) < 0);
    }
    assert_true(slice_compare(slice_text("ab"), slice_text("abc")) < 0);
    assert_true(slice_compare(slice_of(NULL, 0), slice_text("")) == 0);
    buf_fini(&a);
    buf_fini(&b);
}

static void
test_buf_grows(void **state)
{
    (void)state;
    struct buf buf = BUF_EMPTY;
    buf_put(&buf, NULL, 0);
    buf_slice(&buf, slice_of(NULL, 0));
    assert_int_equal(buf.len, 0);
    for (unsigned i = 0; i < 5000; i++) {
        buf_printf(&buf, "%u,", i % 10);
    }
    assert_int_equal(buf.len, 10000);
    for (unsigned i = 0; i < 5000; i++) {
        assert_int_equal(buf.data[2 * i], '0' + i % 10);
    }
    buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    assert_true(buf.cap >= 10000);
    buf_fini(&buf);
    assert_null(buf.data);
}

static void
test_le(void **state)
{
    (void)state;
    uint8_t at[8];
    le64_put(at, UINT64_C(0x0123456789abcdef));
    assert_memory_equal(at, "\xef\xcd\xab\x89\x67\x45\x23\x01", 8);
    assert_true(le64_get(at) == UINT64_C(0x0123456789abcdef));
    assert_int_equal(le32_get(at), 0x89abcdef);
    assert_int_equal(le16_get(at), 0xcdef);
}

static void
test_arena(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int turn = 0; turn < 3; turn++) {
        for (size_t size = 0; size < 3000; size += 7) {
            uint8_t *at = arena_alloc(arena, size);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(at[i], 0);
            }
            memset(at, 0xff, size);
        }
        /* More than a reset keeps. */
        uint8_t *large = arena_alloc(arena, (size_t)6 << 20);
        assert_int_equal(large[((size_t)6 << 20) - 1], 0);
        memset(large, 0xff, (size_t)6 << 20);
        arena_reset(arena);
    }
    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
}

static void
test_arena_text(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *text = arena_text(arena, slice_of("abcdef", 3));
    assert_string_equal(text, "abc");
    assert_string_equal(arena_text(arena, slice_of(NULL, 0)), "");
    struct slice copy = arena_copy(arena, slice_text("bytes"));
    assert_true(slice_is(copy, "bytes"));
    assert_string_equal(arena_printf(arena, "%s-%d", text, 7), "abc-7");
    uint32_t *array = ARENA_ARRAY(arena, uint32_t, 100);
    assert_int_equal(array[99], 0);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_cut_rows),
        cmocka_unit_test(test_bad_stays),  cmocka_unit_test(test_long_varints),
        cmocka_unit_test(test_keys_sort),  cmocka_unit_test(test_buf_grows),
        cmocka_unit_test(test_le),         cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
