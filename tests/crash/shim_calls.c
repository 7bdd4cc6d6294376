/* The calls themselves, in place of the C library's: count, perhaps fail, log, and make the real one.
 * Real ones are made by syscall, so that none depends on the order of libraries. */
#include "tests/crash/shim_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* ---- opening and closing ---- */

static int
open_any(int at, const char *path, int flags, mode_t mode)
{
    struct stat st;
    int fault = fault_before(CALL_OPEN);
    if (fault > 0) {
        errno = fault;
        return -1;
    }
    bool existed = (flags & O_CREAT) == 0 || below_root(path) == NULL || lstat(path, &st) == 0;
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0) {
        watched_open(fd, path, flags, existed);
        fault_after(CALL_OPEN);
    }
    return fd;
}

#define OPEN_MODE(flags)                                                                           \
    mode_t mode = 0;                                                                               \
    if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {                                                  \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

EXPORT int
open(const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

EXPORT int
open64(const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return open_any(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

EXPORT int
openat(int at, const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return open_any(at, path, flags, mode);
}

EXPORT int
close(int fd)
{
    watched_close(fd);
    return (int)syscall(SYS_close, fd);
}

EXPORT int
socket(int domain, int type, int protocol)
{
    int fault = fault_before(CALL_SOCKET);
    if (fault > 0) {
        errno = fault;
        return -1;
    }
    return (int)syscall(SYS_socket, domain, type, protocol);
}

/* ---- writing ---- */

/* 0 where the write shall be made with *len bytes of it. */
static int
write_before(const struct watched *w, const void *bytes, size_t *len, off_t at)
{
    int fault = fault_before(CALL_WRITE);
    if (fault == ACTION_HALF && *len > 1) {
        *len /= 2;
        fault = 0;
    }
    if (fault == 0) {
        log_entry((struct shim_entry){.kind = SHIM_WRITE,
                                      .ino = w->ino,
                                      .at = (uint64_t)at,
                                      .len = (uint32_t)*len,
                                      .synced = w->synced},
                  NULL, NULL, bytes);
    }
    return fault == ACTION_HALF ? ENOSPC : fault;
}

EXPORT ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    const struct watched *w = watched_of(fd);
    int fault = w == NULL ? 0 : write_before(w, bytes, &len, at);
    if (fault != 0) {
        errno = fault;
        return -1;
    }
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, len, at);
    if (w != NULL) {
        fault_after(CALL_WRITE);
    }
    return done;
}

EXPORT ssize_t
pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return pwrite(fd, bytes, len, at);
}

EXPORT ssize_t
write(int fd, const void *bytes, size_t len)
{
    const struct watched *w = watched_of(fd);
    int fault = w == NULL ? 0 : write_before(w, bytes, &len, lseek(fd, 0, SEEK_CUR));
    if (fault != 0) {
        errno = fault;
        return -1;
    }
    ssize_t done = syscall(SYS_write, fd, bytes, len);
    if (w != NULL) {
        fault_after(CALL_WRITE);
    }
    return done;
}

/* As many single writes: the disk may tear between the parts in any case. A fault shows as a short
 * count, or as the error where it met the first part. */
EXPORT ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    if (watched_of(fd) == NULL) {
        return syscall(SYS_writev, fd, parts, count);
    }
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = write(fd, parts[i].iov_base, parts[i].iov_len);
        if (done < 0) {
            return total > 0 ? total : -1;
        }
        total += done;
        if ((size_t)done < parts[i].iov_len) {
            break;
        }
    }
    return total;
}

EXPORT ssize_t
pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    if (watched_of(fd) == NULL) {
        return syscall(SYS_pwritev, fd, parts, count, at, 0);
    }
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = pwrite(fd, parts[i].iov_base, parts[i].iov_len, at + total);
        if (done < 0) {
            return total > 0 ? total : -1;
        }
        total += done;
        if ((size_t)done < parts[i].iov_len) {
            break;
        }
    }
    return total;
}

