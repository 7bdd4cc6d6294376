/* A growing run of bytes. Invariant: len <= cap, and data is NULL only where cap is 0. */
#include "common/buf.h"
#include "common/check.h"
#include "common/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

void
buf_grow(struct buf *buf, size_t more)
{
    /* A length so large is our bug: everything from outside has its limit long before. */
    CHECK(more <= SIZE_MAX / 4 && buf->len <= SIZE_MAX / 4);
    size_t need = buf->len + more;
    size_t cap = buf->cap < BUF_FIRST ? BUF_FIRST : buf->cap * 2;
    buf->cap = cap < need ? need : cap;
    buf->data = mem_resize(buf->data, buf->cap);
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
