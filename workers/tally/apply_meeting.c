/* A meeting of a council: opened with its members and its table (meeting_open.c), attended, closed with
 * a count, or cancelled.
 *
 *     act     needs                                          effect
 *     open    the secretary of the unit that has the         the nominations: verified → in review
 *             nominations in hand
 *     attend  open; no one who voted in person is left out   who is present, whole
 *     close   every secret ballot counted by its teller      in review → approved | refused,
 *                                                            without a quorum → verified
 *     cancel  a reason                                       in review → verified, nothing counted
 *
 * Cancelling is the way out of a meeting that was not held, or whose teller lost the ballot key:
 * without it its nominations would stay in review for ever. */
#include "workers/tally/meeting_open.h"

#include "common/text.h"
#include "workers/tally/council.h"
#include "workers/tally/validate.h"
#include "workers/tally/vote_count.h"

#include "proto/ulid.h"

/* A meeting that is there, in hand. */
struct sitting {
    struct apply *a;
    const struct record *record;
    const struct record_meeting *in;
    struct meeting_row row;
    struct complaint *why;
};

/* ---- attend ---- */

struct leaving {
    const struct meeting_row *row;
    const bool *present; /* as it shall be */
    struct slice voted;  /* a member that voted in person and is left out */
    struct arena *arena;
};

static void
leaving_look(void *context, struct slice voter, const struct vote_row *vote)
{
    struct leaving *l = context;
    uint32_t member = meeting_member(l->row, voter);
    if (member != MEMBER_NONE && !vote->written && !l->present[member] && l->voted.len == 0) {
        l->voted = arena_copy(l->arena, voter);
    }
}

static bool
present_read(struct sitting *s, bool *present)
{
    struct persons persons;
    if (!persons_read(s->in->members, "members", s->a->arena, &persons, s->why)) {
        return false;
    }
    for (uint32_t i = 0; i < persons.count; i++) {
        uint32_t member = meeting_member(&s->row, persons.names[i]);
        if (member == MEMBER_NONE) {
            return complain(s->why, CODE_NOT_MEMBER, persons.names[i], "%s", "");
        }
        present[member] = true;
    }
    return true;
}

/* Who has voted in person was there: *voted is one that the list would make absent. */
static enum err
leaving_check(struct sitting *s, const bool *present, struct slice *voted)
{
    struct leaving leaving = {.row = &s->row, .present = present, .arena = s->a->arena};
    bool any = false;
    *voted = slice_text("");
    for (uint32_t i = 0; i < s->row.member_count; i++) {
        any = any || (s->row.present[i] && !present[i]);
    }
    if (!any) {
        return ERR_OK; /* as nearly always: no need to look through the votes */
    }
    enum err err = votes_each(s->a, s->in->meeting, leaving_look, &leaving);
    *voted = leaving.voted;
    return err;
}

static enum err
attend(struct sitting *s, struct outcome *outcome)
{
    bool *present = ARENA_ARRAY(s->a->arena, bool, s->row.member_count);
    struct slice voted;
    if (!present_read(s, present)) {
        return outcome_reject(outcome);
    }
    enum err err = leaving_check(s, present, &voted);
    if (err != ERR_OK) {
        return err;
    }
    if (voted.len > 0) {
        complain(s->why, CODE_VOTED_ALREADY, voted, "%s", "");
        return outcome_reject(outcome);
    }
    s->row.present = present;
    return meeting_put(s->a, s->in->meeting, &s->row);
}

/* ---- close and cancel ---- */

/* One nomination of the table and what became of it. */
struct item {
    struct matter matter;
    struct vote_count count;
    struct vote_rule rule;
    enum review_act act;
};

/* Rows that do not fit each other: only a meeting brings a nomination out of review, so that one on its
 * table is in review, and by this meeting. */
static enum err
item_find(struct sitting *s, struct slice nomination, struct item *item)
{
    enum err err = council_find(s->a, s->record, nomination, &item->matter);
    if (err != ERR_OK) {
        return err;
    }
    const struct nomination_row *row = &item->matter.row;
    return item->matter.there && row->state == STATE_in_review &&
                   slice_equal(row->meeting, s->in->meeting)
               ? ERR_OK
               : ERR_CORRUPT;
}

static enum review_act
item_decide(const struct item *item)
{
    if (item->rule.percent == 0 || !vote_has_quorum(&item->rule, &item->count.sums)) {
        return REVIEW_untable; /* no rule: a revision of the campaign has left the award out */
    }
    return vote_is_carried(&item->rule, &item->count.sums) ? REVIEW_carry : REVIEW_fail;
}

