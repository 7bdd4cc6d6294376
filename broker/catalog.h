/* The segments of a journal's folder, oldest first, as their file names and seals tell them:
 *
 *     0000000000000001.mdb   0000000000000001.seal    full, never written again
 *     0000000000000058.mdb                            full, and being hashed: no seal yet
 *     0000000000000101.mdb                            the live one: the newest, no seal
 *
 * A name is the number of the segment's first block. Each segment begins where its predecessor ends,
 * all but the newest two are sealed: a folder where that is not so has lost a file. */
#ifndef BROKER_CATALOG_H
#define BROKER_CATALOG_H

#include "broker/seal.h"

#include <stdbool.h>

struct segment;

struct catalog_entry {
    uint64_t first;
    bool sealed;
    struct seal seal;        /* where sealed */
    bool checked;            /* by this process: its hash was compared, or it was written here */
    struct segment *segment; /* NULL: not open. The journal's */
    uint64_t used_at; /* the journal's count of reads, at the last one: who is closed first */
};

struct catalog {
    struct catalog_entry *entries;
    uint32_t count;
};

/* FOLDER/NAME.suffix; the caller frees. */
char *catalog_path(const char *folder, uint64_t first, const char *suffix);

/* ERR_NOT_FOUND: no folder; ERR_CORRUPT: a segment or a seal is missing or wrong, told in the log. */
enum err catalog_read(const char *folder, struct catalog *catalog) MUST_CHECK;
void catalog_fini(struct catalog *catalog);
struct catalog_entry *catalog_add(struct catalog *catalog, uint64_t first);
/* The one before the newest where it is not sealed yet, or NULL. It ends where the newest begins. */
struct catalog_entry *catalog_unsealed(const struct catalog *catalog);
/* The entry that holds the block, if it is there at all; NULL below the oldest. */
struct catalog_entry *catalog_find(struct catalog *catalog, uint64_t number);
/* Takes the `count` oldest out of the list. Their files are the caller's. */
void catalog_drop_oldest(struct catalog *catalog, uint32_t count);

#endif
