/* A watched folder: files that systems drop, taken one by one, each once.
 *
 *     DIR/NAME                what was dropped
 *     DIR/done/, DIR/failed/  where it goes, with NAME.report.json beside it (and NAME.errors.csv)
 *     DIR/.thidua/lock        one watcher a folder
 *     DIR/.thidua/taken/NAME   taken, and not done with
 *     DIR/.thidua/seen/HASH   of the content: the revision that its records have; once it was taken whole, its report
 *
 * The order makes it safe against a crash anywhere: a file is moved into work/ before it is read; its revision is on
 * disk before the first record leaves, so that the same file after a crash makes the same records; seen/HASH
 * says that it is done before it leaves work/. */
#ifndef CLIENTS_WATCH_FOLDER_H
#define CLIENTS_WATCH_FOLDER_H

#include "common/buf.h"
#include "common/err.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define WATCH_HASH 33 /* 16 bytes in hexadecimal, and a zero */

struct watch_folder {
    char path[PATH_MAX / 2];
    int lock;
    uint64_t revision; /* the last that was given */
};

struct watch_file {
    char name[NAME_MAX + 1];
    char path[PATH_MAX]; /* in work/ */
    char hash[WATCH_HASH];
    uint64_t revision;
    json_t *before; /* its report, where the same content was taken once; NULL */
};

/* Makes what is missing. 0, or the exit code after it was told. */
int watch_folder_open(struct watch_folder *w, const char *path);
void watch_folder_close(struct watch_folder *w);

/* The next file: one that a crash left in work/, else the first by name of those that nobody writes to any more, which
 * is moved there. False: none, or it cannot be taken (told). Release with watch_file_fini. */
bool watch_folder_take(struct watch_folder *w, struct watch_file *file);
void watch_file_fini(struct watch_file *file);

/* Moves the file to done/ or failed/ with the report beside it, and remembers the content where it is done. `errors`: a
 * file to go with it, if there is one. False: told; it stays in work/. */
bool watch_folder_put(struct watch_folder *w, const struct watch_file *file, bool done,
                      json_t *report, const char *errors);

#endif
