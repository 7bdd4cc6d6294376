/* What the files of an import share. Not for others.
 *
 *   import.c         its life, cells to records
 *   import_window.c  records sent, their receipts and verdicts */
#ifndef GATEWAY_IMPORT_IMPL_H
#define GATEWAY_IMPORT_IMPL_H

#include "workers/gateway/import.h"

#define ONLY_NEW 1 /* of a report's `only` (proto/records.def) */
#define ONLY_THERE 2

/* A piece of the body holds a record in 6 bytes at the least (CSV), and the window may be all but full. */
#define WINDOW_RECORDS_MAX (IMPORT_WINDOW + CONNECTION_MEMORY / 6)
_Static_assert(WINDOW_RECORDS_MAX < UINT16_MAX, "a tag has 16 bits for it");

struct window_record {
    uint32_t unit_at, unit_len, body_at, body_len; /* in bytes */
    uint32_t places_at, cells, deleted;            /* cells: with a value */
    uint32_t left;                                 /* of those: not taken, by importStrategy */
    uint32_t line;                                 /* of a report of ours: its number */
    struct receipt receipt;
    enum verdict verdict;
};

struct window {
    struct buf bytes;  /* units and bodies */
    struct buf places; /* uint32_t each: where in the body the cells stood */
    struct window_record *records;
    uint32_t count, sent, answered;
    uint16_t *order; /* by receipt, once all are there */
    struct question *question;
    uint64_t newest; /* block */
    bool broken;     /* some have no receipt, and will not get one */
};

struct import_counts {
    uint64_t imported, updated, ignored, deleted;
};

struct import {
    struct imports *imports;
    uint64_t id;
    struct import_options options;
    struct plan *plan;
    char principal[CODE_MAX + 1];
    struct cells_sink sink;
    const struct cells_format *format;
    struct cells_parser *parser;
    void (*woken)(void *);
    void *owner;
    /* the record in the making */
    struct buf unit, values, places;
    struct slice form; /* the plan's */
    struct period period;
    uint32_t cells, deleted;
    bool *has; /* by indicator */
    uint64_t ordinal;
    uint32_t place; /* of the next cell */
    struct window window;
    struct import_counts counts;
    struct conflicts conflicts;
    struct lines *lines; /* NULL: the body has cells */
    bool ended, complete, failed, lasting;
    struct complaint why;
};

/* `import` says what the record has: cells, deleted, places; `line` is that of a report of ours. */
void window_put(struct window *w, struct slice unit, struct slice body, const struct import *from,
                uint32_t line);
/* import_line.c: one line, which should be a report of ours. */
void import_line(struct cells_sink *sink, struct slice text, uint32_t number);
bool window_is_full(const struct window *w);
void window_fini(struct window *w);
/* Sends what can be sent; asks once all have receipts. */
void window_send(struct import *im);
void import_fail(struct import *im, const struct complaint *why, bool lasting);

#endif
