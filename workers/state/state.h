/* The state of one shard: ordered tables of bytes, changed in transactions. The edge behind which
 * LMDB (state_lmdb.c) and the simulator's memory (state_mem.c) are the same.
 *
 * Tables and their rows (keys big-endian, so that they sort as numbers; codecs in rows.h):
 *   META      one row each: version, shard, shards, position, registry revision
 *   IDENT     kind u8 ‖ campaign u16 ‖ code       -> id; given in the journal's order, so every
 *                                                   shard of every site gives the same
 *   CAMPAIGN  campaign u16                        -> its body, newest revision
 *   UNIT      unit u32 ‖ from-day u32             -> a row of the registry
 *   REPORT    campaign u16 ‖ form u16 ‖ unit u32 ‖ period u32 ‖ source u16 -> the report, newest
 *   HISTORY   REPORT's key ‖ block u64 ‖ index u32 -> an earlier revision that was replaced
 *   TALLY     campaign u16 ‖ form u16 ‖ granularity u8 ‖ period u32 ‖ unit u32 -> packed row
 *   VERDICT   block u64 ‖ index u32               -> verdicts other than plain `accepted`
 *   REJECTED  unit's code ‖ 0 ‖ block u64 ‖ index u32 -> nothing: the rejected of one unit
 *   ULID      principal ‖ 0 ‖ ULID                -> receipt that used it
 *   APPROVAL, NOMINATION, ACT, QUEUE, SUBJECT, MEETING, VOTE, FILE: the council's; rows_council.h
 *   QUARANTINE block u64 ‖ index u32              -> nothing or a mark: skipped by every replay
 *   ACCESS    principal                           -> its newest access record, as it came
 *
 * One thread; at most one transaction of a state at a time. Slices from get and cursors end with
 * the next write or with the transaction. A failed write or commit ends the process (the caller's
 * duty: log and exit): memory is then ahead of the disk. Hash: two states are equal when every
 * table's keys and values are. */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include "common/err.h"
#include "common/slice.h"

/* The numbers are not stored; the names are (LMDB). */
enum table {
    TABLE_META,
    TABLE_IDENT,
    TABLE_CAMPAIGN,
    TABLE_UNIT,
    TABLE_REPORT,
    TABLE_HISTORY,
    TABLE_TALLY,
    TABLE_VERDICT,
    TABLE_REJECTED,
    TABLE_ULID,
    TABLE_QUARANTINE,
    TABLE_APPROVAL,
    TABLE_NOMINATION,
    TABLE_ACT,
    TABLE_QUEUE,
    TABLE_SUBJECT,
    TABLE_MEETING,
    TABLE_VOTE,
    TABLE_FILE,
    TABLE_ACCESS,
    TABLE_COUNT
};

const char *table_name(enum table table);

/* LMDB's own bound. A key that is empty or longer is ERR_LIMIT in get, put and del. */
#define STATE_KEY_MAX 511

struct state_row {
    struct slice key;
    struct slice value;
};

struct state;
struct state_cursor;

/* What an implementation gives. Others call the functions below. */
struct state_ops {
    enum err (*begin)(struct state *s, bool write);
    enum err (*commit)(struct state *s);
    void (*abort)(struct state *s);
    enum err (*sync)(struct state *s);
    enum err (*get)(struct state *s, enum table t, struct slice key, struct slice *value);
    enum err (*put)(struct state *s, enum table t, struct slice key, struct slice value);
    enum err (*del)(struct state *s, enum table t, struct slice key);
    enum err (*cursor_open)(struct state *s, enum table t, struct state_cursor **c);
    enum err (*seek)(struct state_cursor *c, struct slice key, struct state_row *row);
    enum err (*next)(struct state_cursor *c, struct state_row *row);
    enum err (*prev)(struct state_cursor *c, struct state_row *row);
    void (*cursor_close)(struct state_cursor *c);
    void (*free)(struct state *s);
};

struct state {
    const struct state_ops *ops;
};

struct state_cursor {
    struct state *state;
};

/* In memory, empty; a crash is state_free. */
struct state *state_mem_new(void);

