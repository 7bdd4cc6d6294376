/* A growing run of bytes. Invariant: len <= cap, and data is NULL only where cap is 0. */
#include "common/buf.h"
#include "common/check.h"
#include "common/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define VARINT_MAX 10 /* 64 bits in sevens */
#define BUF_FIRST 256 /* most rows and messages fit: no second allocation */

void
buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = BUF_EMPTY;
}

void
buf_clear(struct buf *buf)
{
    buf->len = 0;
}

static void
buf_grow(struct buf *buf, size_t more)
{
    /* A length so large is our bug: everything from outside has its limit long before. */
    CHECK(more <= SIZE_MAX / 4 && buf->len <= SIZE_MAX / 4);
    size_t need = buf->len + more;
    size_t cap = buf->cap < BUF_FIRST ? BUF_FIRST : buf->cap * 2;
    buf->cap = cap < need ? need : cap;
    buf->data = mem_resize(buf->data, buf->cap);
}

uint8_t *
buf_reserve(struct buf *buf, size_t len)
{
    if (buf->data == NULL || len > buf->cap - buf->len) {
        buf_grow(buf, len);
    }
    uint8_t *at = buf->data + buf->len;
    buf->len += len;
    return at;
}

void
buf_put(struct buf *buf, const void *data, size_t len)
{
    if (len > 0) {
        memcpy(buf_reserve(buf, len), data, len);
    }
}

void
buf_slice(struct buf *buf, struct slice bytes)
{
    buf_put(buf, bytes.data, bytes.len);
}

void
buf_byte(struct buf *buf, uint8_t byte)
{
    *buf_reserve(buf, 1) = byte;
}

/* The `size` low bytes of v, the highest first. */
static void
buf_be(struct buf *buf, uint64_t v, unsigned size)
{
    uint8_t *at = buf_reserve(buf, size);
    for (unsigned i = 0; i < size; i++) {
        at[i] = (uint8_t)(v >> (8 * (size - 1 - i)));
    }
}

void
buf_be16(struct buf *buf, uint16_t v)
{
    buf_be(buf, v, 2);
}

void
buf_be32(struct buf *buf, uint32_t v)
{
    buf_be(buf, v, 4);
}

void
buf_be64(struct buf *buf, uint64_t v)
{
    buf_be(buf, v, 8);
}

void
buf_varint(struct buf *buf, uint64_t v)
{
    /* Room for the longest at once; what is not used is given back. */
    uint8_t *at = buf_reserve(buf, VARINT_MAX);
    size_t len = 0;
    for (; v >= 0x80; v >>= 7) {
        at[len++] = (uint8_t)(v | 0x80);
    }
    at[len++] = (uint8_t)v;
    buf->len -= VARINT_MAX - len;
}

void
buf_zigzag(struct buf *buf, int64_t v)
{
    /* Small numbers of either sign become small: 0, -1, 1, -2 are 0, 1, 2, 3. */
    uint64_t sign = v < 0 ? UINT64_MAX : 0;
    buf_varint(buf, ((uint64_t)v << 1) ^ sign);
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(len >= 0);

    /* vsnprintf writes a zero behind the text; it is given back at once. */
    char *at = (char *)buf_reserve(buf, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(at, (size_t)len + 1, format, args);
    va_end(args);
    buf->len--;
}
