/* REPORT, HISTORY and TALLY: rows of cells. Indicators ascend and are written as distances, so that
 * two equal reports are equal bytes, and a cell of a small number costs two or three. */
#include "workers/state/rows_impl.h"

enum report_bit { REPORT_WITHDRAWN = 1, REPORT_ON_TIME = 2 };

#define CELL_LEAST 2       /* bytes: distance, value */
#define TALLY_CELL_LEAST 4 /* bytes: distance, periods, value, last */

void
report_encode(const struct report_row *row, struct buf *out)
{
    buf_varint(out, row->revision);
    buf_varint(out, row->receipt.block);
    buf_varint(out, row->receipt.index);
    buf_zigzag(out, row->time_us);
    buf_byte(out, (uint8_t)((row->withdrawn ? REPORT_WITHDRAWN : 0) |
                            (row->on_time ? REPORT_ON_TIME : 0)));
    buf_byte(out, row->flags);
    buf_varint(out, row->count);
    uint16_t before = 0;
    for (uint32_t i = 0; i < row->count; i++) {
        row_put_step(out, row->cells[i].indicator, before, i == 0);
        buf_zigzag(out, row->cells[i].value);
        before = row->cells[i].indicator;
    }
}

static void
get_cells(struct reader *r, struct arena *arena, struct report_row *row)
{
    row->cells = ARENA_ARRAY(arena, struct cell, row->count);
    uint16_t before = 0;
    for (uint32_t i = 0; i < row->count; i++) {
        before = row_step(r, before, i == 0);
        row->cells[i] = (struct cell){.indicator = before, .value = reader_zigzag(r)};
    }
}

enum err
report_decode(struct slice value, struct arena *arena, struct report_row *row)
{
    struct reader r = reader_of(value);
    memset(row, 0, sizeof(*row));
    row->revision = reader_varint(&r);
    row->receipt.block = reader_varint(&r);
    row->receipt.index = (uint32_t)row_uint(&r, UINT32_MAX);
    row->time_us = reader_zigzag(&r);
    uint8_t bits = reader_byte(&r);
    row->withdrawn = (bits & REPORT_WITHDRAWN) != 0;
    row->on_time = (bits & REPORT_ON_TIME) != 0;
    row->flags = reader_byte(&r);
    row->count = row_count(&r, CELL_LEAST);
    if (r.bad || (bits & ~(REPORT_WITHDRAWN | REPORT_ON_TIME)) != 0 ||
        (row->withdrawn && row->count > 0)) {
        return ERR_CORRUPT;
    }
    if (row->count > 0) {
        get_cells(&r, arena, row);
    }
    return row_end(&r);
}

void
tally_encode(const struct tally_row *row, struct buf *out)
{
    buf_varint(out, row->received);
    buf_varint(out, row->on_time);
    buf_varint(out, row->complete);
    buf_varint(out, row->disagreements);
    buf_varint(out, row->outliers);
    buf_varint(out, row->count);
    uint16_t before = 0;
    uint8_t *at = buf_reserve(out, (size_t)row->count * 4 * VARINT_MAX);
    for (uint32_t i = 0; i < row->count; i++) {
        const struct tally_cell *cell = &row->cells[i];
        at = varint_put(at, i == 0 ? cell->indicator : (uint64_t)(cell->indicator - before));
        at = varint_put(at, cell->periods);
        at = varint_put(at, zigzag_of(cell->value));
        at = varint_put(at, cell->last);
        before = cell->indicator;
    }
    out->len = (size_t)(at - out->data);
}

static void
get_tally_cells(struct reader *r, struct arena *arena, struct tally_row *row)
{
    row->cells = ARENA_ARRAY(arena, struct tally_cell, row->count);
    uint16_t before = 0;
    for (uint32_t i = 0; i < row->count; i++) {
        struct tally_cell *cell = &row->cells[i];
        before = row_step(r, before, i == 0);
        cell->indicator = before;
        cell->periods = (uint32_t)row_uint(r, UINT32_MAX);
        cell->value = reader_zigzag(r);
        cell->last = (uint32_t)row_uint(r, UINT32_MAX);
        if (cell->periods == 0) {
            r->bad = true; /* a mean would divide by it */
        }
    }
}

enum err
tally_decode(struct slice value, struct arena *arena, struct tally_row *row)
{
    struct reader r = reader_of(value);
    memset(row, 0, sizeof(*row));
    row->received = (uint32_t)row_uint(&r, UINT32_MAX);
    row->on_time = (uint32_t)row_uint(&r, UINT32_MAX);
    row->complete = (uint32_t)row_uint(&r, UINT32_MAX);
    row->disagreements = (uint32_t)row_uint(&r, UINT32_MAX);
    row->outliers = (uint32_t)row_uint(&r, UINT32_MAX);
    row->count = row_count(&r, TALLY_CELL_LEAST);
    if (r.bad) {
        return ERR_CORRUPT;
    }
    if (row->count > 0) {
        get_tally_cells(&r, arena, row);
    }
    return row_end(&r);
}
