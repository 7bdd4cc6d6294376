/* A unit's newest reports in memory: see recent.h. A table by key, open addressing; one that is full
 * takes no more until it is emptied: the units that report are the same every day, and whoever came
 * first is as likely to come again as whoever came last.
 *
 * Invariants of a recent: its rows are the newest of the unit's and form's in REPORT, all of them
 * where it is `whole`; periods ascend from `start`, round the ring; a bit of has[slot] outside of the
 * rows means nothing. */
#include "workers/tally/recent.h"

#include "common/check.h"
#include "common/mem.h"
#include "workers/tally/limits.h"

#include <stdlib.h>

#define ROWS                                                                                       \
    64 /* as many as a word has bits, and above OUTLIER_SCAN(1), so that the usual is known */
#define RING (ROWS - 1)
#define ROWS_AHEAD 6     /* fetched ahead of a reading */
#define TABLE_FIRST 1024 /* a power of two */

_Static_assert(OUTLIER_SERIES < ROWS, "a window is a part of the ring");
_Static_assert(ROWS > OUTLIER_SCAN(1), "the newest report's past must be known");

struct recent {
    uint64_t key;
    uint32_t start, count;
    uint32_t slot_count;
    bool whole;
    uint32_t periods[ROWS];
    uint64_t *has;         /* by slot: which rows have a value */
    int64_t *values;       /* by row, then slot: a month of days is one run of memory */
    struct guess *guesses; /* by slot: where its median was when it was last worked out */
};

struct recents {
    struct recent **table;
    uint32_t size, count;
    uint64_t bytes;
};

/* ---- the table ---- */

static uint64_t
key_of(const struct report_key *k)
{
    return (uint64_t)k->campaign << 48 | (uint64_t)k->form << 32 | k->unit;
}

static uint32_t
place_first(const struct recents *all, uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & (all->size - 1);
}

static struct recent **
place_of(const struct recents *all, uint64_t key)
{
    uint32_t at = place_first(all, key);
    while (all->table[at & (all->size - 1)] != NULL &&
           all->table[at & (all->size - 1)]->key != key) {
        at++;
    }
    return &all->table[at & (all->size - 1)];
}

struct recents *
recents_new(void)
{
    struct recents *all = mem_alloc(sizeof(*all));
    all->size = TABLE_FIRST;
    all->table = mem_alloc(all->size * sizeof(*all->table));
    return all;
}

void
recents_forget(struct recents *all)
{
    for (uint32_t i = 0; all->count > 0 && i < all->size; i++) {
        free(all->table[i]);
        all->table[i] = NULL;
    }
    all->count = 0;
    all->bytes = 0;
}

void
recents_free(struct recents **recents)
{
    struct recents *all = *recents;
    if (all != NULL) {
        recents_forget(all);
        free(all->table);
        free(all);
    }
    *recents = NULL;
}

static void
table_grow(struct recents *all)
{
    struct recents larger = {.size = 2 * all->size};
    larger.table = mem_alloc(larger.size * sizeof(*larger.table));
    for (uint32_t i = 0; i < all->size; i++) {
        if (all->table[i] != NULL) {
            *place_of(&larger, all->table[i]->key) = all->table[i];
        }
    }
    free(all->table);
    all->table = larger.table;
    all->size = larger.size;
}

/* One without rows; NULL where there is no room. */
static struct recent *
recent_new(struct recents *all, uint64_t key, uint32_t slot_count)
{
    size_t slot_bytes = sizeof(uint64_t) + sizeof(int64_t[ROWS]) + sizeof(struct guess);
    size_t bytes = sizeof(struct recent) + slot_count * slot_bytes;
    if (all->bytes + bytes > RECENT_BYTES_MAX) {
        return NULL;
    }
    if (all->count >= all->size / 2) {
        table_grow(all);
    }
    struct recent *r = mem_alloc(bytes);
    r->key = key;
    r->slot_count = slot_count;
    r->values = (int64_t *)(r + 1);
    r->has = (uint64_t *)(r->values + (size_t)ROWS * slot_count);
    r->guesses = (struct guess *)(r->has + slot_count);
    *place_of(all, key) = r;
    all->count++;
    all->bytes += bytes;
    return r;
}

/* ---- rows ---- */

static int64_t *
value_at(const struct recent *r, uint32_t at, uint32_t slot)
{
    return &r->values[(size_t)at * r->slot_count + slot];
}

