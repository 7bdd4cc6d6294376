/* Lines: our own reports in JSON, one a line (application/x-ndjson). Here the body is only cut apart; a line is kept
 * until it is whole, up to IMPORT_TOKEN_MAX bytes. Empty lines are passed over, and counted. */
#include "common/buf.h"
#include "common/mem.h"
#include "workers/gateway/cells.h"
#include "workers/gateway/limits.h"

#include <stdlib.h>

struct cells_parser {
    struct cells_sink *sink;
    struct buf line; /* as far as it has come */
    uint32_t number; /* of the one that comes */
};

static struct cells_parser *
lines_open(struct cells_sink *sink, bool header)
{
    struct cells_parser *p = mem_alloc(sizeof *p);
    (void)header;
    p->sink = sink;
    p->number = 1;
    return p;
}

static bool
too_long(const struct cells_parser *p, struct complaint *why)
{
    complain(why, CODE_TOO_LARGE, slice_text("JSON"), "> %u", IMPORT_TOKEN_MAX);
    why->line = p->number;
    return false;
}

static void
line_give(struct cells_parser *p)
{
    struct slice line = buf_slice_of(&p->line);
    while (line.len > 0 && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' ')) {
        line.len--;
    }
    if (line.len > 0) {
        p->sink->line(p->sink, line, p->number);
    }
    p->number++;
    buf_clear(&p->line);
}

static bool
lines_feed(struct cells_parser *p, struct slice piece, struct complaint *why)
{
    while (piece.len > 0) {
        const uint8_t *end = memchr(piece.data, '\n', piece.len);
        size_t len = end == NULL ? piece.len : (size_t)(end - piece.data);
        if (p->line.len + len > IMPORT_TOKEN_MAX) {
            return too_long(p, why);
        }
        buf_put(&p->line, piece.data, len);
        piece = slice_of(piece.data + len, piece.len - len);
        if (end != NULL) {
            line_give(p);
            piece = slice_of(piece.data + 1, piece.len - 1);
        }
    }
    return true;
}

static bool
lines_end(struct cells_parser *p, struct complaint *why)
{
    (void)why;
    line_give(p);
    return true;
}

static void
lines_close(struct cells_parser *p)
{
    buf_fini(&p->line);
    free(p);
}

const struct cells_format CELLS_LINES = {"lines", lines_open, lines_feed, lines_end, lines_close};
