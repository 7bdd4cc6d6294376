/* Whole files: their hash, and copies that are whole or not there. */
#include "common/file_copy.h"

#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK (256u << 10) /* read at once: large enough to keep a disk busy */

_Static_assert(FILE_HASH_SIZE == crypto_generichash_BYTES, "a file's hash is BLAKE2b-256");

static enum err
refused(const char *doing, const char *path)
{
    int reason = errno;
    if (reason == ENOENT) {
        return ERR_NOT_FOUND;
    }
    log_error("file_failed", "doing=%s path=\"%s\" error=\"%s\"", doing, path, strerror(reason));
    return reason == ENOSPC || reason == EDQUOT ? ERR_FULL : ERR_IO;
}

static ssize_t
read_some(int fd, uint8_t *at, size_t size)
{
    ssize_t got;
    do {
        got = read(fd, at, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

static bool
write_whole(int fd, const uint8_t *at, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        at += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

enum err
file_hash(const char *path, uint8_t hash[FILE_HASH_SIZE], uint64_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return refused("open", path);
    }
    uint8_t *chunk = mem_alloc(CHUNK);
    uint64_t total = 0;
    ssize_t got;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, FILE_HASH_SIZE);
    while ((got = read_some(fd, chunk, CHUNK)) > 0) {
        crypto_generichash_update(&state, chunk, (size_t)got);
        total += (uint64_t)got;
    }
    crypto_generichash_final(&state, hash, FILE_HASH_SIZE);
    enum err err = got == 0 ? ERR_OK : refused("read", path);
    close(fd);
    free(chunk);
    if (bytes != NULL) {
        *bytes = total;
    }
    return err;
}

static enum err
stream(int in, int out, const char *from, const char *to)
{
    uint8_t *chunk = mem_alloc(CHUNK);
    enum err err = ERR_OK;
    ssize_t got = 0;
    while (err == ERR_OK && (got = read_some(in, chunk, CHUNK)) > 0) {
        err = write_whole(out, chunk, (size_t)got) ? ERR_OK : refused("write", to);
    }
    free(chunk);
    return err == ERR_OK && got < 0 ? refused("read", from) : err;
}

static enum err
copy_to(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        return refused("open", from);
    }
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    enum err err = out < 0 ? refused("create", to) : stream(in, out, from, to);
    /* close can be the call that tells of a failed write (NFS, quotas). */
    if (out >= 0 && close(out) != 0 && err == ERR_OK) {
        err = refused("close", to);
    }
    close(in);
    return err;
}

enum err
file_copy(const char *from, const char *to)
{
    char *beside = NULL;
    if (asprintf(&beside, "%s.%ld.new", to, (long)getpid()) < 0) {
        mem_exhausted(strlen(to) + 32);
    }
    enum err err = copy_to(from, beside);
    err = err == ERR_OK ? file_settle(beside, to) : err;
    if (err != ERR_OK) {
        unlink(beside);
    }
    free(beside);
    return err;
}

static enum err
sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return refused("open", path);
    }
    enum err err = fsync(fd) == 0 ? ERR_OK : refused("sync", path);
    close(fd);
    return err;
}

enum err
file_settle(const char *made, const char *name)
{
    enum err err = sync_file(made);
    if (err == ERR_OK && rename(made, name) != 0) {
        err = refused("rename", name);
    }
    if (err != ERR_OK) {
        return err;
    }
    char *folder = mem_text(name);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    err = file_sync_folder(slash != NULL ? folder : ".");
    free(folder);
    return err;
}
