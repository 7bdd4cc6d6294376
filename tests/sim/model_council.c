/* What the council's records share: once a principal and ULID, the finding of nominations,
 * whether an act is a move of review.def and its need holds, and the move. */
#include "tests/sim/model_council.h"

#include "common/check.h"
#include "common/text.h"
#include "tests/sim/model.h"

/* No unit's number: the council's ULIDs stand apart from those of other records. */
#define ULIDS_OF_COUNCIL (UINT32_MAX - 1)

/* ---- one record ---- */

static enum verdict
once(struct model *m, struct council_turn *t, struct slice id, const void *in, council_act *act)
{
    if (id.len != 16) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, t->principal, id, ULIDS_OF_COUNCIL)) {
        return VERDICT_UNCHANGED;
    }
    if (!act(m, t, in)) {
        return VERDICT_REJECTED;
    }
    model_ulid_keep(m, t->principal, id, ULIDS_OF_COUNCIL);
    return t->unchanged ? VERDICT_UNCHANGED : VERDICT_ACCEPTED;
}

union council_record {
    struct record_nomination nomination;
    struct record_review review;
    struct record_comment comment;
    struct record_meeting meeting;
    struct record_vote vote;
    struct record_opening opening;
    struct record_decision decision;
    struct record_revocation revocation;
    struct record_file file;
};

static enum verdict
judge(struct model *m, struct council_turn *t, const union council_record *in, uint64_t type)
{
    switch (type) {
    case RECORD_nomination:
        return once(m, t, in->nomination.id, &in->nomination, model_nominate);
    case RECORD_review:
        return once(m, t, in->review.id, &in->review, model_review);
    case RECORD_comment:
        return once(m, t, in->comment.id, &in->comment, model_comment);
    case RECORD_meeting:
        return once(m, t, in->meeting.id, &in->meeting, model_meet);
    case RECORD_vote:
        return once(m, t, in->vote.id, &in->vote, model_vote);
    case RECORD_opening:
        return once(m, t, in->opening.id, &in->opening, model_open);
    case RECORD_decision:
        return once(m, t, in->decision.id, &in->decision, model_decide);
    case RECORD_revocation:
        return once(m, t, in->revocation.id, &in->revocation, model_revoke);
    default:
        CHECK(type == RECORD_file);
        return !model_file(m, t, &in->file) ? VERDICT_REJECTED
               : t->unchanged               ? VERDICT_UNCHANGED
                                            : VERDICT_ACCEPTED;
    }
}

enum verdict
model_council(struct model *m, const struct block *block, const struct block_record *record,
              uint64_t type)
{
    union council_record in;
    struct complaint why;
    struct council_turn t = {
        .principal = record->principal,
        .receipt = {block->number, record->index},
        .time_us = block->time_us,
        .today = day_of_time(block->time_us, m->has_campaign ? m->campaign.utc_offset_minutes : 0),
    };
    if (!layout_decode(record_layout(type), record->body, &in, &why)) {
        return VERDICT_REJECTED;
    }
    return judge(m, &t, &in, type);
}

/* ---- nominations ---- */

uint32_t
model_nomination_find(struct model *m, struct slice id)
{
    const struct model_council *c = m->council;
    for (uint32_t i = 0; i < c->nomination_count; i++) {
        if (slice_equal(id, slice_of(c->nominations[i].id, 16))) {
            return i;
        }
    }
    model_refuse(m, id.len == 16 ? CODE_NOMINATION_UNKNOWN : CODE_MISSING_FIELD);
    return UINT32_MAX;
}

const struct award *
model_award(const struct model *m, struct slice code)
{
    for (uint32_t i = 0; m->has_campaign && i < m->campaign.award_count; i++) {
        if (slice_equal(m->campaign.awards[i].code, code)) {
            return &m->campaign.awards[i];
        }
    }
    return NULL;
}

