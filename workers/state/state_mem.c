/* The state in memory, for the simulator and for tests: one red-black tree a table.
 *
 * Owns the rows. A change never edits a row: it takes the old one out and puts a new one in, and
 * the write transaction keeps both in its undo log. Commit frees the old ones; abort walks the log
 * backwards and puts them where they were. Invariant: a row is in a tree, or in the log, or both
 * (a new row of the open transaction); a row in neither is freed.
 *
 * Rules are LMDB's, so that what passes here passes there: one transaction, keys of 1 to
 * STATE_KEY_MAX bytes. */
#include "common/check.h"
#include "common/mem.h"
#include "workers/state/state.h"

#include <bsd/sys/tree.h>
#include <stdlib.h>

struct row {
    RB_ENTRY(row) entry;
    size_t key_len;
    size_t value_len;
    uint8_t bytes[]; /* key, value */
};

RB_HEAD(rows, row);

struct change {
    enum table table;
    struct row *removed;  /* NULL: there was none */
    struct row *inserted; /* NULL: a deletion */
};

enum transaction { TRANSACTION_NONE, TRANSACTION_READ, TRANSACTION_WRITE };

struct mem {
    struct state state;
    struct rows tables[TABLE_COUNT];
    enum transaction open;
    uint32_t cursors; /* open ones: none may outlive the transaction or see a write */
    struct change *log;
    size_t log_count;
    size_t log_cap;
};

enum place { PLACE_NOWHERE, PLACE_ROW, PLACE_BEFORE_ALL, PLACE_AFTER_ALL };

struct mem_cursor {
    struct state_cursor cursor;
    enum table table;
    enum place place;
    struct row *row; /* PLACE_ROW */
};

static struct slice
row_key(const struct row *row)
{
    return slice_of(row->bytes, row->key_len);
}

static struct slice
row_value(const struct row *row)
{
    return slice_of(row->bytes + row->key_len, row->value_len);
}

static int
row_order(const struct row *a, const struct row *b)
{
    return slice_compare(row_key(a), row_key(b));
}

/* Not RB_GENERATE_STATIC: its __unused is BSD's, and two of the functions are not used here. */
RB_GENERATE_INTERNAL(rows, row, entry, row_order, static __attribute__((unused)))

static struct mem *
mem_of(struct state *s)
{
    return (struct mem *)s;
}

static struct row *
row_new(struct slice key, struct slice value)
{
    struct row *row = mem_alloc(sizeof(*row) + key.len + value.len);
    row->key_len = key.len;
    row->value_len = value.len;
    if (key.len > 0) {
        memcpy(row->bytes, key.data, key.len);
    }
    if (value.len > 0) {
        memcpy(row->bytes + key.len, value.data, value.len);
    }
    return row;
}

/* The first row at or after `key`. RB_NFIND wants a row to compare with; the walk needs none. */
static struct row *
rows_at(struct rows *rows, struct slice key)
{
    struct row *at = RB_ROOT(rows);
    struct row *found = NULL;
    while (at != NULL) {
        if (slice_compare(row_key(at), key) >= 0) {
            found = at;
            at = RB_LEFT(at, entry);
        } else {
            at = RB_RIGHT(at, entry);
        }
    }
    return found;
}

static struct row *
rows_find(struct rows *rows, struct slice key)
{
    struct row *row = rows_at(rows, key);
    return row != NULL && slice_equal(row_key(row), key) ? row : NULL;
}

static void
rows_change(struct rows *rows, struct row *out, struct row *in)
{
    if (out != NULL) {
        RB_REMOVE(rows, rows, out);
    }
    if (in != NULL) {
        RB_INSERT(rows, rows, in);
    }
}

static void
log_change(struct mem *m, enum table t, struct row *removed, struct row *inserted)
{
    CHECK(m->open == TRANSACTION_WRITE && m->cursors == 0);
    if (m->log_count == m->log_cap) {
        m->log_cap = m->log_cap == 0 ? 64 : 2 * m->log_cap;
        m->log = mem_resize(m->log, m->log_cap * sizeof(*m->log));
    }
    m->log[m->log_count++] = (struct change){t, removed, inserted};
    rows_change(&m->tables[t], removed, inserted);
}

static enum err
mem_begin(struct state *s, bool write)
{
    struct mem *m = mem_of(s);
    CHECK(m->open == TRANSACTION_NONE);
    m->open = write ? TRANSACTION_WRITE : TRANSACTION_READ;
    return ERR_OK;
}

static void
transaction_end(struct mem *m)
{
    CHECK(m->open != TRANSACTION_NONE && m->cursors == 0);
    m->open = TRANSACTION_NONE;
    m->log_count = 0;
}

static enum err
mem_commit(struct state *s)
{
    struct mem *m = mem_of(s);
    for (size_t i = 0; i < m->log_count; i++) {
        free(m->log[i].removed);
    }
    transaction_end(m);
    return ERR_OK;
}

