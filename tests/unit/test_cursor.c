/* The bounded reader: what it takes, what it refuses, and that it agrees with msgpack-c. */
#include "common/buf.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <msgpack.h>
#include <stdlib.h>

#define SLICE(literal) slice_of(literal, sizeof(literal) - 1)

/* Every read on the same bytes; all must leave the cursor alone but the one that moves it. */
static unsigned
reads_that_pass(struct slice bytes)
{
    unsigned passed = 0;
    bool flag;
    uint64_t u;
    int64_t i;
    uint32_t n;
    struct slice s;
    for (unsigned read = 0; read < 9; read++) {
        struct cursor c = cursor_of(bytes);
        enum err err = ERR_FORMAT;
        switch (read) {
        case 0:
            err = cursor_nil(&c);
            break;
        case 1:
            err = cursor_bool(&c, &flag);
            break;
        case 2:
            err = cursor_uint(&c, &u);
            break;
        case 3:
            err = cursor_int(&c, &i);
            break;
        case 4:
            err = cursor_text(&c, &s);
            break;
        case 5:
            err = cursor_bytes(&c, &s);
            break;
        case 6:
            err = cursor_array(&c, &n);
            break;
        case 7:
            err = cursor_map(&c, &n);
            break;
        case 8:
            err = cursor_raw(&c, &s);
            break;
        }
        assert_true(c.at <= c.end);
        if (err == ERR_OK) {
            assert_true(c.at > bytes.data);
            passed |= 1u << read;
        } else {
            assert_ptr_equal(c.at, bytes.data);
        }
    }
    return passed;
}

/* A copy of exactly `len` bytes on the heap, so that the sanitizer sees one byte too far. */
static struct slice
exact(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return slice_of(copy, len);
}

static void
sample_put(struct buf *b)
{
    pack_array(b, 14);
    pack_nil(b);
    pack_bool(b, true);
    pack_uint(b, 0);
    pack_uint(b, UINT64_MAX);
    pack_int(b, -1);
    pack_int(b, INT64_MIN);
    pack_cstr(b, "thi đua");
    pack_text(b, slice_of("0123456789012345678901234567890123456789", 40));
    pack_bytes(b, SLICE("\0\1\2"));
    pack_map(b, 1);
    pack_uint(b, 3);
    pack_array(b, 0);
    pack_raw(b, SLICE("\xcb\0\0\0\0\0\0\0\0"));
    pack_raw(b, SLICE("\xd4\5\6"));
    pack_raw(b, SLICE("\xc7\2\7\1\2"));
    pack_raw(b, SLICE("\xd1\x80\0"));
}

static void
each_prefix_is_refused_and_the_whole_is_taken(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    sample_put(&b);
    for (size_t len = 0; len <= b.len; len++) {
        struct slice part = exact(b.data, len);
        struct cursor c = cursor_of(part);
        assert_int_equal(cursor_skip(&c), len == b.len ? ERR_OK : ERR_FORMAT);
        assert_int_equal(cursor_done(&c), len == b.len || len == 0);
        reads_that_pass(part);
        free((void *)part.data);
    }
    buf_fini(&b);
}

static void
each_first_byte_is_bounded(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        for (size_t len = 1; len <= 20; len++) {
            uint8_t bytes[20];
            memset(bytes, first % 2 == 0 ? 0x00 : 0xff, sizeof(bytes));
            bytes[0] = (uint8_t)first;
            struct slice part = exact(bytes, len);
            reads_that_pass(part);
            struct cursor c = cursor_of(part);
            assert_int_equal(cursor_kind(&c) == KIND_NONE && len >= 9, first == 0xc1 && len >= 9);
            free((void *)part.data);
        }
    }
}

