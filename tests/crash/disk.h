/* A disk as the shim's log tells it (shim.h): what is certainly on it at a point of the log, what may
 * be, and folders made as a power cut at that point could have left them.
 *
 * The rules, which are POSIX's, harsher than any one file system:
 *   - What was written before the file's last fsync or fdatasync is there. A write through an O_DSYNC
 *     descriptor is there once the next entry was logged.
 *   - Of a write after that, each sector of 512 bytes may be there or not, also before an older one.
 *     The file may have the size that it would have, with zeros where the sectors are missing.
 *   - Names (create, rename, link, unlink, mkdir) are there once their folder was synced, and may or
 *     may not be before, each for itself; a rename is whole. Syncing a file does not sync its name. */
#ifndef TESTS_CRASH_DISK_H
#define TESTS_CRASH_DISK_H

#include "common/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct disk;

struct disk_figures {
    uint64_t writes_pending, writes_lost, writes_torn; /* torn: some sectors of it, not all */
    uint64_t names_pending, names_lost;
};

/* `log` is kept by the caller. NULL where the log is not whole, or has what cannot be followed. */
struct disk *disk_new(struct slice log);
void disk_free(struct disk **disk);

uint64_t disk_entries(const struct disk *disk);
/* Goes on so that `entries` of the log have happened; never back. The last of them may be under way. */
void disk_advance(struct disk *disk, uint64_t entries);
/* The highest value of a mark so far. */
uint64_t disk_mark(const struct disk *disk, unsigned which);

/* Makes `folder` (not there yet) as the cut could have left it. */
void disk_cut(const struct disk *disk, uint64_t seed, const char *folder,
              struct disk_figures *figures);

#endif
