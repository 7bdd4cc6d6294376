/* Reads msgpack from a peer without allocating, never past the end, never deeper than DEPTH_MAX.
 * (msgpack-c 4 allocates what a header claims before it has read it: 94 bytes can take 62 MiB.)
 * Source: the MessagePack specification. Every read either moves past one object and gives ERR_OK,
 * or leaves the cursor where it was: ERR_FORMAT for another type or bytes cut short, ERR_LIMIT for
 * nesting. Slices point into the input. */
#ifndef PROTO_CURSOR_H
#define PROTO_CURSOR_H

#include "common/err.h"
#include "common/slice.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

enum kind {
    KIND_NONE,
    KIND_NIL,
    KIND_BOOL,
    KIND_UINT,
    KIND_INT,
    KIND_FLOAT,
    KIND_TEXT,
    KIND_BYTES,
    KIND_ARRAY,
    KIND_MAP,
    KIND_EXT
};

struct cursor cursor_of(struct slice bytes);
bool cursor_done(const struct cursor *c);
enum kind
cursor_kind(const struct cursor *c); /* of the next object; KIND_NONE at the end or on 0xc1 */
enum err cursor_nil(struct cursor *c) MUST_CHECK;
enum err cursor_bool(struct cursor *c, bool *v) MUST_CHECK;
enum err cursor_uint(struct cursor *c, uint64_t *v) MUST_CHECK;      /* a non-negative integer */
enum err cursor_int(struct cursor *c, int64_t *v) MUST_CHECK;        /* ERR_RANGE above INT64_MAX */
enum err cursor_text(struct cursor *c, struct slice *v) MUST_CHECK;  /* str; UTF-8 is not checked */
enum err cursor_bytes(struct cursor *c, struct slice *v) MUST_CHECK; /* bin */
/* A header; the count is at most the bytes that are left (for a map, half of them). */
enum err cursor_array(struct cursor *c, uint32_t *n) MUST_CHECK;
enum err cursor_map(struct cursor *c, uint32_t *n) MUST_CHECK;
/* One whole object of any type. */
enum err cursor_skip(struct cursor *c) MUST_CHECK;
enum err cursor_raw(struct cursor *c, struct slice *object) MUST_CHECK;

#endif
