/* Rows are taken in rounds, because nothing may be written while a cursor is open. */
#include "workers/tally/clear.h"

#include "common/buf.h"
#include "common/reader.h"

#define ROUND_KEYS 4096 /* kept at once: 2 MiB at the worst */

/* The first keys of a table, each with its length before it; *count is 0 once there are none. */
static enum err
keys_take(struct state *state, enum table table, struct buf *keys, uint32_t *count)
{
    struct state_cursor *cursor;
    struct state_row row;
    enum err err = state_cursor_open(state, table, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    buf_clear(keys);
    for (*count = 0; *count < ROUND_KEYS; (*count)++) {
        err = cursor_next(cursor, &row);
        if (err != ERR_OK) {
            break;
        }
        buf_be16(keys, (uint16_t)row.key.len); /* at most STATE_KEY_MAX */
        buf_slice(keys, row.key);
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
table_clear(struct state *state, enum table table, struct buf *keys)
{
    uint32_t count;
    enum err err;
    do {
        err = keys_take(state, table, keys, &count);
        struct reader r = reader_of(buf_slice_of(keys));
        for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
            uint16_t len = reader_be16(&r);
            err = state_del(state, table, reader_bytes(&r, len));
        }
    } while (err == ERR_OK && count > 0);
    return err;
}

enum err
state_clear(struct state *state)
{
    struct buf keys = BUF_EMPTY;
    enum err err = state_begin(state, true);
    if (err != ERR_OK) {
        return err;
    }
    for (int t = 0; t < TABLE_COUNT && err == ERR_OK; t++) {
        err = table_clear(state, (enum table)t, &keys);
    }
    buf_fini(&keys);
    if (err != ERR_OK) {
        state_abort(state);
        return err;
    }
    return state_commit(state);
}
