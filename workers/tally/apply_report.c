/* A report: the values of one form for a unit and a period, whole, or with `merge` only the cells
 * that it names. Checked first, so that a bad record is refused whatever its revision; then its
 * revision against what is there:
 *
 *   there           lower revision   equal revision        higher revision
 *   nothing         accepted
 *   a tombstone     accepted         revision-conflict     superseded
 *   other values    corrected        revision-conflict     superseded
 *   the same        unchanged, the   unchanged, nothing    superseded
 *                   revision moves   moves
 *
 * A merge's revision is always the higher one: max(what is there + 1, the block's milliseconds);
 * one that the sender gives is not looked at. Its `only` leaves values aside before all else; one of
 * which nothing remains is unchanged, and nothing moves. */
#include "workers/tally/ahead.h"
#include "workers/tally/once.h"
#include "workers/tally/outlier.h"
#include "workers/tally/rules.h"
#include "workers/tally/stored.h"
#include "workers/tally/tally.h"

/* A report on its way. */
struct draft {
    struct record_report in;
    struct place place;
    struct stored old;
    struct values values;
    struct report_row row;
    bool warned;
    uint32_t left; /* values that `only` does not mean */
};

static bool
identity_check(const struct record_report *in, struct complaint *why)
{
    if (in->merge) {
        return once_check(in->id, why);
    }
    if (in->revision == 0) {
        return complain(why, CODE_MISSING_FIELD, slice_text("revision"), "%s", "");
    }
    return true;
}

static uint64_t
merge_revision(const struct record *record, const struct stored *old)
{
    uint64_t time_ms = record->time_us > 0 ? (uint64_t)record->time_us / 1000 : 0;
    uint64_t next = old->there ? old->row.revision + 1 : 0;
    return next > time_ms ? next : time_ms;
}

/* Values and the rules across them; for a merge those of the merged report. */
static bool
values_check(struct apply *a, struct draft *d, struct complaint *why)
{
    values_init(&d->values, d->place.form, a->arena);
    if (!values_read(&d->values, d->place.form, d->in.values, why)) {
        return false;
    }
    if (d->in.merge) {
        d->left = values_leave(&d->values, d->place.form, d->old.there ? &d->old.row : NULL,
                               (enum values_only)d->in.only);
    }
    if (d->in.merge && d->old.there) {
        values_keep(&d->values, d->place.form, &d->old.row);
    }
    return rules_check(d->place.form, &d->values, &d->warned, why);
}

static void
row_make(struct apply *a, const struct record *record, struct draft *d)
{
    bool live = d->old.there && !d->old.row.withdrawn;
    d->row = (struct report_row){
        .revision = d->in.merge ? merge_revision(record, &d->old) : d->in.revision,
        .receipt = record->receipt,
        .time_us = record->time_us,
        .on_time = live ? d->old.row.on_time : !d->place.late,
    };
    values_cells(&d->values, d->place.form, a->arena, &d->row);
}

static bool
cells_equal(const struct report_row *a, const struct report_row *b)
{
    if (a->withdrawn != b->withdrawn || a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->cells[i].indicator != b->cells[i].indicator ||
            a->cells[i].value != b->cells[i].value) {
            return false;
        }
    }
    return true;
}

/* The table in this file's head; VERDICT_REJECTED is told in `why`. */
static enum verdict
revision_judge(const struct draft *d, struct complaint *why)
{
    const struct report_row *old = &d->old.row;
    if (!d->old.there) {
        return VERDICT_ACCEPTED;
    }
    if (old->revision > d->row.revision) {
        return VERDICT_SUPERSEDED;
    }
    if (cells_equal(old, &d->row)) {
        return VERDICT_UNCHANGED;
    }
    if (old->revision == d->row.revision) {
        stored_conflict(&d->place, old->revision, why);
        return VERDICT_REJECTED;
    }
    return old->withdrawn ? VERDICT_ACCEPTED : VERDICT_CORRECTED;
}

static enum err
flags_judge(struct apply *a, struct draft *d)
{
    bool outlier;
    enum err err = outlier_judge(a, &d->place, &d->values, &outlier);
    d->row.flags = (uint8_t)((d->place.late ? FLAG_LATE : 0) | (outlier ? FLAG_OUTLIER : 0) |
                             (values_complete(&d->values, d->place.form) ? 0 : FLAG_INCOMPLETE) |
                             (d->warned ? FLAG_WARNED : 0));
    return err;
}

/* A merge may be told two things; how many values were left is the one that nobody could find out. */
static void
left_tell(const struct draft *d, struct outcome *outcome)
{
    if (d->left > 0 && outcome->verdict != VERDICT_REJECTED) {
        complain(&outcome->why, CODE_VALUES_LEFT, d->place.form->form->code, "%u", d->left);
    }
}

/* Flags, and the warning behind one, are told of values that took effect, and of no others. */
static enum err
draft_settle(struct apply *a, struct draft *d, struct outcome *outcome)
{
    struct complaint warning = outcome->why;
    outcome->why = (struct complaint){0};
    outcome->verdict = revision_judge(d, &outcome->why);
    if (outcome->verdict == VERDICT_UNCHANGED) {
        return stored_touch(a, &d->place, &d->old, &d->row);
    }
    if (outcome->verdict != VERDICT_ACCEPTED && outcome->verdict != VERDICT_CORRECTED) {
        return ERR_OK;
    }
    enum err err = flags_judge(a, d);
    if (err != ERR_OK) {
        return err;
    }
    outcome->flags = d->row.flags;
    outcome->why = warning;
    return stored_replace(a, &d->place, &d->old, &d->row, outcome);
}

static enum err
draft_apply(struct apply *a, const struct record *record, struct draft *d, struct outcome *outcome)
{
    const struct record_report *in = &d->in;
    struct claim claim = {in->campaign, in->form, in->unit, in->period, in->source};
    if (!place_find(a, record, &claim, &d->place, &outcome->why)) {
        return outcome_reject(outcome);
    }
    ahead_note(a, &d->place);
    tally_expect(a, &d->place);
    enum err err = stored_get(a, &d->place.key, &d->old);
    if (err != ERR_OK) {
        return err;
    }
    if (!values_check(a, d, &outcome->why)) {
        return outcome_reject(outcome);
    }
    row_make(a, record, d);
    if (d->left > 0 && !values_named(&d->values, d->place.form)) {
        outcome->verdict = VERDICT_UNCHANGED;
    } else {
        err = draft_settle(a, d, outcome);
    }
    left_tell(d, outcome);
    return err;
}

enum err
apply_report(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct draft d = {0};
    if (!record_decode(record, RECORD_report, &d.in, outcome) ||
        !identity_check(&d.in, &outcome->why)) {
        return outcome_reject(outcome);
    }
    /* A merge in another unit's envelope is that unit's shard's to refuse, which need not be the one
     * that knows this unit's ULIDs: what becomes of it must not depend on how many shards there are. */
    if (!d.in.merge || !slice_equal(record->unit, d.in.unit)) {
        return draft_apply(a, record, &d, outcome);
    }
    bool seen;
    struct once once = {record->principal, d.in.id, d.in.unit};
    enum err err = once_seen(a, &once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    err = draft_apply(a, record, &d, outcome);
    if (err != ERR_OK || outcome->verdict == VERDICT_REJECTED) {
        return err;
    }
    return once_keep(a, &once, record->receipt);
}
