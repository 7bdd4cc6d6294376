/* What load.c and load_check.c share: a journal and its shards, open in one process. */
#ifndef TESTS_CRASH_LOAD_SITE_H
#define TESTS_CRASH_LOAD_SITE_H

#include "broker/journal.h"
#include "tests/crash/load.h"
#include "workers/state/state.h"

#define SITE_SEGMENT_BYTES (64u << 10) /* the least there is: a roll-over every twenty blocks */
#define SITE_MAP_BYTES (256ull << 20)
#define APPLIED_MAX 64 /* blocks of one transaction */

struct site {
    struct journal *journal;
    struct state *states[LOAD_SHARDS];
    struct apply *applies[LOAD_SHARDS];
};

/* On an error too, site_stop follows. */
enum err site_start(struct site *site, const char *folder) MUST_CHECK;
void site_stop(struct site *site);
/* From the shard's position up to a block of the journal, `at_once` blocks a transaction. */
enum err site_apply(struct site *site, uint32_t shard, uint64_t upto, uint32_t at_once) MUST_CHECK;

#endif
