/* Cells as text. */
#include "tests/lib/cells_log.h"

#include "common/mem.h"

#include <stdlib.h>

struct log_sink {
    struct cells_sink sink;
    struct buf *out;
};

static void
on_cell(struct cells_sink *sink, const struct cell *c)
{
    buf_printf(((struct log_sink *)sink)->out, "%s%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s\n",
               c->deleted ? "!" : "", SLICE_ARG(c->data_set), SLICE_ARG(c->element),
               SLICE_ARG(c->period), SLICE_ARG(c->unit), SLICE_ARG(c->category),
               SLICE_ARG(c->attribute), SLICE_ARG(c->value));
}

static void
on_mistake(struct cells_sink *sink, const struct complaint *why)
{
    buf_printf(((struct log_sink *)sink)->out, "?%s\n", code_text(why->code));
}

static void
on_complete(struct cells_sink *sink)
{
    buf_printf(((struct log_sink *)sink)->out, "done\n");
}

static void
on_line(struct cells_sink *sink, struct slice text, uint32_t number)
{
    buf_printf(((struct log_sink *)sink)->out, "%u:%.*s\n", number, SLICE_ARG(text));
}

bool
cells_log(const struct cells_format *format, bool header, struct slice body, size_t piece,
          struct buf *out, struct complaint *why)
{
    struct log_sink log = {{on_cell, on_mistake, on_complete, on_line}, out};
    struct cells_parser *parser = format->open(&log.sink, header);
    bool good = true;
    for (size_t at = 0; good && at < body.len;) {
        size_t len = piece == 0 || piece > body.len - at ? body.len - at : piece;
        uint8_t *copy = mem_alloc(len);
        memcpy(copy, body.data + at, len);
        good = format->feed(parser, slice_of(copy, len), why);
        free(copy);
        at += len;
    }
    good = good && format->end(parser, why);
    format->close(parser);
    return good;
}