static void
row_fill(struct recent *r, uint32_t at, const struct form_plan *form, const struct report_row *row)
{
    uint64_t bit = 1ull << at;
    uint32_t i = 0;
    for (uint32_t slot = 0; slot < r->slot_count; slot++) {
        while (i < row->count && row->cells[i].indicator < form->slots[slot].id) {
            i++;
        }
        r->has[slot] &= ~bit;
        if (i < row->count && row->cells[i].indicator == form->slots[slot].id) {
            r->has[slot] |= bit;
            *value_at(r, at, slot) = row->cells[i].value;
        }
    }
}

static void
row_move(struct recent *r, uint32_t from, uint32_t to)
{
    r->periods[to] = r->periods[from];
    for (uint32_t slot = 0; slot < r->slot_count; slot++) {
        *value_at(r, to, slot) = *value_at(r, from, slot);
        r->has[slot] = (r->has[slot] & ~(1ull << to)) | (r->has[slot] >> from & 1) << to;
    }
}

/* How many rows are of earlier periods. Backward: most reports are of the newest days. */
static uint32_t
rows_before(const struct recent *r, uint32_t period)
{
    uint32_t n = r->count;
    while (n > 0 && r->periods[(r->start + n - 1) & RING] >= period) {
        n--;
    }
    return n;
}

/* Room for a row with `before` earlier ones; false where it would be the oldest of too many. */
static bool
row_insert(struct recent *r, uint32_t *before)
{
    if (*before == 0 && !r->whole) {
        return false; /* there may be others between it and the rows that are known */
    }
    if (r->count == ROWS) {
        r->whole = false;
        if (*before == 0) {
            return false;
        }
        r->start = (r->start + 1) & RING;
        r->count--;
        *before -= 1;
    }
    for (uint32_t i = r->count; i > *before; i--) {
        row_move(r, (r->start + i - 1) & RING, (r->start + i) & RING);
    }
    r->count++;
    return true;
}

bool
recent_lacks(const struct apply *a, const struct report_key *key)
{
    const struct recent *r = *place_of(a->recents, key_of(key));
    return r != NULL && r->count > 0 && r->periods[(r->start + r->count - 1) & RING] < key->period;
}

void
recent_put(struct apply *a, const struct place *place, const struct report_row *row)
{
    struct recent *r = *place_of(a->recents, key_of(&place->key));
    if (r == NULL) {
        return;
    }
    uint32_t period = place->key.period, before = rows_before(r, period);
    bool there = before < r->count && r->periods[(r->start + before) & RING] == period;
    if (there || row_insert(r, &before)) {
        uint32_t at = (r->start + before) & RING;
        r->periods[at] = period;
        row_fill(r, at, place->form, row);
    }
}

/* ---- from the state ---- */

static bool
of_form(const struct report_key *a, const struct report_key *b)
{
    return key_of(a) == key_of(b);
}

