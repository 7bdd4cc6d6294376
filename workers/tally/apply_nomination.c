/* A nomination: a subject proposed for an award, or one that was sent back, sent again. Everything that
 * it refers to must be there (award, units, theme, evidence, the form of its documents; the documents
 * themselves may come later: the secretary who verifies it needs them). Whoever has sent it back gets
 * it back: the holder stays. The same subject proposed twice is no mistake: SUBJECT finds both. */
#include "common/text.h"
#include "proto/limits.h"
#include "workers/tally/council.h"
#include "workers/tally/evidence.h"
#include "workers/tally/validate.h"

/* A nomination on its way. */
struct draft {
    const struct record_nomination *in;
    const struct registry_campaign *campaign;
    const struct award *award;
    struct matter m;
    uint32_t proposer, subject_unit;
};

/* ---- the checks, in order ---- */

static bool
check_campaign(struct apply *a, const struct record *record, struct draft *d, struct complaint *why)
{
    d->campaign = registry_campaign(&a->registry, d->in->campaign, why);
    if (d->campaign == NULL) {
        return false;
    }
    d->m.today = local_day(record->time_us, d->campaign->campaign.utc_offset_minutes);
    return true;
}

static bool
check_proposer(struct apply *a, const struct record *record, struct draft *d, struct complaint *why)
{
    struct slice code = d->in->unit;
    d->proposer = registry_find(&a->registry, code);
    if (d->proposer == UNIT_NONE) {
        return complain(why, CODE_UNIT_UNKNOWN, code, "%s", "");
    }
    if (!principal_may_speak(a, record, d->proposer, d->m.today, why)) {
        return false;
    }
    if (registry_on(&a->registry, d->proposer, d->m.today) == NULL) {
        char today[DATE_TEXT];
        date_format(d->m.today, today);
        return complain(why, CODE_UNIT_NOT_THEN, code, "%s", today);
    }
    return true;
}

static bool
check_award(struct draft *d, struct complaint *why)
{
    const struct campaign *campaign = &d->campaign->campaign;
    for (uint32_t i = 0; i < campaign->award_count; i++) {
        if (slice_equal(campaign->awards[i].code, d->in->award)) {
            d->award = &campaign->awards[i];
            return true;
        }
    }
    return complain(why, CODE_AWARD_UNKNOWN, d->in->award, "%.*s", SLICE_ARG(campaign->code));
}

/* On a certificate the name stands in one line. */
static bool
check_name(struct slice subject, struct complaint *why)
{
    struct buf fold = BUF_EMPTY;
    subject_fold(subject, &fold);
    bool empty = fold.len == 0;
    buf_fini(&fold);
    if (empty) {
        return complain(why, CODE_NOTHING_THERE, slice_text("subject"), "%s", "");
    }
    for (size_t i = 0; i < subject.len; i++) {
        if (subject.data[i] < ' ') {
            return complain(why, CODE_CONTROL_CHARACTER, slice_text("subject"), "%s", "");
        }
    }
    return true;
}

static bool
check_subject(struct apply *a, struct draft *d, struct complaint *why)
{
    static const char *const kinds[] = {"collective", "individual", "household"};
    const struct record_nomination *in = d->in;
    if (in->kind < SUBJECT_COLLECTIVE || in->kind > SUBJECT_HOUSEHOLD) {
        return complain(why, CODE_CHOICE_INVALID, slice_text("kind"), "%llu",
                        (unsigned long long)in->kind);
    }
    if ((d->award->subjects & 1u << (in->kind - 1)) == 0) {
        return complain(why, CODE_SUBJECT_REFUSED, in->award, "%s", kinds[in->kind - 1]);
    }
    d->subject_unit =
        in->subject_unit.len == 0 ? d->proposer : registry_find(&a->registry, in->subject_unit);
    if (d->subject_unit == UNIT_NONE) {
        return complain(why, CODE_REFERENCE_UNKNOWN, slice_text("subject_unit"), "%.*s",
                        SLICE_ARG(in->subject_unit));
    }
    return check_name(in->subject, why);
}

static bool
check_theme(const struct draft *d, struct complaint *why)
{
    const struct campaign *campaign = &d->campaign->campaign;
    for (uint32_t i = 0; i < campaign->theme_count; i++) {
        if (slice_equal(campaign->themes[i].code, d->in->theme)) {
            return true;
        }
    }
    return d->in->theme.len == 0 || complain(why, CODE_REFERENCE_UNKNOWN, slice_text("theme"),
                                             "%.*s", SLICE_ARG(d->in->theme));
}

static bool
check_papers(struct apply *a, const struct draft *d, struct complaint *why)
{
    struct document *list = ARENA_ARRAY(a->arena, struct document, DOCUMENTS_MAX);
    uint32_t count;
    if (text_trim(d->in->summary).len == 0) {
        return complain(why, CODE_NOTHING_THERE, slice_text("summary"), "%s", "");
    }
    return evidence_check(&a->registry, d->campaign, d->in->evidence, why) &&
           documents_read(d->in->documents, list, &count, why);
}

/* ---- taking it ---- */

static void
row_fill(struct draft *d, const struct record *record)
{
    const struct record_nomination *in = d->in;
    struct nomination_row *row = &d->m.row;
    if (!d->m.there) {
        row->proposer = row->holder = d->proposer;
        row->submitted_us = record->time_us;
    }
    row->campaign = d->campaign->id;
    row->receipt = record->receipt;
    row->award = in->award;
    row->kind = (enum subject_kind)in->kind;
    row->subject = in->subject;
    row->subject_unit = d->subject_unit;
    row->theme = in->theme;
    row->summary = in->summary;
    row->evidence = in->evidence;
    row->documents = in->documents;
    row->simplified = in->simplified;
    d->m.campaign = d->campaign; /* whose days count from now on */
}

static enum err
submit(struct apply *a, const struct record *record, const void *in, struct outcome *outcome)
{
    struct draft d = {.in = in};
    struct act_row with = {0};
    const struct review_move *move;
    if (!council_identity(d.in->nomination, "nomination", &outcome->why)) {
        return outcome_reject(outcome);
    }
    enum err err = council_find(a, record, d.in->nomination, &d.m);
    if (err != ERR_OK) {
        return err;
    }
    if (!check_campaign(a, record, &d, &outcome->why) ||
        !check_proposer(a, record, &d, &outcome->why)) {
        return outcome_reject(outcome);
    }
    if (d.m.there && d.m.row.proposer != d.proposer) {
        complain(&outcome->why, CODE_NOMINATION_TAKEN, d.in->unit, "%.*s",
                 SLICE_ARG(a->registry.units[d.m.row.proposer].code));
        return outcome_reject(outcome);
    }
    err = council_may(a, &d.m, REVIEW_submit, &with, &move, &outcome->why);
    if (err != ERR_OK) {
        return err;
    }
    if (move == NULL || !check_award(&d, &outcome->why) || !check_subject(a, &d, &outcome->why) ||
        !check_theme(&d, &outcome->why) || !check_papers(a, &d, &outcome->why)) {
        return outcome_reject(outcome);
    }
    row_fill(&d, record);
    return council_move(a, record, &d.m, move, &with);
}

enum err
apply_nomination(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_nomination in;
    if (!record_decode(record, RECORD_nomination, &in, outcome)) {
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, submit, outcome);
}
