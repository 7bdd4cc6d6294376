/* Reads back what buf.h wrote, never past the end. After the first failure every read gives 0 and
 * `bad` stays set, so that a caller may read a whole row and ask once. */
#ifndef COMMON_READER_H
#define COMMON_READER_H

#include "common/slice.h"

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

struct reader reader_of(struct slice bytes);
size_t reader_left(const struct reader *r);
uint8_t reader_byte(struct reader *r);
uint16_t reader_be16(struct reader *r);
uint32_t reader_be32(struct reader *r);
uint64_t reader_be64(struct reader *r);
struct slice reader_bytes(struct reader *r, size_t len);

/* Whatever the fast way below does not take: more than one byte, or none left. */
uint64_t reader_varint_long(struct reader *r);

/* Most numbers in a row fit one byte, and reading rows is most of what a worker does. */
static inline uint64_t
reader_varint(struct reader *r)
{
    return r->at < r->end && *r->at < 0x80 ? *r->at++ : reader_varint_long(r);
}

static inline int64_t
reader_zigzag(struct reader *r)
{
    uint64_t v = reader_varint(r);
    return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

/* Little-endian at fixed places, for headers drawn in a file's head. */
static inline uint16_t
le16_get(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
le32_get(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
le64_get(const uint8_t *p)
{
    return (uint64_t)le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline void
le16_put(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void
le32_put(uint8_t *p, uint32_t v)
{
    le16_put(p, (uint16_t)v);
    le16_put(p + 2, (uint16_t)(v >> 16));
}

static inline void
le64_put(uint8_t *p, uint64_t v)
{
    le32_put(p, (uint32_t)v);
    le32_put(p + 4, (uint32_t)(v >> 32));
}

#endif
