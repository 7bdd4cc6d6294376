/* Votes and their count. A member votes once on a nomination, is there or writes; a secret
 * ballot says nothing before its teller has opened it, and what it then says is looked up in the
 * book. */
#include "common/check.h"
#include "tests/sim/model.h"

uint32_t
model_meeting_find(struct model *m, struct slice id)
{
    for (uint32_t i = 0; i < m->council->meeting_count; i++) {
        if (slice_equal(m->council->meetings[i].id, id)) {
            return i;
        }
    }
    model_refuse(m, CODE_MEETING_UNKNOWN);
    return UINT32_MAX;
}

static bool
is_on(const struct model_vote *v, uint32_t meeting, uint32_t nomination)
{
    return v->meeting == meeting && v->nomination == nomination;
}

static const struct model_opening *
opening_of(const struct model *m, uint32_t meeting, uint32_t nomination)
{
    for (uint32_t i = 0; i < m->council->opening_count; i++) {
        const struct model_opening *o = &m->council->openings[i];
        if (o->meeting == meeting && o->nomination == nomination) {
            return o;
        }
    }
    return NULL;
}

/* UINT32_MAX, refused: it is on no table of this meeting. */
static uint32_t
tabled(struct model *m, const struct model_meeting *meeting, struct slice id)
{
    for (uint32_t i = 0; i < meeting->table_count; i++) {
        if (slice_equal(id, slice_of(m->council->nominations[meeting->table[i]].id, 16))) {
            return meeting->table[i];
        }
    }
    model_refuse(m, CODE_NOT_ON_TABLE);
    return UINT32_MAX;
}

/* ---- votes ---- */

static bool
is_first(struct model *m, const struct council_turn *t, uint32_t meeting, uint32_t nomination)
{
    for (uint32_t i = 0; i < m->council->vote_count; i++) {
        const struct model_vote *v = &m->council->votes[i];
        if (is_on(v, meeting, nomination) && slice_equal(v->voter, t->principal)) {
            return model_refuse(m, CODE_VOTED_ALREADY);
        }
    }
    return opening_of(m, meeting, nomination) == NULL || model_refuse(m, CODE_COUNTED_ALREADY);
}

static bool
takes_part(struct model *m, const struct record_vote *in, bool present, const struct award *award)
{
    bool may_write = award != NULL && award->written;
    if (in->written && !may_write) {
        return model_refuse(m, present ? CODE_BALLOT_WRONG : CODE_NOT_PRESENT);
    }
    return present || in->written || model_refuse(m, CODE_NOT_PRESENT);
}

static const struct book_ballot *
book_find(const struct book *book, struct slice commitment)
{
    for (uint32_t i = 0; i < book->ballot_count; i++) {
        const struct book_ballot *b = &book->ballots[i];
        if (slice_equal(commitment, slice_of(b->commitment, sizeof(b->commitment)))) {
            return b;
        }
    }
    return NULL;
}

/* The driver's commitments are the book's, or no points at all. */
static bool
ballot_is_right(struct model *m, const struct record_vote *in, const struct award *award)
{
    bool sealed = in->commitment.len > 0 || in->sealed.len > 0;
    if (award == NULL) {
        return model_refuse(m, CODE_AWARD_UNKNOWN);
    }
    bool right = award->secret ? in->choice == 0 && in->sealed.len == BALLOT_SEALED_SIZE &&
                                     book_find(m->council->book, in->commitment) != NULL
                               : !sealed && in->choice >= 1 && in->choice <= 3;
    return right || model_refuse(m, CODE_BALLOT_WRONG);
}

static bool
is_copied(const struct model *m, uint32_t meeting, uint32_t nomination, struct slice commitment)
{
    for (uint32_t i = 0; commitment.len > 0 && i < m->council->vote_count; i++) {
        const struct model_vote *v = &m->council->votes[i];
        if (is_on(v, meeting, nomination) && slice_equal(v->commitment, commitment)) {
            return true;
        }
    }
    return false;
}

static void
vote_keep(struct model *m, const struct council_turn *t, const struct record_vote *in,
          uint32_t meeting, uint32_t nomination)
{
    struct model_council *c = m->council;
    CHECK(c->vote_count < MODEL_VOTES_MAX);
    bool secret = in->commitment.len > 0;
    c->votes[c->vote_count++] = (struct model_vote){
        .meeting = meeting,
        .nomination = nomination,
        .voter = arena_copy(m->arena, t->principal),
        .commitment = secret ? arena_copy(m->arena, in->commitment) : slice_text(""),
        .choice = secret ? book_find(c->book, in->commitment)->choice : (enum choice)in->choice,
        .written = in->written,
    };
}

bool
model_vote(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_vote *in = record;
    if (in->meeting.len != 16 || in->nomination.len != 16) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    uint32_t at = model_meeting_find(m, in->meeting);
    if (at == UINT32_MAX) {
        return false;
    }
    const struct model_meeting *meeting = &m->council->meetings[at];
    if (meeting->closed) {
        return model_refuse(m, CODE_MEETING_CLOSED);
    }
    uint32_t nomination = tabled(m, meeting, in->nomination);
    if (nomination == UINT32_MAX) {
        return false;
    }
    if (!model_has_role(m, t->principal, ACCESS_BIT(ACCESS_COUNCIL))) {
        return model_refuse(m, model_has_role(m, t->principal, ACCESS_ALL) ? CODE_NOT_IN_ROLE
                                                                           : CODE_NOT_ALLOWED);
    }
    uint32_t member = model_member(meeting, t->principal);
    if (member == UINT32_MAX) {
        return model_refuse(m, CODE_NOT_MEMBER);
    }
    const struct award *award = model_award(m, m->council->nominations[nomination].form.award);
    if (!is_first(m, t, at, nomination) || !takes_part(m, in, meeting->present[member], award) ||
        !ballot_is_right(m, in, award)) {
        return false;
    }
    if (is_copied(m, at, nomination, in->commitment)) {
        return model_refuse(m, CODE_BALLOT_WRONG);
    }
    vote_keep(m, t, in, at, nomination);
    return true;
}

