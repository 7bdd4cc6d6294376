/* The council's records: who sends them, and which comes next. In half of the runs there are some; they have a
 * stream of numbers of their own, so that they do not move what else is sent. */
#include "common/check.h"
#include "tests/sim/sim.h"

struct slice
council_ulid(struct sim *s)
{
    uint8_t *id = arena_alloc(s->arena, 16);
    for (int i = 0; i < 16; i++) {
        id[i] = (uint8_t)rng_next(&s->council_rng);
    }
    return slice_of(id, 16);
}

uint32_t
council_actor(struct sim *s)
{
    if (!s->has_offices || rng_chance(&s->council_rng, 1, 3)) {
        return 0; /* local, who may all */
    }
    return (uint32_t)rng_between(&s->council_rng, 0, s->submitter_count - 1);
}

void
council_send(struct sim *s, uint32_t from, struct slice unit, struct slice body)
{
    struct submitter *b = &s->submitters[from];
    submitter_send(s, b, arena_copy(s->arena, unit), arena_copy(s->arena, body));
    b->node.wake_us = b->node.alive ? s->now_us : b->node.wake_us;
}

bool
load_council(struct sim *s)
{
    struct rng *r = &s->council_rng;
    if (!s->has_council || s->load_left == 0 || s->sent_count < load_first(s) ||
        !rng_chance(r, 1, 3)) {
        return false;
    }
    s->load_left--;
    if (rng_chance(r, 1, 12)) {
        load_approve_all(s);
    } else {
        load_approval(s);
    }
    return true;
}
