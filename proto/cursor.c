/* The bounded reader of msgpack. Every object begins with a head: one byte, then up to four bytes
 * of length (or up to eight of number). `head_read` is the only place that knows those bytes; all
 * else asks it. It holds for every read that
 *   1. no byte at or past `end` is looked at;
 *   2. on anything but ERR_OK the cursor stays where it was;
 *   3. work is linear in the bytes passed: a count is believed only up to the bytes that are left.
 */
#include "proto/cursor.h"

#include "proto/limits.h"

struct head {
    enum kind kind;
    size_t size;     /* bytes of the head itself */
    uint64_t number; /* value, length of what follows, or count; signed ones in two's complement */
};

/* What 0xc0 to 0xdf mean: the kind, the bytes of its number, or a length that is fixed. */
struct shape {
    uint8_t kind;
    uint8_t width;
    uint8_t fixed;
};

static const struct shape shapes[32] = {
    {KIND_NIL, 0, 0},   {KIND_NONE, 0, 0},  {KIND_BOOL, 0, 0},  {KIND_BOOL, 0, 1},
    {KIND_BYTES, 1, 0}, {KIND_BYTES, 2, 0}, {KIND_BYTES, 4, 0}, {KIND_EXT, 1, 0},
    {KIND_EXT, 2, 0},   {KIND_EXT, 4, 0},   {KIND_FLOAT, 0, 4}, {KIND_FLOAT, 0, 8},
    {KIND_UINT, 1, 0},  {KIND_UINT, 2, 0},  {KIND_UINT, 4, 0},  {KIND_UINT, 8, 0},
    {KIND_INT, 1, 0},   {KIND_INT, 2, 0},   {KIND_INT, 4, 0},   {KIND_INT, 8, 0},
    {KIND_EXT, 0, 1},   {KIND_EXT, 0, 2},   {KIND_EXT, 0, 4},   {KIND_EXT, 0, 8},
    {KIND_EXT, 0, 16},  {KIND_TEXT, 1, 0},  {KIND_TEXT, 2, 0},  {KIND_TEXT, 4, 0},
    {KIND_ARRAY, 2, 0}, {KIND_ARRAY, 4, 0}, {KIND_MAP, 2, 0},   {KIND_MAP, 4, 0},
};

struct cursor
cursor_of(struct slice bytes)
{
    return (struct cursor){bytes.data, bytes.len == 0 ? bytes.data : bytes.data + bytes.len};
}

bool
cursor_done(const struct cursor *c)
{
    return c->at == c->end;
}

static size_t
bytes_left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

/* The heads whose number stands in the first byte itself: all but 0xc0 to 0xdf. */
static void
head_small(uint8_t first, struct head *h)
{
    if (first < 0x80) {
        *h = (struct head){KIND_UINT, 1, first};
    } else if (first < 0x90) {
        *h = (struct head){KIND_MAP, 1, first & 0x0f};
    } else if (first < 0xa0) {
        *h = (struct head){KIND_ARRAY, 1, first & 0x0f};
    } else if (first < 0xc0) {
        *h = (struct head){KIND_TEXT, 1, first & 0x1f};
    } else {
        *h = (struct head){KIND_INT, 1, (uint64_t)(int64_t)(int8_t)first};
    }
}

static uint64_t
big_endian(const uint8_t *at, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++) {
        v = v << 8 | at[i];
    }
    return v;
}

/* Gives `v` of `width` bytes its sign. */
static uint64_t
sign_extend(uint64_t v, unsigned width)
{
    uint64_t sign = (uint64_t)1 << (8 * width - 1);
    return (v ^ sign) - sign;
}

/* False: the end, 0xc1, or a head cut short. */
static bool
head_read(const struct cursor *c, struct head *h)
{
    if (cursor_done(c)) {
        return false;
    }
    uint8_t first = *c->at;
    if (first < 0xc0 || first >= 0xe0) {
        head_small(first, h);
        return true;
    }
    const struct shape *s = &shapes[first - 0xc0];
    if (s->kind == KIND_NONE || bytes_left(c) < 1u + s->width) {
        return false;
    }
    h->kind = s->kind;
    h->size = 1u + s->width;
    h->number = s->width == 0 ? s->fixed : big_endian(c->at + 1, s->width);
    if (s->kind == KIND_EXT) {
        h->number++; /* the byte of its type */
    } else if (s->kind == KIND_INT) {
        h->number = sign_extend(h->number, s->width);
        /* Many encoders write a positive number as a signed one; the value says what it is. */
        h->kind = (int64_t)h->number < 0 ? KIND_INT : KIND_UINT;
    }
    return true;
}

enum kind
cursor_kind(const struct cursor *c)
{
    struct head h;
    return head_read(c, &h) ? h.kind : KIND_NONE;
}

