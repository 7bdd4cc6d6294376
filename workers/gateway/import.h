/* One import: cells become merges, merges are sent, their verdicts become DHIS2's import summary.
 *
 * Memory is bounded whatever the body's length: cells of one unit, form and period that stand together become
 * one record; records gather in a window; a full window is sent, waited for, judged, counted and forgotten
 * before more of the body is read. What the summary tells one by one is bounded by limits.h.
 *
 * With an Idempotency-Key a record's ULID follows from the key, its place in the body and what it says:
 * the same body again makes the same records, of which each counts once; another body under the same key
 * makes others, so that nothing is lost by a client that uses a key twice. */
#ifndef GATEWAY_IMPORT_H
#define GATEWAY_IMPORT_H

#include "workers/gateway/cells.h"
#include "workers/gateway/conflicts.h"
#include "workers/gateway/lines.h"
#include "workers/gateway/links.h"
#include "workers/gateway/plan.h"

struct import;

struct imports {
    struct links *links;
    struct import *slots[IMPORTS_MAX];
    uint64_t count; /* begun so far */
    uint64_t cells; /* for /metrics */
};

struct import_options {
    bool dry_run, deletes, header;
    bool async;    /* the answer does not wait for the verdicts */
    uint64_t only; /* records.def, report.only: 0 all, 1 CREATE, 2 UPDATE */
    char campaign[CODE_MAX + 1], data_set[CODE_MAX + 1];
    char key[IDEMPOTENCY_KEY_MAX + 1]; /* empty: each time is another time */
    enum language language;
};

void imports_init(struct imports *imports, struct links *links);
/* The submitter's results (client_on_result), the context being the imports. */
void imports_on_result(void *context, const struct client_result *result);
/* After each step of the links: sends what found no room, asks for the verdicts of what has receipts. */
void imports_step(struct imports *imports);

/* `plan` is NULL for lines of our own reports, and for those alone. NULL: IMPORTS_MAX are under way. `woken` is called when an import that waited can go on. */
struct import *import_new(struct imports *imports, const struct import_options *options,
                          struct plan *plan, struct slice principal,
                          const struct cells_format *format, void (*woken)(void *), void *owner);
/* From now on somebody else's. */
void import_pass(struct import *import, void (*woken)(void *), void *owner);
/* What is in flight goes on without it. */
void import_free(struct import **import);

/* Takes the whole piece. Not while it waits. What is wrong with the body is told by import_failed. */
void import_feed(struct import *import, struct slice piece);
/* The body is over: once it does not wait any longer all is told. */
void import_end(struct import *import);
bool import_waits(const struct import *import);
bool import_is_over(const struct import *import); /* ended, and waits for nothing */

/* NULL: all that came was taken or told as a conflict. Else why no more of it was; *lasting says whether
 * sending the same again is of no use. */
const struct complaint *import_failed(const struct import *import, bool *lasting);
/* What became of each line; NULL: they were cells. */
const struct lines *import_lines(const struct import *import);
/* DHIS2's import summary so far; a new reference. */
json_t *import_summary(const struct import *import);

#endif
