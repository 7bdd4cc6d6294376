/* GET /api/dataValueSets: data values as DHIS2 gives them, JSON or CSV, of several data sets, units and spans of days,
 * one after another. Made of the answers to `values`, page by page: one page (ANSWER_BYTES_MAX at the most) and a
 * piece of the text are in memory, however much is asked for. What comes out can be sent back as it is.
 *
 *     new → (values_out_next → ask → values_out_take → values_out_write until false)… → values_out_close */
#ifndef GATEWAY_VALUES_OUT_H
#define GATEWAY_VALUES_OUT_H

#include "common/buf.h"
#include "common/period.h"
#include "proto/codes.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "workers/gateway/limits.h"

struct span {
    int32_t first, last; /* days */
};

struct values_out {
    bool csv, beneath;
    char campaign[CODE_MAX + 1];
    char sets[EXPORT_NAMES_MAX][CODE_MAX + 1], units[EXPORT_NAMES_MAX][CODE_MAX + 1];
    struct span spans[EXPORT_NAMES_MAX];
    unsigned set_count, unit_count, span_count;
    /* where it stands */
    unsigned set, unit, span;
    char start[CODE_MAX + 1 + PERIOD_TEXT]; /* of the next page; empty: the first */
    const char *page_set;                   /* whose rows the page has */
    struct buf page;                        /* an answer */
    struct cursor rows;
    struct slice *columns;
    uint32_t column_count, row_count;
    bool begun, some, broken; /* the head is out; a value is; a page was not as it should be */
};

struct values_out *values_out_new(void);
void values_out_free(struct values_out **out);

/* The arguments of the next question; false: there is none any more. */
bool values_out_next(const struct values_out *out, struct buf *args);
/* Its answer. False: it is none. */
bool values_out_take(struct values_out *out, struct slice answer);
/* Appends the next values, about `most` bytes of them. False: the page is used up. */
bool values_out_write(struct values_out *out, size_t most, struct buf *text);
/* What stands behind the last value. */
void values_out_close(struct values_out *out, struct buf *text);

#endif