enum state_lmdb_mode {
    STATE_WRITE,     /* makes the folder where it is not there; MDB_NOMETASYNC */
    STATE_READ,      /* ERR_NOT_FOUND where it is not there */
    STATE_TEMPORARY, /* as WRITE, never synced: for a replay that is thrown away */
};
/* One LMDB environment in `folder`, never twice in one process. ERR_IO, ERR_CORRUPT, ERR_NOT_FOUND;
 * the log has the words (not for ERR_NOT_FOUND). The map, which is address space, not disk, is
 * `map_bytes` (settings.map_gb) or STATE_MAP_BYTES: what the state may grow to before ERR_FULL. A
 * reader takes the writer's. */
#define STATE_MAP_BYTES (64ull << 30)
enum err state_lmdb_open(const char *folder, enum state_lmdb_mode mode,
                         struct state **state) MUST_CHECK;
enum err state_lmdb_open_sized(const char *folder, enum state_lmdb_mode mode, uint64_t map_bytes,
                               struct state **state) MUST_CHECK;

/* Writes what one snapshot of an open LMDB state (STATE_READ) holds into a new file, packed, beside
 * the worker that goes on, and syncs both: the copy's position is then on the live disk too.
 * ERR_FULL, ERR_IO. */
enum err state_lmdb_copy(struct state *s, const char *path) MUST_CHECK;

static inline void
state_free(struct state **s)
{
    if (*s != NULL) {
        (*s)->ops->free(*s);
    }
    *s = NULL;
}

/* A write transaction sees its own changes. A read transaction is a snapshot. */
static inline MUST_CHECK enum err
state_begin(struct state *s, bool write)
{
    return s->ops->begin(s, write);
}

static inline MUST_CHECK enum err
state_commit(struct state *s)
{
    return s->ops->commit(s);
}

/* Ends a transaction of either kind, forgetting its changes. */
static inline void
state_abort(struct state *s)
{
    s->ops->abort(s);
}

/* On disk for certain: before a position is told to anyone who prunes. */
static inline MUST_CHECK enum err
state_sync(struct state *s)
{
    return s->ops->sync(s);
}

static inline MUST_CHECK enum err
state_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    return s->ops->get(s, t, key, value);
}

static inline MUST_CHECK enum err
state_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    return s->ops->put(s, t, key, value);
}

/* ERR_NOT_FOUND where there is no such row. */
static inline MUST_CHECK enum err
state_del(struct state *s, enum table t, struct slice key)
{
    return s->ops->del(s, t, key);
}

/* Cursors: close before the transaction ends; do not write while one is open. A new cursor stands
 * nowhere: next gives the first row, prev the last. Past either end it stays there until it is
 * turned round: the other direction then gives the row at that end. */
static inline MUST_CHECK enum err
state_cursor_open(struct state *s, enum table t, struct state_cursor **c)
{
    return s->ops->cursor_open(s, t, c);
}

/* The first row at or after `key` (the first of all for an empty one); ERR_NOT_FOUND past the end
 * (then prev gives the last row). */
static inline MUST_CHECK enum err
cursor_seek(struct state_cursor *c, struct slice key, struct state_row *row)
{
    return c->state->ops->seek(c, key, row);
}

static inline MUST_CHECK enum err
cursor_next(struct state_cursor *c, struct state_row *row)
{
    return c->state->ops->next(c, row);
}

static inline MUST_CHECK enum err
cursor_prev(struct state_cursor *c, struct state_row *row)
{
    return c->state->ops->prev(c, row);
}

static inline void
cursor_close(struct state_cursor *c)
{
    c->state->ops->cursor_close(c);
}

/* Walks every table's rows side by side; ERR_OK when all are equal, else ERR_CONFLICT with the
 * table and the first row that differs in `difference`. Both in a read transaction. */
enum err state_compare(struct state *a, struct state *b, char difference[256]) MUST_CHECK;
/* BLAKE2b-256 over every table's name, keys and values, in order. In a transaction. */
enum err state_hash(struct state *s, uint8_t hash[32]) MUST_CHECK;

#endif
