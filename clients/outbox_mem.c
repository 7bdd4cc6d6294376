/* The outbox's rows in memory: sorted arrays, and an undo list for what is not committed. What was not
 * committed when the process went is forgotten when the next one opens them. */
#include "clients/outbox_rows.h"
#include "common/buf.h"
#include "common/check.h"
#include "common/mem.h"

#include <stdlib.h>

struct mem_row {
    struct slice key, value; /* of the heap */
};

struct mem_table {
    struct mem_row *rows;
    size_t count, cap;
};

struct undo {
    enum outbox_table table;
    struct slice key;
    bool had;
    struct slice value;
};

enum mem_fault { MEM_SOUND, MEM_COMMIT_LOST, MEM_COMMIT_KEPT };

struct outbox_mem {
    struct outbox_rows rows;
    struct mem_table tables[OUTBOX_TABLES];
    struct undo *undo;
    size_t undo_count, undo_cap;
    bool open, write;
    enum mem_fault fault;
};

static struct outbox_mem *
mem_of(struct outbox_rows *rows)
{
    return (struct outbox_mem *)rows;
}

static struct slice
bytes_copy(struct slice bytes)
{
    uint8_t *copy = mem_alloc(bytes.len + 1);
    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return slice_of(copy, bytes.len);
}

static void
bytes_free(struct slice bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

/* The first row not before `key`. */
static size_t
place_of(const struct mem_table *t, struct slice key)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (slice_compare(t->rows[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
is_at(const struct mem_table *t, size_t at, struct slice key)
{
    return at < t->count && slice_equal(t->rows[at].key, key);
}

static void
row_set(struct mem_table *t, struct slice key, struct slice value)
{
    size_t at = place_of(t, key);
    if (is_at(t, at, key)) {
        bytes_free(t->rows[at].value);
        t->rows[at].value = bytes_copy(value);
        return;
    }
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 32 : t->cap * 2;
        t->rows = mem_resize(t->rows, t->cap * sizeof *t->rows);
    }
    memmove(&t->rows[at + 1], &t->rows[at], (t->count++ - at) * sizeof *t->rows);
    t->rows[at] = (struct mem_row){bytes_copy(key), bytes_copy(value)};
}

static void
row_remove(struct mem_table *t, size_t at)
{
    bytes_free(t->rows[at].key);
    bytes_free(t->rows[at].value);
    memmove(&t->rows[at], &t->rows[at + 1], (--t->count - at) * sizeof *t->rows);
}

/* ---- undo ---- */

static void
undo_note(struct outbox_mem *m, enum outbox_table table, struct slice key)
{
    const struct mem_table *t = &m->tables[table];
    size_t at = place_of(t, key);
    struct undo undo = {.table = table, .key = bytes_copy(key), .had = is_at(t, at, key)};
    if (undo.had) {
        undo.value = bytes_copy(t->rows[at].value);
    }
    if (m->undo_count == m->undo_cap) {
        m->undo_cap = m->undo_cap == 0 ? 32 : m->undo_cap * 2;
        m->undo = mem_resize(m->undo, m->undo_cap * sizeof *m->undo);
    }
    m->undo[m->undo_count++] = undo;
}

static void
undo_drop(struct outbox_mem *m)
{
    while (m->undo_count > 0) {
        struct undo *u = &m->undo[--m->undo_count];
        bytes_free(u->key);
        bytes_free(u->value);
    }
}

static void
undo_all(struct outbox_mem *m)
{
    for (size_t i = m->undo_count; i-- > 0;) {
        const struct undo *u = &m->undo[i];
        struct mem_table *t = &m->tables[u->table];
        size_t at = place_of(t, u->key);
        if (u->had) {
            row_set(t, u->key, u->value);
        } else if (is_at(t, at, u->key)) {
            row_remove(t, at);
        }
    }
    undo_drop(m);
}

/* ---- the edge ---- */

static enum err
mem_begin(struct outbox_rows *rows, bool write)
{
    struct outbox_mem *m = mem_of(rows);
    CHECK(!m->open);
    m->open = true;
    m->write = write;
    return ERR_OK;
}

static enum err
mem_commit(struct outbox_rows *rows)
{
    struct outbox_mem *m = mem_of(rows);
    enum mem_fault fault = m->write ? m->fault : MEM_SOUND;
    CHECK(m->open);
    m->open = false;
    if (fault == MEM_COMMIT_LOST) {
        undo_all(m);
    } else {
        undo_drop(m);
    }
    m->fault = m->write ? MEM_SOUND : m->fault;
    return fault == MEM_SOUND ? ERR_OK : ERR_IO;
}

static void
mem_abort(struct outbox_rows *rows)
{
    struct outbox_mem *m = mem_of(rows);
    CHECK(m->open);
    m->open = false;
    undo_all(m);
}

static enum err
mem_get(struct outbox_rows *rows, enum outbox_table table, struct slice key, struct slice *value)
{
    const struct mem_table *t = &mem_of(rows)->tables[table];
    size_t at = place_of(t, key);
    if (!is_at(t, at, key)) {
        return ERR_NOT_FOUND;
    }
    *value = t->rows[at].value;
    return ERR_OK;
}

static enum err
mem_seek(struct outbox_rows *rows, enum outbox_table table, struct slice key,
         struct outbox_row *row)
{
    const struct mem_table *t = &mem_of(rows)->tables[table];
    size_t at = place_of(t, key);
    if (at == t->count) {
        return ERR_NOT_FOUND;
    }
    *row = (struct outbox_row){t->rows[at].key, t->rows[at].value};
    return ERR_OK;
}

static enum err
mem_put(struct outbox_rows *rows, enum outbox_table table, struct slice key, struct slice value)
{
    struct outbox_mem *m = mem_of(rows);
    CHECK(m->open && m->write);
    undo_note(m, table, key);
    row_set(&m->tables[table], key, value);
    return ERR_OK;
}

static enum err
mem_del(struct outbox_rows *rows, enum outbox_table table, struct slice key)
{
    struct outbox_mem *m = mem_of(rows);
    struct mem_table *t = &m->tables[table];
    size_t at = place_of(t, key);
    CHECK(m->open && m->write);
    if (!is_at(t, at, key)) {
        return ERR_NOT_FOUND;
    }
    undo_note(m, table, key);
    row_remove(t, at);
    return ERR_OK;
}

static enum err
mem_count(struct outbox_rows *rows, enum outbox_table table, uint64_t *count)
{
    *count = mem_of(rows)->tables[table].count;
    return ERR_OK;
}

static void
mem_leave(struct outbox_rows *rows)
{
    struct outbox_mem *m = mem_of(rows);
    if (m->open) {
        mem_abort(rows);
    }
}

struct outbox_mem *
outbox_mem_new(void)
{
    static const struct outbox_rows_ops ops = {
        .begin = mem_begin,
        .commit = mem_commit,
        .abort = mem_abort,
        .get = mem_get,
        .seek = mem_seek,
        .put = mem_put,
        .del = mem_del,
        .count = mem_count,
        .free = mem_leave,
    };
    struct outbox_mem *m = mem_alloc(sizeof *m);
    m->rows.ops = &ops;
    return m;
}

struct outbox_rows *
outbox_mem_open(struct outbox_mem *mem)
{
    return &mem->rows;
}

void
outbox_mem_fail_next(struct outbox_mem *mem, bool kept)
{
    mem->fault = kept ? MEM_COMMIT_KEPT : MEM_COMMIT_LOST;
}

void
outbox_mem_free(struct outbox_mem **mem)
{
    struct outbox_mem *m = *mem;
    if (m == NULL) {
        return;
    }
    mem_leave(&m->rows);
    for (int t = 0; t < OUTBOX_TABLES; t++) {
        while (m->tables[t].count > 0) {
            row_remove(&m->tables[t], m->tables[t].count - 1);
        }
        free(m->tables[t].rows);
    }
    free(m->undo);
    free(m);
    *mem = NULL;
}