static void
numbers_are_what_their_value_is(void **state)
{
    (void)state;
    const struct {
        struct slice bytes;
        int64_t value;
    } ints[] = {
        {SLICE("\x00"), 0},
        {SLICE("\x7f"), 127},
        {SLICE("\xff"), -1},
        {SLICE("\xe0"), -32},
        {SLICE("\xcc\xff"), 255},
        {SLICE("\xcd\1\0"), 256},
        {SLICE("\xce\0\1\0\0"), 65536},
        {SLICE("\xd0\5"), 5},
        {SLICE("\xd0\x80"), -128},
        {SLICE("\xd1\xff\xfe"), -2},
        {SLICE("\xd2\x80\0\0\0"), INT32_MIN},
        {SLICE("\xd3\0\0\0\0\0\0\0\7"), 7},
        {SLICE("\xd3\x80\0\0\0\0\0\0\0"), INT64_MIN},
        {SLICE("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"), INT64_MAX},
    };
    for (size_t i = 0; i < sizeof(ints) / sizeof(ints[0]); i++) {
        struct cursor c = cursor_of(ints[i].bytes);
        int64_t v = 0;
        uint64_t u = 0;
        assert_int_equal(cursor_kind(&c), ints[i].value < 0 ? KIND_INT : KIND_UINT);
        struct cursor again = c;
        assert_int_equal(cursor_int(&c, &v), ERR_OK);
        assert_true(v == ints[i].value && cursor_done(&c));
        assert_int_equal(cursor_uint(&again, &u), v < 0 ? ERR_FORMAT : ERR_OK);
        assert_true(v < 0 || u == (uint64_t)v);
    }
    struct cursor c = cursor_of(SLICE("\xcf\x80\0\0\0\0\0\0\0"));
    int64_t v;
    assert_int_equal(cursor_int(&c, &v), ERR_RANGE);
}

static void
counts_are_believed_up_to_the_bytes_that_are_left(void **state)
{
    (void)state;
    const struct slice bombs[] = {
        SLICE("\xdd\xff\xff\xff\xff"),
        SLICE("\xdf\xff\xff\xff\xff"),
        SLICE("\xdc\xff\xff\0"),
        SLICE("\x92\0"),
        SLICE("\x81\0"),
        SLICE("\x82\0\0\0"),
        SLICE("\xdb\xff\xff\xff\xff"),
        SLICE("\xc6\xff\xff\xff\xff"),
        SLICE("\xc9\xff\xff\xff\xff\0"),
        SLICE("\xdf\x80\0\0\0\0\0"),
        SLICE("\xdd\0\0\0\3\xc0\xc0"),
    };
    for (size_t i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
        assert_int_equal(reads_that_pass(bombs[i]), 0);
    }
}

static void
nesting_ends_at_depth_max(void **state)
{
    (void)state;
    uint8_t nested[1000];
    memset(nested, 0x91, sizeof(nested));
    for (size_t depth = 1; depth < sizeof(nested); depth++) {
        nested[depth - 1] = 0x90;
        struct cursor c = cursor_of(slice_of(nested, depth));
        assert_int_equal(cursor_skip(&c), depth <= DEPTH_MAX ? ERR_OK : ERR_LIMIT);
        nested[depth - 1] = 0x91;
    }
    /* Many side by side at the deepest level are no nesting. */
    struct buf b = BUF_EMPTY;
    for (unsigned i = 1; i < DEPTH_MAX; i++) {
        pack_array(&b, 1);
    }
    pack_array(&b, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        pack_nil(&b);
    }
    struct cursor c = cursor_of(buf_slice_of(&b));
    assert_int_equal(cursor_skip(&c), ERR_OK);
    buf_fini(&b);
}

/* ---- against msgpack-c ---- */

