/* What disk.c and disk_cut.c share. */
#ifndef TESTS_CRASH_DISK_IMPL_H
#define TESTS_CRASH_DISK_IMPL_H

#include "common/buf.h"
#include "tests/crash/disk.h"
#include "tests/crash/shim.h"

#define SECTOR 512u /* what a disk writes whole */

/* An entry of the log. Strings are the disk's own, ended by a zero; the bytes are the log's. */
struct disk_entry {
    struct shim_entry head;
    char *path, *other;
    const uint8_t *bytes;
};

/* One life of an inode: its number may be used again when it is gone. */
struct disk_file {
    uint64_t ino;
    struct buf durable;
    const struct disk_entry **pending; /* writes and truncations after the last sync */
    uint32_t pending_count;
};

#define FILE_NONE (-1)   /* no such name */
#define FILE_FOLDER (-2) /* the name of a folder */

struct disk_name {
    const char *path;
    int32_t file; /* index, or one of the above */
};

struct disk_names {
    struct disk_name *list;
    uint32_t count;
};

/* A change of names whose folder is not synced. */
struct disk_change {
    const struct disk_entry *entry;
    int32_t file; /* what the name leads to, after the change */
};

struct disk {
    struct disk_entry *entries;
    uint64_t count, at;
    struct disk_file *files;
    uint32_t file_count;
    struct disk_names durable, current;
    struct disk_change *changes;
    uint32_t change_count;
    uint64_t marks[4];
};

int32_t names_find(const struct disk_names *names, const char *path);
void names_set(struct disk_names *names, const char *path, int32_t file);
void names_change(struct disk_names *names, const struct disk_change *change);
/* True where the path stands in that folder, not deeper. */
bool path_in(const char *path, const char *folder);
/* Puts part of a write into a file's bytes, with zeros before it where the file was shorter. */
void bytes_put(struct buf *bytes, uint64_t at, const uint8_t *from, uint64_t len);
void bytes_resize(struct buf *bytes, uint64_t size);

#endif
