/* The broker's own record: a receipt to be skipped by every replay, because it killed its worker.
 *
 * It names a record before itself. This run has met that record already; what makes a replay skip it
 * is the list that a worker is given before its first block (apply_quarantine). The row is for that
 * list, and for a run that goes on from this state. */
#include "workers/tally/once.h"
#include "workers/tally/validate.h"

static bool
target_check(const struct record *record, struct receipt target, struct complaint *why)
{
    const struct receipt *own = &record->receipt;
    if (target.block < own->block || (target.block == own->block && target.index < own->index)) {
        return true;
    }
    /* A record that is yet to come has killed nobody; whoever says so wants it silenced. */
    char text[RECEIPT_TEXT];
    receipt_format(target, text);
    return complain(why, CODE_RECEIPT_UNKNOWN, slice_text("block"), "%s", text);
}

static enum err
target_keep(struct apply *a, struct receipt target)
{
    skipped_add(&a->skipped, target);
    key_receipt(&a->key, target);
    return state_put(a->state, TABLE_QUARANTINE, buf_slice_of(&a->key), slice_text(""));
}

enum err
apply_quarantine_record(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_quarantine in;
    if (!record_decode(record, RECORD_quarantine, &in, outcome) ||
        !once_check(in.id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    struct once once = {.principal = record->principal, .id = in.id};
    enum err err = once_seen(a, &once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    struct receipt target = {in.block, (uint32_t)in.index};
    if (!principal_may_speak(record->principal, slice_text(""), &outcome->why) ||
        !target_check(record, target, &outcome->why)) {
        return outcome_reject(outcome);
    }
    err = target_keep(a, target);
    return err == ERR_OK ? once_keep(a, &once, record->receipt) : err;
}
