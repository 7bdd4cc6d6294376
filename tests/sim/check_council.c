/* The council's tables against the model. Approvals stand in every shard alike; all else in
 * shard 0 alone. */
#include "tests/sim/check_council.h"

#include "common/check.h"

#include <inttypes.h>

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
           receipt_equal(mine->receipt, row->receipt);
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

/* ---- the rest, of shard 0 ---- */

static uint32_t
rows_count(struct state *state, enum table table)
{
    struct state_cursor *c;
    struct state_row row;
    uint32_t count = 0;
    CHECK(state_cursor_open(state, table, &c) == ERR_OK);
    while (cursor_next(c, &row) == ERR_OK) {
        count++;
    }
    cursor_close(c);
    return count;
}

void
check_rows_count(struct sim *s, enum table table, uint32_t count)
{
    uint32_t rows = rows_count(s->disks[0].base, table);
    if (rows != count) {
        sim_violation("table %s has %" PRIu32 " rows, and by the model %" PRIu32, table_name(table),
                      rows, count);
    }
}

static void
others_check(struct sim *s, uint32_t shard)
{
    static const enum table COUNCIL[] = {TABLE_NOMINATION, TABLE_ACT,  TABLE_QUEUE, TABLE_SUBJECT,
                                         TABLE_MEETING,    TABLE_VOTE, TABLE_FILE};
    for (size_t i = 0; i < sizeof(COUNCIL) / sizeof(COUNCIL[0]); i++) {
        if (rows_count(s->disks[shard].base, COUNCIL[i]) != 0) {
            sim_violation("shard %" PRIu32 " holds rows of %s, which are shard 0's", shard,
                          table_name(COUNCIL[i]));
        }
    }
}

/* What came of it, once a run, by the model. */
static void
counts_take(const struct model *m)
{
    const struct model_council *c = m->council;
    uint64_t *counts = the_sim->stats->counts;
    for (uint32_t i = 0; i < m->approval_count; i++) {
        counts[CAME_approved] += m->approvals[i].approved;
    }
    for (uint32_t i = 0; i < c->act_count; i++) {
        counts[CAME_moved] += c->acts[i].act != 0;
        counts[CAME_carried] += c->acts[i].act == REVIEW_carry;
        counts[CAME_failed] += c->acts[i].act == REVIEW_fail;
        counts[CAME_untabled] += c->acts[i].act == REVIEW_untable;
        counts[CAME_decided] += c->acts[i].act == REVIEW_decide;
        counts[CAME_revoked] += c->acts[i].act == REVIEW_revoke;
    }
    for (uint32_t i = 0; i < c->vote_count; i++) {
        counts[c->votes[i].commitment.len > 0 ? CAME_secret : CAME_open]++;
    }
    counts[CAME_counted] += c->opening_count;
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
        if (i == 0) {
            check_review(s, m, &names);
            check_meetings(s, m, &names);
        } else {
            others_check(s, i);
        }
        state_abort(s->disks[i].base);
    }
}
