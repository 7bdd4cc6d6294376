/* The rows of TALLY in memory: see state_cache.h. A table of places by hash, open addressing, over rows
 * in pieces that never move. A place keeps a part of its row's hash, so that a search looks at no row but
 * the one it is for, and a row keeps its bytes beside its key where they fit: at a city's size every look
 * at another line of memory is a wait, and these waits are what a cached row costs.
 *
 * Invariants: a row is what a get of this transaction must answer, `present` or known to be absent;
 * it differs from the state behind only where it is dirty; dirty rows exist only inside a write
 * transaction; a row's bytes move only when that row is put. Outside of transactions all rows are
 * clean, and beyond CACHE_ROWS_MAX all are forgotten: which of them will be needed again is not worth
 * knowing, a turn brings them back. */
#include "workers/state/state_cache.h"

#include "common/check.h"
#include "common/mem.h"
#include "workers/limits.h"
#include "workers/state/rows.h"

#include <stdlib.h>
#include <xxhash.h>

#define PLACES_FIRST 1024   /* a power of two */
#define VALUE_ROOM_STEP 32u /* a row grows by a byte or two: most puts fit what is there */
#define VALUE_OWN 104 /* bytes beside the key: fifteen cells of usual size, a row of 128 in all */
#define PIECE_ROWS 4096u

struct row {
    uint8_t key[TALLY_KEY_SIZE];
    bool present;
    bool dirty;
    uint32_t len, room; /* room: 0 where the bytes are in `own` */
    union {
        uint8_t own[VALUE_OWN];
        uint8_t *value;
    };
};

struct place {
    uint32_t tag;    /* the hash's upper half */
    uint32_t number; /* the row's + 1; 0: free */
};

struct cache {
    struct state state;
    struct state *behind;
    struct row **pieces;
    uint32_t count, piece_count;
    struct place *places;
    uint32_t place_count;
    uint32_t *dirty; /* the dirty rows' numbers */
    uint32_t dirty_count, dirty_cap;
};

static struct cache *
cache_of(struct state *s)
{
    return (struct cache *)s;
}

/* ---- rows by key ---- */

static bool
kept(enum table t, struct slice key)
{
    return t == TABLE_TALLY && key.len == TALLY_KEY_SIZE;
}

static struct row *
row_at(struct row *const *pieces, uint32_t number)
{
    return &pieces[number / PIECE_ROWS][number % PIECE_ROWS];
}

static uint64_t
hash_of(const uint8_t *key)
{
    return XXH3_64bits(key, TALLY_KEY_SIZE);
}

static struct place *
place_of(const struct cache *c, const uint8_t *key, uint64_t hash)
{
    uint32_t mask = c->place_count - 1, tag = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        struct place *place = &c->places[at];
        bool found = place->number == 0 ||
                     (place->tag == tag &&
                      memcmp(row_at(c->pieces, place->number - 1)->key, key, TALLY_KEY_SIZE) == 0);
        if (found) {
            return place;
        }
    }
}

static void
place_take(struct cache *c, uint32_t number)
{
    const uint8_t *key = row_at(c->pieces, number)->key;
    uint64_t hash = hash_of(key);
    *place_of(c, key, hash) = (struct place){(uint32_t)(hash >> 32), number + 1};
}

static void
places_grow(struct cache *c)
{
    c->place_count = c->place_count == 0 ? PLACES_FIRST : 2 * c->place_count;
    free(c->places);
    c->places = mem_alloc(c->place_count * sizeof(*c->places));
    for (uint32_t i = 0; i < c->count; i++) {
        place_take(c, i);
    }
}

static uint8_t *
row_bytes(struct row *row)
{
    return row->room == 0 ? row->own : row->value;
}

static void
row_empty(struct row *row)
{
    if (row->room != 0) {
        free(row->value);
    }
    row->room = 0;
    row->len = 0;
}

static void
forget_all(struct cache *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        row_empty(row_at(c->pieces, i));
    }
    if (c->count > 0) {
        memset(c->places, 0, c->place_count * sizeof(*c->places));
    }
    c->count = 0;
    c->dirty_count = 0;
}

static struct row *
row_find(const struct cache *c, struct slice key)
{
    if (c->count == 0) {
        return NULL;
    }
    uint32_t number = place_of(c, key.data, hash_of(key.data))->number;
    return number == 0 ? NULL : row_at(c->pieces, number - 1);
}

/* A row that is not there yet: absent and clean. */
static struct row *
row_add(struct cache *c, struct slice key)
{
    if (c->count >= c->place_count / 2) {
        places_grow(c);
    }
    if (c->count == c->piece_count * PIECE_ROWS) {
        c->pieces = mem_resize(c->pieces, (c->piece_count + 1) * sizeof(*c->pieces));
        c->pieces[c->piece_count++] = mem_alloc(PIECE_ROWS * sizeof(struct row));
    }
    struct row *row = row_at(c->pieces, c->count);
    row->present = row->dirty = false;
    row->len = row->room = 0;
    memcpy(row->key, key.data, TALLY_KEY_SIZE);
    place_take(c, c->count++);
    return row;
}

static void
row_fill(struct row *row, struct slice value)
{
    if (value.len > (row->room == 0 ? VALUE_OWN : row->room)) {
        row_empty(row);
        row->room = ((uint32_t)value.len / VALUE_ROOM_STEP + 2) * VALUE_ROOM_STEP;
        row->value = mem_resize(NULL, row->room);
    }
    if (value.len > 0) {
        memcpy(row_bytes(row), value.data, value.len);
    }
    row->len = (uint32_t)value.len;
    row->present = true;
}

