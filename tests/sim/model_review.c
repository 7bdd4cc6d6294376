/* Acts upon a nomination: reviews, remarks, decisions, revocations. */
#include "common/check.h"
#include "common/text.h"
#include "tests/sim/model.h"

/* ---- reviews ---- */

static uint32_t
asked_place(const struct model_nomination *n, uint32_t unit)
{
    uint32_t i = 0;
    while (i < n->asked_count && n->asked[i] != unit) {
        i++;
    }
    return i;
}

static bool
opinion_take(struct model *m, struct model_nomination *n, uint32_t unit)
{
    uint32_t place = asked_place(n, unit);
    if (place == n->asked_count) {
        return model_refuse(m, CODE_MOVE_REFUSED);
    }
    n->asked_count--;
    for (uint32_t i = place; i < n->asked_count; i++) {
        n->asked[i] = n->asked[i + 1];
    }
    return true;
}

/* In whose name: the holder's, or, an opinion, that of the unit that gives it. */
static bool
place_is_own(struct model *m, const struct council_turn *t, const struct record_review *in,
             const struct model_nomination *n)
{
    if (in->act != REVIEW_opinion) {
        return model_may_run(m, t, n->holder);
    }
    uint32_t unit = model_code(&m->units, in->unit);
    if (in->unit.len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    return unit == UINT32_MAX ? model_refuse(m, CODE_UNIT_UNKNOWN) : model_may_run(m, t, unit);
}

bool
model_review(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_review *in = record;
    const struct act_says says = {.reason = in->reason, .unit = in->unit};
    if (in->act < 1 || in->act > 8) {
        return model_refuse(m, CODE_CHOICE_INVALID);
    }
    uint32_t at = model_nomination_find(m, in->nomination);
    if (at == UINT32_MAX) {
        return false;
    }
    struct model_nomination *n = &m->council->nominations[at];
    if (!place_is_own(m, t, in, n)) {
        return false;
    }
    enum review_act act = (enum review_act)in->act;
    act = act == REVIEW_opinion && n->asked_count == 1 ? REVIEW_opinion_last : act;
    const struct review_move *move = model_move_find(m, t, n, act, &says);
    if (move == NULL) {
        return false;
    }
    uint32_t unit = model_code(&m->units, in->unit);
    if (act == REVIEW_consult) {
        if (asked_place(n, unit) < n->asked_count) {
            t->unchanged = true;
            return true;
        }
        CHECK(n->asked_count < MODEL_ASKED_MAX);
        n->asked[n->asked_count++] = unit;
    } else if (in->act == REVIEW_opinion && !opinion_take(m, n, unit)) {
        return false;
    }
    model_move(m, t, n, move);
    return true;
}

/* ---- remarks ---- */

/* Any member or secretary; a submitter of whom it concerns: who proposed it, has it in hand, was
 * asked. */
static bool
may_comment(struct model *m, const struct council_turn *t, const struct model_nomination *n)
{
    uint32_t submitter = ACCESS_BIT(ACCESS_SUBMITTER);
    if (model_has_role(m, t->principal,
                       ACCESS_BIT(ACCESS_COUNCIL) | ACCESS_BIT(ACCESS_SECRETARY)) ||
        model_may_for(m, t->principal, submitter, n->holder, t->today)) {
        return true;
    }
    for (uint32_t i = 0; i < n->asked_count; i++) {
        if (model_may_for(m, t->principal, submitter, n->asked[i], t->today)) {
            return true;
        }
    }
    return model_may_for(m, t->principal, submitter, n->proposer, t->today);
}

bool
model_comment(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_comment *in = record;
    uint32_t at = model_nomination_find(m, in->nomination);
    if (at == UINT32_MAX || !may_comment(m, t, &m->council->nominations[at])) {
        return false;
    }
    if (text_trim(in->text).len == 0) {
        return model_refuse(m, CODE_NOTHING_THERE);
    }
    model_act_keep(m, t, &m->council->nominations[at], NULL);
    return true;
}

/* ---- decisions ---- */

static struct model_nomination *
own_find(struct model *m, const struct council_turn *t, struct slice id, struct slice date)
{
    int32_t day;
    uint32_t at = model_nomination_find(m, id);
    if (at == UINT32_MAX || !model_may_run(m, t, m->council->nominations[at].holder)) {
        return NULL;
    }
    if (date.len > 0 && date_parse(date, &day) != ERR_OK) {
        model_refuse(m, CODE_DATE_INVALID);
        return NULL;
    }
    return &m->council->nominations[at];
}

bool
model_decide(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_decision *in = record;
    const struct act_says says = {.reason = in->reason, .number = in->number, .date = in->date};
    if (in->outcome != OUTCOME_DECIDED && in->outcome != OUTCOME_REFUSED) {
        return model_refuse(m, CODE_CHOICE_INVALID);
    }
    bool decided = in->outcome == OUTCOME_DECIDED;
    struct model_nomination *n = own_find(m, t, in->nomination, in->date);
    if (n == NULL) {
        return false;
    }
    const struct review_move *move =
        model_move_find(m, t, n, decided ? REVIEW_decide : REVIEW_refuse, &says);
    if (move == NULL) {
        return false;
    }
    if (decided) {
        n->number = arena_copy(m->arena, in->number);
        n->date = arena_copy(m->arena, in->date);
        n->signer = arena_copy(m->arena, in->signer);
    }
    model_move(m, t, n, move);
    return true;
}

bool
model_revoke(struct model *m, struct council_turn *t, const void *record)
{
    const struct record_revocation *in = record;
    const struct act_says says = {.reason = in->reason, .number = in->number, .date = in->date};
    struct model_nomination *n = own_find(m, t, in->nomination, in->date);
    if (n == NULL) {
        return false;
    }
    if (text_trim(in->number).len == 0 || in->date.len == 0) {
        return model_refuse(m, CODE_MISSING_FIELD);
    }
    const struct review_move *move = model_move_find(m, t, n, REVIEW_revoke, &says);
    if (move == NULL) {
        return false;
    }
    model_move(m, t, n, move);
    return true;
}
