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
uint8_t *buf_reserve(struct buf *buf, size_t len); /* appends len uninitialised bytes */
void buf_byte(struct buf *buf, uint8_t byte);
/* Integers for keys: big-endian, so that bytes sort as numbers do. */
void buf_be16(struct buf *buf, uint16_t v);
void buf_be32(struct buf *buf, uint32_t v);
void buf_be64(struct buf *buf, uint64_t v);
/* Integers for values: LEB128, signed ones zigzagged. */
void buf_varint(struct buf *buf, uint64_t v);
void buf_zigzag(struct buf *buf, int64_t v);
void buf_slice(struct buf *buf, struct slice bytes);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline struct slice
buf_slice_of(const struct buf *buf)
{
    return slice_of(buf->data, buf->len);
}

#endif
