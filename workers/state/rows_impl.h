/* What the row codecs share. Values are written with varints, because most numbers in them are
 * small; a decoder reads a whole row and asks once whether it was whole and nothing was left. */
#ifndef STATE_ROWS_IMPL_H
#define STATE_ROWS_IMPL_H

#include "common/reader.h"
#include "workers/state/rows.h"

/* A varint that must fit the narrower field it is for. */
static inline uint64_t
row_uint(struct reader *r, uint64_t max)
{
    uint64_t v = reader_varint(r);
    if (v > max) {
        r->bad = true;
        return 0;
    }
    return v;
}

/* A count of things that take at least `least` bytes each: what is left bounds it, so that a lying
 * count never makes us allocate more than the row's own size times a constant. */
static inline uint32_t
row_count(struct reader *r, size_t least)
{
    uint64_t most = reader_left(r) / least;
    return (uint32_t)row_uint(r, most < UINT32_MAX ? most : UINT32_MAX);
}

/* Ascending ids as distances from the one before; `first` says that there is none before. */
static inline void
row_put_step(struct buf *out, uint16_t id, uint16_t before, bool first)
{
    buf_varint(out, first ? id : (uint64_t)(id - before));
}

static inline uint16_t
row_step(struct reader *r, uint16_t before, bool first)
{
    uint64_t step = row_uint(r, UINT16_MAX);
    uint64_t id = first ? step : before + step;
    if ((!first && step == 0) || id > UINT16_MAX) {
        r->bad = true;
    }
    return (uint16_t)id;
}

static inline void
row_put_text(struct buf *out, struct slice text)
{
    buf_varint(out, text.len);
    buf_slice(out, text);
}

static inline struct slice
row_text(struct reader *r)
{
    return reader_bytes(r, (size_t)row_uint(r, reader_left(r)));
}

static inline void
row_put_receipt(struct buf *out, struct receipt receipt)
{
    buf_varint(out, receipt.block);
    buf_varint(out, receipt.index);
}

static inline struct receipt
row_receipt(struct reader *r)
{
    struct receipt receipt = {.block = reader_varint(r)};
    receipt.index = (uint32_t)row_uint(r, UINT32_MAX);
    return receipt;
}

/* A number that stands for one of an enum's, or for a bool: one that is none of them must not
 * become one. */
static inline uint8_t
row_choice(struct reader *r, uint8_t least, uint8_t most)
{
    uint8_t number = reader_byte(r);
    if (number < least || number > most) {
        r->bad = true;
    }
    return number;
}

static inline enum err
row_end(const struct reader *r)
{
    return r->bad || reader_left(r) != 0 ? ERR_CORRUPT : ERR_OK;
}

#endif
