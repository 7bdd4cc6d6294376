/* A set of hashed keys, each with a small value: which reports an import has sent already. 64-bit hashes:
 * two keys that share one are taken for the same, which costs a merge where a whole report would have
 * done, never a value. */
#ifndef CLIENTS_IMPORT_SEEN_H
#define CLIENTS_IMPORT_SEEN_H

#include "common/slice.h"

#define SEEN_MAX (1u << 24) /* keys: 512 MiB; beyond it everything counts as seen */

struct seen_entry {
    uint64_t key, value; /* key 0: free */
};

struct import_seen {
    struct seen_entry *entries;
    uint64_t count, cap; /* a power of two */
};

uint64_t seen_hash(struct slice a, struct slice b);
/* The value that the key was first seen with; `value` itself now where it is new. *fresh says which. */
uint64_t import_seen_put(struct import_seen *seen, uint64_t key, uint64_t value, bool *fresh);
void import_seen_fini(struct import_seen *seen);

#endif
