/* Segments on LMDB. The rules of LMDB that this file keeps:
 *   1. An environment is opened after fork, once a process, on a local disk.
 *   2. Durable mode: no flag that skips a sync. A commit has the data synced, then the meta page. (A
 *      segment that is being built for a restore is synced once, when it is whole.)
 *   3. A failed commit is final: LMDB goes on as if nothing were wrong after a failed sync, so the
 *      caller ends the process and reads anew what is true.
 *   4. The map never grows: it has room for a full segment and the largest block, and the journal
 *      rolls over before.
 *   5. One read transaction an environment, renewed for a read and reset before a write: a snapshot
 *      left open would keep the pages of the tree from being used again.
 *   6. A map beyond the file's end is a SIGBUS: sizes are compared before anything is read.
 *   7. Readers that died are cleared when the writer opens.
 *   8. It believes what is in a page, and follows a damaged one anywhere: no file without a seal is given
 *      to it before pages.h has walked it, no sealed one before its hash was compared.
 *   9. What stands behind the last page that a meta page tells of means nothing to LMDB, and it writes
 *      there in segment_append only: the zeros of segment_fill, by the same thread between appends,
 *      are always older than what is appended over them. A crash leaves a file that is longer.
 * Keys are 8 bytes big-endian, appended in order, so that leaves fill up and never split. */
#include "broker/segment.h"

#include "broker/limits.h"
#include "broker/pages.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "proto/block.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct segment {
    MDB_env *env;
    MDB_dbi dbi;
    MDB_txn *reader;
    bool reading; /* the reader holds a snapshot */
    char *path;
    uint64_t full_bytes;
    uint64_t filled;   /* the file's length, as far as we know; UINT64_MAX: no more of it */
    size_t last_bytes; /* of the block that was appended last; 0: none yet */
};

struct key {
    uint8_t bytes[8];
};