static void
mem_abort(struct state *s)
{
    struct mem *m = mem_of(s);
    for (size_t i = m->log_count; i-- > 0;) {
        struct change *change = &m->log[i];
        rows_change(&m->tables[change->table], change->inserted, change->removed);
        free(change->inserted);
    }
    transaction_end(m);
}

static enum err
mem_sync(struct state *s)
{
    (void)s;
    return ERR_OK;
}

static bool
key_fits(struct slice key)
{
    return key.len >= 1 && key.len <= STATE_KEY_MAX;
}

static enum err
mem_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    struct mem *m = mem_of(s);
    CHECK(m->open != TRANSACTION_NONE);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    struct row *row = rows_find(&m->tables[t], key);
    if (row == NULL) {
        return ERR_NOT_FOUND;
    }
    *value = row_value(row);
    return ERR_OK;
}

static enum err
mem_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    struct mem *m = mem_of(s);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    log_change(m, t, rows_find(&m->tables[t], key), row_new(key, value));
    return ERR_OK;
}

static enum err
mem_del(struct state *s, enum table t, struct slice key)
{
    struct mem *m = mem_of(s);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    struct row *row = rows_find(&m->tables[t], key);
    if (row == NULL) {
        return ERR_NOT_FOUND;
    }
    log_change(m, t, row, NULL);
    return ERR_OK;
}

static struct mem_cursor *
cursor_of(struct state_cursor *c)
{
    return (struct mem_cursor *)c;
}

static struct rows *
cursor_rows(struct mem_cursor *c)
{
    return &mem_of(c->cursor.state)->tables[c->table];
}

static enum err
mem_cursor_open(struct state *s, enum table t, struct state_cursor **c)
{
    struct mem *m = mem_of(s);
    CHECK(m->open != TRANSACTION_NONE);
    struct mem_cursor *cursor = mem_alloc(sizeof(*cursor));
    cursor->cursor.state = s;
    cursor->table = t;
    m->cursors++;
    *c = &cursor->cursor;
    return ERR_OK;
}

static void
mem_cursor_close(struct state_cursor *c)
{
    mem_of(c->state)->cursors--;
    free(cursor_of(c));
}

static enum err
cursor_place(struct mem_cursor *c, struct row *at, enum place past, struct state_row *row)
{
    c->row = at;
    c->place = at != NULL ? PLACE_ROW : past;
    if (at == NULL) {
        return ERR_NOT_FOUND;
    }
    *row = (struct state_row){row_key(at), row_value(at)};
    return ERR_OK;
}

static enum err
mem_seek(struct state_cursor *cursor, struct slice key, struct state_row *row)
{
    struct mem_cursor *c = cursor_of(cursor);
    return cursor_place(c, rows_at(cursor_rows(c), key), PLACE_AFTER_ALL, row);
}

static enum err
mem_next(struct state_cursor *cursor, struct state_row *row)
{
    struct mem_cursor *c = cursor_of(cursor);
    struct row *at = NULL;
    if (c->place == PLACE_ROW) {
        at = RB_NEXT(rows, cursor_rows(c), c->row);
    } else if (c->place != PLACE_AFTER_ALL) {
        at = RB_MIN(rows, cursor_rows(c));
    }
    return cursor_place(c, at, PLACE_AFTER_ALL, row);
}

static enum err
mem_prev(struct state_cursor *cursor, struct state_row *row)
{
    struct mem_cursor *c = cursor_of(cursor);
    struct row *at = NULL;
    if (c->place == PLACE_ROW) {
        at = RB_PREV(rows, cursor_rows(c), c->row);
    } else if (c->place != PLACE_BEFORE_ALL) {
        at = RB_MAX(rows, cursor_rows(c));
    }
    return cursor_place(c, at, PLACE_BEFORE_ALL, row);
}

static void
mem_free(struct state *s)
{
    struct mem *m = mem_of(s);
    if (m->open != TRANSACTION_NONE) {
        mem_abort(s);
    }
    for (int t = 0; t < TABLE_COUNT; t++) {
        struct row *row;
        while ((row = RB_ROOT(&m->tables[t])) != NULL) {
            RB_REMOVE(rows, &m->tables[t], row);
            free(row);
        }
    }
    free(m->log);
    free(m);
}

struct state *
state_mem_new(void)
{
    static const struct state_ops ops = {
        .begin = mem_begin,
        .commit = mem_commit,
        .abort = mem_abort,
        .sync = mem_sync,
        .get = mem_get,
        .put = mem_put,
        .del = mem_del,
        .cursor_open = mem_cursor_open,
        .seek = mem_seek,
        .next = mem_next,
        .prev = mem_prev,
        .cursor_close = mem_cursor_close,
        .free = mem_free,
    };
    struct mem *m = mem_alloc(sizeof(*m));
    m->state.ops = &ops;
    for (int t = 0; t < TABLE_COUNT; t++) {
        RB_INIT(&m->tables[t]);
    }
    return &m->state;
}
