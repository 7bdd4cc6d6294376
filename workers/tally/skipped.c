/* Records that every run skips: see skipped.h. */
#include "workers/tally/skipped.h"

#include "common/mem.h"

#include <stdlib.h>

static bool
receipt_below(const struct receipt *a, const struct receipt *b)
{
    return a->block != b->block ? a->block < b->block : a->index < b->index;
}

/* The place of the first that is not below `receipt`. */
static uint32_t
place_of(const struct skipped *skipped, const struct receipt *receipt)
{
    uint32_t low = 0, high = skipped->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (receipt_below(&skipped->skips[middle].receipt, receipt)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool
skipped_find(const struct skipped *skipped, struct receipt receipt, uint64_t *type)
{
    uint32_t place = place_of(skipped, &receipt);
    if (place == skipped->count || receipt_below(&receipt, &skipped->skips[place].receipt)) {
        return false;
    }
    *type = skipped->skips[place].type;
    return true;
}

void
skipped_add(struct skipped *skipped, struct receipt receipt, uint64_t type)
{
    uint64_t known;
    if (skipped_find(skipped, receipt, &known)) {
        return;
    }
    uint32_t place = place_of(skipped, &receipt);
    size_t size = sizeof(skipped->skips[0]);
    skipped->skips = mem_resize(skipped->skips, (skipped->count + 1) * size);
    memmove(&skipped->skips[place + 1], &skipped->skips[place], (skipped->count - place) * size);
    skipped->skips[place] = (struct skip){receipt, type};
    skipped->count++;
}

void
skipped_fini(struct skipped *skipped)
{
    free(skipped->skips);
    *skipped = (struct skipped){0};
}

enum err
skipped_mark(struct state *state, struct receipt receipt, const char *mark, struct buf *key)
{
    key_receipt(key, receipt);
    return state_put(state, TABLE_QUARANTINE, buf_slice_of(key), slice_text(mark));
}

enum err
skipped_stale(struct state *state, bool *stale)
{
    struct state_cursor *cursor;
    struct state_row row;
    enum err err = state_cursor_open(state, TABLE_QUARANTINE, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    *stale = false;
    while (!*stale && (err = cursor_next(cursor, &row)) == ERR_OK) {
        *stale = slice_is(row.value, MARK_APPLIED);
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
