/* The same small site, again and again: a journal with small segments and two shards, in one process,
 * driven as the broker and the tally workers drive them; and the proof that what is on a disk is what
 * had been promised. The blocks are made once, from a seed, by the state machine's bench
 * (tests/lib/apply_rig.h), whose states in memory are the undisturbed replay that all is compared with. */
#ifndef TESTS_CRASH_LOAD_H
#define TESTS_CRASH_LOAD_H

#include "tests/lib/apply_rig.h"

#define LOAD_SHARDS 2
#define LOAD_BLOCKS_MAX RIG_BLOCKS_MAX

/* What the shim remembers of a run (shim_mark). */
enum load_mark {
    MARK_RECEIPTS, /* the receipts of all blocks up to this one have left */
    MARK_SYNCED,   /* + shard: its state is synced up to this block */
};

struct load {
    struct rig rig;
    uint32_t blocks;
    uint8_t hash[LOAD_BLOCKS_MAX + 1][LOAD_SHARDS][32]; /* of each state after each block */
};

void load_make(struct load *load, uint32_t blocks, uint64_t seed);
void load_fini(struct load *load);

/* Goes on from what is in `folder` to the last block, and stops in order now and then to begin anew.
 * Gives an exit code as the programs would: 0, or 74 when a disk said no (the log has the words). */
int load_run(const struct load *load, const char *folder);

/* What must be true of a folder after a crash. */
struct promise {
    uint64_t receipts;            /* blocks up to here are there */
    uint64_t synced[LOAD_SHARDS]; /* each shard's position is here or later */
};

/* Opens the journal and both states as the programs would, reads every block, compares each state at
 * its position, replays it to the head and compares again, then appends and applies one more block.
 * False with `why`. In a process of its own: what is damaged may take it down. */
bool load_check(const struct load *load, const char *folder, const struct promise *promise,
                char why[256]);

#endif