static struct key
key_of(uint64_t number)
{
    struct key key;
    for (int i = 0; i < 8; i++) {
        key.bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    return key;
}

static uint64_t
number_of(const uint8_t *bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

/* LMDB's codes and errno's, told once in the log and given on as ours. */
static enum err
segment_failed(const char *path, const char *what, int rc)
{
    if (rc == ENOENT || rc == MDB_NOTFOUND) {
        return ERR_NOT_FOUND;
    }
    log_error("segment_failed", "path=\"%s\" call=%s error=\"%s\"", path, what, mdb_strerror(rc));
    switch (rc) {
    case ENOSPC:
    case EDQUOT:
    case MDB_MAP_FULL:
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

static unsigned
mode_flags(enum segment_mode mode)
{
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS;
    if (mode == SEGMENT_FOLLOW) {
        flags |= MDB_RDONLY;
    } else if (mode == SEGMENT_SEALED || mode == SEGMENT_FULL) {
        flags |= MDB_RDONLY | MDB_NOLOCK;
    } else if (mode == SEGMENT_BUILD) {
        flags |= MDB_NOSYNC | MDB_NOLOCK;
    }
    return flags;
}

/* An environment with room for `full_bytes` and one more block. */
static enum err
env_open(const char *path, unsigned flags, uint64_t full_bytes, MDB_env **env)
{
    int rc = mdb_env_create(env);
    if (rc != 0) {
        return segment_failed(path, "create", rc);
    }
    /* A reader takes the size that the writer wrote into the file. */
    if ((flags & MDB_RDONLY) == 0) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t size = full_bytes + BLOCK_BYTES_MAX + SEGMENT_SPARE_BYTES;
        rc = mdb_env_set_mapsize(*env, (size + page - 1) / page * page);
    }
    rc = rc != 0 ? rc : mdb_env_open(*env, path, flags, 0600);
    if (rc != 0) {
        mdb_env_close(*env);
        return segment_failed(path, "open", rc);
    }
    return ERR_OK;
}

static enum err
file_sync(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return segment_failed(path, "open", errno);
    }
    enum err err = fsync(fd) == 0 ? ERR_OK : segment_failed(path, "fsync", errno);
    close(fd);
    return err;
}

static enum err
folder_sync(const char *path)
{
    char *folder = mem_text(path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    enum err err = file_sync_folder(slash != NULL ? folder : ".");
    free(folder);
    return err;
}

enum err
segment_create(const char *path, uint64_t full_bytes)
{
    char *beside = NULL;
    if (asprintf(&beside, "%s.tmp", path) < 0) {
        return ERR_IO;
    }
    /* LMDB writes its first two pages in one write that a power cut can halve: made beside and
     * renamed, a segment is never seen with half a head. */
    MDB_env *env;
    enum err err = unlink(beside) == 0 || errno == ENOENT
                       ? env_open(beside, MDB_NOSUBDIR | MDB_NOLOCK, full_bytes, &env)
                       : segment_failed(beside, "unlink", errno);
    if (err == ERR_OK) {
        mdb_env_close(env);
        err = file_sync(beside);
    }
    if (err == ERR_OK && rename(beside, path) != 0) {
        err = segment_failed(path, "rename", errno);
    }
    free(beside);
    return err == ERR_OK ? folder_sync(path) : err;
}

/* Rule 6. */
static enum err
size_check(struct segment *s)
{
    MDB_envinfo info;
    MDB_stat pages;
    struct stat file;
    mdb_env_info(s->env, &info);
    mdb_env_stat(s->env, &pages);
    if (stat(s->path, &file) != 0) {
        return segment_failed(s->path, "stat", errno);
    }
    if ((uint64_t)file.st_size / pages.ms_psize <= info.me_last_pgno) {
        log_error("segment_short", "path=\"%s\" bytes=%lld pages=%zu", s->path,
                  (long long)file.st_size, info.me_last_pgno + 1);
        return ERR_CORRUPT;
    }
    s->filled = (uint64_t)file.st_size;
    return ERR_OK;
}

/* The one reader and the handle of the unnamed database. */
static enum err
reader_open(struct segment *s)
{
    int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->reader);
    if (rc != 0) {
        return segment_failed(s->path, "begin", rc);
    }
    s->reading = true;
    rc = mdb_dbi_open(s->reader, NULL, 0, &s->dbi);
    return rc == 0 ? ERR_OK : segment_failed(s->path, "dbi", rc);
}

void
segment_release(struct segment *s)
{
    if (s->reading) {
        mdb_txn_reset(s->reader);
        s->reading = false;
    }
}

static enum err
snapshot_renew(struct segment *s)
{
    segment_release(s);
    int rc = mdb_txn_renew(s->reader);
    if (rc != 0) {
        return segment_failed(s->path, "renew", rc);
    }
    s->reading = true;
    return ERR_OK;
}

enum err
segment_hold(struct segment *s, uint64_t *txn)
{
    enum err err = snapshot_renew(s);
    *txn = err == ERR_OK ? mdb_txn_id(s->reader) : 0;
    return err;
}

/* Rule 8, for what is needed to open the file at all. A writer may be in the middle of a meta. */
static enum err
metas_check(const char *path)
{
    enum err err = ERR_CORRUPT;
    for (int i = 0; i < SEGMENT_TRIES_MAX && err == ERR_CORRUPT; i++) {
        struct pages *pages;
        err = pages_open(path, 0, &pages);
        if (err == ERR_CORRUPT && i + 1 == SEGMENT_TRIES_MAX) {
            log_error("segment_damaged", "path=\"%s\" byte=%" PRIu64 " what=%s", path,
                      pages_place(pages), pages_fault(pages));
        }
        pages_close(&pages);
    }
    return err;
}

/* Rule 8, beside a writer: of a snapshot that it may not touch. */
static enum err
snapshot_check(struct segment *s)
{
    enum err err = ERR_AGAIN;
    for (int i = 0; i < SEGMENT_TRIES_MAX && err == ERR_AGAIN; i++) {
        uint64_t txn;
        err = segment_hold(s, &txn);
        err = err == ERR_OK ? pages_check(s->path, txn) : err;
    }
    segment_release(s);
    return err == ERR_AGAIN ? ERR_IO : err;
}

static enum err
file_check(const char *path, enum segment_mode mode)
{
    if (!file_exists(path)) {
        return ERR_NOT_FOUND; /* LMDB would make it */
    }
    return mode == SEGMENT_WRITE || mode == SEGMENT_FULL ? pages_check(path, 0)
           : mode == SEGMENT_FOLLOW                      ? metas_check(path)
                                                         : ERR_OK;
}

enum err
segment_open(const char *path, enum segment_mode mode, uint64_t full_bytes,
             struct segment **segment)
{
    *segment = NULL;
    enum err err = file_check(path, mode);
    if (err != ERR_OK) {
        return err;
    }
    struct segment *s = mem_alloc(sizeof(*s));
    s->path = mem_text(path);
    s->full_bytes = full_bytes;
    err = env_open(path, mode_flags(mode), full_bytes, &s->env);
    if (err != ERR_OK) {
        goto free_segment;
    }
    err = size_check(s);
    if (err == ERR_OK && mode == SEGMENT_WRITE) {
        int dead;
        int rc = mdb_reader_check(s->env, &dead);
        err = rc == 0 ? ERR_OK : segment_failed(path, "readers", rc);
    }
    err = err == ERR_OK ? reader_open(s) : err;
    err = err == ERR_OK && mode == SEGMENT_FOLLOW ? snapshot_check(s) : err;
    if (err != ERR_OK) {
        segment_close(&s);
        return err;
    }
    segment_release(s);
    *segment = s;
    return ERR_OK;

free_segment:
    free(s->path);
    free(s);
    return err;
}

void
segment_close(struct segment **segment)
{
    struct segment *s = *segment;
    if (s == NULL) {
        return;
    }
    mdb_txn_abort(s->reader);
    mdb_env_close(s->env);
    free(s->path);
    free(s);
    *segment = NULL;
}

enum err
segment_append(struct segment *s, uint64_t number, struct slice block)
{
    segment_release(s);
    struct key bytes = key_of(number);
    MDB_val key = {sizeof(bytes.bytes), bytes.bytes};
    MDB_val value = {block.len, (void *)(uintptr_t)block.data};
    MDB_txn *txn;
    int rc = mdb_txn_begin(s->env, NULL, 0, &txn);
    if (rc != 0) {
        return segment_failed(s->path, "begin", rc);
    }
    rc = mdb_put(txn, s->dbi, &key, &value, MDB_APPEND);
    if (rc != 0) {
        mdb_txn_abort(txn);
        return segment_failed(s->path, "put", rc);
    }
    rc = mdb_txn_commit(txn);
    s->last_bytes = block.len;
    return rc == 0 ? ERR_OK : segment_failed(s->path, "commit", rc);
}

/* Begun at once, so that the next append's sync does not find them all still to be written. */
static bool
zeros_write(struct segment *s, uint64_t from, uint64_t len)
{
    static const uint8_t zeros[SEGMENT_FILL_BYTES];
    int fd;
    if (mdb_env_get_fd(s->env, &fd) != 0 ||
        pwrite(fd, zeros, (size_t)len, (off_t)from) != (ssize_t)len) {
        return false;
    }
    (void)sync_file_range(fd, (off_t)from, (off_t)len, SYNC_FILE_RANGE_WRITE);
    return true;
}

void
segment_fill(struct segment *s)
{
    if (s->last_bytes == 0 || s->last_bytes > SEGMENT_FILL_BLOCK_MAX || s->filled == UINT64_MAX) {
        return;
    }
    uint64_t used = segment_used(s);
    uint64_t from = s->filled > used ? s->filled : used;
    if (from - used > SEGMENT_FILL_LEFT || from >= s->full_bytes) {
        return;
    }
    uint64_t room = s->full_bytes - from;
    uint64_t len = room < SEGMENT_FILL_BYTES ? room : SEGMENT_FILL_BYTES;
    s->filled = zeros_write(s, from, len) ? from + len : UINT64_MAX;
}

enum err
segment_trim(struct segment *s)
{
    int fd;
    uint64_t used = segment_used(s);
    if (s->filled <= used) {
        return ERR_OK;
    }
    int rc = mdb_env_get_fd(s->env, &fd);
    if (rc == 0 && (ftruncate(fd, (off_t)used) != 0 || fsync(fd) != 0)) {
        rc = errno;
    }
    return rc == 0 ? ERR_OK : segment_failed(s->path, "trim", rc);
}

enum err
segment_read(struct segment *s, uint64_t number, struct slice *block)
{
    enum err err = snapshot_renew(s);
    if (err != ERR_OK) {
        return err;
    }
    struct key bytes = key_of(number);
    MDB_val key = {sizeof(bytes.bytes), bytes.bytes};
    MDB_val value;
    int rc = mdb_get(s->reader, s->dbi, &key, &value);
    if (rc != 0) {
        return segment_failed(s->path, "get", rc);
    }
    *block = slice_of(value.mv_data, value.mv_size);
    return ERR_OK;
}

enum err
segment_last(struct segment *s, uint64_t *number)
{
    enum err err = snapshot_renew(s);
    if (err != ERR_OK) {
        return err;
    }
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(s->reader, s->dbi, &cursor);
    if (rc != 0) {
        return segment_failed(s->path, "cursor", rc);
    }
    MDB_val key;
    rc = mdb_cursor_get(cursor, &key, NULL, MDB_LAST);
    if (rc != 0) {
        err = segment_failed(s->path, "last", rc);
    } else if (key.mv_size != sizeof(struct key)) {
        err = ERR_CORRUPT;
    } else {
        *number = number_of(key.mv_data);
    }
    mdb_cursor_close(cursor);
    segment_release(s);
    return err;
}

enum err
segment_copy(struct segment *s, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return segment_failed(path, "create", errno);
    }
    segment_release(s);
    int rc = mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);
    if (close(fd) != 0 && rc == 0) {
        rc = errno;
    }
    return rc == 0 ? ERR_OK : segment_failed(path, "copy", rc);
}

enum err
segment_sync(struct segment *s)
{
    int rc = mdb_env_sync(s->env, 1);
    return rc == 0 ? ERR_OK : segment_failed(s->path, "sync", rc);
}

uint64_t
segment_used(struct segment *s)
{
    MDB_envinfo info;
    MDB_stat pages;
    mdb_env_info(s->env, &info);
    mdb_env_stat(s->env, &pages);
    return (uint64_t)(info.me_last_pgno + 1) * pages.ms_psize;
}