static uint32_t
next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void
random_put(struct buf *b, uint32_t *seed, unsigned depth)
{
    static const char filler[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    unsigned kinds = depth < DEPTH_MAX ? 8 : 6;
    uint64_t number = (uint64_t)next_random(seed) << 32 | next_random(seed);
    number >>= next_random(seed) % 64;
    size_t len = next_random(seed) % sizeof(filler);
    uint32_t n = next_random(seed) % 4;
    switch (next_random(seed) % kinds) {
    case 0:
        pack_nil(b);
        break;
    case 1:
        pack_bool(b, number & 1);
        break;
    case 2:
        pack_uint(b, number);
        break;
    case 3:
        pack_int(b, -(int64_t)(number >> 1));
        break;
    case 4:
        pack_text(b, slice_of(filler, len));
        break;
    case 5:
        pack_bytes(b, slice_of(filler, len));
        break;
    case 6:
        pack_array(b, n);
        for (uint32_t i = 0; i < n; i++) {
            random_put(b, seed, depth + 1);
        }
        break;
    default:
        pack_map(b, n);
        for (uint32_t i = 0; i < 2 * n; i++) {
            random_put(b, seed, depth + 1);
        }
        break;
    }
}

static void compare(struct cursor *c, const msgpack_object *o);

static void
compare_many(struct cursor *c, const msgpack_object *o)
{
    uint32_t n;
    if (o->type == MSGPACK_OBJECT_ARRAY) {
        assert_int_equal(cursor_array(c, &n), ERR_OK);
        assert_int_equal(n, o->via.array.size);
        for (uint32_t i = 0; i < n; i++) {
            compare(c, &o->via.array.ptr[i]);
        }
        return;
    }
    assert_int_equal(cursor_map(c, &n), ERR_OK);
    assert_int_equal(n, o->via.map.size);
    for (uint32_t i = 0; i < n; i++) {
        compare(c, &o->via.map.ptr[i].key);
        compare(c, &o->via.map.ptr[i].val);
    }
}

static void
compare(struct cursor *c, const msgpack_object *o)
{
    bool flag;
    uint64_t u;
    int64_t i;
    struct slice s;
    switch (o->type) {
    case MSGPACK_OBJECT_NIL:
        assert_int_equal(cursor_nil(c), ERR_OK);
        break;
    case MSGPACK_OBJECT_BOOLEAN:
        assert_int_equal(cursor_bool(c, &flag), ERR_OK);
        assert_int_equal(flag, o->via.boolean);
        break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        assert_int_equal(cursor_uint(c, &u), ERR_OK);
        assert_true(u == o->via.u64);
        break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        assert_int_equal(cursor_int(c, &i), ERR_OK);
        assert_true(i == o->via.i64);
        break;
    case MSGPACK_OBJECT_STR:
        assert_int_equal(cursor_text(c, &s), ERR_OK);
        assert_true(slice_equal(s, slice_of(o->via.str.ptr, o->via.str.size)));
        break;
    case MSGPACK_OBJECT_BIN:
        assert_int_equal(cursor_bytes(c, &s), ERR_OK);
        assert_true(slice_equal(s, slice_of(o->via.bin.ptr, o->via.bin.size)));
        break;
    default:
        compare_many(c, o);
        break;
    }
}

static void
the_cursor_agrees_with_msgpack_c(void **state)
{
    (void)state;
    uint32_t seed = 20211105;
    for (unsigned round = 0; round < 2000; round++) {
        struct buf b = BUF_EMPTY;
        random_put(&b, &seed, 0);
        struct slice bytes = exact(b.data, b.len);
        msgpack_unpacked unpacked;
        msgpack_unpacked_init(&unpacked);
        size_t offset = 0;
        assert_int_equal(msgpack_unpack_next(&unpacked, (const char *)b.data, b.len, &offset),
                         MSGPACK_UNPACK_SUCCESS);
        struct cursor c = cursor_of(bytes);
        compare(&c, &unpacked.data);
        assert_true(cursor_done(&c));
        c = cursor_of(bytes);
        struct slice raw;
        assert_int_equal(cursor_raw(&c, &raw), ERR_OK);
        assert_int_equal(raw.len, offset);
        msgpack_unpacked_destroy(&unpacked);
        free((void *)bytes.data);
        buf_fini(&b);
    }
}

static void
random_bytes_are_bounded(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[24];
        for (unsigned i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)(next_random(&seed) >> 8);
        }
        struct slice part = exact(bytes, next_random(&seed) % (sizeof(bytes) + 1));
        reads_that_pass(part);
        free((void *)part.data);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_prefix_is_refused_and_the_whole_is_taken),
        cmocka_unit_test(each_first_byte_is_bounded),
        cmocka_unit_test(numbers_are_what_their_value_is),
        cmocka_unit_test(counts_are_believed_up_to_the_bytes_that_are_left),
        cmocka_unit_test(nesting_ends_at_depth_max),
        cmocka_unit_test(the_cursor_agrees_with_msgpack_c),
        cmocka_unit_test(random_bytes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
