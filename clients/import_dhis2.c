/* DHIS2's CSV of data values: dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby,
 * lastupdated,comment,followup,deleted. The columns are found by their names, and where the header has
 * others, by their places, as DHIS2 itself reads them. A row is a cell, sent as DHIS2's clients send
 * them: as merges. Source: DHIS2 developer guide, "Data values", CSV.
 *
 * Category option combinations are not known here. A data element that comes with one only is an
 * indicator; one that comes with several needs a line of the map for each:
 *     indicator,<dataelement>.<catoptcombo>,<code>
 * or their values would overwrite each other. */
#include "clients/import.h"

#include "common/text.h"

#include <stdio.h>

#define PAIR_TEXT 160

static uint32_t
column_of(const struct csv_row *row, const char *name, const char *other, uint32_t place)
{
    uint32_t column = import_column(row, name);
    if (column == COLUMN_NONE) {
        column = import_column(row, other);
    }
    if (column == COLUMN_NONE && place < row->count) {
        column = place;
    }
    return column;
}

static bool
dhis2_header(struct import *im, const struct csv_row *row, struct complaint *why)
{
    bool named = import_column(row, "dataelement") != COLUMN_NONE;
    uint32_t none = COLUMN_NONE;
    struct import_columns *c = &im->columns;
    if (!named && row->count < 6) {
        return complain(why, CODE_COLUMN_MISSING, slice_text("dataelement"), "dataelement");
    }
    *c = (struct import_columns){
        .indicator = column_of(row, "dataelement", "dataelement", named ? none : 0),
        .period = column_of(row, im->period_column, "period", named ? none : 1),
        .unit = column_of(row, im->unit_column, "orgunit", named ? none : 2),
        .category = column_of(row, "catoptcombo", "categoryoptioncombo", named ? none : 3),
        .attribute = column_of(row, "attroptcombo", "attributeoptioncombo", named ? none : 4),
        .value = column_of(row, "value", "value", named ? none : 5),
        .deleted = column_of(row, "deleted", "deleted", none),
    };
    const char *missing = c->period == COLUMN_NONE  ? "period"
                          : c->unit == COLUMN_NONE  ? "orgunit"
                          : c->value == COLUMN_NONE ? "value"
                                                    : NULL;
    return missing == NULL ||
           complain(why, CODE_COLUMN_MISSING, slice_text(missing), "%s", missing);
}

static struct slice
cell_at(const struct csv_row *row, uint32_t column)
{
    return column < row->count ? text_trim(row->cells[column]) : slice_of(NULL, 0);
}

/* False, and told: a second combination of a data element that the map does not tell apart. */
static bool
indicator_find(struct import *im, const struct csv_row *row, struct slice *indicator)
{
    char pair[PAIR_TEXT];
    struct slice element = cell_at(row, im->columns.indicator);
    struct slice category = cell_at(row, im->columns.category);
    snprintf(pair, sizeof pair, "%.*s.%.*s", SLICE_ARG(element), SLICE_ARG(category));
    if (import_map_has(&im->map, MAP_INDICATOR, slice_text(pair))) {
        *indicator = import_map_find(&im->map, MAP_INDICATOR, slice_text(pair));
        return true;
    }
    bool fresh;
    uint64_t combo = seen_hash(category, cell_at(row, im->columns.attribute));
    uint64_t first =
        import_seen_put(&im->combos, seen_hash(element, slice_text("")), combo, &fresh);
    if (first != combo) {
        struct complaint why;
        complain(&why, CODE_INDICATOR_UNKNOWN, slice_text(pair), "%.*s", SLICE_ARG(element));
        why.line = row->line;
        why.column = im->columns.indicator + 1;
        import_refuse(im, &why);
        return false;
    }
    *indicator = import_map_find(&im->map, MAP_INDICATOR, element);
    return true;
}

static void
dhis2_row(struct import *im, const struct csv_row *row)
{
    const struct import_columns *c = &im->columns;
    struct slice indicator;
    /* DHIS2 leaves empty cells at a row's end out, so only those that are needed are counted. */
    if (row->count <= c->value || row->count <= c->unit || row->count <= c->period ||
        row->count <= c->indicator || row->count > im->width) {
        (void)import_row_fits(im, row);
        return;
    }
    if (!indicator_find(im, row, &indicator)) {
        return;
    }
    struct import_cell cell = {
        .line = row->line,
        .column = c->value + 1,
        .unit = import_map_find(&im->map, MAP_UNIT, cell_at(row, c->unit)),
        .period = cell_at(row, c->period),
        .indicator = indicator,
        .value = cell_at(row, c->value),
        .nil = slice_is(cell_at(row, c->deleted), "true"),
    };
    import_gather_cell(im, &cell);
}

const struct import_layout IMPORT_DHIS2 = {"dhis2", dhis2_header, dhis2_row, import_gather_end};
