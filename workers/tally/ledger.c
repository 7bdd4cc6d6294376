/* Tallies in memory: see ledger.h. Two tables of entries: the forms' own periods, of which there are many
 * and each is seldom needed again, and the coarser ones, of which the newest few take every report. A
 * table is places by hash, open addressing, over entries in pieces that never move. A place keeps a
 * part of its entry's hash, so that a search looks at no entry but the one it is for: at a city's size
 * every look at another line of memory is a wait.
 *
 * Invariants: an entry's row is what the state would hold if all were written now; it differs from the
 * state only where it is dirty; dirty entries exist only inside a write transaction. Beyond a limit a
 * table is forgotten whole after a commit: which rows will be needed again is not worth knowing, a
 * turn brings them back. */
#include "workers/tally/ledger.h"

#include "common/arena.h"
#include "common/mem.h"
#include "workers/tally/limits.h"

#include <stdlib.h>

#define PLACES_FIRST 1024u /* a power of two */
#define PIECE_ENTRIES 4096u
#define CACHE_LINE 64u /* of nearly all processors; only for fetching ahead */

struct place {
    uint32_t tag;    /* the hash's upper half */
    uint32_t number; /* the entry's + 1; 0: free */
};

/* A dirty entry with its key, so that sorting looks at nothing else. */
struct dirty {
    uint64_t high, low;
    uint32_t number;
};

struct entries {
    struct entry **pieces;
    uint32_t count, piece_count;
    struct place *places;
    uint32_t place_count;
    struct dirty *dirty;
    uint32_t dirty_count, dirty_cap;
    struct arena *cells;
    uint32_t most; /* that are kept across transactions */
};

struct ledger {
    struct entries own, coarser;
    struct buf key, value; /* of one row on its way */
};

/* ---- keys ---- */

/* campaign 16, form 16, granularity 8, period 32, unit 32 bits, the upper 64 of them in `high`: they sort
 * as TALLY's keys do. */
static uint64_t
high_of(const struct tally_key *k)
{
    return (uint64_t)k->campaign << 48 | (uint64_t)k->form << 32 | (uint64_t)k->gran << 24 |
           k->period >> 8;
}

static uint64_t
low_of(const struct tally_key *k)
{
    return (uint64_t)(k->period & 0xff) << 32 | k->unit;
}

static void
key_write(const struct entry *e, struct buf *out)
{
    key_tally(out, &(struct tally_key){
                       .campaign = (uint16_t)(e->high >> 48),
                       .form = (uint16_t)(e->high >> 32),
                       .gran = (enum granularity)(e->high >> 24 & 0xff),
                       .period = (uint32_t)(e->high << 8 | e->low >> 32),
                       .unit = (uint32_t)e->low,
                   });
}

/* Two rounds of multiply and fold: neighbours become strangers. */
static uint64_t
hash_of(uint64_t high, uint64_t low)
{
    uint64_t h = (high ^ low * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 29) * 0x94d049bb133111ebu;
    return h ^ h >> 32;
}

/* ---- one table ---- */

static struct entry *
entry_at(const struct entries *t, uint32_t number)
{
    return &t->pieces[number / PIECE_ENTRIES][number % PIECE_ENTRIES];
}

/* The place of the entry, or the free one where it would be. */
static struct place *
place_of(const struct entries *t, uint64_t high, uint64_t low)
{
    uint64_t hash = hash_of(high, low);
    uint32_t mask = t->place_count - 1, tag = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        struct place *place = &t->places[at];
        if (place->number == 0) {
            return place;
        }
        if (place->tag == tag) {
            const struct entry *e = entry_at(t, place->number - 1);
            if (e->low == low && e->high == high) {
                return place;
            }
        }
    }
}

static void
place_take(struct entries *t, uint32_t number)
{
    const struct entry *e = entry_at(t, number);
    uint32_t tag = (uint32_t)(hash_of(e->high, e->low) >> 32);
    *place_of(t, e->high, e->low) = (struct place){tag, number + 1};
}

