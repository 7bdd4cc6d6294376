/* The tally process: one shard, from the broker's blocks to LMDB. */
#ifndef TALLY_WORKER_H
#define TALLY_WORKER_H

#include "common/clock.h"
#include "common/err.h"
#include "proto/settings.h"

/* Until SIGTERM or SIGINT (EX_OK) or what it cannot go on from; gives the exit code, of sysexits.h:
 *   65 EX_DATAERR     a block does not follow the state's position
 *   69 EX_UNAVAILABLE the session could not be opened
 *   74 EX_IOERR       the state could not be read, written or committed
 *   75 EX_TEMPFAIL    no shard to be had, another worker wrote ours, or the state is stale: try again
 *   78 EX_CONFIG      the state is of another version or another shard */
struct care_options;
int worker_run(const struct settings *settings, const struct care_options *care);

/* The same by turns, so that the simulator runs the process's own code. */
struct worker;

#define WORKER_GOES_ON (-1) /* in place of an exit code */

/* Keeps `settings`. NULL: the session could not be opened; the log has the words. */
struct worker *worker_new(const struct settings *settings);
/* Waits as long as the link lets it, takes one message or commits: worker_run's exit code, or
 * WORKER_GOES_ON. */
int worker_turn(struct worker *worker);
void worker_free(struct worker **worker);
/* Before the first turn; without it the worker leaves no note. ERR_IO: the log has the words. */
enum err worker_care(struct worker *worker, const struct care_options *options) MUST_CHECK;

#endif
