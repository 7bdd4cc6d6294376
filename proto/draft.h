/* A report in the making, from a line of JSON or rows of CSV. What must hold for it to be encoded at all
 * is checked here; everything else is the worker's to decide, so that there is one place that does. */
#ifndef PROTO_DRAFT_H
#define PROTO_DRAFT_H

#include "common/buf.h"
#include "proto/client.h"

struct draft {
    struct slice campaign, form, unit, period, source; /* the caller's; empty where not given */
    uint64_t revision;                                 /* 0: to be stamped */
    bool merge;
    struct buf values; /* the pairs */
    uint32_t count;
};

/* Start as {0}; release with draft_fini. */
void draft_fini(struct draft *d);
/* Everything empty again, memory kept. */
void draft_clear(struct draft *d);

void draft_nil(struct draft *d, struct slice indicator);
void draft_int(struct draft *d, struct slice indicator, int64_t value);
void draft_bool(struct draft *d, struct slice indicator, bool value);
void draft_decimal(struct draft *d, struct slice indicator, struct slice text);
/* A cell of a table as a person typed it: digits are sent as a number, true and false as such, the
 * rest as text for the worker to judge. False with `why`: it could not even be shown. */
bool draft_cell(struct draft *d, struct slice indicator, struct slice cell, struct complaint *why);
/* Whether the indicator has a value already. */
bool draft_has(const struct draft *d, struct slice indicator);

/* Whether it can be encoded: codes that are codes, a period that is text. */
bool draft_check(const struct draft *d, struct complaint *why);
/* Whether somebody must stamp its revision before it is encoded. */
bool draft_lacks_revision(const struct draft *d);
/* Clears `out` and encodes a checked draft; a merge gets a new ULID. */
void draft_encode(const struct draft *d, struct buf *out);
/* The same with a ULID of the caller's; looked at for a merge only. */
void draft_encode_as(const struct draft *d, const uint8_t id[16], struct buf *out);

#endif