static void
row_soil(struct cache *c, struct slice key, struct row *row)
{
    if (row->dirty) {
        return;
    }
    if (c->dirty_count == c->dirty_cap) {
        c->dirty_cap = c->dirty_cap == 0 ? PLACES_FIRST : 2 * c->dirty_cap;
        c->dirty = mem_resize(c->dirty, c->dirty_cap * sizeof(*c->dirty));
    }
    c->dirty[c->dirty_count++] = place_of(c, key.data, hash_of(key.data))->number - 1;
    row->dirty = true;
}

/* ---- to the state behind ---- */

static int
row_order(const void *a, const void *b, void *pieces)
{
    struct row *const *all = pieces;
    return memcmp(row_at(all, *(const uint32_t *)a)->key, row_at(all, *(const uint32_t *)b)->key,
                  TALLY_KEY_SIZE);
}

/* In the keys' order: neighbours are on one page, and the page is found once. */
static enum err
flush(struct cache *c)
{
    if (c->dirty_count > 0) {
        qsort_r(c->dirty, c->dirty_count, sizeof(*c->dirty), row_order, c->pieces);
    }
    for (uint32_t i = 0; i < c->dirty_count; i++) {
        struct row *row = row_at(c->pieces, c->dirty[i]);
        struct slice key = slice_of(row->key, TALLY_KEY_SIZE);
        enum err err = row->present ? state_put(c->behind, TABLE_TALLY, key,
                                                slice_of(row_bytes(row), row->len))
                                    : state_del(c->behind, TABLE_TALLY, key);
        /* Put and taken away again in one transaction: it never was behind. */
        if (err != ERR_OK && (row->present || err != ERR_NOT_FOUND)) {
            return err;
        }
        row->dirty = false;
    }
    c->dirty_count = 0;
    return ERR_OK;
}

/* ---- transactions ---- */

static enum err
cache_begin(struct state *s, bool write)
{
    return state_begin(cache_of(s)->behind, write);
}

/* Where this fails the transaction is over, as with any state: nothing of it is kept. */
static enum err
cache_commit(struct state *s)
{
    struct cache *c = cache_of(s);
    enum err err = flush(c);
    if (err != ERR_OK) {
        state_abort(c->behind);
    } else {
        err = state_commit(c->behind);
    }
    if (err != ERR_OK || c->count > CACHE_ROWS_MAX) {
        forget_all(c);
    }
    return err;
}

static void
cache_abort(struct state *s)
{
    forget_all(cache_of(s));
    state_abort(cache_of(s)->behind);
}

static enum err
cache_sync(struct state *s)
{
    return state_sync(cache_of(s)->behind);
}

/* ---- rows ---- */

static enum err
cache_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    struct cache *c = cache_of(s);
    if (!kept(t, key)) {
        return state_get(c->behind, t, key, value);
    }
    struct row *row = row_find(c, key);
    if (row == NULL) {
        struct slice found;
        enum err err = state_get(c->behind, t, key, &found);
        if (err != ERR_OK && err != ERR_NOT_FOUND) {
            return err;
        }
        row = row_add(c, key);
        if (err == ERR_OK) {
            row_fill(row, found);
        }
    }
    *value = slice_of(row_bytes(row), row->len);
    return row->present ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
cache_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    struct cache *c = cache_of(s);
    if (!kept(t, key)) {
        return state_put(c->behind, t, key, value);
    }
    struct row *row = row_find(c, key);
    row = row == NULL ? row_add(c, key) : row;
    row_fill(row, value);
    row_soil(c, key, row);
    return ERR_OK;
}

static enum err
cache_del(struct state *s, enum table t, struct slice key)
{
    struct cache *c = cache_of(s);
    if (!kept(t, key)) {
        return state_del(c->behind, t, key);
    }
    struct slice value;
    enum err err = cache_get(s, t, key, &value);
    if (err == ERR_OK) {
        struct row *row = row_find(c, key);
        row->present = false;
        row_soil(c, key, row);
    }
    return err;
}

/* The lines of memory are asked for without waiting: by the time that the row is wanted they are here. */
static void
cache_expect(struct state *s, enum table t, struct slice key)
{
    struct cache *c = cache_of(s);
    if (!kept(t, key) || c->count == 0) {
        return;
    }
    uint32_t number = c->places[(uint32_t)hash_of(key.data) & (c->place_count - 1)].number;
    if (number != 0) {
        const struct row *row = row_at(c->pieces, number - 1);
        __builtin_prefetch(row);
        __builtin_prefetch((const uint8_t *)(row + 1) - 1);
    }
}

/* The cursor is the state's behind, and closes as its own. */
static enum err
cache_cursor_open(struct state *s, enum table t, struct state_cursor **cursor)
{
    struct cache *c = cache_of(s);
    enum err err = t == TABLE_TALLY ? flush(c) : ERR_OK;
    return err == ERR_OK ? state_cursor_open(c->behind, t, cursor) : err;
}

static void
cache_free(struct state *s)
{
    struct cache *c = cache_of(s);
    forget_all(c);
    for (uint32_t i = 0; i < c->piece_count; i++) {
        free(c->pieces[i]);
    }
    free(c->pieces);
    free(c->places);
    free(c->dirty);
    free(c);
}

struct state *
state_cache_new(struct state *behind)
{
    /* seek, next, prev and close are called on the cursor's own state: the one behind. */
    static const struct state_ops ops = {
        .begin = cache_begin,
        .commit = cache_commit,
        .abort = cache_abort,
        .sync = cache_sync,
        .get = cache_get,
        .put = cache_put,
        .del = cache_del,
        .expect = cache_expect,
        .cursor_open = cache_cursor_open,
        .free = cache_free,
    };
    struct cache *c = mem_alloc(sizeof(*c));
    c->state.ops = &ops;
    c->behind = behind;
    return &c->state;
}
