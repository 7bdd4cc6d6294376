/* The state on disk: one LMDB environment a shard, one named database a table. The only file of the
 * workers that touches LMDB. Its rules:
 *
 *  1. Opened after fork and once a process: LMDB's lock is POSIX's, and closing a second descriptor
 *     of the same file would release the first one's.
 *  2. No read transaction lives across turns: while one does, pages it may see are not used again
 *     and the file grows.
 *  3. mdb_reader_check at open clears the slots of readers that died.
 *  4. The map is chosen once, large, and is sparse: address space is free with 64 bits.
 *     MDB_MAP_FULL is therefore a limit that was reached (ERR_FULL), told with the setting that
 *     raises it. A reader takes the writer's size, also a new one after the writer's restart.
 *  5. MDB_NOMETASYNC for the writer: whole after a power cut, if not the newest; replay makes the
 *     rest. MDB_NOSYNC only for what is thrown away. Never MDB_WRITEMAP: a stray pointer of ours
 *     would then be on disk.
 *  6. MDB_NOTLS: a read transaction belongs to its struct, not to a thread.
 *  7. A failed put or commit is final: the caller ends the process (state.h).
 *  8. LMDB neither makes a file at once nor syncs its folder: a new one is made beside (make_file). */
#include "common/check.h"
#include "common/err.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "workers/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600 /* reports name units, files name people: the owner's */

struct lmdb {
    struct state state;
    enum state_lmdb_mode mode;
    MDB_env *env;
    MDB_txn *txn; /* NULL: none is open */
    bool write;   /* txn may write */
    MDB_dbi tables[TABLE_COUNT];
    MDB_cursor *puts[TABLE_COUNT]; /* of txn: where the last put was; NULL until the first */
};

enum place { PLACE_NOWHERE, PLACE_ROW, PLACE_BEFORE_ALL, PLACE_AFTER_ALL };

struct lmdb_cursor {
    struct state_cursor cursor;
    MDB_cursor *mdb;
    enum place place;
};

static struct lmdb *
lmdb_of(struct state *s)
{
    return (struct lmdb *)s;
}

static enum err
err_of(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return ERR_OK;
    case MDB_NOTFOUND:
        return ERR_NOT_FOUND;
    case MDB_BAD_VALSIZE:
        return ERR_LIMIT;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return ERR_CORRUPT;
    default:
        return ERR_IO;
    }
}

/* The error, its words logged where they say more than the error does. */
static enum err
failed(const char *action, int rc)
{
    enum err err = err_of(rc);
    if (rc == MDB_MAP_FULL) {
        log_error("state_failed", "action=%s why=\"the map is full: raise map_gb\"", action);
    } else if (err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_LIMIT) {
        log_error("state_failed", "action=%s why=\"%s\"", action, mdb_strerror(rc));
    }
    return err;
}

static MDB_val
val_of(struct slice s)
{
    return (MDB_val){.mv_size = s.len, .mv_data = (void *)(uintptr_t)s.data};
}

static struct slice
slice_of_val(MDB_val v)
{
    return slice_of(v.mv_data, v.mv_size);
}

/* ---- transactions ---- */

static int
begin_txn(struct lmdb *l, bool write)
{
    unsigned flags = write ? 0 : MDB_RDONLY;
    int rc = mdb_txn_begin(l->env, NULL, flags, &l->txn);
    if (rc == MDB_MAP_RESIZED) {
        /* The writer came back with a larger map; 0 takes the size that its file tells. */
        rc = mdb_env_set_mapsize(l->env, 0);
        if (rc == MDB_SUCCESS) {
            rc = mdb_txn_begin(l->env, NULL, flags, &l->txn);
        }
    }
    return rc;
}

static enum err
lmdb_begin(struct state *s, bool write)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn == NULL && (!write || l->mode != STATE_READ));
    int rc = begin_txn(l, write);
    if (rc != MDB_SUCCESS) {
        l->txn = NULL;
        return failed("begin", rc);
    }
    l->write = write;
    return ERR_OK;
}

