/* The tally process: one shard, from the broker's blocks to LMDB. */
#ifndef TALLY_WORKER_H
#define TALLY_WORKER_H

#include "common/clock.h"
#include "proto/settings.h"

/* Until SIGTERM or SIGINT (EX_OK) or what it cannot go on from; gives the exit code, of sysexits.h:
 *   65 EX_DATAERR     a block does not follow the state's position
 *   69 EX_UNAVAILABLE the session could not be opened
 *   74 EX_IOERR       the state could not be read, written or committed
 *   75 EX_TEMPFAIL    no shard to be had, or another worker wrote ours: try again
 *   78 EX_CONFIG      the state is of another version or another shard */
int worker_run(const struct settings *settings);

#endif
