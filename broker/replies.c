/* An array that grows to the busiest turn's size and stays. */
#include "broker/replies.h"

#include "common/mem.h"

#include <stdlib.h>

void
replies_init(struct replies *r, struct arena *arena)
{
    *r = (struct replies){.arena = arena};
}

void
replies_fini(struct replies *r)
{
    buf_fini(&r->scratch);
    free(r->items);
    *r = (struct replies){0};
}

struct buf *
replies_open(struct replies *r)
{
    buf_clear(&r->scratch);
    return &r->scratch;
}

void
replies_close(struct replies *r, struct slice identity)
{
    replies_close_with(r, identity, NULL, 0);
}

void
replies_close_with(struct replies *r, struct slice identity, const struct slice *parts,
                   uint32_t count)
{
    struct slice *all = ARENA_ARRAY(r->arena, struct slice, count + 1);
    all[0] = arena_copy(r->arena, buf_slice_of(&r->scratch));
    r->bytes += all[0].len;
    for (uint32_t i = 0; i < count; i++) {
        all[i + 1] = parts[i];
        r->bytes += parts[i].len;
    }
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 64 : r->cap * 2;
        r->items = mem_resize(r->items, r->cap * sizeof(*r->items));
    }
    /* The identity is copied: its session may end before the flush. */
    r->items[r->count++] = (struct reply){arena_copy(r->arena, identity), all, count + 1};
}

void
replies_clear(struct replies *r)
{
    r->count = 0;
    r->bytes = 0;
}
