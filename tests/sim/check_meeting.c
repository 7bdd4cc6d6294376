/* Meetings, votes and counts against the model: rows of shard 0. */
#include "tests/sim/check_council.h"

#include "common/check.h"

#include <inttypes.h>

static bool
meeting_is(const struct model *m, const struct model_meeting *mine, const struct meeting_row *row,
           const struct unit_names *names)
{
    if (mine->unit != names->mine[row->unit] || mine->closed != row->closed ||
        !slice_equal(mine->teller, row->teller) || mine->member_count != row->member_count ||
        mine->table_count != row->nomination_count) {
        return false;
    }
    for (uint32_t i = 0; i < row->member_count; i++) {
        if (!slice_equal(mine->members[i], row->members[i]) ||
            mine->present[i] != row->present[i]) {
            return false;
        }
    }
    for (uint32_t i = 0; i < row->nomination_count; i++) {
        const uint8_t *id = m->council->nominations[mine->table[i]].id;
        if (!slice_equal(slice_of(id, 16), row->nominations[i])) {
            return false;
        }
    }
    return true;
}

static void
meeting_check(struct sim *s, const struct model *m, uint32_t at, const struct unit_names *names)
{
    const struct model_meeting *mine = &m->council->meetings[at];
    struct meeting_row row;
    struct slice value;
    struct buf key = BUF_EMPTY;
    key_meeting(&key, mine->id);
    if (state_get(s->disks[0].base, TABLE_MEETING, buf_slice_of(&key), &value) != ERR_OK) {
        sim_violation("meeting %" PRIu32 " of the model is not there", at);
    } else {
        CHECK(meeting_decode(value, s->arena, &row) == ERR_OK);
        if (!meeting_is(m, mine, &row, names)) {
            sim_violation("meeting %" PRIu32 " is not the model's", at);
        }
    }
    buf_fini(&key);
}

/* The row of one voter; of nobody: of the opening. */
static bool
vote_get(struct sim *s, const struct model *m, uint32_t meeting, uint32_t nomination,
         struct slice voter, struct slice *value)
{
    struct buf key = BUF_EMPTY;
    key_vote(&key, m->council->meetings[meeting].id,
             slice_of(m->council->nominations[nomination].id, 16), voter);
    bool there = state_get(s->disks[0].base, TABLE_VOTE, buf_slice_of(&key), value) == ERR_OK;
    buf_fini(&key);
    return there;
}

static void
vote_check(struct sim *s, const struct model *m, const struct model_vote *mine)
{
    struct slice value;
    struct vote_row row;
    if (!vote_get(s, m, mine->meeting, mine->nomination, mine->voter, &value)) {
        sim_violation("the vote of %.*s in meeting %" PRIu32 " is not there",
                      SLICE_ARG(mine->voter), mine->meeting);
        return;
    }
    CHECK(vote_decode(value, &row) == ERR_OK);
    enum choice open = mine->commitment.len > 0 ? (enum choice)0 : mine->choice;
    if (row.choice != open || row.written != mine->written ||
        !slice_equal(row.commitment, mine->commitment)) {
        sim_violation("the vote of %.*s in meeting %" PRIu32 " is not the model's",
                      SLICE_ARG(mine->voter), mine->meeting);
    }
}

static void
opening_check(struct sim *s, const struct model *m, const struct model_opening *mine)
{
    struct slice value;
    struct opening_row row;
    if (!vote_get(s, m, mine->meeting, mine->nomination, slice_text(""), &value)) {
        sim_violation("a count of meeting %" PRIu32 " is not there", mine->meeting);
        return;
    }
    CHECK(opening_decode(value, s->arena, &row) == ERR_OK);
    if (row.yes != mine->yes || row.no != mine->no || row.abstain != mine->abstain ||
        row.spoilt_count != mine->spoilt) {
        sim_violation("meeting %" PRIu32 " counted %" PRIu32 " for and %" PRIu32
                      " against, and by the model %" PRIu32 " and %" PRIu32,
                      mine->meeting, row.yes, row.no, mine->yes, mine->no);
    }
}

void
check_meetings(struct sim *s, const struct model *m, const struct unit_names *names)
{
    const struct model_council *c = m->council;
    check_rows_count(s, TABLE_MEETING, c->meeting_count);
    check_rows_count(s, TABLE_VOTE, c->vote_count + c->opening_count);
    for (uint32_t i = 0; i < c->meeting_count && !s->failed; i++) {
        meeting_check(s, m, i, names);
    }
    for (uint32_t i = 0; i < c->vote_count && !s->failed; i++) {
        vote_check(s, m, &c->votes[i]);
    }
    for (uint32_t i = 0; i < c->opening_count && !s->failed; i++) {
        opening_check(s, m, &c->openings[i]);
    }
}