/* *counted false: there are secret ballots that nobody has opened. */
static enum err
item_count(struct sitting *s, struct item *item, bool *counted)
{
    const struct nomination_row *row = &item->matter.row;
    const struct award *award = meeting_award(s->a, row->campaign, row->award);
    enum err err = vote_count(s->a, s->in->meeting, &s->row, item->matter.id, &item->count);
    if (err != ERR_OK) {
        return err;
    }
    *counted = item->count.sealed == 0 || item->count.opened;
    item->rule = award != NULL ? vote_rule_of(award) : (struct vote_rule){0};
    item->act = item_decide(item);
    return ERR_OK;
}

static enum err
items_find(struct sitting *s, bool count, struct item *items, bool *counted)
{
    enum err err = ERR_OK;
    *counted = true;
    for (uint32_t i = 0; err == ERR_OK && *counted && i < s->row.nomination_count; i++) {
        items[i].act = REVIEW_untable;
        err = item_find(s, s->row.nominations[i], &items[i]);
        if (err == ERR_OK && count) {
            err = item_count(s, &items[i], counted);
        }
        if (err == ERR_OK && !*counted) {
            char text[ULID_TEXT];
            ulid_format(s->row.nominations[i].data, text);
            complain(s->why, CODE_MEETING_OPEN, slice_text("opening"), "%s", text);
        }
    }
    return err;
}

static void
item_settle(const struct sitting *s, struct item *item)
{
    struct nomination_row *row = &item->matter.row;
    const struct vote_sums *sums = &item->count.sums;
    bool voted = item->act != REVIEW_untable;
    row->meeting = voted ? s->in->meeting : slice_text("");
    row->yes = voted ? sums->yes : 0;
    row->no = voted ? sums->no : 0;
    row->abstain = voted ? sums->abstain : 0;
    row->spoilt = voted ? sums->spoilt : 0;
    row->base = voted ? vote_base_of(&item->rule, sums) : 0;
}

static enum err
item_move(struct sitting *s, struct item *item)
{
    struct act_row act = {.text = s->in->reason};
    const struct review_move *move;
    struct complaint why = {0};
    enum err err = council_may(s->a, &item->matter, item->act, &act, &move, &why);
    if (err != ERR_OK || move == NULL) {
        return err != ERR_OK ? err : ERR_CORRUPT; /* in review, all three are moves */
    }
    item_settle(s, item);
    return council_move(s->a, s->record, &item->matter, move, &act);
}

static enum err
end(struct sitting *s, bool count, struct outcome *outcome)
{
    struct item *items = ARENA_ARRAY(s->a->arena, struct item, s->row.nomination_count);
    bool counted;
    enum err err = items_find(s, count, items, &counted);
    if (err != ERR_OK) {
        return err;
    }
    if (!counted) {
        return outcome_reject(outcome);
    }
    for (uint32_t i = 0; err == ERR_OK && i < s->row.nomination_count; i++) {
        err = item_move(s, &items[i]);
    }
    s->row.closed = true;
    return err == ERR_OK ? meeting_put(s->a, s->in->meeting, &s->row) : err;
}

/* ---- the record ---- */

static bool
sitting_check(struct sitting *s)
{
    const struct apply *a = s->a;
    int32_t offset = s->row.campaign < a->registry.campaign_count
                         ? a->registry.campaigns[s->row.campaign].campaign.utc_offset_minutes
                         : 0;
    int32_t today = local_day(s->record->time_us, offset);
    if (!principal_may_speak(a, s->record, s->row.unit, today, s->why)) {
        return false;
    }
    if (s->row.closed) {
        return complain(s->why, CODE_MEETING_CLOSED, slice_text("meeting"), "%s", "");
    }
    if (s->in->act == MEETING_CANCEL && text_trim(s->in->reason).len == 0) {
        return complain(s->why, CODE_REASON_MISSING, slice_text("reason"), "%s", "");
    }
    return true;
}

static enum err
meeting_act(struct apply *a, const struct record *record, const void *decoded,
            struct outcome *outcome)
{
    const struct record_meeting *in = decoded;
    struct sitting s = {.a = a, .record = record, .in = in, .why = &outcome->why};
    bool known;
    enum err err = meeting_known(a, in->meeting, &s.row, &known, s.why);
    if (err != ERR_OK) {
        return err;
    }
    if (!known || !sitting_check(&s)) {
        return outcome_reject(outcome);
    }
    return in->act == MEETING_ATTEND ? attend(&s, outcome)
                                     : end(&s, in->act == MEETING_CLOSE, outcome);
}

enum err
apply_meeting(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_meeting in;
    if (!record_decode(record, RECORD_meeting, &in, outcome) ||
        !council_identity(in.meeting, "meeting", &outcome->why)) {
        return outcome_reject(outcome);
    }
    if (in.act < MEETING_OPEN || in.act > MEETING_CANCEL) {
        complain(&outcome->why, CODE_CHOICE_INVALID, slice_text("act"), "%llu",
                 (unsigned long long)in.act);
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, in.act == MEETING_OPEN ? meeting_open : meeting_act,
                        outcome);
}
