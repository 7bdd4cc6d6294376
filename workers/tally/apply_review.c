/* An act upon a nomination: by the secretary of the unit that has it in hand, or, an opinion, of one
 * that was asked. Which act may follow which state is review.def's to say. */
#include "workers/tally/council.h"
#include "workers/tally/validate.h"

static bool
is_reviewed(uint64_t act)
{
    return act >= REVIEW_verify && act <= REVIEW_refuse;
}

/* Where in the list of those who have not answered the unit stands; its length where it does not. */
static uint32_t
asked_place(const struct nomination_row *row, struct slice unit)
{
    uint32_t i = 0;
    while (i < row->asked_count && !slice_equal(row->asked[i], unit)) {
        i++;
    }
    return i;
}

/* The unit in whose name the act is: its own secretary's to do. */
static bool
place_check(struct apply *a, const struct record *record, const struct record_review *in,
            const struct matter *m, struct complaint *why)
{
    uint32_t unit = m->row.holder;
    if (in->act == REVIEW_opinion) {
        if (in->unit.len == 0) {
            return complain(why, CODE_MISSING_FIELD, slice_text("unit"), "%s", "");
        }
        unit = registry_find(&a->registry, in->unit);
        if (unit == UNIT_NONE) {
            return complain(why, CODE_UNIT_UNKNOWN, in->unit, "%s", "");
        }
    }
    return principal_may_speak(a, record, unit, m->today, why);
}

/* An opinion of a unit that nobody asked, or that has answered, is none. */
static bool
opinion_take(struct matter *m, struct slice unit, struct complaint *why)
{
    struct nomination_row *row = &m->row;
    uint32_t place = asked_place(row, unit);
    if (place == row->asked_count) {
        return complain(why, CODE_MOVE_REFUSED, slice_text(review_state_name(row->state)),
                        "opinion, %.*s", SLICE_ARG(unit));
    }
    row->asked_count--;
    for (uint32_t i = place; i < row->asked_count; i++) {
        row->asked[i] = row->asked[i + 1];
    }
    return true;
}

static void
asked_add(struct apply *a, struct nomination_row *row, struct slice unit)
{
    struct slice *asked = ARENA_ARRAY(a->arena, struct slice, row->asked_count + 1);
    for (uint32_t i = 0; i < row->asked_count; i++) {
        asked[i] = row->asked[i];
    }
    asked[row->asked_count++] = unit;
    row->asked = asked;
}

/* What the act changes but the state. */
static bool
act_take(struct apply *a, struct matter *m, enum review_act act, struct slice unit,
         struct complaint *why)
{
    if (act == REVIEW_consult) {
        asked_add(a, &m->row, unit);
    }
    return (act != REVIEW_opinion && act != REVIEW_opinion_last) || opinion_take(m, unit, why);
}

static enum review_act
act_of(const struct record_review *in, const struct matter *m)
{
    bool last = in->act == REVIEW_opinion && m->row.asked_count == 1;
    return last ? REVIEW_opinion_last : (enum review_act)in->act;
}

static enum err
review_move_to(struct apply *a, const struct record *record, const struct record_review *in,
               struct matter *m, struct outcome *outcome)
{
    struct act_row with = {.text = in->reason, .agrees = in->agrees};
    const struct review_move *move;
    enum review_act act = act_of(in, m);
    if (in->act == REVIEW_consult || in->act == REVIEW_opinion) {
        with.unit = in->unit;
    }
    enum err err = council_may(a, m, act, &with, &move, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (move == NULL) {
        return outcome_reject(outcome);
    }
    if (act == REVIEW_consult && asked_place(&m->row, in->unit) < m->row.asked_count) {
        outcome->verdict = VERDICT_UNCHANGED; /* it is asked, and has not answered */
        return ERR_OK;
    }
    if (!act_take(a, m, act, in->unit, &outcome->why)) {
        return outcome_reject(outcome);
    }
    return council_move(a, record, m, move, &with);
}

static enum err
review(struct apply *a, const struct record *record, const void *body, struct outcome *outcome)
{
    const struct record_review *in = body;
    struct matter m;
    bool known;
    enum err err = council_known(a, record, in->nomination, &m, &known, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (!known || !place_check(a, record, in, &m, &outcome->why)) {
        return outcome_reject(outcome);
    }
    return review_move_to(a, record, in, &m, outcome);
}

enum err
apply_review(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_review in;
    if (!record_decode(record, RECORD_review, &in, outcome)) {
        return outcome_reject(outcome);
    }
    if (!is_reviewed(in.act)) {
        complain(&outcome->why, CODE_CHOICE_INVALID, slice_text("act"), "%llu",
                 (unsigned long long)in.act);
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, review, outcome);
}
