/* The shim stands between a process and the C library (LD_PRELOAD) and knows what the process asks of
 * the disk. It can keep a log of it, from which disk.c makes what a power cut could have left; and it
 * can make the Nth call of a kind fail, or end the process there.
 *
 * A program of ours under the shim drives it by the functions below, which are weak: NULL without the
 * shim. Any other program is driven by its environment:
 *     SHIM_ROOT=FOLDER                 the files that count, absolute
 *     SHIM_FAULT=CALL:N:ACTION[:PROGRAM]  e.g. sync:7:EIO:thidua-broker, write:3:kill-before
 *     SHIM_FIRED=FILE                  made when it happens; once it is there nothing happens again
 *
 * The log is a row of entries, one write each, in the order in which they happened. A write is logged
 * before it is made, a sync after it came back: what is in the log may be on the disk, what a synced
 * entry covers must be. */
#ifndef TESTS_CRASH_SHIM_H
#define TESTS_CRASH_SHIM_H

#include <stdbool.h>
#include <stdint.h>

enum shim_kind {
    SHIM_CREATE = 1, /* path, ino */
    SHIM_WRITE,      /* ino, at, bytes; `synced` where its descriptor is O_DSYNC or O_SYNC */
    SHIM_TRUNCATE,   /* ino, at: the new size */
    SHIM_SYNC,       /* ino: all of that file */
    SHIM_SYNC_FOLDER,
    SHIM_RENAME, /* path, other */
    SHIM_LINK,   /* path: the old one; other: the new one */
    SHIM_UNLINK,
    SHIM_MKDIR,
    SHIM_MARK,  /* ino: which one; at: its value */
    SHIM_BLIND, /* path: mapped for shared writing, so that the shim cannot see what is written */
};

/* Followed by path, other (no zeros) and the bytes. Paths are relative to the root; "" is the root. */
struct shim_entry {
    uint32_t kind;
    uint16_t path_len, other_len;
    uint32_t len;
    uint32_t synced;
    uint64_t ino;
    uint64_t at;
};

/* What can be made to fail. File calls count below the root only; the others all. */
enum shim_call {
    CALL_WRITE,
    CALL_SYNC,
    CALL_OPEN,
    CALL_NAME,
    CALL_SOCKET,
    CALL_MEMORY,
    CALL_COUNT
};

/* Or an errno. */
enum shim_action {
    ACTION_KILL_BEFORE = -1, /* SIGKILL instead of the call */
    ACTION_KILL_AFTER = -2,  /* SIGKILL when it is done */
    ACTION_HALF = -3,        /* a write of half the bytes, then ENOSPC for the rest */
};

/* In memory that is shared with children made by fork, so that a parent may look. */
struct shim_shared {
    uint64_t calls[CALL_COUNT]; /* since shim_arm */
    bool fired;
    uint64_t marks[4]; /* the last value of each */
};

/* Files below `root` count from now on. */
void shim_watch(const char *root) __attribute__((weak));
/* Logs to `path`, outside the root; NULL ends it. */
void shim_record(const char *path) __attribute__((weak));
void shim_mark(unsigned which, uint64_t value) __attribute__((weak));
/* The nth call (from 1) from now on; n 0 disarms. */
void shim_arm(enum shim_call call, uint64_t n, int action) __attribute__((weak));
struct shim_shared *shim_look(void) __attribute__((weak));

#endif
