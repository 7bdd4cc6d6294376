/* What the authority decided upon a nomination, and that it took it back. Both are the holder's to
 * record: its own decision, or, of an award above the city, what came back from there. A revoked one
 * keeps the number of the decision; that of the revocation stands with the act. */
#include "common/text.h"
#include "workers/tally/council.h"
#include "workers/tally/validate.h"

/* A date that is given is one; whether it must be is the move's to say. */
static bool
date_check(struct slice date, struct complaint *why)
{
    int32_t day;
    return date.len == 0 || date_parse(date, &day) == ERR_OK ||
           complain(why, CODE_DATE_INVALID, slice_text("date"), "%.*s", SLICE_ARG(date));
}

/* The holder's own secretary, whatever the act. */
static enum err
holder_find(struct apply *a, const struct record *record, struct slice id, struct slice date,
            struct matter *m, bool *allowed, struct complaint *why)
{
    enum err err = council_known(a, record, id, m, allowed, why);
    if (err == ERR_OK && *allowed) {
        *allowed =
            principal_may_speak(a, record, m->row.holder, m->today, why) && date_check(date, why);
    }
    return err;
}

static enum err
move_to(struct apply *a, const struct record *record, struct matter *m, enum review_act act,
        struct act_row *with, struct outcome *outcome)
{
    const struct review_move *move;
    enum err err = council_may(a, m, act, with, &move, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    return move == NULL ? outcome_reject(outcome) : council_move(a, record, m, move, with);
}

static enum err
decide(struct apply *a, const struct record *record, const void *body, struct outcome *outcome)
{
    const struct record_decision *in = body;
    bool decided = in->outcome == OUTCOME_DECIDED, allowed;
    struct matter m;
    struct act_row with = {.text = in->reason, .number = in->number, .date = in->date};
    enum err err = holder_find(a, record, in->nomination, in->date, &m, &allowed, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (!allowed) {
        return outcome_reject(outcome);
    }
    if (decided) {
        m.row.decision_number = in->number;
        m.row.decision_date = in->date;
        m.row.decision_signer = in->signer;
    }
    return move_to(a, record, &m, decided ? REVIEW_decide : REVIEW_refuse, &with, outcome);
}

/* Number and date of the decision that revokes: a text that a record must have may still be
 * empty. */
static bool
revocation_check(const struct record_revocation *in, struct complaint *why)
{
    const char *empty = text_trim(in->number).len == 0 ? "number"
                        : in->date.len == 0            ? "date"
                                                       : NULL;
    return empty == NULL || complain(why, CODE_MISSING_FIELD, slice_text(empty), "%s", "");
}

static enum err
revoke(struct apply *a, const struct record *record, const void *body, struct outcome *outcome)
{
    const struct record_revocation *in = body;
    bool allowed;
    struct matter m;
    struct act_row with = {.text = in->reason, .number = in->number, .date = in->date};
    enum err err = holder_find(a, record, in->nomination, in->date, &m, &allowed, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (!allowed || !revocation_check(in, &outcome->why)) {
        return outcome_reject(outcome);
    }
    return move_to(a, record, &m, REVIEW_revoke, &with, outcome);
}

enum err
apply_decision(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_decision in;
    if (!record_decode(record, RECORD_decision, &in, outcome)) {
        return outcome_reject(outcome);
    }
    if (in.outcome != OUTCOME_DECIDED && in.outcome != OUTCOME_REFUSED) {
        complain(&outcome->why, CODE_CHOICE_INVALID, slice_text("outcome"), "%llu",
                 (unsigned long long)in.outcome);
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, decide, outcome);
}

enum err
apply_revocation(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_revocation in;
    if (!record_decode(record, RECORD_revocation, &in, outcome)) {
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, revoke, outcome);
}
