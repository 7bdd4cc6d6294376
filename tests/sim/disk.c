/* See disk.h. An undo log is a row of (table, key, whether there was a value, value); walked from its end,
 * it gives the state before the transaction. */
#include "tests/sim/disk.h"

#include "common/check.h"
#include "common/mem.h"
#include "workers/state/rows.h"
#include "workers/tally/skipped.h"

#include <stdlib.h>

struct disk_view {
    struct state state;
    struct disk *disk;
};

struct undo_entry {
    uint32_t table, key_len, value_len;
    bool had;
};

void
disk_init(struct disk *d, bool keeps_undo)
{
    *d = (struct disk){.base = state_mem_new(), .keeps_undo = keeps_undo};
}

void
disk_fini(struct disk *d)
{
    state_free(&d->base);
    for (uint32_t i = 0; i < DISK_UNDO_MAX; i++) {
        buf_fini(&d->undo[i]);
    }
    buf_fini(&d->open_undo);
}

static struct disk *
disk_of(struct state *s)
{
    return ((struct disk_view *)s)->disk;
}

/* ---- undo ---- */

/* Key and value first, the entry behind them: the log is read backwards. */
static void
undo_note(struct disk *d, enum table t, struct slice key)
{
    struct slice old = {0};
    if (!d->keeps_undo) {
        return;
    }
    bool had = state_get(d->base, t, key, &old) == ERR_OK;
    struct undo_entry entry = {t, (uint32_t)key.len, (uint32_t)(had ? old.len : 0), had};
    buf_slice(&d->open_undo, key);
    if (had) {
        buf_slice(&d->open_undo, old);
    }
    buf_put(&d->open_undo, &entry, sizeof(entry));
}

static void
undo_keep(struct disk *d)
{
    if (d->undo_count == DISK_UNDO_MAX) {
        buf_fini(&d->undo[0]);
        memmove(&d->undo[0], &d->undo[1], (DISK_UNDO_MAX - 1) * sizeof(d->undo[0]));
        d->undo_count--;
    }
    d->undo[d->undo_count++] = d->open_undo;
    d->open_undo = BUF_EMPTY;
}

static void
undo_walk(struct disk *d, const struct buf *log)
{
    size_t end = log->len;
    while (end > 0) {
        struct undo_entry entry;
        end -= sizeof(entry);
        memcpy(&entry, log->data + end, sizeof(entry));
        end -= entry.key_len + (size_t)entry.value_len;
        struct slice key = slice_of(log->data + end, entry.key_len);
        struct slice value = slice_of(log->data + end + entry.key_len, entry.value_len);
        enum err err = entry.had ? state_put(d->base, (enum table)entry.table, key, value)
                                 : state_del(d->base, (enum table)entry.table, key);
        CHECK(err == ERR_OK || err == ERR_NOT_FOUND);
    }
}

uint32_t
disk_undo(struct disk *d, uint32_t count)
{
    uint32_t done = 0;
    CHECK(state_begin(d->base, true) == ERR_OK);
    for (; done < count && d->undo_count > 0; done++) {
        undo_walk(d, &d->undo[--d->undo_count]);
        buf_fini(&d->undo[d->undo_count]);
        d->undo[d->undo_count] = BUF_EMPTY;
    }
    CHECK(state_commit(d->base) == ERR_OK);
    return done;
}

/* ---- the view ---- */

static enum err
view_begin(struct state *s, bool write)
{
    buf_clear(&disk_of(s)->open_undo);
    return state_begin(disk_of(s)->base, write);
}

static enum err
view_commit(struct state *s)
{
    struct disk *d = disk_of(s);
    enum disk_fault fault = d->fault;
    d->failed = d->failed || fault == DISK_COMMIT_LOST || fault == DISK_COMMIT_KEPT;
    if (fault == DISK_COMMIT_LOST) {
        d->fault = DISK_SOUND;
        state_abort(d->base);
        return ERR_IO;
    }
    enum err err = state_commit(d->base);
    if (d->keeps_undo && d->open_undo.len > 0) {
        undo_keep(d);
    }
    if (fault == DISK_COMMIT_KEPT) {
        d->fault = DISK_SOUND;
        return ERR_IO;
    }
    return err;
}

static void
view_abort(struct state *s)
{
    state_abort(disk_of(s)->base);
}

static enum err
view_sync(struct state *s)
{
    struct disk *d = disk_of(s);
    while (d->undo_count > 0) {
        buf_fini(&d->undo[--d->undo_count]);
        d->undo[d->undo_count] = BUF_EMPTY;
    }
    return state_sync(d->base);
}

static enum err
view_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    return state_get(disk_of(s)->base, t, key, value);
}

static bool
write_fails(struct disk *d)
{
    if (d->fault != DISK_WRITE_FAILS || d->writes_left-- > 0) {
        return false;
    }
    d->fault = DISK_SOUND;
    d->failed = true;
    return true;
}

static enum err
view_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    struct disk *d = disk_of(s);
    if (write_fails(d)) {
        return ERR_IO;
    }
    undo_note(d, t, key);
    return state_put(d->base, t, key, value);
}

static enum err
view_del(struct state *s, enum table t, struct slice key)
{
    struct disk *d = disk_of(s);
    if (write_fails(d)) {
        return ERR_IO;
    }
    undo_note(d, t, key);
    return state_del(d->base, t, key);
}

/* A cursor is the base's own from here on: reading needs nothing of ours. */
static enum err
view_cursor_open(struct state *s, enum table t, struct state_cursor **c)
{
    return state_cursor_open(disk_of(s)->base, t, c);
}

static void
view_free(struct state *s)
{
    free(s);
}

struct state *
disk_open(struct disk *d)
{
    static const struct state_ops ops = {
        .begin = view_begin,
        .commit = view_commit,
        .abort = view_abort,
        .sync = view_sync,
        .get = view_get,
        .put = view_put,
        .del = view_del,
        .cursor_open = view_cursor_open,
        .free = view_free,
    };
    struct disk_view *view = mem_alloc(sizeof(*view));
    *view = (struct disk_view){{&ops}, d};
    return &view->state;
}

uint64_t
disk_position(struct disk *d)
{
    struct position position = {0};
    struct slice value;
    CHECK(state_begin(d->base, false) == ERR_OK);
    if (state_get(d->base, TABLE_META, META_POSITION, &value) == ERR_OK) {
        CHECK(position_decode(value, &position) == ERR_OK);
    }
    state_abort(d->base);
    return position.block;
}

bool
disk_is_stale(struct disk *d)
{
    bool stale = false;
    CHECK(state_begin(d->base, false) == ERR_OK);
    CHECK(skipped_stale(d->base, &stale) == ERR_OK);
    state_abort(d->base);
    return stale;
}
