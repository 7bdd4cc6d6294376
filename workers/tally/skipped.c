/* Receipts that every run skips: see skipped.h. */
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
        if (receipt_below(&skipped->receipts[middle], receipt)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool
skipped_has(const struct skipped *skipped, struct receipt receipt)
{
    uint32_t place = place_of(skipped, &receipt);
    return place < skipped->count && !receipt_below(&receipt, &skipped->receipts[place]);
}

void
skipped_add(struct skipped *skipped, struct receipt receipt)
{
    if (skipped_has(skipped, receipt)) {
        return;
    }
    uint32_t place = place_of(skipped, &receipt);
    size_t size = sizeof(skipped->receipts[0]);
    skipped->receipts = mem_resize(skipped->receipts, (skipped->count + 1) * size);
    memmove(&skipped->receipts[place + 1], &skipped->receipts[place],
            (skipped->count - place) * size);
    skipped->receipts[place] = receipt;
    skipped->count++;
}

enum err
skipped_load(struct skipped *skipped, struct state *state)
{
    struct state_cursor *cursor;
    enum err err = state_cursor_open(state, TABLE_QUARANTINE, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    struct state_row row;
    err = cursor_seek(cursor, slice_text(""), &row);
    while (err == ERR_OK) {
        struct receipt receipt;
        err = receipt_key_decode(row.key, &receipt);
        if (err == ERR_OK) {
            skipped_add(skipped, receipt);
            err = cursor_next(cursor, &row);
        }
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

void
skipped_fini(struct skipped *skipped)
{
    free(skipped->receipts);
    *skipped = (struct skipped){0};
}
