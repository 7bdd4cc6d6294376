/* A growing run of bytes that its holder owns: what encoders write into.
 * Start as {0} (or BUF_EMPTY); release with buf_fini. */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include "common/slice.h"

struct buf {
    uint8_t *data;
    size_t len;
    size_t cap;
};

#define BUF_EMPTY ((struct buf){0})

void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf); /* len = 0, memory kept */
void buf_put(struct buf *buf, const void *data, size_t len);
void buf_slice(struct buf *buf, struct slice bytes);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `more` bytes, where buf_reserve finds none. */
void buf_grow(struct buf *buf, size_t more);

/* What follows is called for each number of each row: most of the time there is room. */

/* Appends len uninitialised bytes. */
static inline uint8_t *
buf_reserve(struct buf *buf, size_t len)
{
    if (buf->data == NULL || len > buf->cap - buf->len) {
        buf_grow(buf, len);
    }
    uint8_t *at = buf->data + buf->len;
    buf->len += len;
    return at;
}

static inline void
buf_byte(struct buf *buf, uint8_t byte)
{
    *buf_reserve(buf, 1) = byte;
}

/* Integers for keys: big-endian, so that bytes sort as numbers do. */
static inline void
buf_be16(struct buf *buf, uint16_t v)
{
    v = __builtin_bswap16(v);
    memcpy(buf_reserve(buf, sizeof(v)), &v, sizeof(v));
}

static inline void
buf_be32(struct buf *buf, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(buf_reserve(buf, sizeof(v)), &v, sizeof(v));
}

static inline void
buf_be64(struct buf *buf, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(buf_reserve(buf, sizeof(v)), &v, sizeof(v));
}

#define VARINT_MAX 10 /* 64 bits in sevens */

/* Writes LEB128 at `at`, which has room for VARINT_MAX bytes; gives the place behind it. */
static inline uint8_t *
varint_put(uint8_t *at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) {
        *at++ = (uint8_t)(v | 0x80);
    }
    *at++ = (uint8_t)v;
    return at;
}

/* Small numbers of either sign become small: 0, -1, 1, -2 are 0, 1, 2, 3. */
static inline uint64_t
zigzag_of(int64_t v)
{
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

/* Integers for values: LEB128, signed ones zigzagged. */
static inline void
buf_varint(struct buf *buf, uint64_t v)
{
    /* Room for the longest at once; what is not used is given back. */
    uint8_t *at = buf_reserve(buf, VARINT_MAX);
    buf->len = (size_t)(varint_put(at, v) - buf->data);
}

static inline void
buf_zigzag(struct buf *buf, int64_t v)
{
    buf_varint(buf, zigzag_of(v));
}

static inline struct slice
buf_slice_of(const struct buf *buf)
{
    return slice_of(buf->data, buf->len);
}

#endif
