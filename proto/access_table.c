/* Principals by name in a sorted array (a page of access records comes in that order, so that a put
 * is at its end), and keys in a balanced tree of the C library's.
 *
 * Invariants: an entry's texts point into its own copy of the body; every key of every entry is in the
 * tree once, and leads to its entry; "local" is not in the array. */
#include "proto/access_table.h"

#include "common/mem.h"
#include "proto/limits.h"

#include <search.h>
#include <stdlib.h>

struct held {
    struct access_entry entry;
    uint8_t *body;
};

struct key_node {
    uint8_t key[ACCESS_KEY_SIZE];
    const struct held *held;
};

struct access_table {
    struct access_entry local;
    struct held **all; /* in the order of their names */
    uint32_t count, cap;
    void *keys; /* of tsearch: struct key_node */
    struct arena *arena;
};

static int
key_order(const void *a, const void *b)
{
    return memcmp(((const struct key_node *)a)->key, ((const struct key_node *)b)->key,
                  ACCESS_KEY_SIZE);
}

struct access_table *
access_table_new(void)
{
    struct access_table *t = mem_alloc(sizeof(*t));
    t->local = (struct access_entry){.principal = slice_text(PRINCIPAL_LOCAL), .roles = ACCESS_ALL};
    t->arena = arena_new();
    return t;
}

static void
held_free(struct held *held)
{
    if (held != NULL) {
        free(held->entry.units);
        free(held->entry.acts_for);
        free(held->body);
        free(held);
    }
}

void
access_table_free(struct access_table **table)
{
    struct access_table *t = *table;
    if (t == NULL) {
        return;
    }
    tdestroy(t->keys, free);
    for (uint32_t i = 0; i < t->count; i++) {
        held_free(t->all[i]);
    }
    free(t->all);
    arena_free(&t->arena);
    free(t);
    *table = NULL;
}

/* A copy of `size` bytes that lives as long as its entry. */
static void *
kept(const void *bytes, size_t size)
{
    void *copy = mem_alloc(size + 1);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

/* By code; of one that is named twice the wider first, because it is found first. */
static int
unit_order(const void *a, const void *b)
{
    const struct access_unit *x = a, *y = b;
    int order = slice_compare(x->code, y->code);
    return order != 0 ? order : y->subtree - x->subtree;
}

/* NULL with `why` where the body cannot be read. */
static struct held *
held_new(struct access_table *t, struct slice body, struct complaint *why)
{
    struct held *held = mem_alloc(sizeof(*held));
    struct record_access record;
    held->body = kept(body.data, body.len);
    bool good =
        layout_decode(record_layout(RECORD_access), slice_of(held->body, body.len), &record, why) &&
        access_decode(&record, t->arena, &held->entry, why);
    struct access_entry *entry = &held->entry;
    if (good) {
        entry->units = kept(entry->units, entry->unit_count * sizeof(*entry->units));
        entry->acts_for = kept(entry->acts_for, entry->acts_for_count * sizeof(*entry->acts_for));
        qsort(entry->units, entry->unit_count, sizeof(*entry->units), unit_order);
    } else {
        entry->units = NULL;
        entry->acts_for = NULL;
        held_free(held);
        held = NULL;
    }
    arena_reset(t->arena);
    return held;
}

/* The first place whose name is not before `principal`. */
static uint32_t
place_of(const struct access_table *t, struct slice principal, bool *there)
{
    uint32_t low = 0, high = t->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(t->all[middle]->entry.principal, principal) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *there = low < t->count && slice_equal(t->all[low]->entry.principal, principal);
    return low;
}

static bool
keys_are_free(const struct access_table *t, const struct access_entry *entry, struct complaint *why)
{
    for (uint32_t i = 0; i < entry->key_count; i++) {
        const struct access_entry *owner = access_table_by_key(t, entry->keys[i]);
        if (owner != NULL && !slice_equal(owner->principal, entry->principal)) {
            char text[ACCESS_KEY_TEXT];
            access_key_format(entry->keys[i], text);
            return complain(why, CODE_KEY_TAKEN, owner->principal, "%.16s", text);
        }
    }
    return true;
}

static void
keys_forget(struct access_table *t, const struct access_entry *entry)
{
    for (uint32_t i = 0; i < entry->key_count; i++) {
        struct key_node wanted;
        memcpy(wanted.key, entry->keys[i], ACCESS_KEY_SIZE);
        struct key_node **found = tfind(&wanted, &t->keys, key_order);
        if (found != NULL) {
            struct key_node *node = *found;
            tdelete(node, &t->keys, key_order);
            free(node);
        }
    }
}

static void
keys_keep(struct access_table *t, const struct held *held)
{
    for (uint32_t i = 0; i < held->entry.key_count; i++) {
        struct key_node *node = mem_alloc(sizeof(*node));
        memcpy(node->key, held->entry.keys[i], ACCESS_KEY_SIZE);
        node->held = held;
        if (tsearch(node, &t->keys, key_order) == NULL) {
            mem_exhausted(sizeof(*node));
        }
    }
}

/* Makes room at `place`. */
static void
all_open(struct access_table *t, uint32_t place)
{
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 64 : 2 * t->cap;
        t->all = mem_resize(t->all, t->cap * sizeof(*t->all));
    }
    memmove(t->all + place + 1, t->all + place, (t->count - place) * sizeof(*t->all));
    t->count++;
}

bool
access_table_put(struct access_table *table, struct slice body, struct complaint *why)
{
    struct held *held = held_new(table, body, why);
    bool there;
    if (held == NULL) {
        return false;
    }
    uint32_t place = place_of(table, held->entry.principal, &there);
    bool room = there || table->count < ACCESS_PRINCIPALS_MAX ||
                complain(why, CODE_TOO_MANY, slice_text("principals"), "%d", ACCESS_PRINCIPALS_MAX);
    if (!room || !keys_are_free(table, &held->entry, why)) {
        held_free(held);
        return false;
    }
    if (there) {
        keys_forget(table, &table->all[place]->entry);
        held_free(table->all[place]);
    } else {
        all_open(table, place);
    }
    table->all[place] = held;
    keys_keep(table, held);
    return true;
}

const struct access_entry *
access_table_find(const struct access_table *table, struct slice principal)
{
    bool there;
    if (slice_is(principal, PRINCIPAL_LOCAL)) {
        return &table->local;
    }
    uint32_t place = place_of(table, principal, &there);
    return there ? &table->all[place]->entry : NULL;
}

const struct access_entry *
access_table_by_key(const struct access_table *table, const uint8_t key[ACCESS_KEY_SIZE])
{
    struct key_node wanted;
    memcpy(wanted.key, key, ACCESS_KEY_SIZE);
    struct key_node *const *found = tfind(&wanted, &table->keys, key_order);
    return found == NULL ? NULL : &(*found)->held->entry;
}

uint32_t
access_table_count(const struct access_table *table)
{
    return table->count;
}

const struct access_entry *
access_table_at(const struct access_table *table, uint32_t i)
{
    return i < table->count ? &table->all[i]->entry : NULL;
}
