/* Meetings: opened with members and a table, attended, closed with a count, or cancelled. */
#include "common/check.h"
#include "common/text.h"
#include "proto/ballot.h"
#include "tests/sim/model.h"

#define NOBODY UINT32_MAX

uint32_t
model_member(const struct model_meeting *meeting, struct slice person)
{
    for (uint32_t i = 0; i < meeting->member_count; i++) {
        if (slice_equal(meeting->members[i], person)) {
            return i;
        }
    }
    return NOBODY;
}

/* The driver sends lists of codes, or none at all. */
static bool
persons_read(struct model *m, struct slice raw, struct slice *names, uint32_t *count)
{
    struct cursor c = cursor_of(raw);
    *count = 0;
    CHECK(raw.len == 0 || cursor_array(&c, count) == ERR_OK);
    CHECK(*count <= MODEL_MEMBERS_MAX);
    for (uint32_t i = 0; i < *count; i++) {
        CHECK(cursor_text(&c, &names[i]) == ERR_OK);
        for (uint32_t k = 0; k < i; k++) {
            if (slice_equal(names[k], names[i])) {
                return model_refuse(m, CODE_DUPLICATE_CODE);
            }
        }
    }
    return true;
}

/* ---- opening ---- */

/* Members vote, a teller counts: who has not the role could not. */
static bool
has_role(struct model *m, struct slice person, uint32_t roles)
{
    return model_has_role(m, person, roles) || model_refuse(m, CODE_NONE);
}

