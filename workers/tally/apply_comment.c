/* A remark on a nomination: of anybody who has to do with it, in any state; it moves nothing. */
#include "common/text.h"
#include "workers/tally/council.h"
#include "workers/tally/validate.h"

/* Through any of the units that it concerns: who proposed it, has it in hand, was asked. */
static bool
right_check(struct apply *a, const struct record *record, const struct matter *m,
            struct complaint *why)
{
    const struct nomination_row *row = &m->row;
    if (principal_may_speak(a, record, row->holder, m->today, why)) {
        return true;
    }
    for (uint32_t i = 0; i < row->asked_count; i++) {
        uint32_t unit = registry_find(&a->registry, row->asked[i]);
        if (unit != UNIT_NONE && principal_may_speak(a, record, unit, m->today, why)) {
            return true;
        }
    }
    return principal_may_speak(a, record, row->proposer, m->today, why);
}

static enum err
comment(struct apply *a, const struct record *record, const void *body, struct outcome *outcome)
{
    const struct record_comment *in = body;
    struct matter m;
    bool known;
    struct act_row with = {.text = in->text};
    enum err err = council_known(a, record, in->nomination, &m, &known, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (!known || !right_check(a, record, &m, &outcome->why)) {
        return outcome_reject(outcome);
    }
    if (text_trim(in->text).len == 0) {
        complain(&outcome->why, CODE_NOTHING_THERE, slice_text("text"), "%s", "");
        return outcome_reject(outcome);
    }
    return council_note(a, record, &m, &with);
}

enum err
apply_comment(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_comment in;
    if (!record_decode(record, RECORD_comment, &in, outcome)) {
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, comment, outcome);
}
