/* Rows that wait to be written: see state_cache.h. For each table that is held a list of rows, found by
 * hash, open addressing; their bytes stand in one arena.
 *
 * Invariants: a row that waits is what a get of this transaction must answer, `present` or taken away;
 * rows wait only inside a write transaction; what waits is written, all tables of it, once it has taken
 * CACHE_BYTES_MAX. */
#include "workers/state/state_cache.h"

#include "common/arena.h"
#include "common/mem.h"
#include "common/reader.h"
#include "workers/limits.h"

#include <stdlib.h>
#include <xxhash.h>

#define PLACES_FIRST 1024u /* a power of two */
#define PREFIX_SIZE 16u    /* of a key, as numbers: nearly all keys differ there */
#define ROOM_STEP 16u      /* a report that is corrected grows by a byte or two: most fit */

struct row {
    struct slice key;
    uint8_t *value;
    uint32_t len, room;
    bool present;
};

struct place {
    uint32_t tag;    /* the hash's upper half */
    uint32_t number; /* the row's + 1; 0: free */
};

/* A row on its way into the order of keys. */
struct sorted {
    uint64_t prefix[2];
    const struct row *row;
};

/* The rows of one table. */
struct held {
    struct row *rows;
    uint32_t count, cap;
    struct place *places;
    uint32_t place_count;
};

struct cache {
    struct state state;
    struct state *behind;
    struct held held[TABLE_COUNT];
    struct sorted *sorted;
    uint32_t sorted_cap;
    struct arena *bytes;
    size_t taken; /* of `bytes` */
};

static struct cache *
cache_of(struct state *s)
{
    return (struct cache *)s;
}

static bool
is_held(enum table t, struct slice key)
{
    return (t == TABLE_REPORT || t == TABLE_HISTORY || t == TABLE_ULID) && key.len >= 1 &&
           key.len <= STATE_KEY_MAX;
}

/* ---- rows by key ---- */

/* The place of the row, or the free one where it would be. */
static struct place *
place_of(const struct held *h, struct slice key, uint64_t hash)
{
    uint32_t mask = h->place_count - 1, tag = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        struct place *place = &h->places[at];
        if (place->number == 0 ||
            (place->tag == tag && slice_equal(h->rows[place->number - 1].key, key))) {
            return place;
        }
    }
}

static void
place_take(struct held *h, uint32_t number)
{
    struct slice key = h->rows[number].key;
    uint64_t hash = XXH3_64bits(key.data, key.len);
    *place_of(h, key, hash) = (struct place){(uint32_t)(hash >> 32), number + 1};
}

static void
held_grow(struct held *h)
{
    h->cap = h->cap == 0 ? PLACES_FIRST / 2 : 2 * h->cap;
    h->rows = mem_resize(h->rows, h->cap * sizeof(*h->rows));
    free(h->places);
    h->place_count = 2 * h->cap;
    h->places = mem_alloc(h->place_count * sizeof(*h->places));
    for (uint32_t i = 0; i < h->count; i++) {
        place_take(h, i);
    }
}

static struct row *
row_find(const struct held *h, struct slice key)
{
    if (h->count == 0) {
        return NULL;
    }
    uint32_t number = place_of(h, key, XXH3_64bits(key.data, key.len))->number;
    return number == 0 ? NULL : &h->rows[number - 1];
}

/* A row that does not wait yet: taken away. */
static struct row *
row_add(struct cache *c, enum table t, struct slice key)
{
    struct held *h = &c->held[t];
    if (h->count == h->cap) {
        held_grow(h);
    }
    h->rows[h->count] = (struct row){.key = arena_copy(c->bytes, key)};
    c->taken += key.len + sizeof(struct row);
    place_take(h, h->count);
    return &h->rows[h->count++];
}

static void
row_fill(struct cache *c, struct row *row, struct slice value)
{
    if (value.len > row->room || row->value == NULL) {
        row->room = ((uint32_t)value.len / ROOM_STEP + 1) * ROOM_STEP;
        row->value = arena_take(c->bytes, row->room);
        c->taken += row->room;
    }
    if (value.len > 0) {
        memcpy(row->value, value.data, value.len);
    }
    row->len = (uint32_t)value.len;
    row->present = true;
}

static void
held_forget(struct held *h)
{
    if (h->count > 0) {
        memset(h->places, 0, h->place_count * sizeof(*h->places));
    }
    h->count = 0;
}