/* Backward from behind the newest row. `alone`: no row is of another source. */
static enum err
rows_read(struct apply *a, const struct place *place, struct state_cursor *cursor, struct recent *r,
          bool *alone)
{
    struct report_key key = place->key;
    key.period = UINT32_MAX;
    key.source = UINT16_MAX; /* no source has this number */
    key_report(&a->key, &key);
    struct state_row found;
    enum err err = cursor_seek(cursor, buf_slice_of(&a->key), &found);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    while (r->count < ROWS && (err = cursor_prev(cursor, &found)) == ERR_OK) {
        struct report_row row;
        err = report_key_decode(found.key, &key);
        if (err != ERR_OK) {
            return err;
        }
        if (!of_form(&key, &place->key)) {
            r->whole = true;
            return ERR_OK;
        }
        *alone = *alone && key.source == place->key.source;
        err = report_decode(found.value, a->arena, &row);
        if (err != ERR_OK) {
            return err;
        }
        r->start = RING - r->count++;
        r->periods[r->start] = key.period;
        row_fill(r, r->start, place->form, &row);
    }
    r->whole = r->whole || err == ERR_NOT_FOUND;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
recent_read(struct apply *a, const struct place *place, struct recent *r, bool *alone)
{
    struct state_cursor *cursor;
    enum err err = state_cursor_open(a->state, TABLE_REPORT, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    err = rows_read(a, place, cursor, r, alone);
    cursor_close(cursor);
    return err;
}

enum err
recent_get(struct apply *a, const struct place *place, struct recent **recent)
{
    *recent = NULL;
    if (place->form->form->sources.count != 1) {
        return ERR_OK;
    }
    uint64_t key = key_of(&place->key);
    struct recent *r = *place_of(a->recents, key);
    enum err err = ERR_OK;
    if (r == NULL && (r = recent_new(a->recents, key, place->form->slot_count)) != NULL) {
        bool alone = true; /* a source that the form no longer has leaves its rows behind */
        err = recent_read(a, place, r, &alone);
        if (!alone) {
            r->count = 0; /* knows nothing, and learns nothing: not read again for each report */
            r->whole = false;
        }
    }
    *recent = r;
    return err;
}

/* ---- ahead ---- */

static const struct recent *
expected(const struct recents *all, uint16_t campaign, uint16_t form, uint32_t unit)
{
    struct report_key key = {.campaign = campaign, .form = form, .unit = unit};
    uint32_t at = place_first(all, key_of(&key));
    return all->table[at]; /* nearly always the right one; where it is not, nothing is lost */
}

void
recent_expect(const struct recents *all, uint16_t campaign, uint16_t form, uint32_t unit)
{
    const struct recent *r = expected(all, campaign, form, unit);
    if (r != NULL) {
        __builtin_prefetch(r);
    }
}

/* The first lines of a window; behind them the processor sees itself where the reading goes. */
void
recent_expect_rows(const struct recents *all, uint16_t campaign, uint16_t form, uint32_t unit)
{
    const struct recent *r = expected(all, campaign, form, unit);
    if (r == NULL || r->count == 0) {
        return;
    }
    uint32_t newest = (r->start + r->count - 1) & RING;
    uint32_t oldest =
        (r->start + (r->count < OUTLIER_SERIES ? 0 : r->count - OUTLIER_SERIES)) & RING;
    __builtin_prefetch(&r->periods[newest]);
    __builtin_prefetch(r->has);
    __builtin_prefetch(r->guesses);
    for (uint32_t i = 0; i < ROWS_AHEAD; i++) {
        __builtin_prefetch(value_at(r, (oldest + i) & RING, 0));
    }
    __builtin_prefetch(value_at(r, (newest + 1) & RING, 0)); /* where the new one goes */
}

/* ---- reading ---- */

struct recent_window
recent_window(const struct recent *r, uint32_t period)
{
    uint32_t before = rows_before(r, period);
    if (before < OUTLIER_SERIES && !r->whole) {
        return (struct recent_window){0};
    }
    uint32_t count = before < OUTLIER_SERIES ? before : OUTLIER_SERIES;
    return (struct recent_window){(r->start + before - count) & RING, count};
}

/* The bits of the window's rows. */
static uint64_t
window_bits(const struct recent_window *w)
{
    uint64_t bits = ((uint64_t)1 << w->count) - 1;
    return w->from == 0 ? bits : bits << w->from | bits >> (ROWS - w->from);
}

enum nearness
recent_near(const struct recent *r, const struct recent_window *w, uint32_t slot, int64_t value)
{
    struct near near;
    uint64_t bits = window_bits(w);
    if (w->count > 0 && w->count < OUTLIER_LEAST) {
        return NEAR_PROVED; /* too few to judge by, whichever of them have a value */
    }
    if (w->count == 0 || (r->has[slot] & bits) != bits ||
        !near_begin(&near, r->guesses[slot], value)) {
        return NEAR_OPEN;
    }
    uint32_t straight = ROWS - w->from < w->count ? ROWS - w->from : w->count;
    near_add(&near, value_at(r, w->from, slot), r->slot_count, straight);
    near_add(&near, value_at(r, 0, slot), r->slot_count, w->count - straight);
    return near_end(&near, w->count);
}

void
recent_guess(struct recent *r, uint32_t slot, struct guess guess)
{
    r->guesses[slot] = guess;
}

bool
recent_values(const struct recent *r, uint32_t period, uint32_t slot, int64_t *values,
              uint32_t *count)
{
    CHECK(slot < r->slot_count);
    uint32_t before = rows_before(r, period), looked = 0, n = 0;
    for (; looked < before && looked < OUTLIER_SCAN(1) && n < OUTLIER_SERIES; looked++) {
        uint32_t at = (r->start + before - 1 - looked) & RING;
        values[n] = *value_at(r, at, slot);
        n += (uint32_t)(r->has[slot] >> at & 1);
    }
    *count = n;
    return n == OUTLIER_SERIES || looked == OUTLIER_SCAN(1) || r->whole;
}
