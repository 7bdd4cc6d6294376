/* A sheet holds its cells as one run of bytes and where each ends: lists are written once, whole. */
#include "clients/sheet.h"

#include "common/check.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct cell {
    size_t end;
    bool is_number;
};

struct sheet {
    struct buf name, bytes, cells; /* cells: of struct cell */
    unsigned columns;
};

static void
cell_add(struct sheet *sheet, struct slice text, bool is_number)
{
    buf_slice(&sheet->bytes, text);
    struct cell cell = {.end = sheet->bytes.len, .is_number = is_number};
    buf_put(&sheet->cells, &cell, sizeof cell);
}

struct sheet *
sheet_new(const char *name, const char *const *columns, unsigned count)
{
    CHECK(count > 0 && count <= SHEET_COLUMNS_MAX);
    struct sheet *sheet = mem_alloc(sizeof *sheet);
    sheet->columns = count;
    buf_put(&sheet->name, name, strlen(name) + 1);
    for (unsigned i = 0; i < count; i++) {
        sheet_text(sheet, columns[i]);
    }
    return sheet;
}

void
sheet_free(struct sheet **sheet)
{
    if (*sheet == NULL) {
        return;
    }
    buf_fini(&(*sheet)->name);
    buf_fini(&(*sheet)->bytes);
    buf_fini(&(*sheet)->cells);
    free(*sheet);
    *sheet = NULL;
}

void
sheet_text(struct sheet *sheet, const char *text)
{
    cell_add(sheet, slice_text(text), false);
}

void
sheet_number(struct sheet *sheet, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    cell_add(sheet, slice_text(text), true);
}

const char *
sheet_name(const struct sheet *sheet)
{
    return (const char *)sheet->name.data;
}

unsigned
sheet_columns(const struct sheet *sheet)
{
    return sheet->columns;
}

size_t
sheet_cells(const struct sheet *sheet)
{
    return sheet->cells.len / sizeof(struct cell);
}

struct slice
sheet_cell(const struct sheet *sheet, size_t i, bool *is_number)
{
    const struct cell *cells = (const struct cell *)sheet->cells.data;
    size_t begin = i == 0 ? 0 : cells[i - 1].end;
    CHECK(i < sheet_cells(sheet));
    *is_number = cells[i].is_number;
    return slice_of(sheet->bytes.data + begin, cells[i].end - begin);
}

static bool
is_formula(struct slice text)
{
    return text.len > 0 && memchr("=+-@\t\r\n", text.data[0], 7) != NULL;
}

static void
csv_cell(struct slice text, bool is_number, struct buf *out)
{
    buf_byte(out, '"');
    if (!is_number && is_formula(text)) {
        buf_byte(out, '\'');
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') {
            buf_byte(out, '"');
        }
        buf_byte(out, text.data[i]);
    }
    buf_byte(out, '"');
}

void
sheet_csv(const struct sheet *sheet, struct buf *out)
{
    buf_put(out, "\xEF\xBB\xBF", 3);
    for (size_t i = 0; i < sheet_cells(sheet); i++) {
        bool is_number;
        struct slice text = sheet_cell(sheet, i, &is_number);
        csv_cell(text, is_number, out);
        bool last = (i + 1) % sheet->columns == 0;
        buf_put(out, last ? "\r\n" : ",", last ? 2 : 1);
    }
}