static void
places_grow(struct entries *t)
{
    t->place_count = t->place_count == 0 ? PLACES_FIRST : 2 * t->place_count;
    free(t->places);
    t->places = mem_alloc(t->place_count * sizeof(*t->places));
    for (uint32_t i = 0; i < t->count; i++) {
        place_take(t, i);
    }
}

static struct entry *
entry_find(const struct entries *t, uint64_t high, uint64_t low)
{
    uint32_t number = t->count == 0 ? 0 : place_of(t, high, low)->number;
    return number == 0 ? NULL : entry_at(t, number - 1);
}

/* One that is not there yet: absent and clean. */
static struct entry *
entry_add(struct entries *t, uint64_t high, uint64_t low)
{
    if (t->count >= t->place_count / 2) {
        places_grow(t);
    }
    if (t->count == t->piece_count * PIECE_ENTRIES) {
        t->pieces = mem_resize(t->pieces, (t->piece_count + 1) * sizeof(*t->pieces));
        t->pieces[t->piece_count++] = mem_alloc(PIECE_ENTRIES * sizeof(struct entry));
    }
    struct entry *e = entry_at(t, t->count);
    *e = (struct entry){.high = high, .low = low};
    place_take(t, t->count++);
    return e;
}

static void
entries_forget(struct entries *t)
{
    if (t->count > 0) {
        memset(t->places, 0, t->place_count * sizeof(*t->places));
    }
    arena_reset(t->cells);
    t->count = 0;
    t->dirty_count = 0;
}

static void
entries_init(struct entries *t, uint32_t most)
{
    *t = (struct entries){.cells = arena_new(), .most = most};
}

static void
entries_fini(struct entries *t)
{
    for (uint32_t i = 0; i < t->piece_count; i++) {
        free(t->pieces[i]);
    }
    free(t->pieces);
    free(t->places);
    free(t->dirty);
    arena_free(&t->cells);
}

static void
entry_soil(struct entries *t, struct entry *e)
{
    if (e->dirty) {
        return;
    }
    if (t->dirty_count == t->dirty_cap) {
        t->dirty_cap = t->dirty_cap == 0 ? PLACES_FIRST : 2 * t->dirty_cap;
        t->dirty = mem_resize(t->dirty, t->dirty_cap * sizeof(*t->dirty));
    }
    uint32_t number = place_of(t, e->high, e->low)->number - 1;
    t->dirty[t->dirty_count++] = (struct dirty){e->high, e->low, number};
    e->dirty = true;
}

/* ---- to the state ---- */

static int
dirty_order(const void *a, const void *b)
{
    const struct dirty *x = a, *y = b;
    if (x->high != y->high) {
        return x->high < y->high ? -1 : 1;
    }
    return (x->low > y->low) - (x->low < y->low);
}

