/* What the shim's files share. Nothing here may allocate: it runs inside malloc. */
#ifndef TESTS_CRASH_SHIM_IMPL_H
#define TESTS_CRASH_SHIM_IMPL_H

#include "tests/crash/shim.h"

#include <stddef.h>

#define WATCHED_FDS 1024
#define WATCHED_PATH 240 /* of a name below the root */

struct watched {
    bool on, folder, synced;
    uint64_t ino;
    char path[WATCHED_PATH];
};

/* NULL where the descriptor is no file below the root. */
struct watched *watched_of(int fd);
void watched_open(int fd, const char *path, int flags, bool existed);
void watched_close(int fd);
/* The path below the root, or NULL. */
const char *below_root(const char *path);

void log_entry(struct shim_entry entry, const char *path, const char *other, const void *bytes);

/* Counts the call. 0: let it be made; an errno: fail with it; ACTION_HALF. Does not return where the
 * process is to end before the call. */
int fault_before(enum shim_call call);
/* Ends the process where it is to end after this call. Keeps errno. */
void fault_after(enum shim_call call);

#endif
