/* The registry of units: rows of units.csv, as a record carries them and as both ends check them.
 * A code may have several rows with different days: a ward that changes its district has a row that
 * ends and one that begins the day after. */
#ifndef PROTO_UNITS_H
#define PROTO_UNITS_H

#include "common/arena.h"
#include "common/buf.h"
#include "proto/codes.h"

struct unit_row {
    struct slice code, parent, level, kind, bloc, name; /* empty where absent */
    struct slice successor, contact;
    uint64_t population; /* 0: not known */
    int32_t from, to;    /* days since 1970-01-01, inclusive; DAY_MIN and DAY_MAX where open */
    uint32_t line;       /* in the file; 0 in a record */
};

struct units {
    struct unit_row *rows;
    uint32_t count;
};

/* What a row is made of, in the order of a record's array: units.def expanded. The command line
 * finds the columns of units.csv by these names. */
struct units_column {
    const char *name;
    enum { COLUMN_CODE, COLUMN_TEXT, COLUMN_NUMBER, COLUMN_DAY } kind;
    enum { COLUMN_OPTIONAL, COLUMN_NAMED, COLUMN_FILLED } need; /* units.def says what they mean */
    size_t offset;  /* in unit_row: struct slice, uint64_t or int32_t by the kind */
    uint64_t limit; /* bytes of a text, the greatest number; a day: what an empty one means */
};

#define UNITS_COLUMN_COUNT 11
extern const struct units_column UNITS_COLUMNS[UNITS_COLUMN_COUNT];

/* In a record's `rows`: an array of arrays [code, parent, level, kind, bloc, name, population,
 * from, to, successor, contact], trailing absent ones left out; numbers and days are integers. */
void units_encode(const struct units *units, struct buf *out);
/* Into the arena, slices into `rows`. False with `why` at the first mistake of form. */
bool units_decode(struct slice rows, struct arena *arena, struct units *units,
                  struct complaint *why);

/* Every mistake of meaning: codes, text, dates' order, two rows of a code on one day, a parent that
 * is not there or not on all of the row's days, cycles (also across time), depth, successors.
 * Gives the number of mistakes. Pure: both the command line and the tally worker call it. */
uint32_t units_check(const struct units *units, struct arena *arena, struct complaints *complaints);

#endif
