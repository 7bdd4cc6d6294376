/* A journal of small segments in a folder of its own, for tests that damage it. */
#ifndef TESTS_JOURNAL_RIG_H
#define TESTS_JOURNAL_RIG_H

#include "broker/journal.h"

#include <stddef.h>

struct journal_rig {
    char *folder;  /* gone with the rig */
    char *journal; /* folder/journal */
    struct journal *j;
};

/* An empty journal, open for writing. */
void journal_rig_open(struct journal_rig *rig);
void journal_rig_close(struct journal_rig *rig);
/* The journal is opened anew, or left closed. */
void journal_rig_reopen(struct journal_rig *rig);
void journal_rig_stop(struct journal_rig *rig);
/* Appends a block of one record, `size` bytes that tell its number; gives journal_append's answer. */
enum err journal_rig_append(struct journal_rig *rig, size_t size);
/* As many of the sizes that LMDB stores in each of its ways: within a leaf, on pages of their own. */
void journal_rig_fill(struct journal_rig *rig, int blocks);
/* As an idle broker does, until every segment but the live one has its seal. */
void journal_rig_seal(struct journal_rig *rig);
/* The chain hash of a block. */
void journal_rig_chain(struct journal_rig *rig, uint64_t block, uint8_t chain[BLOCK_CHAIN_SIZE]);
/* FOLDER/journal/NNNNNNNNNNNNNNNN.suffix; the caller frees. */
char *journal_rig_path(const struct journal_rig *rig, uint64_t first, const char *suffix);

/* Flips one bit of a file; the same again puts it back. */
void bit_flip(const char *path, uint64_t bit);

#endif
