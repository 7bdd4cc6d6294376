/* Private to the import: one run of it, and what its layouts share. A layout turns rows into drafts; the
 * rest (sending, verdicts, the summary) is the same for all. */
#ifndef CLIENTS_IMPORT_H
#define CLIENTS_IMPORT_H

#include "clients/csv.h"
#include "proto/draft.h"
#include "clients/import_map.h"
#include "clients/import_seen.h"
#include "clients/import_summary.h"
#include "clients/input.h"
#include "clients/outcomes.h"
#include "clients/progress.h"

struct import;

struct import_layout {
    const char *name;
    /* The first row. False with `why`: the file is not of this layout. */
    bool (*header)(struct import *im, const struct csv_row *row, struct complaint *why);
    void (*row)(struct import *im, const struct csv_row *row);
    void (*end)(struct import *im); /* the last row was given; may be NULL */
};

extern const struct import_layout IMPORT_WIDE, IMPORT_LONG, IMPORT_DHIS2;

#define COLUMN_NONE UINT32_MAX

/* Where the header has the cells of import_long and import_dhis2. */
struct import_columns {
    uint32_t unit, period, indicator, value, category, attribute, deleted;
};

/* A report being gathered from consecutive rows. */
struct import_gather {
    bool open;
    uint32_t line; /* of its first row */
    struct buf unit, period;
    struct draft draft;
};

struct import {
    const struct options *options;
    const struct import_layout *layout;
    const char *form, *source, *unit_column, *period_column;
    uint64_t revision;  /* 0: stamped one by one */
    const char *key;    /* --idempotency-key: merges follow from it; NULL */
    json_t *indicators; /* the form's codes */
    struct import_map map;
    struct contact contact;
    struct outbox_queue *queue; /* --outbox; NULL */
    struct outcomes outcomes;
    struct input input;
    struct progress progress;
    struct import_summary summary;
    bool header_done;
    uint32_t width; /* cells of the header */
    struct import_columns columns;
    char (*indicator_of)[CODE_MAX + 1]; /* wide: the indicator of each column, or "" */
    struct draft draft;                 /* wide */
    struct import_gather gather;        /* long, dhis2 */
    struct import_seen seen;            /* long: reports that were sent */
    struct import_seen combos;          /* dhis2 */
    struct buf body;
    int code;
};

/* The campaign's form: whether there is such a form, and its indicators. 0 or the exit code. */
int import_form_read(struct import *im);
bool import_is_indicator(const struct import *im, const char *code);
/* A column that is of no use here: named in a warning and in the summary. */
void import_ignore_column(struct import *im, struct slice name);
/* Place of the column, COLUMN_NONE where the header lacks it. Names are compared without case. */
uint32_t import_column(const struct csv_row *header, const char *name);
/* The same, with a complaint where it is missing. */
bool import_column_need(const struct csv_row *header, const char *name, uint32_t *column,
                        struct complaint *why);

/* Sends the draft, or tells what is wrong with it. Its form, source and revision are set here. */
void import_send(struct import *im, struct draft *draft, uint32_t line);
/* Tells that this row makes no record; the place is why->line and why->column. */
void import_refuse(struct import *im, const struct complaint *why);
/* Whether the row has the header's number of cells; tells where it has not. */
bool import_row_fits(struct import *im, const struct csv_row *row);

/* Rows of one cell each (import_gather.c). Adds a cell to the report of its unit and period; the draft
 * in hand is sent when another begins. `nil` takes the cell away (merges only). */
struct import_cell {
    uint32_t line, column;
    struct slice unit, period, indicator, value;
    bool nil;
};
void import_gather_cell(struct import *im, const struct import_cell *cell);
void import_gather_end(struct import *im);
void import_gather_fini(struct import_gather *gather);

#endif