/* The next head, if it is of `kind`. */
static enum err
head_of(const struct cursor *c, enum kind kind, struct head *h)
{
    return head_read(c, h) && h->kind == kind ? ERR_OK : ERR_FORMAT;
}

enum err
cursor_nil(struct cursor *c)
{
    struct head h;
    enum err err = head_of(c, KIND_NIL, &h);
    if (err == ERR_OK) {
        c->at += h.size;
    }
    return err;
}

enum err
cursor_bool(struct cursor *c, bool *v)
{
    struct head h;
    enum err err = head_of(c, KIND_BOOL, &h);
    if (err == ERR_OK) {
        *v = h.number != 0;
        c->at += h.size;
    }
    return err;
}

enum err
cursor_uint(struct cursor *c, uint64_t *v)
{
    struct head h;
    enum err err = head_of(c, KIND_UINT, &h);
    if (err == ERR_OK) {
        *v = h.number;
        c->at += h.size;
    }
    return err;
}

enum err
cursor_int(struct cursor *c, int64_t *v)
{
    struct head h;
    if (!head_read(c, &h) || (h.kind != KIND_UINT && h.kind != KIND_INT)) {
        return ERR_FORMAT;
    }
    if (h.kind == KIND_UINT && h.number > INT64_MAX) {
        return ERR_RANGE;
    }
    *v = (int64_t)h.number;
    c->at += h.size;
    return ERR_OK;
}

static enum err
string_read(struct cursor *c, enum kind kind, struct slice *v)
{
    struct head h;
    enum err err = head_of(c, kind, &h);
    if (err != ERR_OK) {
        return err;
    }
    if (h.number > bytes_left(c) - h.size) {
        return ERR_FORMAT;
    }
    *v = slice_of(c->at + h.size, (size_t)h.number);
    c->at += h.size + (size_t)h.number;
    return ERR_OK;
}

enum err
cursor_text(struct cursor *c, struct slice *v)
{
    return string_read(c, KIND_TEXT, v);
}

enum err
cursor_bytes(struct cursor *c, struct slice *v)
{
    return string_read(c, KIND_BYTES, v);
}

/* Whether the objects that a head promises can be there at all: each takes a byte at least. */
static bool
count_fits(const struct cursor *c, const struct head *h)
{
    size_t left = bytes_left(c) - h->size;
    return h->number <= (h->kind == KIND_MAP ? left / 2 : left);
}

static enum err
count_read(struct cursor *c, enum kind kind, uint32_t *n)
{
    struct head h;
    enum err err = head_of(c, kind, &h);
    if (err != ERR_OK) {
        return err;
    }
    if (!count_fits(c, &h)) {
        return ERR_FORMAT;
    }
    *n = (uint32_t)h.number;
    c->at += h.size;
    return ERR_OK;
}

enum err
cursor_array(struct cursor *c, uint32_t *n)
{
    return count_read(c, KIND_ARRAY, n);
}

enum err
cursor_map(struct cursor *c, uint32_t *n)
{
    return count_read(c, KIND_MAP, n);
}

static bool
holds_objects(enum kind kind)
{
    return kind == KIND_ARRAY || kind == KIND_MAP;
}

/* Passes one head and the bytes that belong to it alone, not the objects that stand within it. */
static enum err
head_pass(struct cursor *c, struct head *h)
{
    if (!head_read(c, h)) {
        return ERR_FORMAT;
    }
    size_t follow = 0;
    if (holds_objects(h->kind)) {
        if (!count_fits(c, h)) {
            return ERR_FORMAT;
        }
    } else if (h->kind == KIND_TEXT || h->kind == KIND_BYTES || h->kind == KIND_EXT ||
               h->kind == KIND_FLOAT) {
        if (h->number > bytes_left(c) - h->size) {
            return ERR_FORMAT;
        }
        follow = (size_t)h->number;
    }
    c->at += h->size + follow;
    return ERR_OK;
}

/* Counts instead of recursing: a peer chooses the nesting, so it must not choose our stack. */
enum err
cursor_skip(struct cursor *c)
{
    struct cursor ahead = *c;
    uint64_t left[DEPTH_MAX + 1] = {1}; /* objects still to pass, by level */
    unsigned depth = 0;
    while (left[0] > 0 || depth > 0) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        struct head h;
        enum err err = head_pass(&ahead, &h);
        if (err != ERR_OK) {
            return err;
        }
        if (holds_objects(h.kind)) {
            if (depth == DEPTH_MAX) {
                return ERR_LIMIT;
            }
            left[++depth] = h.kind == KIND_MAP ? 2 * h.number : h.number;
        }
    }
    *c = ahead;
    return ERR_OK;
}

enum err
cursor_raw(struct cursor *c, struct slice *object)
{
    const uint8_t *start = c->at;
    enum err err = cursor_skip(c);
    if (err == ERR_OK) {
        *object = slice_of(start, (size_t)(c->at - start));
    }
    return err;
}
