#include "workers/tally/tell_access.h"

#include "proto/limits.h"
#include "proto/pack.h"

#define HEADER_MOST 5 /* of an array or a bin: msgpack's longest */

struct telling {
    struct link *link;
    struct message_access page; /* its rows are set when it is sent */
    struct buf rows;            /* of the page in the making, without the array's header */
    uint32_t count;
};

static enum err
page_send(struct telling *t, bool last)
{
    struct buf array = BUF_EMPTY, out = BUF_EMPTY;
    pack_array(&array, t->count);
    buf_slice(&array, buf_slice_of(&t->rows));
    t->page.rows = buf_slice_of(&array);
    t->page.last = last;
    message_encode_access(&t->page, &out);
    enum err err = link_send(t->link, buf_slice_of(&out));
    buf_fini(&array);
    buf_fini(&out);
    buf_clear(&t->rows);
    t->count = 0;
    t->page.page++;
    return err;
}

/* A record fits a submit with its envelope, so that one alone fits a page. */
static enum err
row_add(struct telling *t, struct slice body)
{
    size_t len = t->rows.len + body.len + 2 * HEADER_MOST;
    enum err err = len > SUBMIT_BYTES_MAX ? page_send(t, false) : ERR_OK;
    pack_bytes(&t->rows, body);
    t->count++;
    return err;
}

static enum err
rows_tell(struct telling *t, struct state *state)
{
    struct state_cursor *cursor;
    struct state_row row;
    enum err err = state_cursor_open(state, TABLE_ACCESS, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    while ((err = cursor_next(cursor, &row)) == ERR_OK) {
        err = row_add(t, row.value);
        if (err != ERR_OK) {
            break;
        }
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? page_send(t, true) : err;
}

enum err
tell_access(struct state *state, uint64_t revision, struct link *link)
{
    struct telling t = {.link = link, .page = {.revision = revision}};
    enum err err = state_begin(state, false);
    if (err != ERR_OK) {
        return err;
    }
    err = rows_tell(&t, state);
    state_abort(state);
    buf_fini(&t.rows);
    return err;
}
