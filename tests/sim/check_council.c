/* The council's tables against the model. Approvals stand in every shard alike; all else in shard 0 alone. */
#include "tests/sim/check.h"

#include "common/check.h"
#include "workers/state/rows_council.h"

#include <inttypes.h>

/* A unit's code by the state's number of it. */
struct unit_names {
    uint32_t mine[MODEL_CODES_MAX]; /* the model's number; UINT32_MAX: none */
};

static void
unit_names_read(struct state *state, const struct model *m, struct unit_names *names)
{
    struct state_cursor *c;
    struct state_row row;
    memset(names, 0xff, sizeof(*names));
    CHECK(state_cursor_open(state, TABLE_IDENT, &c) == ERR_OK);
    while (cursor_next(c, &row) == ERR_OK) {
        struct ident_key key;
        uint32_t id;
        CHECK(ident_key_decode(row.key, &key) == ERR_OK);
        CHECK(ident_decode(row.value, &id) == ERR_OK);
        if (key.kind == IDENT_UNIT) {
            CHECK(id < MODEL_CODES_MAX);
            names->mine[id] = model_code(&m->units, key.code);
        }
    }
    cursor_close(c);
}

/* ---- approvals ---- */

static const struct model_approval *
approval_find(const struct model *m, uint32_t unit, struct period period)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        if (m->approvals[i].unit == unit && period_equal(m->approvals[i].period, period)) {
            return &m->approvals[i];
        }
    }
    return NULL;
}

static bool
approval_is(const struct model_approval *mine, const struct approval_row *row)
{
    return mine != NULL && mine->approved == row->approved &&
           mine->receipt.block == row->receipt.block && mine->receipt.index == row->receipt.index;
}

static void
approvals_check(struct sim *s, const struct model *m, uint32_t shard,
                const struct unit_names *names)
{
    struct state_cursor *c;
    struct state_row at;
    uint32_t count = 0;
    CHECK(state_cursor_open(s->disks[shard].base, TABLE_APPROVAL, &c) == ERR_OK);
    while (!s->failed && cursor_next(c, &at) == ERR_OK) {
        uint16_t campaign;
        uint32_t unit;
        struct period period;
        struct approval_row row;
        CHECK(approval_key_decode(at.key, &campaign, &unit, &period) == ERR_OK);
        CHECK(approval_decode(at.value, &row) == ERR_OK && unit < MODEL_CODES_MAX);
        if (!approval_is(approval_find(m, names->mine[unit], period), &row)) {
            char text[PERIOD_TEXT];
            period_format(period, text);
            sim_violation("shard %" PRIu32 "'s approval of unit %" PRIu32
                          " for %s is not the model's",
                          shard, unit, text);
        }
        count++;
    }
    cursor_close(c);
    if (count != m->approval_count) {
        sim_violation("shard %" PRIu32 " holds %" PRIu32 " approvals, the model %" PRIu32, shard,
                      count, m->approval_count);
    }
}

/* Once a run, by the model. */
static void
counts_take(const struct model *m)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        if (m->approvals[i].approved) {
            sim_count(CAME_approved);
        }
    }
}

void
check_council(struct sim *s, const struct model *m)
{
    counts_take(m);
    for (uint32_t i = 0; i < s->settings.shards && !s->failed; i++) {
        struct unit_names names;
        CHECK(state_begin(s->disks[i].base, false) == ERR_OK);
        unit_names_read(s->disks[i].base, m, &names);
        approvals_check(s, m, i, &names);
        state_abort(s->disks[i].base);
    }
}
