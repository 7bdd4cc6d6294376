/* Proving a journal: reads every block from the first that is kept to the head, compares each checksum,
 * each link of the chain and each sealed file with its seal, and one block with a hash that somebody
 * wrote down. Trusts nothing in the folder: no LMDB (pages.h), no seal that the blocks do not bear out.
 *
 * What follows from it. The chain hash of a block is a hash over the one before it and over the block's
 * own number, time and records. So the hash written down fixes every record at or below that block: any
 * other content would need a collision of BLAKE2b-256. After a prune the block before the first is gone,
 * and the first block's own content rests on its checksum and its seal alone (unless the hash written
 * down is the missing block's own); from the second on all is proved. What came after the block that was
 * written down is proved to be a chain that rests on it, and not that it is the only one there ever was. */
#ifndef BROKER_PROVE_H
#define BROKER_PROVE_H

#include "proto/block.h"

enum prove_fault {
#define FAULT(name, vi, en) PROVE_##name,
#include "broker/prove_faults.def"
#undef FAULT
};

const char *prove_fault_name(enum prove_fault fault);     /* with - for _ */
const char *prove_fault_sentence(enum prove_fault fault); /* in the user's language */

#define PROVE_FILE_MAX 64

struct proof {
    /* what is proved */
    uint64_t first, head; /* blocks */
    int64_t head_time_us;
    uint8_t chain[BLOCK_CHAIN_SIZE]; /* of the head */
    bool
        first_rests; /* the first block follows from block 0 or from the hash given, not only its seal */
    uint64_t segments, sealed, bytes; /* files; those of them with a seal; their bytes */
    /* or the first thing that is wrong */
    enum prove_fault fault;
    char file[PROVE_FILE_MAX]; /* its name in the folder; of ERR_IO too */
    uint64_t block;            /* 0: in no block */
    uint64_t byte;             /* of the file, where the block, page or node begins; 0: not known */
};

struct prove_options {
    const char *folder;
    bool
        site; /* DATA/journal itself, beside a broker that may be writing; else a copy, never written */
    uint64_t block;      /* the one written down; 0: none */
    const uint8_t *hash; /* its chain hash, BLOCK_CHAIN_SIZE bytes */
    bool newest;         /* only the newest segment, for what the head is */
    void (*progress)(void *context, uint64_t block, uint64_t last); /* NULL; `last` is a guess */
    void *context;
};

/* ERR_OK: proved. ERR_CORRUPT: proof->fault says what is wrong. ERR_NOT_FOUND: no journal, or no block
 * in it. ERR_RANGE: the block written down lies before the first kept by more than one; proof->first.
 * ERR_AGAIN: segments were pruned meanwhile. ERR_IO. */
enum err prove_journal(const struct prove_options *options, struct proof *proof) MUST_CHECK;

/* `thidua-broker --prove --data DATA | --journal DIR [--block N --hash HEX] [--head] [--json] [--quiet]`,
 * which `thidua journal` and `thidua verify` run. -1 where argv does not ask for it, else the exit code:
 * 0 proved, 65 not, 66 not there. */
int prove_command(int argc, char **argv);

#endif
