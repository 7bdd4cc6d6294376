/* The broker's own record: a record before it, named by its receipt, has killed its worker and is
 * skipped by every replay.
 *
 * What makes a replay skip it is the list that a worker is given before its first block
 * (apply_quarantine); this record is where that list comes from. A run that met the named record
 * before it was on the list has applied it: then the state says what no replay says, and is marked
 * so (skipped.h). A replay, which always has the list, never writes that mark. */
#include "workers/tally/once.h"

static bool
sender_check(const struct record *record, struct complaint *why)
{
    /* Whoever could say this could silence any report. */
    if (!slice_is(record->principal, PRINCIPAL_BROKER)) {
        return complain(why, CODE_NOT_ALLOWED, slice_text(""), "%.*s",
                        SLICE_ARG(record->principal));
    }
    return true;
}

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
target_keep(struct apply *a, struct receipt target, const struct record_quarantine *in)
{
    struct slice mark;
    key_receipt(&a->key, target);
    enum err err = state_get(a->state, TABLE_QUARANTINE, buf_slice_of(&a->key), &mark);
    if (err != ERR_NOT_FOUND) {
        return err; /* skipped, or known already */
    }
    bool applied = record_concerns(a, in->unit, in->record);
    a->stale = a->stale || applied;
    return skipped_mark(a->state, target, applied ? MARK_APPLIED : MARK_NONE, &a->key);
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
    if (!sender_check(record, &outcome->why) || !target_check(record, target, &outcome->why)) {
        return outcome_reject(outcome);
    }
    err = target_keep(a, target, &in);
    return err == ERR_OK ? once_keep(a, &once, record->receipt) : err;
}
