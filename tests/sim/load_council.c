/* The council's records: when the next one is made up, of which kind, and who sends it. In half
 * of the runs there are some; they have a stream of numbers and a pace of their own. */
#include "common/check.h"
#include "tests/sim/screen.h"
#include "tests/sim/sim.h"

#define ACTS_LEAST 60
#define ACTS_MOST 240
#define PAUSE_MOST_US 500000 /* mostly long enough to see what came of the last act */
#define GOES_ON_MOST_US                                                                            \
    ((int64_t)60 * 1000000) /* behind the faults, where nothing is left to be done */

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
    if (!s->has_offices || rng_chance(&s->council_rng, 2, 3)) {
        return 0; /* local, who may all */
    }
    return (uint32_t)rng_between(&s->council_rng, 0, s->submitter_count - 1);
}

void
council_send(struct sim *s, uint32_t from, struct slice unit, struct slice body)
{
    struct submitter *b = &s->submitters[from];
    uint64_t type = 0;
    CHECK(layout_peek(body, &type));
    sim_trace("%s is to send a record of the council's: %s", b->node.name,
              record_layout(type)->name);
    submitter_send(s, b, arena_copy(s->arena, unit), arena_copy(s->arena, body));
    b->node.wake_us = b->node.alive ? s->now_us : b->node.wake_us;
}

void
council_make(struct sim *s)
{
    s->council_us = INT64_MAX;
    if (rng_chance(&s->council_rng, 1, 2)) {
        s->has_council = true;
        s->council_left = (uint32_t)rng_between(&s->council_rng, ACTS_LEAST, ACTS_MOST);
        s->council_us = s->now_us;
        s->load_left /= 2;
    }
}

/* Often nothing: what was last done is still awaited. */
static void
act_make(struct sim *s)
{
    int64_t kind = rng_between(&s->council_rng, 0, 99);
    if (kind < 1) {
        load_approve_all(s);
    } else if (kind < 12) {
        load_approval(s);
    } else if (kind < 16) {
        load_meeting_late(s);
    } else {
        load_nomination_act(s);
    }
}

void
council_turn(struct sim *s)
{
    struct rng *r = &s->council_rng;
    if (s->now_us < s->council_us) {
        return;
    }
    s->council_us = s->now_us + rng_between(r, 10000, PAUSE_MOST_US);
    /* Behind the faults there may be none for ever: whatever is then sent is refused. */
    if (s->sent_count < load_first(s) || (!s->healing && !screen_is_ready(s))) {
        return;
    }
    uint32_t before = s->sent_count;
    act_make(s);
    s->council_left -= s->sent_count > before;
    if (s->council_left == 0 || (s->healing && s->now_us > s->heal_us + GOES_ON_MOST_US)) {
        s->council_us = INT64_MAX;
    }
}
