/* Reads back what buf.h wrote. Invariant: at <= end; once bad, at == end, so that no read that
 * follows can succeed by chance. */
#include "common/reader.h"

struct reader
reader_of(struct slice bytes)
{
    /* An empty slice may have no pointer, and NULL + 0 is not defined. */
    const uint8_t *at = bytes.len == 0 ? (const uint8_t *)"" : bytes.data;
    return (struct reader){.at = at, .end = at + bytes.len};
}

size_t
reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static void
reader_fail(struct reader *r)
{
    r->bad = true;
    r->at = r->end;
}

struct slice
reader_bytes(struct reader *r, size_t len)
{
    if (len > reader_left(r)) {
        reader_fail(r);
        return slice_of(r->end, 0);
    }
    struct slice bytes = slice_of(r->at, len);
    r->at += len;
    return bytes;
}

/* The next `size` bytes, or zeros: `size` is a constant of each caller, so no loop is left. */
static inline __attribute__((always_inline)) uint64_t
reader_be(struct reader *r, size_t size)
{
    if (size > reader_left(r)) {
        reader_fail(r);
        return 0;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++) {
        v = v << 8 | r->at[i];
    }
    r->at += size;
    return v;
}

uint8_t
reader_byte(struct reader *r)
{
    return (uint8_t)reader_be(r, 1);
}

uint16_t
reader_be16(struct reader *r)
{
    return (uint16_t)reader_be(r, 2);
}

uint32_t
reader_be32(struct reader *r)
{
    return (uint32_t)reader_be(r, 4);
}

uint64_t
reader_be64(struct reader *r)
{
    return reader_be(r, 8);
}

uint64_t
reader_varint_long(struct reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && r->at < r->end; shift += 7) {
        uint8_t byte = *r->at++;
        /* The tenth byte has room for one bit; more would be lost without a word. */
        if (shift == 63 && byte > 1) {
            break;
        }
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return v;
        }
    }
    reader_fail(r);
    return 0;
}