bool
model_may_run(struct model *m, const struct council_turn *t, uint32_t unit)
{
    return model_may_for(m, t->principal, ACCESS_BIT(ACCESS_SECRETARY), unit, t->today);
}

/* ---- what a move needs ---- */

/* Who may decide, by the unit's level: a commune, the city, or whatever stands between. */
static int
authority_of(const struct model *m, uint32_t unit, int32_t day)
{
    const struct model_version *v = model_version_near(m, unit, day);
    struct slice level = slice_text(v == NULL ? "" : v->level);
    return slice_is(level, "commune")                               ? 1
           : slice_is(level, "city") || slice_is(level, "province") ? 3
                                                                    : 2;
}

static uint32_t
unit_above(const struct model *m, uint32_t unit, int32_t day)
{
    const struct model_version *v = model_version_near(m, unit, day);
    return v == NULL || v->parent[0] == '\0' ? UINT32_MAX
                                             : model_code(&m->units, slice_text(v->parent));
}

static bool
documents_are_whole(struct model *m, const struct model_nomination *n)
{
    struct cursor c = cursor_of(n->form.documents);
    uint32_t count = 0, parts;
    if (n->form.documents.len == 0) {
        return true;
    }
    CHECK(cursor_array(&c, &count) == ERR_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct slice hash, text;
        uint64_t size;
        bool there = false;
        CHECK(cursor_array(&c, &parts) == ERR_OK && cursor_bytes(&c, &hash) == ERR_OK);
        CHECK(cursor_text(&c, &text) == ERR_OK && cursor_text(&c, &text) == ERR_OK);
        CHECK(cursor_uint(&c, &size) == ERR_OK);
        for (uint32_t k = 0; k < m->council->file_count; k++) {
            const struct model_file *file = &m->council->files[k];
            there = there || (slice_equal(hash, slice_of(file->hash, 32)) && file->size == size);
        }
        if (!there) {
            return model_refuse(m, CODE_DOCUMENT_MISSING);
        }
    }
    return true;
}

