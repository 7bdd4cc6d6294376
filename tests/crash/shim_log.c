/* The shim's log, and which descriptors it is about. Owns both; no allocation, no lock: an entry is
 * one write to an O_APPEND descriptor, which the kernel keeps whole between threads and processes. */
#include "tests/crash/shim_impl.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static size_t root_len;
static int log_fd = -1;
static struct watched watched[WATCHED_FDS];

void
shim_watch(const char *path)
{
    memset(watched, 0, sizeof(watched));
    snprintf(root, sizeof(root), "%s", path);
    root_len = strlen(root);
}

void
shim_record(const char *path)
{
    if (log_fd >= 0) {
        syscall(SYS_close, log_fd);
        log_fd = -1;
    }
    if (path != NULL) {
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                              0600);
        if (log_fd < 0) {
            abort(); /* a log that misses something would prove nothing */
        }
    }
}

const char *
below_root(const char *path)
{
    if (root_len == 0 || strncmp(path, root, root_len) != 0) {
        return NULL;
    }
    const char *rest = path + root_len;
    if (*rest != '/' && *rest != '\0') {
        return NULL;
    }
    return *rest == '/' ? rest + 1 : rest;
}

struct watched *
watched_of(int fd)
{
    return fd >= 0 && fd < WATCHED_FDS && watched[fd].on ? &watched[fd] : NULL;
}

void
watched_open(int fd, const char *path, int flags, bool existed)
{
    struct stat st;
    const char *below = below_root(path);
    if (below == NULL) {
        return;
    }
    /* Too many files, too long a name: what would follow could not be seen, so nothing may. */
    if (fd >= WATCHED_FDS || strlen(below) >= WATCHED_PATH || fstat(fd, &st) != 0) {
        abort();
    }
    struct watched *w = &watched[fd];
    *w = (struct watched){
        .on = true,
        .folder = S_ISDIR(st.st_mode),
        .synced = (flags & O_DSYNC) != 0,
        .ino = st.st_ino,
    };
    memcpy(w->path, below, strlen(below) + 1);
    for (size_t len = strlen(w->path); len > 0 && w->path[len - 1] == '/'; len--) {
        w->path[len - 1] = '\0'; /* a folder has one name */
    }
    if (!existed) {
        log_entry((struct shim_entry){.kind = SHIM_CREATE, .ino = w->ino}, below, NULL, NULL);
    } else if ((flags & O_TRUNC) != 0) {
        log_entry((struct shim_entry){.kind = SHIM_TRUNCATE, .ino = w->ino}, NULL, NULL, NULL);
    }
}

void
watched_close(int fd)
{
    if (fd >= 0 && fd < WATCHED_FDS) {
        watched[fd].on = false;
    }
}

void
log_entry(struct shim_entry entry, const char *path, const char *other, const void *bytes)
{
    if (log_fd < 0) {
        return;
    }
    entry.path_len = path == NULL ? 0 : (uint16_t)strlen(path);
    entry.other_len = other == NULL ? 0 : (uint16_t)strlen(other);
    struct iovec parts[] = {
        {&entry, sizeof(entry)},
        {(void *)(uintptr_t)path, entry.path_len},
        {(void *)(uintptr_t)other, entry.other_len},
        {(void *)(uintptr_t)bytes, entry.len},
    };
    size_t size = sizeof(entry) + entry.path_len + entry.other_len + entry.len;
    if (syscall(SYS_writev, log_fd, parts, 4) != (long)size) {
        abort();
    }
}
