/* The console's files, in memory: read once, at the start, each under the one address that it has. A request's
 * path is compared with those addresses and goes nowhere else, least of all to open(). */
#ifndef GATEWAY_PAGES_H
#define GATEWAY_PAGES_H

#include "common/buf.h"

#include <stdbool.h>

#define PAGES_AT "/console/"

struct page {
    char *path;              /* "/console/js/api.js" */
    const char *type;        /* Content-Type */
    struct buf body, zipped; /* zipped: empty where it would be no smaller */
    char etag[36];           /* in its quotation marks */
};

struct pages {
    struct page *list; /* by path */
    unsigned count;
    size_t bytes;
};

/* All that is in `folder`, and the libraries; what is not there is told in the log, and missing. Folders
 * and files whose names begin with a dot, links, and files of a type that no page needs are left out. */
void pages_load(struct pages *pages, const char *folder);
/* Where the pages were installed, or are in a source tree, beside the program; NULL: nowhere. Caller frees. */
char *pages_folder(void);
void pages_free(struct pages *pages);
const struct page *pages_find(const struct pages *pages, const char *path); /* NULL */

#endif