static void
forget_all(struct cache *c)
{
    for (int t = 0; t < TABLE_COUNT; t++) {
        held_forget(&c->held[t]);
    }
    arena_reset(c->bytes);
    c->taken = 0;
}

/* ---- to the state behind ---- */

static uint64_t
be64(const uint8_t *at)
{
    return __builtin_bswap64(le64_get(at));
}

static struct sorted
sorted_of(const struct row *row)
{
    uint8_t prefix[PREFIX_SIZE] = {0};
    memcpy(prefix, row->key.data, row->key.len < PREFIX_SIZE ? row->key.len : PREFIX_SIZE);
    return (struct sorted){{be64(prefix), be64(prefix + 8)}, row};
}

static int
sorted_order(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    for (int i = 0; i < 2; i++) {
        if (x->prefix[i] != y->prefix[i]) {
            return x->prefix[i] < y->prefix[i] ? -1 : 1;
        }
    }
    return slice_compare(x->row->key, y->row->key);
}

static void
held_sort(struct cache *c, const struct held *h)
{
    if (c->sorted_cap < h->count) {
        c->sorted_cap = h->cap;
        c->sorted = mem_resize(c->sorted, c->sorted_cap * sizeof(*c->sorted));
    }
    for (uint32_t i = 0; i < h->count; i++) {
        c->sorted[i] = sorted_of(&h->rows[i]);
    }
    if (h->count > 0) {
        qsort(c->sorted, h->count, sizeof(*c->sorted), sorted_order);
    }
}

static enum err
row_write(struct cache *c, enum table t, const struct row *row)
{
    if (row->present) {
        return state_put(c->behind, t, row->key, slice_of(row->value, row->len));
    }
    /* Put and taken away again in one transaction: it never was behind. */
    enum err err = state_del(c->behind, t, row->key);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* In the keys' order: neighbours are on one page, and the page is found once. */
static enum err
flush(struct cache *c, enum table t)
{
    struct held *h = &c->held[t];
    enum err err = ERR_OK;
    held_sort(c, h);
    for (uint32_t i = 0; err == ERR_OK && i < h->count; i++) {
        err = row_write(c, t, c->sorted[i].row);
    }
    held_forget(h);
    return err;
}

static enum err
flush_all(struct cache *c)
{
    enum err err = ERR_OK;
    for (int t = 0; err == ERR_OK && t < TABLE_COUNT; t++) {
        err = flush(c, (enum table)t);
    }
    forget_all(c);
    return err;
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
    enum err err = flush_all(c);
    if (err != ERR_OK) {
        state_abort(c->behind);
        return err;
    }
    return state_commit(c->behind);
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
    const struct row *row = is_held(t, key) ? row_find(&c->held[t], key) : NULL;
    if (row == NULL) {
        return state_get(c->behind, t, key, value);
    }
    *value = slice_of(row->value, row->len);
    return row->present ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
cache_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    struct cache *c = cache_of(s);
    if (!is_held(t, key)) {
        return state_put(c->behind, t, key, value);
    }
    struct row *row = row_find(&c->held[t], key);
    row_fill(c, row == NULL ? row_add(c, t, key) : row, value);
    return c->taken < CACHE_BYTES_MAX ? ERR_OK : flush_all(c);
}

static enum err
cache_del(struct state *s, enum table t, struct slice key)
{
    struct cache *c = cache_of(s);
    if (!is_held(t, key)) {
        return state_del(c->behind, t, key);
    }
    struct slice value;
    enum err err = cache_get(s, t, key, &value);
    if (err == ERR_OK) {
        struct row *row = row_find(&c->held[t], key);
        row = row == NULL ? row_add(c, t, key) : row;
        row->present = false;
    }
    return err;
}

/* The cursor is the state's behind, and closes as its own. */
static enum err
cache_cursor_open(struct state *s, enum table t, struct state_cursor **cursor)
{
    struct cache *c = cache_of(s);
    enum err err = flush(c, t);
    return err == ERR_OK ? state_cursor_open(c->behind, t, cursor) : err;
}

static void
cache_free(struct state *s)
{
    struct cache *c = cache_of(s);
    for (int t = 0; t < TABLE_COUNT; t++) {
        free(c->held[t].rows);
        free(c->held[t].places);
    }
    free(c->sorted);
    arena_free(&c->bytes);
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
        .cursor_open = cache_cursor_open,
        .free = cache_free,
    };
    struct cache *c = mem_alloc(sizeof(*c));
    c->state.ops = &ops;
    c->behind = behind;
    c->bytes = arena_new();
    return &c->state;
}