EXPORT int
ftruncate(int fd, off_t size)
{
    const struct watched *w = watched_of(fd);
    int fault = w == NULL ? 0 : fault_before(CALL_WRITE);
    if (fault != 0) {
        errno = fault == ACTION_HALF ? ENOSPC : fault;
        return -1;
    }
    int rc = (int)syscall(SYS_ftruncate, fd, size);
    if (w != NULL && rc == 0) {
        log_entry((struct shim_entry){.kind = SHIM_TRUNCATE, .ino = w->ino, .at = (uint64_t)size},
                  NULL, NULL, NULL);
        fault_after(CALL_WRITE);
    }
    return rc;
}

/* ---- syncs ---- */

static int
sync_any(int fd, long call)
{
    const struct watched *w = watched_of(fd);
    int fault = w == NULL ? 0 : fault_before(CALL_SYNC);
    if (fault != 0) {
        errno = fault == ACTION_HALF ? EIO : fault;
        return -1;
    }
    int rc = (int)syscall(call, fd);
    if (w != NULL && rc == 0) {
        log_entry(
            (struct shim_entry){.kind = w->folder ? SHIM_SYNC_FOLDER : SHIM_SYNC, .ino = w->ino},
            w->folder ? w->path : NULL, NULL, NULL);
        fault_after(CALL_SYNC);
    }
    return rc;
}

EXPORT int
fsync(int fd)
{
    return sync_any(fd, SYS_fsync);
}

EXPORT int
fdatasync(int fd)
{
    return sync_any(fd, SYS_fdatasync);
}

/* A file that is written through a map cannot be followed; only LMDB's table of readers is, which
 * means nothing after a restart. */
EXPORT void *
mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    const struct watched *w = watched_of(fd);
    if (w != NULL && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0 &&
        strstr(w->path, "lock") == NULL) {
        log_entry((struct shim_entry){.kind = SHIM_BLIND}, w->path, NULL, NULL);
    }
    int fault = fault_before(CALL_MEMORY);
    if (fault != 0) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, at, len, protection, flags, fd, offset);
}

/* ---- names ---- */

/* Makes the call where both names are elsewhere or it is not to fail; logs it where it succeeded. */
static int
name_change(long call, enum shim_kind kind, const char *path, const char *other, long mode)
{
    const char *below = below_root(path);
    const char *other_below = other == NULL ? NULL : below_root(other);
    int fault = below == NULL ? 0 : fault_before(CALL_NAME);
    if (fault != 0) {
        errno = fault == ACTION_HALF ? ENOSPC : fault;
        return -1;
    }
    int rc = (int)(other != NULL ? syscall(call, path, other) : syscall(call, path, mode));
    if (rc == 0 && below != NULL) {
        log_entry((struct shim_entry){.kind = kind}, below, other_below, NULL);
        fault_after(CALL_NAME);
    }
    return rc;
}

EXPORT int
rename(const char *path, const char *other)
{
    return name_change(SYS_rename, SHIM_RENAME, path, other, 0);
}

EXPORT int
link(const char *path, const char *other)
{
    return name_change(SYS_link, SHIM_LINK, path, other, 0);
}

EXPORT int
unlink(const char *path)
{
    return name_change(SYS_unlink, SHIM_UNLINK, path, NULL, 0);
}

EXPORT int
mkdir(const char *path, mode_t mode)
{
    return name_change(SYS_mkdir, SHIM_MKDIR, path, NULL, mode);
}

/* ---- memory ---- */

/* A sanitizer's allocator stands in front of this one: then memory is not made to fail. */
#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

EXPORT void *
malloc(size_t size)
{
    if (fault_before(CALL_MEMORY) != 0) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

EXPORT void *
calloc(size_t count, size_t size)
{
    if (fault_before(CALL_MEMORY) != 0) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}

EXPORT void *
realloc(void *old, size_t size)
{
    if (fault_before(CALL_MEMORY) != 0) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, size);
}
#endif
