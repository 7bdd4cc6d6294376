/* thidua-tally --verify: replays the whole journal into new, temporary states and compares every
 * table's keys and values with the ones that the workers made. Beside a running system. */
#ifndef TALLY_VERIFY_H
#define TALLY_VERIFY_H

#include "proto/settings.h"

struct verify_options {
    const char *from; /* a backup whose states the replay begins with; NULL: with block 1 */
    bool json;        /* one object instead of a line a shard */
    bool quiet;       /* no progress on the terminal */
};

/* One line a shard on stdout: `shard 0 block 1234 equal`, `... different` and the first row that is
 * (first: the stored state, second: the replay), or `... absent` where its worker has not made it.
 * Gives the exit code: 0 all equal, 1 not; 65 a block of the journal is not sound or does not
 * follow; 69 the broker cannot be reached or refuses; 74 a state could not be read or written; 75
 * interrupted. */
int verify_run(const struct settings *settings, const struct verify_options *options);

#endif
