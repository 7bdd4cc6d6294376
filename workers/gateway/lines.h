/* What became of each line of a body of reports, told in the lines' order: {"line", "receipt", "verdict", "flags"} and,
 * where something is wrong, {"code", "subject", "detail", "message"}. Bounded by REPORTS_MAX. */
#ifndef GATEWAY_LINES_H
#define GATEWAY_LINES_H

#include "common/buf.h"
#include "proto/codes.h"
#include "workers/gateway/limits.h"

#include <jansson.h>

struct line {
    uint32_t at, len; /* of its text; 0: not told yet */
};

struct lines {
    enum language language;
    struct line *all; /* REPORTS_MAX, by order of coming */
    uint32_t count, refused;
    struct buf text;
};

struct lines *lines_new(enum language language);
void lines_free(struct lines **lines);

/* The place of one more line; REPORTS_MAX: there is no room. */
uint32_t lines_add(struct lines *lines);
/* It did not get as far as a record, or no further. */
void lines_refuse(struct lines *lines, uint32_t place, uint32_t number,
                  const struct complaint *why);
/* As the query `verdicts` tells it; NULL: nothing but that it was accepted. */
void lines_judge(struct lines *lines, uint32_t place, uint32_t number, const char *receipt,
                 const json_t *verdict);
bool lines_told(const struct lines *lines, uint32_t place);
/* All that were told, one a line. */
void lines_write(const struct lines *lines, struct buf *out);

#endif