/* ---- the count ---- */

struct model_count
model_count(const struct model *m, uint32_t at, uint32_t nomination)
{
    const struct model_meeting *meeting = &m->council->meetings[at];
    const struct model_opening *opening = opening_of(m, at, nomination);
    struct model_count count = {.members = meeting->member_count};
    bool takes[MODEL_MEMBERS_MAX];
    memcpy(takes, meeting->present, sizeof(takes));
    for (uint32_t i = 0; i < m->council->vote_count; i++) {
        const struct model_vote *v = &m->council->votes[i];
        if (!is_on(v, at, nomination)) {
            continue;
        }
        takes[model_member(meeting, v->voter)] = true;
        bool secret = v->commitment.len > 0;
        count.sealed += secret;
        count.yes += !secret && v->choice == CHOICE_YES;
        count.no += !secret && v->choice == CHOICE_NO;
        count.abstain += !secret && v->choice == CHOICE_ABSTAIN;
    }
    for (uint32_t i = 0; i < meeting->member_count; i++) {
        count.taking_part += takes[i];
    }
    if (opening != NULL) {
        count.opened = true;
        count.yes += opening->yes;
        count.no += opening->no;
        count.abstain += opening->abstain;
        count.spoilt += opening->spoilt;
    }
    return count;
}

/* ---- openings ---- */

static bool
is_named(struct slice raw, struct slice person)
{
    struct cursor c = cursor_of(raw);
    uint32_t count = 0;
    bool found = false;
    CHECK(raw.len == 0 || cursor_array(&c, &count) == ERR_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct slice name;
        CHECK(cursor_text(&c, &name) == ERR_OK);
        found = found || slice_equal(name, person);
    }
    return found;
}

static bool
added_up(const struct book_opening *o, struct slice commitment)
{
    for (uint32_t i = 0; i < o->count; i++) {
        if (slice_equal(commitment, slice_of(o->ballots[i], sizeof(o->ballots[i])))) {
            return true;
        }
    }
    return false;
}

/* Right is what says the choices of just those ballots that were cast and are not called spoilt,
 * and can show it, because their blindings were added up and nothing else. */
static bool
count_is_right(struct model *m, const struct record_opening *in, struct model_opening *new)
{
    const struct book *book = m->council->book;
    const struct book_opening *told = NULL;
    uint32_t cast = 0, good = 0, named = 0;
    struct cursor c = cursor_of(in->spoilt);
    for (uint32_t i = 0; i < book->opening_count; i++) {
        bool its = slice_equal(in->id, slice_of(book->openings[i].id, 16));
        told = its ? &book->openings[i] : told;
    }
    CHECK(told != NULL && (in->spoilt.len == 0 || cursor_array(&c, &named) == ERR_OK));
    bool all = true;
    for (uint32_t i = 0; i < m->council->vote_count; i++) {
        const struct model_vote *v = &m->council->votes[i];
        if (!is_on(v, new->meeting, new->nomination) || v->commitment.len == 0) {
            continue;
        }
        cast++;
        if (is_named(in->spoilt, v->voter)) {
            continue;
        }
        good++;
        all = all && added_up(told, v->commitment);
        new->yes += v->choice == CHOICE_YES;
        new->no += v->choice == CHOICE_NO;
        new->abstain += v->choice == CHOICE_ABSTAIN;
    }
    new->spoilt = cast - good;
    return (cast > 0 &&
            new->spoilt == named &&all &&good == told->count &&new->yes == in->yes &&new->no ==
                in->no &&slice_equal(in->blinding,
                                     slice_of(told->blinding, sizeof(told->blinding)))) ||
           model_refuse(m, CODE_OPENING_WRONG);
}

bool
model_open(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_opening *in = record;
    uint32_t roles = ACCESS_BIT(ACCESS_COUNCIL) | ACCESS_BIT(ACCESS_SECRETARY);
    if (in->meeting.len != 16 || in->nomination.len != 16 ||
        in->blinding.len != BALLOT_BLINDING_SIZE) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    struct model_opening new = {.meeting = model_meeting_find(m, in->meeting)};
    if (new.meeting == UINT32_MAX) {
        return false;
    }
    const struct model_meeting *meeting = &m->council->meetings[new.meeting];
    if (!model_has_role(m, t->principal, roles)) {
        return model_refuse(m, model_has_role(m, t->principal, ACCESS_ALL) ? CODE_NOT_IN_ROLE
                                                                           : CODE_NOT_ALLOWED);
    }
    if (!slice_equal(meeting->teller, t->principal)) {
        return model_refuse(m, CODE_NOT_ALLOWED);
    }
    if (meeting->closed) {
        return model_refuse(m, CODE_MEETING_CLOSED);
    }
    new.nomination = tabled(m, meeting, in->nomination);
    if (new.nomination == UINT32_MAX) {
        return false;
    }
    if (opening_of(m, new.meeting, new.nomination) != NULL) {
        return model_refuse(m, CODE_COUNTED_ALREADY);
    }
    if (!count_is_right(m, in, &new)) {
        return false;
    }
    CHECK(m->council->opening_count < MODEL_OPENINGS_MAX);
    m->council->openings[m->council->opening_count++] = new;
    return true;
}
