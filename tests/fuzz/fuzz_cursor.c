/* The cursor beside msgpack-c: both take the same bytes, for the same values and the same length, or
 * both refuse. They may differ in one thing: nesting deeper than DEPTH_MAX is refused here. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/cursor.h"

#include <msgpack.h>

#define WIDE_HEADS_MAX 4 /* arrays and maps of 16 bits: 1.5 MiB each for msgpack-c */

/* msgpack-c allocates what a header claims before it looks; keeps that small. A byte within a text may
 * look like a header too: then the input is passed over, no more. */
static bool
claims_are_small(struct slice in)
{
    unsigned wide = 0;
    for (size_t i = 0; i < in.len; i++) {
        wide += in.data[i] == 0xdc || in.data[i] == 0xde;
        if (in.data[i] == 0xdd || in.data[i] == 0xdf) {
            return false;
        }
    }
    return wide <= WIDE_HEADS_MAX;
}

static void
text_equal(enum err err, struct slice ours, const char *theirs, size_t len)
{
    CHECK(err == ERR_OK && slice_equal(ours, slice_of(theirs, len)));
}

static void same_list(struct cursor *c, const msgpack_object *o);

static void
same(struct cursor *c, const msgpack_object *o)
{
    struct slice text;
    uint64_t u;
    int64_t i;
    bool b;
    switch (o->type) {
    case MSGPACK_OBJECT_NIL:
        CHECK(cursor_kind(c) == KIND_NIL && cursor_nil(c) == ERR_OK);
        break;
    case MSGPACK_OBJECT_BOOLEAN:
        CHECK(cursor_bool(c, &b) == ERR_OK && b == o->via.boolean);
        break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        i = 0;
        struct cursor before = *c;
        CHECK(cursor_int(&before, &i) == (o->via.u64 > INT64_MAX ? ERR_RANGE : ERR_OK));
        CHECK(o->via.u64 > INT64_MAX || i == (int64_t)o->via.u64);
        CHECK(cursor_uint(c, &u) == ERR_OK && u == o->via.u64);
        break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        CHECK(cursor_uint(c, &u) == ERR_FORMAT);
        CHECK(cursor_int(c, &i) == ERR_OK && i == o->via.i64);
        break;
    case MSGPACK_OBJECT_STR:
        text_equal(cursor_text(c, &text), text, o->via.str.ptr, o->via.str.size);
        break;
    case MSGPACK_OBJECT_BIN:
        text_equal(cursor_bytes(c, &text), text, o->via.bin.ptr, o->via.bin.size);
        break;
    case MSGPACK_OBJECT_ARRAY:
    case MSGPACK_OBJECT_MAP:
        same_list(c, o);
        break;
    case MSGPACK_OBJECT_EXT:
        CHECK(cursor_kind(c) == KIND_EXT && cursor_skip(c) == ERR_OK);
        break;
    default:
        CHECK(cursor_kind(c) == KIND_FLOAT && cursor_skip(c) == ERR_OK);
    }
}

/* Depth: cursor_skip has passed it, so at most DEPTH_MAX. */
static void
same_list(struct cursor *c, const msgpack_object *o)
{
    uint32_t n;
    if (o->type == MSGPACK_OBJECT_ARRAY) {
        CHECK(cursor_array(c, &n) == ERR_OK && n == o->via.array.size);
        for (uint32_t i = 0; i < n; i++) {
            same(c, &o->via.array.ptr[i]);
        }
        return;
    }
    CHECK(cursor_map(c, &n) == ERR_OK && n == o->via.map.size);
    for (uint32_t i = 0; i < n; i++) {
        same(c, &o->via.map.ptr[i].key);
        same(c, &o->via.map.ptr[i].val);
    }
}

/* A read of text or bytes stays within the input, and takes only what a skip would take. */
static void
string_try(enum err read(struct cursor *c, struct slice *v), const struct cursor *c)
{
    struct cursor ahead = *c, skipped = *c;
    struct slice v;
    if (read(&ahead, &v) == ERR_OK) {
        CHECK(v.data > c->at && v.data + v.len == ahead.at && ahead.at <= c->end);
        CHECK(cursor_skip(&skipped) == ERR_OK && skipped.at == ahead.at);
    } else {
        CHECK(ahead.at == c->at);
    }
}

/* A count that is believed has its objects' bytes behind it, one for each. */
static void
count_try(enum err read(struct cursor *c, uint32_t *n), const struct cursor *c, unsigned each)
{
    struct cursor ahead = *c;
    uint32_t n;
    if (read(&ahead, &n) == ERR_OK) {
        CHECK(ahead.at > c->at && (uint64_t)each * n <= (size_t)(c->end - ahead.at));
    } else {
        CHECK(ahead.at == c->at);
    }
}

/* Every typed read, wherever an object may begin: at each byte. */
static void
reads_try(struct slice in)
{
    for (size_t i = 0; i < in.len; i++) {
        const struct cursor c = cursor_of(slice_of(in.data + i, in.len - i));
        string_try(cursor_text, &c);
        string_try(cursor_bytes, &c);
        count_try(cursor_array, &c, 1);
        count_try(cursor_map, &c, 2);
    }
}

/* One object of each. False: both refuse, or nesting is too deep for us. */
static bool
object_same(struct cursor *c, struct slice rest)
{
    struct cursor ahead = *c;
    struct slice object;
    enum err err = cursor_raw(&ahead, &object);
    CHECK(err == ERR_OK || (err == ERR_LIMIT && ahead.at == c->at) ||
          (err == ERR_FORMAT && ahead.at == c->at));
    if (err == ERR_LIMIT) {
        return false;
    }
    size_t taken = 0;
    msgpack_unpacked result;
    msgpack_unpacked_init(&result);
    msgpack_unpack_return got =
        msgpack_unpack_next(&result, (const char *)rest.data, rest.len, &taken);
    CHECK((got == MSGPACK_UNPACK_SUCCESS) == (err == ERR_OK));
    if (err == ERR_OK) {
        CHECK(object.data == rest.data && object.len == taken);
        struct cursor within = *c;
        same(&within, &result.data);
        CHECK(within.at == ahead.at);
    }
    msgpack_unpacked_destroy(&result);
    *c = ahead;
    return err == ERR_OK;
}

void
fuzz_cursor(struct slice in)
{
    struct cursor c = cursor_of(in);
    reads_try(in);
    if (!claims_are_small(in)) {
        while (cursor_skip(&c) == ERR_OK) {
            CHECK(c.at <= c.end);
        }
        return;
    }
    while (!cursor_done(&c) && object_same(&c, slice_of(c.at, (size_t)(c.end - c.at)))) {
        CHECK(c.at <= c.end);
    }
}
