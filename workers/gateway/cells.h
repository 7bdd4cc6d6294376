/* Data values as they come in a body, one after another, whatever its format: each parser is fed pieces of any
 * length, keeps no more than one unfinished piece of syntax, and calls the sink for every data value. The
 * formats are DHIS2's (developer guide, "Data value sets") and IHE QRPH ADX's. What a cell means is the
 * import's to say (import.h); here only the syntax is looked at. */
#ifndef GATEWAY_CELLS_H
#define GATEWAY_CELLS_H

#include "proto/codes.h"

/* Texts end with the call. Empty where they were not given. */
struct cell {
    struct slice data_set, element, period, unit, category, attribute, value;
    bool deleted;
};

struct cells_sink {
    void (*cell)(struct cells_sink *self, const struct cell *cell);
    /* A row that is none: it counts as a value that was refused. */
    void (*mistake)(struct cells_sink *self, const struct complaint *why);
    /* The body says when the form was completed, and for what. */
    void (*complete)(struct cells_sink *self);
    /* CELLS_LINES: one line, which should be a report of ours. */
    void (*line)(struct cells_sink *self, struct slice text, uint32_t number);
};

struct cells_parser;

struct cells_format {
    const char *name;
    struct cells_parser *(*open)(struct cells_sink *sink, bool header);
    /* False: the body is not of the format from here on; `why` says where. Not called again then. */
    bool (*feed)(struct cells_parser *parser, struct slice piece, struct complaint *why);
    bool (*end)(struct cells_parser *parser, struct complaint *why);
    void (*close)(struct cells_parser *parser);
};

/* `header` is the CSV's: whether its first row names the columns. */
extern const struct cells_format CELLS_JSON, CELLS_CSV, CELLS_ADX, CELLS_LINES;

#endif