static bool
unit_can_be_asked(struct model *m, const struct council_turn *t, struct slice code)
{
    uint32_t unit = model_code(&m->units, code);
    if (code.len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    if (unit == UINT32_MAX) {
        return model_refuse(m, CODE_UNIT_UNKNOWN);
    }
    return model_version_on(m, unit, t->today) != NULL || model_refuse(m, CODE_UNIT_NOT_THEN);
}

static bool
decision_is_named(struct model *m, const struct act_says *says)
{
    int32_t day;
    if (text_trim(says->number).len == 0 || says->date.len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    return date_parse(says->date, &day) == ERR_OK || model_refuse(m, CODE_DATE_INVALID);
}

/* Of this award, by this holder: those that are decided, and not revoked since, fill the quota. */
static bool
holder_decides(struct model *m, const struct council_turn *t, const struct model_nomination *n,
               const struct award *award, const struct act_says *says)
{
    uint32_t decided = 0;
    if ((int)award->level > authority_of(m, n->holder, t->today)) {
        return model_refuse(m, CODE_AUTHORITY_OTHER);
    }
    if (!decision_is_named(m, says)) {
        return false;
    }
    for (uint32_t i = 0; i < m->council->nomination_count; i++) {
        const struct model_nomination *other = &m->council->nominations[i];
        decided += other->state == STATE_decided && other->holder == n->holder &&
                   slice_equal(other->form.award, n->form.award);
    }
    return award->quota == 0 || decided < award->quota || model_refuse(m, CODE_QUOTA_REACHED);
}

static bool
award_need_holds(struct model *m, const struct council_turn *t, const struct model_nomination *n,
                 enum review_need need, const struct act_says *says)
{
    const struct award *award = model_award(m, n->form.award);
    if (award == NULL) {
        return model_refuse(m, CODE_AWARD_UNKNOWN);
    }
    int authority = authority_of(m, n->holder, t->today);
    switch (need) {
    case NEED_SIMPLIFIED:
        return award->percent == 0 || (award->simplified && n->form.simplified) ||
               model_refuse(m, CODE_MOVE_REFUSED);
    case NEED_LOWER:
        return ((int)award->level > authority &&
                unit_above(m, n->holder, t->today) != UINT32_MAX) ||
               model_refuse(m, CODE_MOVE_REFUSED);
    case NEED_ABOVE:
        return (award->level > AWARD_CITY && authority == 3) || model_refuse(m, CODE_MOVE_REFUSED);
    default:
        return holder_decides(m, t, n, award, says);
    }
}

static bool
need_holds(struct model *m, const struct council_turn *t, const struct model_nomination *n,
           enum review_need need, const struct act_says *says)
{
    switch (need) {
    case NEED_NOTHING:
    case NEED_VOTE:
        return true;
    case NEED_DOCUMENTS:
        return documents_are_whole(m, n);
    case NEED_REASON:
        return text_trim(says->reason).len > 0 || model_refuse(m, CODE_REASON_MISSING);
    case NEED_UNIT:
        return unit_can_be_asked(m, t, says->unit);
    case NEED_DEADLINE:
        return n->deadline == INT32_MAX || t->today > n->deadline ||
               model_refuse(m, CODE_MOVE_REFUSED);
    case NEED_NUMBER:
        return decision_is_named(m, says);
    default:
        return award_need_holds(m, t, n, need, says);
    }
}

const struct review_move *
model_move_find(struct model *m, const struct council_turn *t, const struct model_nomination *n,
                enum review_act act, const struct act_says *says)
{
    const struct review_move *move;
    model_refuse(m, CODE_MOVE_REFUSED);
    for (uint32_t nth = 0; (move = review_move(act, n->state, nth)) != NULL; nth++) {
        if (need_holds(m, t, n, move->need, says)) {
            return move;
        }
    }
    return NULL;
}

/* ---- the move ---- */

void
model_act_keep(struct model *m, const struct council_turn *t, const struct model_nomination *n,
               const struct review_move *move)
{
    struct model_council *c = m->council;
    CHECK(c->act_count < MODEL_ACTS_MAX);
    c->acts[c->act_count++] = (struct model_act){
        .nomination = (uint32_t)(n - c->nominations),
        .act = move == NULL ? 0 : move->act,
        .from = move == NULL ? n->state : move->from,
        .to = move == NULL ? n->state : move->to,
        .holder = n->holder,
        .receipt = t->receipt,
    };
}

static uint32_t
days_in(const struct stages *stages, enum review_state state)
{
    switch (state) {
    case STATE_submitted:
        return stages->submitted;
    case STATE_verified:
        return stages->verified;
    case STATE_consulting:
        return stages->consulting;
    case STATE_returned:
        return stages->returned;
    case STATE_in_review:
        return stages->in_review;
    case STATE_approved:
        return stages->approved;
    case STATE_forwarded:
        return stages->forwarded;
    default:
        return 0;
    }
}

void
model_move(struct model *m, const struct council_turn *t, struct model_nomination *n,
           const struct review_move *move)
{
    model_act_keep(m, t, n, move);
    if (move->need == NEED_LOWER) {
        n->holder = unit_above(m, n->holder, t->today);
    }
    n->state = move->to;
    /* Who has not answered yet has as long as before. */
    if (move->act != REVIEW_opinion) {
        uint32_t days = days_in(&m->campaign.stages, n->state);
        n->since = t->today;
        n->deadline = days == 0 ? INT32_MAX : t->today + (int32_t)days;
    }
    if (n->state != STATE_consulting) {
        n->asked_count = 0;
    }
    bool before_review = n->state == STATE_submitted || n->state == STATE_verified ||
                         n->state == STATE_consulting || n->state == STATE_returned;
    if (before_review) {
        n->meeting = slice_text("");
        n->yes = n->no = n->abstain = n->spoilt = n->base = 0;
    }
}
