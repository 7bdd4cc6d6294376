/* The outbox on disk: one LMDB environment, one named database a table. The only file of the clients
 * that touches LMDB. Its rules:
 *
 *  1. Durable mode: no flag that skips a sync. A commit that came back is on disk, for on it rests
 *     that a clerk may switch the machine off.
 *  2. A failed commit is final: LMDB goes on after a failed sync as if nothing were wrong, so the
 *     caller ends the process.
 *  3. Opened once a process. LMDB's lock is POSIX's, and closing a second descriptor of the same file
 *     would release the first one's: nobody else here opens data.mdb.
 *  4. No transaction lives longer than one call of outbox.h: writers of other processes wait for it.
 *  5. mdb_reader_check at open clears the slots of readers that died.
 *  6. A map beyond the file's end is a SIGBUS: sizes are compared before a row is read.
 *  7. LMDB neither makes a file at once nor syncs its folder: a new one is made beside, synced, and
 *     linked to its name, so that after a power cut it is whole or not there. */
#include "clients/outbox_rows.h"

#include "clients/limits.h"
#include "common/check.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600 /* reports of an office: the owner's */
#define PATH_BYTES 4096

struct lmdb_rows {
    struct outbox_rows rows;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi tables[OUTBOX_TABLES];
};

static const char *const NAMES[OUTBOX_TABLES] = {"meta", "entries", "fates", "campaigns"};

static struct lmdb_rows *
lmdb_of(struct outbox_rows *rows)
{
    return (struct lmdb_rows *)rows;
}

static enum err
failed(const char *action, int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return ERR_OK;
    case MDB_NOTFOUND:
        return ERR_NOT_FOUND;
    default:
        break;
    }
    log_error("outbox_failed", "action=%s why=\"%s\"", action, mdb_strerror(rc));
    switch (rc) {
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

/* ---- the edge ---- */

static enum err
lmdb_begin(struct outbox_rows *rows, bool write)
{
    struct lmdb_rows *l = lmdb_of(rows);
    CHECK(l->txn == NULL);
    int rc = mdb_txn_begin(l->env, NULL, write ? 0 : MDB_RDONLY, &l->txn);
    if (rc != MDB_SUCCESS) {
        l->txn = NULL;
    }
    return failed("begin", rc);
}

static enum err
lmdb_commit(struct outbox_rows *rows)
{
    struct lmdb_rows *l = lmdb_of(rows);
    CHECK(l->txn != NULL);
    MDB_txn *txn = l->txn;
    l->txn = NULL;
    return failed("commit", mdb_txn_commit(txn));
}

static void
lmdb_abort(struct outbox_rows *rows)
{
    struct lmdb_rows *l = lmdb_of(rows);
    CHECK(l->txn != NULL);
    mdb_txn_abort(l->txn);
    l->txn = NULL;
}

static enum err
lmdb_get(struct outbox_rows *rows, enum outbox_table table, struct slice key, struct slice *value)
{
    struct lmdb_rows *l = lmdb_of(rows);
    MDB_val k = val_of(key), v;
    int rc = mdb_get(l->txn, l->tables[table], &k, &v);
    if (rc == MDB_SUCCESS) {
        *value = slice_of_val(v);
    }
    return failed("get", rc);
}

static enum err
lmdb_seek(struct outbox_rows *rows, enum outbox_table table, struct slice key,
          struct outbox_row *row)
{
    struct lmdb_rows *l = lmdb_of(rows);
    MDB_cursor *cursor;
    MDB_val k = val_of(key), v;
    int rc = mdb_cursor_open(l->txn, l->tables[table], &cursor);
    if (rc != MDB_SUCCESS) {
        return failed("cursor", rc);
    }
    rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (rc == MDB_SUCCESS) {
        *row = (struct outbox_row){slice_of_val(k), slice_of_val(v)};
    }
    return failed("seek", rc);
}

static enum err
lmdb_put(struct outbox_rows *rows, enum outbox_table table, struct slice key, struct slice value)
{
    struct lmdb_rows *l = lmdb_of(rows);
    MDB_val k = val_of(key), v = val_of(value);
    return failed("put", mdb_put(l->txn, l->tables[table], &k, &v, 0));
}

static enum err
lmdb_del(struct outbox_rows *rows, enum outbox_table table, struct slice key)
{
    struct lmdb_rows *l = lmdb_of(rows);
    MDB_val k = val_of(key);
    return failed("del", mdb_del(l->txn, l->tables[table], &k, NULL));
}

static enum err
lmdb_count(struct outbox_rows *rows, enum outbox_table table, uint64_t *count)
{
    struct lmdb_rows *l = lmdb_of(rows);
    MDB_stat stat;
    int rc = mdb_stat(l->txn, l->tables[table], &stat);
    *count = rc == MDB_SUCCESS ? stat.ms_entries : 0;
    return failed("stat", rc);
}

static void
lmdb_free(struct outbox_rows *rows)
{
    struct lmdb_rows *l = lmdb_of(rows);
    if (l->txn != NULL) {
        mdb_txn_abort(l->txn);
    }
    if (l->env != NULL) {
        mdb_env_close(l->env);
    }
    free(l);
}

/* ---- opening ---- */

static int
tables_open(MDB_env *env, MDB_dbi tables[OUTBOX_TABLES], unsigned flags)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(env, NULL, flags == MDB_CREATE ? 0 : MDB_RDONLY, &txn);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    for (int t = 0; t < OUTBOX_TABLES; t++) {
        rc = mdb_dbi_open(txn, NAMES[t], flags, &tables[t]);
        if (rc != MDB_SUCCESS) {
            mdb_txn_abort(txn);
            return rc == MDB_NOTFOUND ? MDB_INVALID : rc;
        }
    }
    return mdb_txn_commit(txn);
}

