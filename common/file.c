/* Files that are whole or not there. What the system refuses is logged here, with its words,
 * once. */
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP ((size_t)64 << 10)
#define TREE_DESCRIPTORS 16 /* nftw opens a tree's upper folders once more beyond this depth */

/* Group members may look; others may not: over ipc:// the folder's mode is the only guard. */
#define FOLDER_MODE 0750

/* A key, and whatever gives every right to whoever may enter. */
#define PRIVATE_FILE_MODE 0600
#define PRIVATE_FOLDER_MODE 0700

static enum err
file_failed(const char *doing, const char *path)
{
    int reason = errno;
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    default:
        log_error("file_failed", "doing=%s path=\"%s\" error=\"%s\"", doing, path,
                  strerror(reason));
        return reason == ENOSPC || reason == EDQUOT ? ERR_FULL : ERR_IO;
    }
}

static enum err
read_all(int fd, const char *path, size_t limit, struct buf *out)
{
    for (;;) {
        uint8_t *at = buf_reserve(out, READ_STEP);
        ssize_t got = read(fd, at, READ_STEP);
        out->len -= READ_STEP - (got > 0 ? (size_t)got : 0);
        if (got < 0 && errno != EINTR) {
            return file_failed("read", path);
        }
        if (out->len > limit) {
            return ERR_LIMIT;
        }
        if (got == 0) {
            return ERR_OK;
        }
    }
}

enum err
file_read(const char *path, size_t limit, struct buf *out)
{
    buf_clear(out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return file_failed("open", path);
    }
    enum err err = read_all(fd, path, limit, out);
    close(fd);
    return err;
}

static enum err
write_all(int fd, const char *path, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.data, bytes.len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return file_failed("write", path);
        }
        bytes = slice_of(bytes.data + put, bytes.len - (size_t)put);
    }
    return fsync(fd) == 0 ? ERR_OK : file_failed("sync", path);
}

static enum err
write_new(const char *path, struct slice bytes, int flags, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, mode);
    if (fd < 0) {
        return file_failed("create", path);
    }
    enum err err = write_all(fd, path, bytes);
    /* close can be the call that tells of a failed write (NFS, quotas). */
    if (close(fd) != 0 && err == ERR_OK) {
        err = file_failed("close", path);
    }
    return err;
}

/* The folder that `path` stands in. Caller frees. */
static char *
folder_of(const char *path)
{
    char *folder = mem_text(path);
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/') {
        len--;
    }
    while (len > 0 && folder[len - 1] != '/') {
        len--;
    }
    if (len == 0) {
        free(folder);
        return mem_text(".");
    }
    folder[len] = '\0';
    return folder;
}

static enum err
sync_folder_of(const char *path)
{
    char *folder = folder_of(path);
    enum err err = file_sync_folder(folder);
    free(folder);
    return err;
}

enum err
file_replace(const char *path, struct slice bytes)
{
    /* The pid keeps two processes out of each other's half-written file; what a crash left behind
     * is written over by the next process of that pid. */
    struct buf beside = BUF_EMPTY;
    buf_printf(&beside, "%s.%ld.new%c", path, (long)getpid(), '\0');
    const char *new_path = (const char *)beside.data;

    enum err err = write_new(new_path, bytes, O_TRUNC, 0666);
    if (err == ERR_OK && rename(new_path, path) != 0) {
        err = file_failed("rename", path);
    }
    if (err == ERR_OK) {
        err = sync_folder_of(path);
    } else {
        unlink(new_path);
    }
    buf_fini(&beside);
    return err;
}

enum err
file_make_private(const char *path, struct slice bytes)
{
    enum err err = write_new(path, bytes, O_EXCL, PRIVATE_FILE_MODE);
    if (err != ERR_OK) {
        return err; /* what a full disk left of it is not ours to tell from what was there */
    }
    return sync_folder_of(path);
}

static enum err
folder_make(const char *path, mode_t mode)
{
    if (mkdir(path, mode) != 0) {
        return file_failed("mkdir", path);
    }
    return sync_folder_of(path);
}

enum err
file_make_folder(const char *path)
{
    return folder_make(path, FOLDER_MODE);
}

enum err
file_make_private_folder(const char *path)
{
    return folder_make(path, PRIVATE_FOLDER_MODE);
}

enum err
file_sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return file_failed("open", path);
    }
    enum err err = fsync(fd) == 0 ? ERR_OK : file_failed("sync", path);
    close(fd);
    return err;
}

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    /* Somebody else may have been faster; gone is gone. */
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

enum err
file_remove_tree(const char *path)
{
    /* Contents first, links themselves and not what they point to. */
    if (nftw(path, remove_one, TREE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0) {
        return file_failed("remove", path);
    }
    return ERR_OK;
}

bool
file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}