static void
puts_end(struct lmdb *l)
{
    for (int t = 0; t < TABLE_COUNT; t++) {
        if (l->puts[t] != NULL) {
            mdb_cursor_close(l->puts[t]);
            l->puts[t] = NULL;
        }
    }
}

static enum err
lmdb_commit(struct state *s)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL);
    MDB_txn *txn = l->txn;
    puts_end(l);
    l->txn = NULL;
    return failed("commit", mdb_txn_commit(txn));
}

static void
lmdb_abort(struct state *s)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL);
    puts_end(l);
    mdb_txn_abort(l->txn);
    l->txn = NULL;
}

static enum err
lmdb_sync(struct state *s)
{
    struct lmdb *l = lmdb_of(s);
    return l->mode == STATE_WRITE ? failed("sync", mdb_env_sync(l->env, 1)) : ERR_OK;
}

/* ---- rows ---- */

static bool
key_fits(struct slice key)
{
    return key.len >= 1 && key.len <= STATE_KEY_MAX;
}

static enum err
lmdb_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    MDB_val k = val_of(key), v;
    int rc = mdb_get(l->txn, l->tables[t], &k, &v);
    if (rc != MDB_SUCCESS) {
        return failed("get", rc);
    }
    *value = slice_of_val(v);
    return ERR_OK;
}

/* Through a cursor that stays where it is: rows that come in their order find their page at once. */
static enum err
lmdb_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL && l->write);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    MDB_val k = val_of(key), v = val_of(value);
    int rc = l->puts[t] != NULL ? 0 : mdb_cursor_open(l->txn, l->tables[t], &l->puts[t]);
    return failed("put", rc != 0 ? rc : mdb_cursor_put(l->puts[t], &k, &v, 0));
}

static enum err
lmdb_del(struct state *s, enum table t, struct slice key)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL && l->write);
    if (!key_fits(key)) {
        return ERR_LIMIT;
    }
    MDB_val k = val_of(key);
    return failed("del", mdb_del(l->txn, l->tables[t], &k, NULL));
}

/* ---- cursors ---- */

static struct lmdb_cursor *
cursor_of(struct state_cursor *c)
{
    return (struct lmdb_cursor *)c;
}

static enum err
lmdb_cursor_open(struct state *s, enum table t, struct state_cursor **c)
{
    struct lmdb *l = lmdb_of(s);
    CHECK(l->txn != NULL);
    MDB_cursor *mdb;
    int rc = mdb_cursor_open(l->txn, l->tables[t], &mdb);
    if (rc != MDB_SUCCESS) {
        return failed("cursor", rc);
    }
    struct lmdb_cursor *cursor = mem_alloc(sizeof(*cursor));
    cursor->cursor.state = s;
    cursor->mdb = mdb;
    *c = &cursor->cursor;
    return ERR_OK;
}

static void
lmdb_cursor_close(struct state_cursor *c)
{
    mdb_cursor_close(cursor_of(c)->mdb);
    free(cursor_of(c));
}

/* One move; `past` is where the cursor stands when there is no row that way. */
static enum err
cursor_move(struct lmdb_cursor *c, MDB_cursor_op op, struct slice key, enum place past,
            struct state_row *row)
{
    MDB_val k = val_of(key), v;
    int rc = mdb_cursor_get(c->mdb, &k, &v, op);
    if (rc != MDB_SUCCESS) {
        c->place = past;
        return failed("cursor", rc);
    }
    c->place = PLACE_ROW;
    *row = (struct state_row){slice_of_val(k), slice_of_val(v)};
    return ERR_OK;
}

static enum err
lmdb_seek(struct state_cursor *cursor, struct slice key, struct state_row *row)
{
    MDB_cursor_op op = key.len == 0 ? MDB_FIRST : MDB_SET_RANGE;
    return cursor_move(cursor_of(cursor), op, key, PLACE_AFTER_ALL, row);
}