/* An environment with empty tables at `path`, synced. */
static int
empty_write(const char *path)
{
    MDB_env *env;
    MDB_dbi tables[OUTBOX_TABLES];
    int rc = mdb_env_create(&env);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    rc = mdb_env_set_maxdbs(env, OUTBOX_TABLES);
    rc = rc == MDB_SUCCESS ? mdb_env_set_mapsize(env, OUTBOX_MAP_BYTES) : rc;
    rc = rc == MDB_SUCCESS ? mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, FILE_MODE) : rc;
    rc = rc == MDB_SUCCESS ? tables_open(env, tables, MDB_CREATE) : rc;
    rc = rc == MDB_SUCCESS ? mdb_env_sync(env, 1) : rc;
    mdb_env_close(env);
    return rc;
}

/* Rule 7. A link and no rename: what another writer has made meanwhile is never replaced. */
static enum err
file_make(const char *folder, const char *path)
{
    char beside[PATH_BYTES + 64];
    snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    int rc = unlink(beside) == 0 || errno == ENOENT ? empty_write(beside) : errno;
    if (rc == MDB_SUCCESS && link(beside, path) != 0 && errno != EEXIST) {
        rc = errno;
    }
    unlink(beside);
    return rc == MDB_SUCCESS ? file_sync_folder(folder) : failed("create", rc);
}

/* Also who made the file may have died before its folder was synced. */
static enum err
file_prepare(const char *folder, const char *path, bool make)
{
    struct stat st;
    if (stat(path, &st) == 0) {
        return st.st_size == 0 ? ERR_CORRUPT : make ? file_sync_folder(folder) : ERR_OK;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return failed("stat", errno);
    }
    if (!make) {
        return ERR_NOT_FOUND;
    }
    enum err err = file_make_folder(folder);
    return err == ERR_OK || err == ERR_EXISTS ? file_make(folder, path) : err;
}

static int
env_open(struct lmdb_rows *l, const char *folder)
{
    int dead;
    int rc = mdb_env_create(&l->env);
    rc = rc == MDB_SUCCESS ? mdb_env_set_maxdbs(l->env, OUTBOX_TABLES) : rc;
    rc = rc == MDB_SUCCESS ? mdb_env_set_mapsize(l->env, OUTBOX_MAP_BYTES) : rc;
    rc = rc == MDB_SUCCESS ? mdb_env_open(l->env, folder, MDB_NOTLS, FILE_MODE) : rc;
    return rc == MDB_SUCCESS ? mdb_reader_check(l->env, &dead) : rc;
}

/* Rule 6. */
static enum err
size_check(struct lmdb_rows *l, const char *path)
{
    MDB_envinfo info;
    MDB_stat pages;
    struct stat file;
    mdb_env_info(l->env, &info);
    mdb_env_stat(l->env, &pages);
    if (stat(path, &file) != 0) {
        return failed("stat", errno);
    }
    return (uint64_t)file.st_size / pages.ms_psize <= info.me_last_pgno ? ERR_CORRUPT : ERR_OK;
}

static enum err
rows_open(struct lmdb_rows *l, const char *folder, const char *path)
{
    enum err err = failed("open", env_open(l, folder));
    err = err == ERR_NOT_FOUND ? ERR_IO : err;
    err = err == ERR_OK ? size_check(l, path) : err;
    return err == ERR_OK ? failed("open", tables_open(l->env, l->tables, 0)) : err;
}

enum err
outbox_lmdb_open(const char *folder, bool make, struct outbox_rows **rows)
{
    static const struct outbox_rows_ops ops = {
        .begin = lmdb_begin,
        .commit = lmdb_commit,
        .abort = lmdb_abort,
        .get = lmdb_get,
        .seek = lmdb_seek,
        .put = lmdb_put,
        .del = lmdb_del,
        .count = lmdb_count,
        .free = lmdb_free,
    };
    char path[PATH_BYTES];
    if (snprintf(path, sizeof path, "%s/data.mdb", folder) >= (int)sizeof path) {
        return ERR_LIMIT;
    }
    enum err err = file_prepare(folder, path, make);
    if (err != ERR_OK) {
        return err;
    }
    struct lmdb_rows *l = mem_alloc(sizeof *l);
    l->rows.ops = &ops;
    err = rows_open(l, folder, path);
    if (err != ERR_OK) {
        lmdb_free(&l->rows);
        return err;
    }
    *rows = &l->rows;
    return ERR_OK;
}
