/* libcsv is fed one line at a time: that is how the line of a row's beginning is known, and why a
 * row with a misplaced quote costs that row only: the parser begins anew with the next line. */
#include "clients/csv.h"

#include "clients/limits.h"
#include "common/buf.h"
#include "common/mem.h"

#include <csv.h>
#include <stdlib.h>

/* A cell of the row in the making: where it stands in `bytes`, which may move while it grows. */
struct cell_at {
    size_t start, len;
};

struct reading {
    struct csv_parser parser;
    const struct csv_handler *handler;
    struct buf bytes;
    struct cell_at *cells;
    struct slice *slices;
    uint32_t count;
    uint32_t line;     /* that is being fed */
    uint32_t row_line; /* that the row began on */
    size_t row_bytes;  /* fed since then */
    uint64_t end;      /* fed in all */
    bool open;         /* a row has begun and not ended */
    bool discard;      /* the rest of this line belongs to a row that was given up */
    bool stopped;      /* the row function said false */
    enum code bad;     /* what is wrong with the row, told when it ends */
};

static void
parser_begin(struct csv_parser *parser)
{
    /* Fails for a NULL parser only. Strict: a quote inside a bare cell is a mistake, and so is one
     * that is never closed, rather than a guess at what was meant. */
    (void)csv_init(parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_blk_size(parser,
                     CSV_CELL_MAX); /* else a long cell grows, and is copied, by 128 bytes */
}

static void
row_clear(struct reading *r)
{
    buf_clear(&r->bytes);
    r->count = 0;
    r->bad = CODE_NONE;
    r->open = false;
    r->row_bytes = 0;
}

static void
row_tell(struct reading *r, enum code code, unsigned limit)
{
    struct complaint why = {0};
    if (code == CODE_CSV_QUOTE) {
        (void)complain(&why, code, slice_text(""), "%s", "");
    } else if (code == CODE_TOO_MANY) {
        (void)complain(&why, code, slice_text("cells"), "%u", limit);
    } else {
        (void)complain(&why, code, slice_text("cells"), "> %u bytes", limit);
    }
    why.line = r->row_line;
    r->handler->mistake(r->handler->context, &why);
}

static void
on_cell(void *data, size_t len, void *context)
{
    struct reading *r = context;
    if (len > CSV_CELL_MAX) {
        r->bad = CODE_TOO_LARGE;
    } else if (r->count == CSV_CELLS_MAX) {
        r->bad = CODE_TOO_MANY;
    }
    if (r->bad == CODE_NONE) {
        r->cells[r->count++] = (struct cell_at){r->bytes.len, len};
        buf_put(&r->bytes, data, len);
    }
}

static void
on_row(int terminator, void *context)
{
    (void)terminator;
    struct reading *r = context;
    if (r->bad != CODE_NONE) {
        row_tell(r, r->bad, r->bad == CODE_TOO_MANY ? CSV_CELLS_MAX : CSV_CELL_MAX);
    } else if (!r->stopped) {
        /* Cells that are all empty have put nothing there: even then they point at memory. */
        (void)buf_reserve(&r->bytes, 0);
        for (uint32_t i = 0; i < r->count; i++) {
            r->slices[i] = slice_of(r->bytes.data + r->cells[i].start, r->cells[i].len);
        }
        struct csv_row row = {r->row_line, r->end, r->slices, r->count};
        r->stopped = !r->handler->row(r->handler->context, &row);
    }
    row_clear(r);
}

/* The row is lost: tell it, and begin anew after this line. */
static void
row_give_up(struct reading *r, enum code code)
{
    row_tell(r, code, CSV_ROW_MAX);
    csv_free(&r->parser);
    parser_begin(&r->parser);
    row_clear(r);
    r->discard = true;
}

static bool
line_is_blank(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] != ' ' && data[i] != '\t' && data[i] != '\r' && data[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* At most one line, or a part of one where a chunk ends. */
static void
piece_feed(struct reading *r, const uint8_t *data, size_t len)
{
    r->end += len;
    if (!r->discard) {
        if (!r->open) {
            r->row_line = r->line;
            r->open = !line_is_blank(data, len);
        }
        r->row_bytes += len;
        if (r->row_bytes > CSV_ROW_MAX) {
            row_give_up(r, CODE_TOO_LARGE);
        } else if (csv_parse(&r->parser, data, len, on_cell, on_row, r) != len) {
            row_give_up(r, CODE_CSV_QUOTE);
        }
    }
    if (data[len - 1] == '\n') {
        r->line++;
        r->discard = false;
    }
}

static void
chunk_feed(struct reading *r, const uint8_t *data, size_t len)
{
    while (len > 0 && !r->stopped) {
        const uint8_t *newline = memchr(data, '\n', len);
        size_t piece = newline == NULL ? len : (size_t)(newline - data) + 1;
        piece_feed(r, data, piece);
        data += piece;
        len -= piece;
    }
}

/* The last row may lack its line's end; a quote may still be open. */
static void
reading_end(struct reading *r)
{
    if (r->stopped || r->discard) {
        return;
    }
    if (csv_fini(&r->parser, on_cell, on_row, r) != 0) {
        row_tell(r, CODE_CSV_QUOTE, 0);
    }
}

static size_t
byte_order_mark(const uint8_t *data, size_t len)
{
    return len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

enum err
csv_read(FILE *in, const struct csv_handler *handler)
{
    struct reading r = {.handler = handler, .line = 1};
    uint8_t *chunk = mem_alloc(CSV_CHUNK);
    r.cells = mem_alloc(CSV_CELLS_MAX * sizeof(*r.cells));
    r.slices = mem_alloc(CSV_CELLS_MAX * sizeof(*r.slices));
    parser_begin(&r.parser);

    bool first = true;
    size_t len;
    while (!r.stopped && (len = fread(chunk, 1, CSV_CHUNK, in)) > 0) {
        size_t mark = first ? byte_order_mark(chunk, len) : 0;
        first = false;
        r.end += mark;
        chunk_feed(&r, chunk + mark, len - mark);
    }
    bool failed = ferror(in) != 0;
    if (!failed) {
        reading_end(&r);
    }
    csv_free(&r.parser);
    buf_fini(&r.bytes);
    free(r.slices);
    free(r.cells);
    free(chunk);
    return r.stopped ? ERR_CLOSED : failed ? ERR_IO : ERR_OK;
}
