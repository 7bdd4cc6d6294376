/* The registry's rows as msgpack. Encoding writes what is there; decoding takes bytes from anyone:
 * it checks counts before it allocates, types before it reads, and leaves meaning to
 * units_check. */
#include "proto/units.h"

#include "common/period.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"

const struct units_column UNITS_COLUMNS[UNITS_COLUMN_COUNT] = {
#define COLUMN(name, kind, need, limit)                                                            \
    {#name, COLUMN_##kind, COLUMN_##need, offsetof(struct unit_row, name), limit},
#include "proto/units.def"
#undef COLUMN
};

/* code, parent, level: a row without them is not a row, even where the parent is empty. */
#define ROW_CELLS_LEAST 3

static bool
cell_absent(const struct units_column *column, const void *cell)
{
    switch (column->kind) {
    case COLUMN_NUMBER:
        return *(const uint64_t *)cell == 0;
    case COLUMN_DAY:
        return *(const int32_t *)cell == (int32_t)column->limit;
    default:
        return ((const struct slice *)cell)->len == 0;
    }
}

static void
cell_encode(const struct units_column *column, const void *cell, struct buf *out)
{
    switch (column->kind) {
    case COLUMN_NUMBER:
        pack_uint(out, *(const uint64_t *)cell);
        break;
    case COLUMN_DAY:
        pack_int(out, *(const int32_t *)cell);
        break;
    default:
        pack_text(out, *(const struct slice *)cell);
    }
}

static void
row_encode(const struct unit_row *row, struct buf *out)
{
    const uint8_t *base = (const uint8_t *)row;
    uint32_t n = UNITS_COLUMN_COUNT;
    while (n > ROW_CELLS_LEAST &&
           cell_absent(&UNITS_COLUMNS[n - 1], base + UNITS_COLUMNS[n - 1].offset)) {
        n--;
    }
    pack_array(out, n);
    for (uint32_t i = 0; i < n; i++) {
        cell_encode(&UNITS_COLUMNS[i], base + UNITS_COLUMNS[i].offset, out);
    }
}

void
units_encode(const struct units *units, struct buf *out)
{
    pack_array(out, units->count);
    for (uint32_t i = 0; i < units->count; i++) {
        row_encode(&units->rows[i], out);
    }
}

static bool
number_decode(struct cursor *c, const struct units_column *column, uint64_t *number,
              struct complaint *why)
{
    struct slice name = slice_text(column->name);
    if (cursor_uint(c, number) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, name, "%s", "uint");
    }
    if (*number > column->limit) {
        return complain(why, CODE_NUMBER_INVALID, name, "%llu", (unsigned long long)*number);
    }
    return true;
}

static bool
day_decode(struct cursor *c, const struct units_column *column, int32_t *day, struct complaint *why)
{
    struct slice name = slice_text(column->name);
    int64_t number = 0;
    if (cursor_int(c, &number) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, name, "%s", "int");
    }
    if (number < DAY_MIN || number > DAY_MAX) {
        return complain(why, CODE_DATE_INVALID, name, "%lld", (long long)number);
    }
    *day = (int32_t)number;
    return true;
}

static bool
cell_decode(struct cursor *c, const struct units_column *column, void *cell, struct complaint *why)
{
    switch (column->kind) {
    case COLUMN_NUMBER:
        return number_decode(c, column, cell, why);
    case COLUMN_DAY:
        return day_decode(c, column, cell, why);
    default:
        return cursor_text(c, cell) == ERR_OK ||
               complain(why, CODE_WRONG_TYPE, slice_text(column->name), "%s", "str");
    }
}

static bool
row_decode(struct cursor *c, struct unit_row *row, struct complaint *why)
{
    uint32_t n = 0;
    if (cursor_array(c, &n) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text("rows"), "%s", "array");
    }
    if (n < ROW_CELLS_LEAST || n > UNITS_COLUMN_COUNT) {
        return complain(why, CODE_ROW_SHAPE, slice_text("rows"), "%u", (unsigned)n);
    }
    *row = (struct unit_row){.from = DAY_MIN, .to = DAY_MAX};
    for (uint32_t i = 0; i < n; i++) {
        const struct units_column *column = &UNITS_COLUMNS[i];
        if (!cell_decode(c, column, (uint8_t *)row + column->offset, why)) {
            return false;
        }
    }
    return true;
}

bool
units_decode(struct slice rows, struct arena *arena, struct units *units, struct complaint *why)
{
    struct cursor c = cursor_of(rows);
    uint32_t n = 0;
    *units = (struct units){0};
    if (cursor_array(&c, &n) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text("rows"), "%s", "array");
    }
    if (n > UNITS_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text("units"), "%u", UNITS_MAX);
    }
    units->rows = ARENA_ARRAY(arena, struct unit_row, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (!row_decode(&c, &units->rows[i], why)) {
            return false;
        }
        units->count++;
    }
    return cursor_done(&c) || complain(why, CODE_MALFORMED, slice_text("rows"), "%s", "rows");
}
