/* The long layout: unit,period,indicator,value; a row is a cell. */
#include "clients/import.h"

#include "clients/words.h"
#include "common/text.h"

static bool
long_header(struct import *im, const struct csv_row *row, struct complaint *why)
{
    struct import_columns *c = &im->columns;
    if (!import_column_need(row, im->unit_column, &c->unit, why) ||
        !import_column_need(row, im->period_column, &c->period, why) ||
        !import_column_need(row, "indicator", &c->indicator, why) ||
        !import_column_need(row, "value", &c->value, why)) {
        return false;
    }
    for (uint32_t i = 0; i < row->count; i++) {
        if (i != c->unit && i != c->period && i != c->indicator && i != c->value) {
            import_ignore_column(im, row->cells[i]);
        }
    }
    return true;
}

static void
long_row(struct import *im, const struct csv_row *row)
{
    const struct import_columns *c = &im->columns;
    if (!import_row_fits(im, row)) {
        return;
    }
    struct import_cell cell = {
        .line = row->line,
        .column = c->value + 1,
        .unit = import_map_find(&im->map, MAP_UNIT, text_trim(row->cells[c->unit])),
        .period = text_trim(row->cells[c->period]),
        .indicator = import_map_find(&im->map, MAP_INDICATOR, text_trim(row->cells[c->indicator])),
        .value = text_trim(row->cells[c->value]),
    };
    import_gather_cell(im, &cell);
}

const struct import_layout IMPORT_LONG = {"long", long_header, long_row, import_gather_end};