/* LMDB's own cursors forget at which end they ran off; `place` remembers, as state.h promises. */
static enum err
lmdb_next(struct state_cursor *cursor, struct state_row *row)
{
    struct lmdb_cursor *c = cursor_of(cursor);
    if (c->place == PLACE_AFTER_ALL) {
        return ERR_NOT_FOUND;
    }
    MDB_cursor_op op = c->place == PLACE_ROW ? MDB_NEXT : MDB_FIRST;
    return cursor_move(c, op, slice_of(NULL, 0), PLACE_AFTER_ALL, row);
}

static enum err
lmdb_prev(struct state_cursor *cursor, struct state_row *row)
{
    struct lmdb_cursor *c = cursor_of(cursor);
    if (c->place == PLACE_BEFORE_ALL) {
        return ERR_NOT_FOUND;
    }
    MDB_cursor_op op = c->place == PLACE_ROW ? MDB_PREV : MDB_LAST;
    return cursor_move(c, op, slice_of(NULL, 0), PLACE_BEFORE_ALL, row);
}

/* ---- opening ---- */

static void
lmdb_free(struct state *s)
{
    struct lmdb *l = lmdb_of(s);
    if (l->txn != NULL) {
        puts_end(l);
        mdb_txn_abort(l->txn);
    }
    if (l->env != NULL) {
        mdb_env_close(l->env);
    }
    free(l);
}

static unsigned
env_flags(enum state_lmdb_mode mode)
{
    switch (mode) {
    case STATE_READ:
        return MDB_NOTLS | MDB_RDONLY;
    case STATE_TEMPORARY:
        return MDB_NOTLS | MDB_NOSYNC;
    case STATE_WRITE:
        break;
    }
    return MDB_NOTLS | MDB_NOMETASYNC;
}

static int
open_env(struct lmdb *l, const char *folder, uint64_t map_bytes)
{
    int rc = mdb_env_create(&l->env);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_set_maxdbs(l->env, TABLE_COUNT);
    }
    if (rc == MDB_SUCCESS && l->mode != STATE_READ) {
        rc = mdb_env_set_mapsize(l->env, map_bytes);
    }
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_open(l->env, folder, env_flags(l->mode), FILE_MODE);
    }
    if (rc == MDB_SUCCESS) {
        int dead;
        rc = mdb_reader_check(l->env, &dead);
    }
    return rc;
}

/* A reader that comes before the writer's first commit finds no tables: MDB_NOTFOUND. */
static int
open_tables(struct lmdb *l)
{
    bool write = l->mode != STATE_READ;
    MDB_txn *txn;
    int rc = begin_txn(l, write);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    txn = l->txn;
    l->txn = NULL;
    for (int t = 0; t < TABLE_COUNT; t++) {
        rc = mdb_dbi_open(txn, table_name((enum table)t), write ? MDB_CREATE : 0, &l->tables[t]);
        if (rc != MDB_SUCCESS) {
            mdb_txn_abort(txn);
            return rc;
        }
    }
    return mdb_txn_commit(txn);
}

/* LMDB would make a file where there is none, or read an empty one as new, also for a reader. */
static enum err
find_file(const char *folder)
{
    struct stat st;
    char path[4096];
    int len = snprintf(path, sizeof(path), "%s/data.mdb", folder);
    if (len < 0 || (size_t)len >= sizeof(path)) {
        return ERR_LIMIT;
    }
    if (stat(path, &st) != 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : failed("stat", errno);
    }
    return st.st_size == 0 ? ERR_NOT_FOUND : ERR_OK;
}

/* An empty environment at `path`, synced. */
static int
write_empty(const char *path, uint64_t map_bytes)
{
    MDB_env *env;
    int rc = mdb_env_create(&env);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    rc = mdb_env_set_mapsize(env, map_bytes);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, FILE_MODE);
    }
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_sync(env, 1);
    }
    mdb_env_close(env);
    return rc;
}

