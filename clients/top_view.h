/* The page that `thidua top` shows: texts at places, cut to the screen, in the user's language. Pure: what draws
 * them is top_screen.c, what tests read is here. */
#ifndef CLIENTS_TOP_VIEW_H
#define CLIENTS_TOP_VIEW_H

#include "clients/top.h"

#include <stdbool.h>

enum top_style { TOP_PLAIN, TOP_LABEL, TOP_STRONG, TOP_BAR, TOP_GOOD, TOP_BAD, TOP_STALE };

struct top_run {
    unsigned y, x;
    enum top_style style;
    char text[400];
};

#define TOP_RUNS_MAX 600 /* a line of a screen of 60 has at most ten */
#define TOP_ROWS_MIN 12  /* below this there is no place for a shard and a trouble */
#define TOP_COLUMNS_MIN 76

struct top_page {
    unsigned rows, columns;
    struct top_run runs[TOP_RUNS_MAX];
    unsigned count;
};

struct top_view {
    const struct top *top;
    const char *data; /* for commands; NULL: on another machine */
    bool help;
    int64_t silent_ms; /* since the last answer, once that is long; 0: it is not */
};

/* Makes the page anew. `rows` and `columns` are the screen's. */
void top_view_make(const struct top_view *view, unsigned rows, unsigned columns,
                   struct top_page *page);

#endif
