/* Where an outbox lies: ordered rows in a few tables, read and written in transactions. An edge of the
 * process: outbox_lmdb.c is the real one, outbox_mem.c the simulator's.
 *
 * One transaction at a time. A commit that gives ERR_OK is on disk (synced), whole; one that fails is
 * final: whether it is there only a new start can tell. Slices end with their transaction, or with
 * the next put or del. Keys have 1 to 64 bytes. */
#ifndef CLIENTS_OUTBOX_ROWS_H
#define CLIENTS_OUTBOX_ROWS_H

#include "common/err.h"
#include "common/slice.h"

enum outbox_table { OUTBOX_META, OUTBOX_ENTRIES, OUTBOX_FATES, OUTBOX_CAMPAIGNS, OUTBOX_TABLES };

struct outbox_row {
    struct slice key, value;
};

struct outbox_rows;

struct outbox_rows_ops {
    enum err (*begin)(struct outbox_rows *rows, bool write);
    enum err (*commit)(struct outbox_rows *rows);
    void (*abort)(struct outbox_rows *rows);
    enum err (*get)(struct outbox_rows *rows, enum outbox_table table, struct slice key,
                    struct slice *value);
    enum err (*seek)(struct outbox_rows *rows, enum outbox_table table, struct slice key,
                     struct outbox_row *row);
    enum err (*put)(struct outbox_rows *rows, enum outbox_table table, struct slice key,
                    struct slice value);
    enum err (*del)(struct outbox_rows *rows, enum outbox_table table, struct slice key);
    enum err (*count)(struct outbox_rows *rows, enum outbox_table table, uint64_t *count);
    void (*free)(struct outbox_rows *rows);
};

struct outbox_rows {
    const struct outbox_rows_ops *ops;
};

/* The environment in `folder`, made where it is not there and `make` is set. ERR_NOT_FOUND;
 * ERR_CORRUPT: not LMDB's, or cut short; ERR_IO, ERR_FULL (the log has the system's words). */
enum err outbox_lmdb_open(const char *folder, bool make, struct outbox_rows **rows) MUST_CHECK;

/* Rows in memory. `outbox_rows_free` leaves them, as a process that ends leaves its disk;
 * outbox_mem_free takes them away. */
struct outbox_mem;
struct outbox_mem *outbox_mem_new(void);
void outbox_mem_free(struct outbox_mem **mem);
struct outbox_rows *outbox_mem_open(struct outbox_mem *mem);
/* The next commit gives ERR_IO, with its rows on disk (kept) or not. */
void outbox_mem_fail_next(struct outbox_mem *mem, bool kept);

/* ---- the edge's functions, by their short names ---- */

static inline enum err MUST_CHECK
rows_begin(struct outbox_rows *r, bool write)
{
    return r->ops->begin(r, write);
}

static inline enum err MUST_CHECK
rows_commit(struct outbox_rows *r)
{
    return r->ops->commit(r);
}

static inline void
rows_abort(struct outbox_rows *r)
{
    r->ops->abort(r);
}

/* ERR_NOT_FOUND */
static inline enum err MUST_CHECK
rows_get(struct outbox_rows *r, enum outbox_table table, struct slice key, struct slice *value)
{
    return r->ops->get(r, table, key, value);
}

/* The first row at `key` or behind it; ERR_NOT_FOUND. */
static inline enum err MUST_CHECK
rows_seek(struct outbox_rows *r, enum outbox_table table, struct slice key, struct outbox_row *row)
{
    return r->ops->seek(r, table, key, row);
}

static inline enum err MUST_CHECK
rows_put(struct outbox_rows *r, enum outbox_table table, struct slice key, struct slice value)
{
    return r->ops->put(r, table, key, value);
}

/* ERR_NOT_FOUND */
static inline enum err MUST_CHECK
rows_del(struct outbox_rows *r, enum outbox_table table, struct slice key)
{
    return r->ops->del(r, table, key);
}

static inline enum err MUST_CHECK
rows_count(struct outbox_rows *r, enum outbox_table table, uint64_t *count)
{
    return r->ops->count(r, table, count);
}

static inline void
rows_free(struct outbox_rows **r)
{
    if (*r != NULL) {
        (*r)->ops->free(*r);
    }
    *r = NULL;
}

#endif
