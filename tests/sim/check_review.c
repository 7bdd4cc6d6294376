/* Nominations, what was done upon them, and documents, against the model: rows of shard 0. The
 * queue, the subjects and the acts are made from nominations and must be just theirs. */
#include "tests/sim/check_council.h"

#include "common/check.h"

#include <inttypes.h>

/* ---- nominations ---- */

static bool
asked_are(const struct model *m, const struct model_nomination *mine,
          const struct nomination_row *row)
{
    if (mine->asked_count != row->asked_count) {
        return false;
    }
    for (uint32_t i = 0; i < row->asked_count; i++) {
        if (!slice_is(row->asked[i], m->units.text[mine->asked[i]])) {
            return false;
        }
    }
    return true;
}

static bool
vote_is(const struct model_nomination *mine, const struct nomination_row *row)
{
    return slice_equal(mine->meeting, row->meeting) && mine->yes == row->yes &&
           mine->no == row->no && mine->abstain == row->abstain && mine->spoilt == row->spoilt &&
           mine->base == row->base;
}

static bool
decision_is(const struct model_nomination *mine, const struct nomination_row *row)
{
    return slice_equal(mine->number, row->decision_number) &&
           slice_equal(mine->date, row->decision_date) &&
           slice_equal(mine->signer, row->decision_signer);
}

static bool
form_is(const struct record_nomination *form, const struct nomination_row *row)
{
    return slice_equal(form->award, row->award) && form->kind == (uint64_t)row->kind &&
           slice_equal(form->subject, row->subject) && slice_equal(form->theme, row->theme) &&
           slice_equal(form->summary, row->summary) && slice_equal(form->evidence, row->evidence) &&
           slice_equal(form->documents, row->documents) && form->simplified == row->simplified;
}

/* What of it differs; NULL: nothing. */
static const char *
nomination_differs(const struct model *m, const struct model_nomination *mine,
                   const struct nomination_row *row, const struct unit_names *names)
{
    return mine->state != row->state                                      ? "state"
           : mine->holder != names->mine[row->holder]                     ? "holder"
           : mine->proposer != names->mine[row->proposer]                 ? "proposer"
           : mine->subject_unit != names->mine[row->subject_unit]         ? "subject's unit"
           : mine->since != row->since || mine->deadline != row->deadline ? "deadline"
           : !receipt_equal(mine->receipt, row->receipt) || mine->submitted_us != row->submitted_us
               ? "submission"
           : !asked_are(m, mine, row)   ? "consultation"
           : !vote_is(mine, row)        ? "vote"
           : !decision_is(mine, row)    ? "decision"
           : !form_is(&mine->form, row) ? "form"
                                        : NULL;
}

/* In the queue and among the subjects it stands once: the tables hold no more rows than there
 * are nominations. */
static bool
is_listed(struct state *state, const struct nomination_row *row, struct slice id)
{
    struct buf key = BUF_EMPTY, fold = BUF_EMPTY;
    struct slice value;
    key_queue(&key, row->holder, row->state, row->deadline, id);
    bool listed = state_get(state, TABLE_QUEUE, buf_slice_of(&key), &value) == ERR_OK;
    subject_fold(row->subject, &fold);
    key_subject(&key, buf_slice_of(&fold), id);
    listed = listed && state_get(state, TABLE_SUBJECT, buf_slice_of(&key), &value) == ERR_OK;
    buf_fini(&key);
    buf_fini(&fold);
    return listed;
}

static void
nomination_check(struct sim *s, const struct model *m, uint32_t at, const struct unit_names *names)
{
    struct state *state = s->disks[0].base;
    const struct model_nomination *mine = &m->council->nominations[at];
    struct nomination_row row;
    struct slice value, id = slice_of(mine->id, sizeof(mine->id));
    struct buf key = BUF_EMPTY;
    key_nomination(&key, id);
    if (state_get(state, TABLE_NOMINATION, buf_slice_of(&key), &value) != ERR_OK) {
        sim_violation("nomination %" PRIu32 " of the model is not there", at);
    } else {
        CHECK(nomination_decode(value, s->arena, &row) == ERR_OK);
        const char *differs = nomination_differs(m, mine, &row, names);
        if (differs != NULL) {
            sim_violation("nomination %" PRIu32 ", %s, and by the model %s: its %s is another", at,
                          review_state_name(row.state), review_state_name(mine->state), differs);
        } else if (!is_listed(state, &row, id)) {
            sim_violation("nomination %" PRIu32 " is not in the queue as it is", at);
        }
    }
    buf_fini(&key);
}

/* ---- acts ---- */

static void
act_check(struct sim *s, const struct model *m, uint32_t at, const struct unit_names *names)
{
    const struct model_act *mine = &m->council->acts[at];
    struct slice value, id = slice_of(m->council->nominations[mine->nomination].id, 16);
    struct act_row row;
    struct buf key = BUF_EMPTY;
    key_act(&key, id, mine->receipt);
    if (state_get(s->disks[0].base, TABLE_ACT, buf_slice_of(&key), &value) != ERR_OK) {
        sim_violation("what record %" PRIu64 ".%" PRIu32 " did to nomination %" PRIu32
                      " is not among its acts",
                      mine->receipt.block, mine->receipt.index, mine->nomination);
    } else {
        CHECK(act_decode(value, &row) == ERR_OK);
        if (row.act != mine->act || row.from != mine->from || row.to != mine->to ||
            names->mine[row.holder] != mine->holder) {
            sim_violation("record %" PRIu64 ".%" PRIu32 " moved nomination %" PRIu32
                          " from %s to %s, and by the model from %s to %s",
                          mine->receipt.block, mine->receipt.index, mine->nomination,
                          review_state_name(row.from), review_state_name(row.to),
                          review_state_name(mine->from), review_state_name(mine->to));
        }
    }
    buf_fini(&key);
}

/* ---- documents ---- */

static void
file_check(struct sim *s, const struct model_file *mine)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_file(&key, slice_of(mine->hash, sizeof(mine->hash)), 0);
    enum err err = state_get(s->disks[0].base, TABLE_FILE, buf_slice_of(&key), &value);
    if (err != ERR_OK || value.len != mine->size) {
        sim_violation("a document of %" PRIu64 " bytes is not there whole", mine->size);
    }
    buf_fini(&key);
}

void
check_review(struct sim *s, const struct model *m, const struct unit_names *names)
{
    const struct model_council *c = m->council;
    check_rows_count(s, TABLE_NOMINATION, c->nomination_count);
    check_rows_count(s, TABLE_QUEUE, c->nomination_count);
    check_rows_count(s, TABLE_SUBJECT, c->nomination_count);
    check_rows_count(s, TABLE_ACT, c->act_count);
    check_rows_count(s, TABLE_FILE, c->file_count);
    for (uint32_t i = 0; i < c->nomination_count && !s->failed; i++) {
        nomination_check(s, m, i, names);
    }
    for (uint32_t i = 0; i < c->act_count && !s->failed; i++) {
        act_check(s, m, i, names);
    }
    for (uint32_t i = 0; i < c->file_count && !s->failed; i++) {
        file_check(s, &c->files[i]);
    }
}
