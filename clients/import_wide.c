/* The wide layout: a row is a report, a column an indicator. */
#include "clients/import.h"

#include "clients/words.h"
#include "common/mem.h"
#include "common/text.h"

#include <stdio.h>

/* The indicator that a column holds, after the map; none for the two key columns. */
static void
column_take(struct import *im, const struct csv_row *row, uint32_t i)
{
    struct slice code = import_map_find(&im->map, MAP_INDICATOR, text_trim(row->cells[i]));
    if (i == im->columns.unit || i == im->columns.period) {
        return;
    }
    if (code_is_valid(code)) {
        snprintf(im->indicator_of[i], sizeof im->indicator_of[i], "%.*s", SLICE_ARG(code));
    }
    if (!import_is_indicator(im, im->indicator_of[i])) {
        im->indicator_of[i][0] = '\0';
        import_ignore_column(im, row->cells[i]);
    }
}

/* Two columns for one indicator would be two values for one cell. */
static bool
columns_differ(const struct import *im, struct complaint *why)
{
    for (uint32_t i = 0; i < im->width; i++) {
        for (uint32_t j = 0; j < i && im->indicator_of[i][0] != '\0'; j++) {
            if (strcmp(im->indicator_of[i], im->indicator_of[j]) == 0) {
                complain(why, CODE_DUPLICATE_CODE, slice_text("CSV"), "%s", im->indicator_of[i]);
                why->column = i + 1;
                return false;
            }
        }
    }
    return true;
}

static bool
wide_header(struct import *im, const struct csv_row *row, struct complaint *why)
{
    if (!import_column_need(row, im->unit_column, &im->columns.unit, why) ||
        !import_column_need(row, im->period_column, &im->columns.period, why)) {
        return false;
    }
    im->indicator_of = mem_alloc(row->count * sizeof *im->indicator_of);
    for (uint32_t i = 0; i < row->count; i++) {
        column_take(im, row, i);
    }
    return columns_differ(im, why);
}

static void
wide_row(struct import *im, const struct csv_row *row)
{
    struct draft *draft = &im->draft;
    struct complaint why;
    if (!import_row_fits(im, row)) {
        return;
    }
    draft_clear(draft);
    draft->unit = import_map_find(&im->map, MAP_UNIT, text_trim(row->cells[im->columns.unit]));
    draft->period = text_trim(row->cells[im->columns.period]);
    for (uint32_t i = 0; i < row->count; i++) {
        struct slice cell = text_trim(row->cells[i]);
        if (im->indicator_of[i][0] == '\0' || cell.len == 0) {
            continue;
        }
        if (!draft_cell(draft, slice_text(im->indicator_of[i]), cell, &why)) {
            why.line = row->line;
            why.column = i + 1;
            import_refuse(im, &why);
            return;
        }
    }
    import_send(im, draft, row->line);
}

const struct import_layout IMPORT_WIDE = {"wide", wide_header, wide_row, NULL};