static bool
heading_is_right(struct model *m, const struct council_turn *t, const struct record_meeting *in,
                 struct model_meeting *new)
{
    int32_t day;
    if (in->unit.len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    if (!m->has_campaign ||
        (in->campaign.len > 0 && !slice_equal(in->campaign, m->campaign.code))) {
        return model_refuse(m, CODE_CAMPAIGN_UNKNOWN);
    }
    new->unit = model_code(&m->units, in->unit);
    if (new->unit == UINT32_MAX) {
        return model_refuse(m, CODE_UNIT_UNKNOWN);
    }
    if (!model_may_run(m, t, new->unit)) {
        return false;
    }
    if (text_trim(in->title).len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    return date_parse(in->date, &day) == ERR_OK || model_refuse(m, CODE_DATE_INVALID);
}

static bool
members_are_right(struct model *m, const struct record_meeting *in, struct model_meeting *new)
{
    if (!persons_read(m, in->members, new->members, &new->member_count)) {
        return false;
    }
    for (uint32_t i = 0; i < new->member_count; i++) {
        if (!has_role(m, new->members[i], ACCESS_BIT(ACCESS_COUNCIL))) {
            return false;
        }
        new->members[i] = arena_copy(m->arena, new->members[i]);
    }
    return new->member_count > 0 || model_refuse(m, CODE_MISSING_FIELD);
}

/* Verified, in the unit's hand, of an award that is voted on. */
static bool
can_be_tabled(struct model *m, struct council_turn *t, const struct model_meeting *new,
              uint32_t nomination)
{
    const struct act_says says = {0};
    const struct model_nomination *n = &m->council->nominations[nomination];
    if (n->holder != new->unit) {
        return model_refuse(m, CODE_NOT_ALLOWED);
    }
    const struct award *award = model_award(m, n->form.award);
    if (award == NULL) {
        return model_refuse(m, CODE_AWARD_UNKNOWN);
    }
    if (award->percent == 0) {
        return model_refuse(m, CODE_MOVE_REFUSED);
    }
    t->secret = t->secret || award->secret;
    return model_move_find(m, t, n, REVIEW_table, &says) != NULL;
}

static bool
table_is_right(struct model *m, struct council_turn *t, const struct record_meeting *in,
               struct model_meeting *new)
{
    struct cursor c = cursor_of(in->nominations);
    struct slice ids[MODEL_TABLE_MAX];
    uint32_t count = 0;
    CHECK(in->nominations.len == 0 || cursor_array(&c, &count) == ERR_OK);
    CHECK(count <= MODEL_TABLE_MAX);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(cursor_bytes(&c, &ids[i]) == ERR_OK);
        for (uint32_t k = 0; k < i; k++) {
            if (slice_equal(ids[k], ids[i])) {
                return model_refuse(m, CODE_DUPLICATE_CODE);
            }
        }
    }
    for (uint32_t i = 0; i < m->council->meeting_count; i++) {
        if (count > 0 && slice_equal(m->council->meetings[i].id, in->meeting)) {
            return model_refuse(m, CODE_DUPLICATE_CODE);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        new->table[i] = model_nomination_find(m, ids[i]);
        if (new->table[i] == UINT32_MAX || !can_be_tabled(m, t, new, new->table[i])) {
            return false;
        }
    }
    new->table_count = count;
    return count > 0 || model_refuse(m, CODE_MISSING_FIELD);
}

static bool
teller_is_right(struct model *m, const struct council_turn *t, const struct record_meeting *in)
{
    uint32_t roles = ACCESS_BIT(ACCESS_COUNCIL) | ACCESS_BIT(ACCESS_SECRETARY);
    static const uint8_t zero[BALLOT_KEY_SIZE];
    if (t->secret && (in->teller.len == 0 || in->ballot_key.len == 0)) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    /* The driver's keys are good, or all zero, to which anybody could seal and anybody could
     * open. */
    if (in->ballot_key.len > 0 && (in->ballot_key.len != BALLOT_KEY_SIZE ||
                                   slice_equal(in->ballot_key, slice_of(zero, sizeof(zero))))) {
        return model_refuse(m, CODE_BALLOT_WRONG);
    }
    return in->teller.len == 0 || has_role(m, in->teller, roles);
}

static bool
meeting_open(struct model *m, struct council_turn *t, const struct record_meeting *in)
{
    struct model_council *c = m->council;
    struct model_meeting new = {.teller = arena_copy(m->arena, in->teller),
                                .id = arena_copy(m->arena, in->meeting)};
    const struct act_says says = {0};
    if (!heading_is_right(m, t, in, &new) || !members_are_right(m, in, &new) ||
        !table_is_right(m, t, in, &new) || !teller_is_right(m, t, in)) {
        return false;
    }
    for (uint32_t i = 0; i < new.table_count; i++) {
        struct model_nomination *n = &c->nominations[new.table[i]];
        model_move(m, t, n, model_move_find(m, t, n, REVIEW_table, &says));
        n->meeting = new.id;
    }
    CHECK(c->meeting_count < MODEL_MEETINGS_MAX);
    c->meetings[c->meeting_count++] = new;
    return true;
}

/* ---- attending ---- */

static bool
has_voted_there(const struct model *m, uint32_t meeting, struct slice person)
{
    for (uint32_t i = 0; i < m->council->vote_count; i++) {
        const struct model_vote *v = &m->council->votes[i];
        if (v->meeting == meeting && !v->written && slice_equal(v->voter, person)) {
            return true;
        }
    }
    return false;
}

static bool
attend(struct model *m, uint32_t at, const struct record_meeting *in)
{
    struct model_meeting *meeting = &m->council->meetings[at];
    struct slice names[MODEL_MEMBERS_MAX];
    bool present[MODEL_MEMBERS_MAX] = {false};
    uint32_t count;
    if (!persons_read(m, in->members, names, &count)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t member = model_member(meeting, names[i]);
        if (member == NOBODY) {
            return model_refuse(m, CODE_NOT_MEMBER);
        }
        present[member] = true;
    }
    for (uint32_t i = 0; i < meeting->member_count; i++) {
        if (!present[i] && has_voted_there(m, at, meeting->members[i])) {
            return model_refuse(m, CODE_VOTED_ALREADY);
        }
    }
    memcpy(meeting->present, present, sizeof(present));
    return true;
}

/* ---- the end ---- */

/* By the rule that the award has now. */
static enum review_act
outcome_of(const struct award *award, const struct model_count *count, uint32_t *base)
{
    *base = 0;
    bool quorum = count->taking_part > 0 && award != NULL &&
                  count->taking_part * 100 >= award->quorum * count->members;
    if (award == NULL || award->percent == 0 || !quorum) {
        return REVIEW_untable;
    }
    *base = award->base == BASE_PRESENT ? count->taking_part : count->members;
    return count->yes > 0 && count->yes * 100 >= award->percent * *base ? REVIEW_carry
                                                                        : REVIEW_fail;
}

static void
item_settle(struct model *m, struct council_turn *t, uint32_t at, uint32_t nomination, bool counted)
{
    struct model_nomination *n = &m->council->nominations[nomination];
    struct model_count count = model_count(m, at, nomination);
    const struct act_says says = {0};
    uint32_t base = 0;
    enum review_act act = REVIEW_untable;
    if (counted) {
        act = outcome_of(model_award(m, n->form.award), &count, &base);
    }
    if (act != REVIEW_untable) {
        n->yes = count.yes;
        n->no = count.no;
        n->abstain = count.abstain;
        n->spoilt = count.spoilt;
        n->base = base;
    }
    const struct review_move *move = model_move_find(m, t, n, act, &says);
    CHECK(move != NULL);
    model_move(m, t, n, move);
}

static bool
end(struct model *m, struct council_turn *t, uint32_t at, const struct record_meeting *in)
{
    struct model_meeting *meeting = &m->council->meetings[at];
    bool counted = in->act == MEETING_CLOSE;
    if (!counted && text_trim(in->reason).len == 0) {
        return model_refuse(m, CODE_REASON_MISSING);
    }
    for (uint32_t i = 0; counted && i < meeting->table_count; i++) {
        struct model_count count = model_count(m, at, meeting->table[i]);
        if (count.sealed > 0 && !count.opened) {
            return model_refuse(m, CODE_MEETING_OPEN);
        }
    }
    for (uint32_t i = 0; i < meeting->table_count; i++) {
        item_settle(m, t, at, meeting->table[i], counted);
    }
    meeting->closed = true;
    return true;
}

bool
model_meet(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_meeting *in = record;
    if (in->meeting.len != 16) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    if (in->act < MEETING_OPEN || in->act > MEETING_CANCEL) {
        return model_refuse(m, CODE_CHOICE_INVALID);
    }
    if (in->act == MEETING_OPEN) {
        return meeting_open(m, t, in);
    }
    uint32_t at = model_meeting_find(m, in->meeting);
    if (at == UINT32_MAX || !model_may_run(m, t, m->council->meetings[at].unit)) {
        return false;
    }
    if (m->council->meetings[at].closed) {
        return model_refuse(m, CODE_MEETING_CLOSED);
    }
    return in->act == MEETING_ATTEND ? attend(m, at, in) : end(m, t, at, in);
}
