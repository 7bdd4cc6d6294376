/* Tallies over units, made when they are asked for: the rows of one form in one period are scanned
 * and added along the hierarchy of that period, so that a ward that changes its district, or a
 * district that is abolished, rewrites nothing.
 *
 * Time first, then units: each unit's own value over the period (a mean rounded at the indicator's
 * decimals), then `over_units` of those. A unit counts for last, max, min and mean over time only
 * where it existed on the period's last day; for a sum always, as what it did was done. */
#ifndef QUERY_ROLLUP_H
#define QUERY_ROLLUP_H

#include "common/decimal.h"
#include "workers/query/family.h"
#include "workers/query/scan.h"

struct rollup_cell {
    wide value; /* the sum for sum and mean, else the extreme; rollup_value gives the answer */
    uint64_t periods; /* of the form, with a value, over the units that counted */
    uint32_t units;   /* that counted with a value; 0: there is no value */
};

struct rollup_row {
    uint64_t received, on_time, complete, disagreements, outliers;
    struct rollup_cell *cells; /* by column */
};

struct rollup {
    struct scan scan;
    struct family *family;
    const struct campaign *campaign;
    uint16_t *columns; /* the columns' indicators: indices of the campaign */
    uint32_t column_count;
    uint16_t *column_of; /* by indicator id, INDEX_NONE */
    uint32_t id_count;
    struct rollup_row *rows; /* as the family's */
    struct rollup_cell *cells;
    size_t row_cap;
};

/* `wanted` (by the campaign's index of an indicator; NULL: all) narrows the columns. */
void rollup_open(struct rollup *r, struct query *query, const struct registry_campaign *campaign,
                 uint16_t form, const bool *wanted, struct family *family);
/* The rows of the family's period; they stand until the next run. False: too-large. */
bool rollup_run(struct rollup *r, struct complaint *why);
void rollup_close(struct rollup *r);

/* Whether so many sums may be held at once: too-large past ROLLUP_CELLS_MAX. */
bool rollup_allowed(uint64_t cells, struct complaint *why);
/* Of a cell with units. */
wide rollup_value(const struct indicator *indicator, const struct rollup_cell *cell);

#endif