/* LMDB writes its first two pages in one write that a power cut can halve, and never syncs the
 * folder: made beside, synced, and then given its name, a state is whole or not there, and one that
 * was synced stays there. A link and not a rename: what a second worker has made meanwhile is never
 * replaced beneath it. */
static enum err
make_file(const char *folder, uint64_t map_bytes)
{
    char path[4096], beside[4160];
    int len = snprintf(path, sizeof(path), "%s/data.mdb", folder);
    if (len < 0 || (size_t)len >= sizeof(path)) {
        return ERR_LIMIT;
    }
    if (file_exists(path)) {
        return file_sync_folder(folder); /* who made it may have died before its own sync */
    }
    snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid());
    int rc = unlink(beside) == 0 || errno == ENOENT ? write_empty(beside, map_bytes) : errno;
    if (rc == MDB_SUCCESS && link(beside, path) != 0 && errno != EEXIST) {
        rc = errno;
    }
    unlink(beside);
    return rc == MDB_SUCCESS ? file_sync_folder(folder) : failed("create", rc);
}

static enum err
prepare(const char *folder, enum state_lmdb_mode mode, uint64_t map_bytes)
{
    if (mode == STATE_READ) {
        return find_file(folder);
    }
    enum err err = file_make_folder(folder);
    err = err == ERR_EXISTS ? ERR_OK : err;
    return err == ERR_OK && mode == STATE_WRITE ? make_file(folder, map_bytes) : err;
}

enum err
state_lmdb_open_sized(const char *folder, enum state_lmdb_mode mode, uint64_t map_bytes,
                      struct state **state)
{
    static const struct state_ops ops = {
        .begin = lmdb_begin,
        .commit = lmdb_commit,
        .abort = lmdb_abort,
        .sync = lmdb_sync,
        .get = lmdb_get,
        .put = lmdb_put,
        .del = lmdb_del,
        .cursor_open = lmdb_cursor_open,
        .seek = lmdb_seek,
        .next = lmdb_next,
        .prev = lmdb_prev,
        .cursor_close = lmdb_cursor_close,
        .free = lmdb_free,
    };
    enum err err = prepare(folder, mode, map_bytes);
    if (err != ERR_OK) {
        return err;
    }
    struct lmdb *l = mem_alloc(sizeof(*l));
    l->state.ops = &ops;
    l->mode = mode;
    int rc = open_env(l, folder, map_bytes);
    if (rc == MDB_SUCCESS) {
        rc = open_tables(l);
    }
    if (rc != MDB_SUCCESS) {
        lmdb_free(&l->state);
        return rc == ENOENT ? ERR_NOT_FOUND : failed("open", rc);
    }
    *state = &l->state;
    return ERR_OK;
}

enum err
state_lmdb_open(const char *folder, enum state_lmdb_mode mode, struct state **state)
{
    return state_lmdb_open_sized(folder, mode, STATE_MAP_BYTES, state);
}

/* The live file is synced through our own descriptor: with MDB_NOMETASYNC its last commit may be in
 * the system's memory only, and who prunes rests on the position of this copy. */
static enum err
copy_into(struct lmdb *l, int fd)
{
    int live;
    int rc = mdb_env_copyfd2(l->env, fd, MDB_CP_COMPACT);
    rc = rc != MDB_SUCCESS ? rc : mdb_env_get_fd(l->env, &live);
    if (rc == MDB_SUCCESS && (fsync(fd) != 0 || fdatasync(live) != 0)) {
        rc = errno;
    }
    return failed("copy", rc);
}

enum err
state_lmdb_copy(struct state *s, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0) {
        return failed("create", errno);
    }
    enum err err = copy_into(lmdb_of(s), fd);
    if (close(fd) != 0 && err == ERR_OK) {
        err = failed("close", errno);
    }
    return err;
}
