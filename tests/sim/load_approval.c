/* Approvals: a period that is over, approved from the communes up, as a secretary does who goes
 * down the list; a single one, mostly of a few days and weeks so that approvals, reports and
 * each other meet; some opened again; and what cannot be: a period that runs still or is none, a
 * reason that is empty, the wrong unit. */
#include "common/period.h"
#include "proto/records.h"
#include "tests/sim/sim.h"

static const char *const UNITS[] = {"w0", "w1", "w2", "w3", "w4",  "w5",
                                    "w6", "w7", "d0", "d1", "city"};
#define UNIT_COUNT 11

static void
approval_send(struct sim *s, uint32_t from, struct record_approval *in)
{
    struct buf body = BUF_EMPTY;
    struct slice unit = in->unit;
    if (rng_chance(&s->council_rng, 1, 80)) {
        unit = slice_text("w0"); /* another's envelope, but for one in eleven */
    }
    in->id = council_ulid(s);
    record_encode_approval(in, &body);
    council_send(s, from, unit, buf_slice_of(&body));
    sim_count(in->reopen ? SENT_reopening : SENT_approval);
    buf_fini(&body);
}

static struct slice
period_pick(struct sim *s)
{
    struct rng *r = &s->council_rng;
    char *text = arena_alloc(s->arena, PERIOD_TEXT);
    int32_t today = day_of_time(broker_wall_us(s), 7 * 60);
    int64_t kind = rng_between(r, 0, 19);
    if (kind == 0) {
        return slice_text("2021W60");
    }
    enum granularity gran = kind < 13   ? GRAN_DAY
                            : kind < 16 ? GRAN_WEEK
                            : kind < 19 ? GRAN_MONTH
                                        : GRAN_QUARTER;
    int32_t back = gran == GRAN_DAY ? 1 : gran == GRAN_WEEK ? 7 : gran == GRAN_MONTH ? 28 : 90;
    int32_t day = today - (int32_t)rng_between(r, back, back + 2);
    if (rng_chance(r, 1, 20)) {
        day = today; /* not over, but for a clock that was set back */
    }
    period_format(period_of_day(gran, day), text);
    return slice_text(text);
}

void
load_approve_all(struct sim *s)
{
    struct rng *r = &s->council_rng;
    struct slice period = period_pick(s);
    uint32_t from = council_actor(s);
    uint32_t most = (uint32_t)rng_between(r, 8, UNIT_COUNT);
    for (uint32_t i = 0; i < most; i++) {
        struct record_approval in = {.unit = slice_text(UNITS[i]), .period = period};
        if (!rng_chance(r, 1, 40)) {
            approval_send(s, from, &in);
        }
    }
}

void
load_approval(struct sim *s)
{
    static const char *const reasons[] = {"", "  ", "số liệu sai"};
    struct rng *r = &s->council_rng;
    bool reopen = rng_chance(r, 1, 3);
    struct record_approval in = {
        .campaign = slice_text(rng_chance(r, 1, 40)  ? "other"
                               : rng_chance(r, 1, 2) ? "cv"
                                                     : ""),
        .reopen = reopen,
        .unit =
            slice_text(rng_chance(r, 1, 40) ? "nowhere" : UNITS[rng_between(r, 0, UNIT_COUNT - 1)]),
        .period = period_pick(s),
    };
    if (reopen) {
        int64_t reason = rng_between(r, 0, 11);
        in.reason = slice_text(reasons[reason < 2 ? reason : 2]);
    }
    approval_send(s, council_actor(s), &in);
}
