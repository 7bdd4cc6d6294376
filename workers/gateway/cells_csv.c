/* CSV: dataelement,period,orgunit,catoptcombo,attroptcombo,value,storedby,lastupdated,comment,followup,deleted
 * (and dataset). The columns are found by their names where the first row has them, else by their places, as
 * DHIS2 reads them. libcsv splits; a row is kept until it is whole, up to IMPORT_TOKEN_MAX bytes. */
#include "common/buf.h"
#include "common/mem.h"
#include "common/text.h"
#include "workers/gateway/cells.h"
#include "workers/gateway/limits.h"

#include <csv.h>
#include <stdlib.h>
#include <strings.h>

#define COLUMNS_MAX 64 /* of DHIS2's eleven, and what people add */
#define NOWHERE COLUMNS_MAX

enum column { ELEMENT, PERIOD, UNIT, CATEGORY, ATTRIBUTE, VALUE, DELETED, SET, COLUMNS };

static const struct {
    const char *name, *other;
    unsigned place;
} KNOWN[COLUMNS] = {
    [ELEMENT] = {"dataelement", "data_element", 0},
    [PERIOD] = {"period", "period", 1},
    [UNIT] = {"orgunit", "org_unit", 2},
    [CATEGORY] = {"catoptcombo", "categoryoptioncombo", 3},
    [ATTRIBUTE] = {"attroptcombo", "attributeoptioncombo", 4},
    [VALUE] = {"value", "value", 5},
    [DELETED] = {"deleted", "deleted", 10},
    [SET] = {"dataset", "data_set", NOWHERE},
};

struct cells_parser {
    struct cells_sink *sink;
    struct csv_parser csv;
    bool header; /* the row that comes names the columns */
    unsigned place[COLUMNS];
    struct buf bytes; /* of the row's cells */
    size_t start[COLUMNS_MAX], len[COLUMNS_MAX];
    unsigned count;
    uint32_t line;
    uint64_t since; /* bytes fed since the last whole row */
    enum code wrong;
};

static struct slice
cell_at(const struct cells_parser *p, unsigned place)
{
    /* A row of empty cells has no bytes at all to point into. */
    bool there = place < p->count && p->len[place] > 0;
    return there ? slice_of(p->bytes.data + p->start[place], p->len[place]) : slice_of(NULL, 0);
}

static void
on_cell(void *text, size_t len, void *context)
{
    struct cells_parser *p = context;
    if (p->count < COLUMNS_MAX) {
        p->start[p->count] = p->bytes.len;
        p->len[p->count++] = len;
        buf_put(&p->bytes, text, len);
    }
}

static bool
names(struct slice cell, const char *name)
{
    return cell.len == strlen(name) && strncasecmp((const char *)cell.data, name, cell.len) == 0;
}

static void
header_take(struct cells_parser *p)
{
    bool named = false;
    for (unsigned c = 0; c < COLUMNS; c++) {
        unsigned at = 0;
        while (at < p->count && !names(cell_at(p, at), KNOWN[c].name) &&
               !names(cell_at(p, at), KNOWN[c].other)) {
            at++;
        }
        named = named || at < p->count;
        p->place[c] = at < p->count ? at : NOWHERE;
    }
    /* A first row that names nothing still is no data: firstRowIsHeader said so. */
    for (unsigned c = 0; !named && c < COLUMNS; c++) {
        p->place[c] = KNOWN[c].place;
    }
}

static void
row_give(struct cells_parser *p)
{
    struct complaint why = {0};
    struct cell cell = {
        .data_set = cell_at(p, p->place[SET]),
        .element = cell_at(p, p->place[ELEMENT]),
        .period = cell_at(p, p->place[PERIOD]),
        .unit = cell_at(p, p->place[UNIT]),
        .category = cell_at(p, p->place[CATEGORY]),
        .attribute = cell_at(p, p->place[ATTRIBUTE]),
        .value = cell_at(p, p->place[VALUE]),
        .deleted = names(cell_at(p, p->place[DELETED]), "true"),
    };
    if (cell.value.len <= IMPORT_FIELD_MAX && cell.element.len <= IMPORT_FIELD_MAX &&
        cell.unit.len <= IMPORT_FIELD_MAX && cell.period.len <= IMPORT_FIELD_MAX) {
        p->sink->cell(p->sink, &cell);
        return;
    }
    complain(&why, CODE_TOO_LARGE, slice_text("CSV"), "> %d", IMPORT_FIELD_MAX);
    why.line = p->line;
    p->sink->mistake(p->sink, &why);
}

static void
on_row(int end, void *context)
{
    struct cells_parser *p = context;
    (void)end;
    p->since = 0;
    p->line++;
    if (p->count > 0 && p->header) {
        header_take(p);
        p->header = false;
    } else if (p->count > 1 || (p->count == 1 && p->len[0] > 0)) {
        row_give(p);
    }
    p->count = 0;
    buf_clear(&p->bytes);
}

static struct cells_parser *
csv_open(struct cells_sink *sink, bool header)
{
    struct cells_parser *p = mem_alloc(sizeof *p);
    p->sink = sink;
    p->header = header;
    for (unsigned c = 0; c < COLUMNS; c++) {
        p->place[c] = KNOWN[c].place;
    }
    (void)csv_init(&p->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    return p;
}

static bool
csv_wrong(struct cells_parser *p, struct complaint *why)
{
    complain(why, CODE_CSV_QUOTE, slice_text("CSV"), "%s", csv_strerror(csv_error(&p->csv)));
    why->line = p->line + 1;
    return false;
}

static bool
csv_feed(struct cells_parser *p, struct slice piece, struct complaint *why)
{
    p->since += piece.len;
    if (csv_parse(&p->csv, piece.data, piece.len, on_cell, on_row, p) != piece.len) {
        return csv_wrong(p, why);
    }
    return p->since <= IMPORT_TOKEN_MAX + piece.len ||
           complain(why, CODE_TOO_LARGE, slice_text("CSV"), "> %u", IMPORT_TOKEN_MAX);
}

static bool
csv_end(struct cells_parser *p, struct complaint *why)
{
    return csv_fini(&p->csv, on_cell, on_row, p) == 0 || csv_wrong(p, why);
}

static void
csv_close(struct cells_parser *p)
{
    csv_free(&p->csv);
    buf_fini(&p->bytes);
    free(p);
}

const struct cells_format CELLS_CSV = {"csv", csv_open, csv_feed, csv_end, csv_close};
