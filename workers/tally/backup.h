/* thidua-tally --backup BACKUP: copies every shard's state beside the workers, and checks each copy by
 * reading all of it. The first step of `thidua backup`; the journal follows, so that it covers these. */
#ifndef TALLY_BACKUP_H
#define TALLY_BACKUP_H

#include "proto/manifest.h"
#include "workers/state/state.h"

/* Copies DATA/state/NN into BACKUP/state and adds the file, the position and the hash of its rows to *m.
 * A shard whose state has not been made yet is left out. `former` is BACKUP's newest manifest. */
enum err state_backup(const char *data, uint32_t shard, const char *backup,
                      const struct manifest *former, struct manifest *m) MUST_CHECK;

/* All shards; writes BACKUP/pending. Gives the exit code; what went wrong is on stderr. */
int backup_run(const char *data, uint32_t shards, const char *backup);

#endif
