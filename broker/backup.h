/* The journal into a backup directory and out of it (proto/manifest.h draws it). Runs in a process of
 * its own beside the broker: sealed segments never change, and of the open one LMDB copies a snapshot. */
#ifndef BROKER_BACKUP_H
#define BROKER_BACKUP_H

#include "proto/manifest.h"

/* Copies what BACKUP lacks of the journal in `folder`, checks what it has, and adds all of it to *m:
 * files, first, head, time and chain. `former` is BACKUP's newest manifest, {0} where there is none.
 * ERR_NOT_FOUND: no journal, or no block in it. ERR_CONFLICT: BACKUP holds another history than this
 * journal, or blocks between the two were pruned. ERR_CORRUPT: a damaged file; the log has its name.
 * ERR_AGAIN: segments were pruned meanwhile. ERR_FULL, ERR_IO. */
enum err journal_backup(const char *folder, const char *backup, const struct manifest *former,
                        struct manifest *m) MUST_CHECK;

struct restore_point {
    uint64_t block;  /* the last to restore; 0: see time_us */
    int64_t time_us; /* the last that is not later; INT64_MAX: all */
};

/* Makes the journal in the empty folder `folder` from the files of manifest `m`, whose hashes the
 * caller has compared, and tells in *head what it is now. ERR_NOT_FOUND: the backup does not reach to
 * that point, or begins behind it. ERR_CORRUPT, ERR_FULL, ERR_IO. */
struct journal_head;
enum err journal_restore(const char *backup, const struct manifest *m, struct restore_point to,
                         const char *folder, struct journal_head *head) MUST_CHECK;

/* `thidua-broker --backup BACKUP --data DATA` and `--restore BACKUP --data DATA [--block N] [--time-us
 * N]`, which `thidua backup` and `thidua restore` run. -1 where argv asks for neither, else the exit
 * code. What they did stands in the manifest BACKUP/pending, DATA/pending. */
int backup_command(int argc, char **argv);

#endif
