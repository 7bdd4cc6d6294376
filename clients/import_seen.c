/* Open addressing, at most half full. */
#include "clients/import_seen.h"

#include "common/mem.h"

#include <stdlib.h>
#include <xxhash.h>

uint64_t
seen_hash(struct slice a, struct slice b)
{
    XXH64_hash_t hash = XXH3_64bits_withSeed(b.data, b.len, XXH3_64bits(a.data, a.len));
    return hash == 0 ? 1 : hash;
}

static struct seen_entry *
seen_slot(const struct import_seen *seen, uint64_t key)
{
    uint64_t at = key & (seen->cap - 1);
    while (seen->entries[at].key != 0 && seen->entries[at].key != key) {
        at = (at + 1) & (seen->cap - 1);
    }
    return &seen->entries[at];
}

static void
seen_grow(struct import_seen *seen)
{
    struct import_seen larger = {.cap = seen->cap == 0 ? 1024 : seen->cap * 2,
                                 .count = seen->count};
    larger.entries = mem_alloc(larger.cap * sizeof *larger.entries);
    for (uint64_t i = 0; i < seen->cap; i++) {
        if (seen->entries[i].key != 0) {
            *seen_slot(&larger, seen->entries[i].key) = seen->entries[i];
        }
    }
    free(seen->entries);
    *seen = larger;
}

uint64_t
import_seen_put(struct import_seen *seen, uint64_t key, uint64_t value, bool *fresh)
{
    if (seen->cap < 2 * (seen->count + 1) && seen->count < SEEN_MAX) {
        seen_grow(seen);
    }
    struct seen_entry *slot = seen_slot(seen, key);
    *fresh = slot->key == 0 && seen->count < SEEN_MAX;
    if (*fresh) {
        *slot = (struct seen_entry){key, value};
        seen->count++;
    }
    return slot->key == 0 ? value : slot->value;
}

void
import_seen_fini(struct import_seen *seen)
{
    free(seen->entries);
    *seen = (struct import_seen){0};
}
