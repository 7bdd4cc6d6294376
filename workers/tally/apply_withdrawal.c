/* A withdrawal: takes a report back and leaves a tombstone with its revision, so that what was sent
 * before it and comes later has no effect.
 *
 *   there           lower revision   equal revision         higher revision
 *   nothing         accepted
 *   a tombstone     accepted         unchanged              superseded
 *   a report        accepted         revision-conflict      superseded
 */
#include "workers/tally/stored.h"

static enum verdict
revision_judge(const struct place *place, const struct stored *old, uint64_t revision,
               struct complaint *why)
{
    if (!old->there || old->row.revision < revision) {
        return VERDICT_ACCEPTED;
    }
    if (old->row.revision > revision) {
        return VERDICT_SUPERSEDED;
    }
    if (old->row.withdrawn) {
        return VERDICT_UNCHANGED;
    }
    stored_conflict(place, revision, why);
    return VERDICT_REJECTED;
}

enum err
apply_withdrawal(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_withdrawal in;
    struct place place;
    if (!record_decode(record, RECORD_withdrawal, &in, outcome)) {
        return outcome_reject(outcome);
    }
    if (in.revision == 0) {
        complain(&outcome->why, CODE_MISSING_FIELD, slice_text("revision"), "%s", "");
        return outcome_reject(outcome);
    }
    struct claim claim = {in.campaign, in.form, in.unit, in.period, in.source};
    if (!place_find(a, record, &claim, &place, &outcome->why)) {
        return outcome_reject(outcome);
    }
    struct stored old;
    enum err err = stored_get(a, &place.key, &old);
    if (err != ERR_OK) {
        return err;
    }
    outcome->verdict = revision_judge(&place, &old, in.revision, &outcome->why);
    if (outcome->verdict != VERDICT_ACCEPTED) {
        return ERR_OK;
    }
    struct report_row tombstone = {.revision = in.revision,
                                   .receipt = record->receipt,
                                   .time_us = record->time_us,
                                   .withdrawn = true};
    return stored_replace(a, &place, &old, &tombstone, outcome);
}
