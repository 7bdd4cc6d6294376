/* The first row names the columns; each row behind it becomes a unit_row. A cell that cannot be
 * read is told and left open, so that one bad date does not hide what else is wrong with its
 * row. */
#include "clients/units_csv.h"

#include "clients/csv.h"
#include "clients/limits.h"
#include "common/decimal.h"
#include "common/period.h"
#include "common/text.h"
#include "proto/limits.h"
#include "proto/mistakes.h"

struct reading {
    struct arena *arena;
    struct units *units;
    struct mistakes mistakes;
    const struct units_column *columns[CSV_CELLS_MAX]; /* by place; NULL: unknown, and told */
    uint32_t column_count;                             /* 0: the header has not come */
};

static const struct units_column *
column_find(struct slice name)
{
    for (size_t i = 0; i < UNITS_COLUMN_COUNT; i++) {
        if (slice_is(name, UNITS_COLUMNS[i].name)) {
            return &UNITS_COLUMNS[i];
        }
    }
    return NULL;
}

static bool
column_is_there(const struct reading *r, const struct units_column *column)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        if (r->columns[i] == column) {
            return true;
        }
    }
    return false;
}

static void
column_add(struct reading *r, uint32_t line, struct slice name)
{
    const struct units_column *column = column_find(name);
    if (column == NULL) {
        mistake(&r->mistakes, line, CODE_COLUMN_UNKNOWN, name, "%s", "");
    } else if (column_is_there(r, column)) {
        mistake(&r->mistakes, line, CODE_DUPLICATE_CODE, slice_text("column"), "%.*s",
                SLICE_ARG(name));
        column = NULL;
    }
    r->columns[r->column_count++] = column;
}

/* False where a column that every file must have is missing: its rows would all be wrong. */
static bool
header_read(struct reading *r, const struct csv_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        column_add(r, row->line, row->cells[i]);
    }
    bool complete = true;
    for (size_t i = 0; i < UNITS_COLUMN_COUNT; i++) {
        const struct units_column *column = &UNITS_COLUMNS[i];
        if (column->need != COLUMN_OPTIONAL && !column_is_there(r, column)) {
            mistake(&r->mistakes, row->line, CODE_COLUMN_MISSING, slice_text(column->name), "%s",
                    "");
            complete = false;
        }
    }
    return complete;
}

static void
number_read(struct reading *r, uint32_t line, const struct units_column *column, struct slice text,
            uint64_t *number)
{
    int64_t value = 0;
    if (decimal_parse(text, 0, &value) != ERR_OK || value < 0 || (uint64_t)value > column->limit) {
        mistake(&r->mistakes, line, CODE_NUMBER_INVALID, slice_text(column->name), "%.*s",
                SLICE_ARG(text));
        return;
    }
    *number = (uint64_t)value;
}

static void
day_read(struct reading *r, uint32_t line, const struct units_column *column, struct slice text,
         int32_t *day)
{
    int32_t value = 0;
    if (date_parse(text, &value) != ERR_OK) {
        mistake(&r->mistakes, line, CODE_DATE_INVALID, slice_text(column->name), "%.*s",
                SLICE_ARG(text));
        return;
    }
    *day = value;
}

static void
cell_read(struct reading *r, struct unit_row *unit, const struct units_column *column,
          struct slice text)
{
    void *cell = (uint8_t *)unit + column->offset;
    if (text.len == 0) {
        return;
    }
    switch (column->kind) {
    case COLUMN_NUMBER:
        number_read(r, unit->line, column, text, cell);
        break;
    case COLUMN_DAY:
        day_read(r, unit->line, column, text, cell);
        break;
    case COLUMN_CODE:
    case COLUMN_TEXT:
        /* What is no UTF-8 stays as it is: units_check tells it. */
        *(struct slice *)cell =
            arena_copy(r->arena, text_is_utf8(text) ? text_nfc(r->arena, text) : text);
        break;
    }
}

/* Spreadsheets leave lines of nothing but commas behind. */
static bool
row_is_empty(const struct csv_row *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        if (row->cells[i].len != 0) {
            return false;
        }
    }
    return true;
}

static bool
unit_read(struct reading *r, const struct csv_row *row)
{
    if (row->count != r->column_count) {
        mistake(&r->mistakes, row->line, CODE_ROW_SHAPE, slice_text("units"), "%u ≠ %u",
                (unsigned)row->count, (unsigned)r->column_count);
        return true;
    }
    if (r->units->count == UNITS_MAX) {
        mistake(&r->mistakes, row->line, CODE_TOO_MANY, slice_text("units"), "%d", UNITS_MAX);
        return false;
    }
    struct unit_row *unit = &r->units->rows[r->units->count++];
    *unit = (struct unit_row){.from = DAY_MIN, .to = DAY_MAX, .line = row->line};
    for (uint32_t i = 0; i < row->count; i++) {
        if (r->columns[i] != NULL) {
            cell_read(r, unit, r->columns[i], row->cells[i]);
        }
    }
    return true;
}

static bool
on_row(void *context, const struct csv_row *row)
{
    struct reading *r = context;
    if (row_is_empty(row)) {
        return true;
    }
    return r->column_count == 0 ? header_read(r, row) : unit_read(r, row);
}

static void
on_mistake(void *context, const struct complaint *why)
{
    struct reading *r = context;
    r->mistakes.count++;
    r->mistakes.to->add(r->mistakes.to, why);
}

enum err
units_csv_read(FILE *in, struct arena *arena, struct units *units, struct complaints *complaints,
               uint32_t *mistakes)
{
    struct reading r = {.arena = arena, .units = units, .mistakes = {.to = complaints}};
    struct csv_handler handler = {on_row, on_mistake, &r};
    *units = (struct units){.rows = ARENA_ARRAY(arena, struct unit_row, UNITS_MAX)};
    enum err err = csv_read(in, &handler);
    *mistakes = r.mistakes.count;
    if (err ==
        ERR_OK) { /* not where the reading was given up: most would be told of what was not read */
        *mistakes += units_check(units, arena, complaints);
    }
    return err == ERR_CLOSED ? ERR_OK : err;
}