static enum err
entry_write(struct ledger *l, struct state *state, struct entry *e)
{
    key_write(e, &l->key);
    e->dirty = false;
    if (!e->present) {
        /* Put and taken away again in one transaction: it never was in the state. */
        enum err err = state_del(state, TABLE_TALLY, buf_slice_of(&l->key));
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    buf_clear(&l->value);
    tally_encode(&e->row, &l->value);
    return state_put(state, TABLE_TALLY, buf_slice_of(&l->key), buf_slice_of(&l->value));
}

static enum err
entries_flush(struct ledger *l, struct entries *t, struct state *state)
{
    enum err err = ERR_OK;
    if (t->dirty_count > 0) {
        qsort(t->dirty, t->dirty_count, sizeof(*t->dirty), dirty_order);
    }
    for (uint32_t i = 0; err == ERR_OK && i < t->dirty_count; i++) {
        if (i + 8 < t->dirty_count) {
            __builtin_prefetch(entry_at(t, t->dirty[i + 8].number));
        }
        err = entry_write(l, state, entry_at(t, t->dirty[i].number));
    }
    t->dirty_count = 0;
    return err;
}

/* ---- the ledger ---- */

struct ledger *
ledger_new(void)
{
    struct ledger *l = mem_alloc(sizeof(*l));
    entries_init(&l->own, LEDGER_OWN_MAX);
    entries_init(&l->coarser, LEDGER_COARSER_MAX);
    return l;
}

void
ledger_free(struct ledger **ledger)
{
    struct ledger *l = *ledger;
    if (l != NULL) {
        entries_fini(&l->own);
        entries_fini(&l->coarser);
        buf_fini(&l->key);
        buf_fini(&l->value);
        free(l);
    }
    *ledger = NULL;
}

void
ledger_forget(struct ledger *l)
{
    entries_forget(&l->own);
    entries_forget(&l->coarser);
}

static struct entries *
entries_of(struct ledger *l, bool own)
{
    return own ? &l->own : &l->coarser;
}

enum err
ledger_get(struct ledger *l, struct state *state, const struct tally_key *key, bool own,
           struct entry **entry)
{
    struct entries *t = entries_of(l, own);
    uint64_t high = high_of(key), low = low_of(key);
    *entry = entry_find(t, high, low);
    if (*entry != NULL) {
        return ERR_OK;
    }
    struct slice value;
    struct tally_row row = {0};
    key_tally(&l->key, key);
    enum err err = state_get(state, TABLE_TALLY, buf_slice_of(&l->key), &value);
    bool present = err == ERR_OK;
    if (present) {
        err = tally_decode(value, t->cells, &row);
    }
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    *entry = entry_add(t, high, low);
    (*entry)->row = row;
    (*entry)->room = row.count;
    (*entry)->present = present;
    return ERR_OK;
}

struct entry *
ledger_get_new(struct ledger *l, const struct tally_key *key)
{
    uint64_t high = high_of(key), low = low_of(key);
    struct entry *e = entry_find(&l->own, high, low);
    return e != NULL ? e : entry_add(&l->own, high, low);
}

/* The first place of the hash is nearly always the right one; where it is not, nothing is lost. */
void
ledger_expect(const struct ledger *l, const struct tally_key *key, enum ledger_near near)
{
    const struct entries *t = &l->coarser;
    if (t->count == 0) {
        return;
    }
    uint64_t hash = hash_of(high_of(key), low_of(key));
    const struct place *place = &t->places[(uint32_t)hash & (t->place_count - 1)];
    if (near == LEDGER_PLACE) {
        __builtin_prefetch(place);
        return;
    }
    if (place->number == 0) {
        return;
    }
    const struct entry *e = entry_at(t, place->number - 1);
    if (near == LEDGER_ENTRY) {
        __builtin_prefetch(e);
        return;
    }
    const uint8_t *end = (const uint8_t *)(e->row.cells + e->row.count);
    for (const uint8_t *at = (const uint8_t *)e->row.cells; at < end; at += CACHE_LINE) {
        __builtin_prefetch(at);
    }
}

void
ledger_put(struct ledger *l, struct entry *e, const struct tally_row *row, bool own)
{
    struct entries *t = entries_of(l, own);
    struct tally_cell *cells = e->row.cells;
    if (row->count > e->room) {
        cells = ARENA_ARRAY(t->cells, struct tally_cell, row->count);
        e->room = row->count;
    }
    if (row->count > 0) {
        memcpy(cells, row->cells, row->count * sizeof(*cells));
    }
    e->row = *row;
    e->row.cells = cells;
    e->present = row->received != 0 || row->count != 0;
    entry_soil(t, e);
}

enum err
ledger_flush(struct ledger *l, struct state *state)
{
    enum err err = entries_flush(l, &l->own, state);
    return err == ERR_OK ? entries_flush(l, &l->coarser, state) : err;
}

static void
entries_settle(struct entries *t)
{
    if (t->count > t->most) {
        entries_forget(t);
    }
}

void
ledger_settle(struct ledger *l)
{
    entries_settle(&l->own);
    entries_settle(&l->coarser);
}
