/* One shard under verification: the state that its worker made, and the one replayed beside it. */
#ifndef TALLY_REPLICA_H
#define TALLY_REPLICA_H

#include "proto/settings.h"
#include "workers/tally/apply.h"

enum replica_result { REPLICA_ABSENT, REPLICA_EQUAL, REPLICA_DIFFERENT };

struct replica {
    uint32_t shard;
    struct state *live; /* NULL: its worker has not made it */
    bool held;          /* a snapshot of `live` is open */
    struct state *copy;
    struct apply *apply; /* on `copy` */
    uint64_t target;     /* replay up to here: the live position when it was last looked at */
    enum replica_result result;
    char difference[256];
    uint8_t hash[32]; /* of the live state, at `target` */
};

/* `folder`: where the copy may be made. On an error the log has the words. */
enum err replica_open(struct replica *r, const struct settings *settings, const char *folder,
                      uint32_t shard, uint32_t shards) MUST_CHECK;
void replica_close(struct replica *r);

/* Moves the target to the live state's position of now; with `hold` that snapshot stays open until
 * replica_close, so that what is compared is exactly it. */
enum err replica_look(struct replica *r, bool hold) MUST_CHECK;
/* Applies those of the consecutive blocks first, first + 1, ... that lie after the copy's position
 * and up to the target. */
enum err replica_apply(struct replica *r, uint64_t first, const struct slice *blocks,
                       uint32_t count) MUST_CHECK;
bool replica_done(const struct replica *r);
/* With the snapshot held and the target reached: fills result, difference and hash. */
enum err replica_compare(struct replica *r) MUST_CHECK;

#endif
