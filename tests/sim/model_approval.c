/* Approvals: docs/DESIGN.md, section 6, and proto/PROTOCOL.md, "Approval". A unit's period is
 * locked once somebody above it has approved it, and all that lies in it and all that counts
 * beneath is locked with it. All of it is worked out by walking: days, forms' periods one by
 * one, parents. */
#include "common/check.h"
#include "common/text.h"
#include "tests/sim/model.h"

struct approving {
    struct slice principal;
    struct record_approval in;
    uint32_t unit;
    struct period period;
    int32_t today;
};

static bool
lies_in(struct period fine, struct period coarse)
{
    return fine.gran <= coarse.gran && period_equal(period_up(fine, coarse.gran), coarse);
}

/* UINT32_MAX: it has none, or was not there in the period. */
static uint32_t
parent_in(const struct model *m, uint32_t unit, struct period period)
{
    const struct model_version *v = model_version_in(m, unit, period);
    return v == NULL ? UINT32_MAX : model_code(&m->units, slice_text(v->parent));
}

static bool
counts_beneath(const struct model *m, uint32_t unit, uint32_t top, struct period period)
{
    for (int depth = 0; depth < UNIT_DEPTH_MAX && unit != UINT32_MAX; depth++) {
        unit = parent_in(m, unit, period);
        if (unit == top) {
            return true;
        }
    }
    return false;
}

static bool
is_approved(const struct model *m, uint32_t unit, struct period period)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        const struct model_approval *a = &m->approvals[i];
        if (a->unit == unit && period_equal(a->period, period)) {
            return a->approved;
        }
    }
    return false;
}

bool
model_is_locked(const struct model *m, uint32_t unit, struct period period)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        const struct model_approval *a = &m->approvals[i];
        if (a->approved && lies_in(period, a->period) &&
            (a->unit == unit || counts_beneath(m, unit, a->unit, a->period))) {
            return true;
        }
    }
    return false;
}

/* ---- approving: those beneath come first ---- */

bool
model_is_covered(const struct model *m, uint32_t unit, struct period period)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        const struct model_approval *a = &m->approvals[i];
        if (a->approved && a->unit == unit && lies_in(period, a->period)) {
            return true;
        }
    }
    return false;
}

static bool
form_asks_level(const struct form *form, const char *level)
{
    for (uint32_t i = 0; i < form->levels.count; i++) {
        if (slice_is(form->levels.codes[i], level)) {
            return true;
        }
    }
    return form->levels.count == 0;
}

/* Whether some form's period in `period`, within the campaign's window, is asked of the unit. */
static bool
is_asked(const struct model *m, uint32_t unit, struct period period)
{
    for (uint32_t i = 0; i < m->campaign.form_count; i++) {
        const struct form *form = &m->campaign.forms[i];
        CHECK(form->kinds.count == 0 && form->units.count == 0);
        if (form->period > period.gran) {
            continue;
        }
        /* A week lies where its Thursday does: it may begin or end outside. */
        struct period p = period_of_day(form->period, period_first_day(period) - 7);
        for (; period_first_day(p) <= period_last_day(period); p = period_next(p)) {
            const struct model_version *v = model_version_in(m, unit, p);
            if (v != NULL && lies_in(p, period) && period_last_day(p) >= m->campaign.from &&
                period_first_day(p) <= m->campaign.to && form_asks_level(form, v->level)) {
                return true;
            }
        }
    }
    return false;
}

static bool
beneath_is_approved(const struct model *m, const struct approving *p)
{
    for (uint32_t unit = 0; unit < m->units.count; unit++) {
        if (unit != p->unit && counts_beneath(m, unit, p->unit, p->period) &&
            !model_is_covered(m, unit, p->period) && is_asked(m, unit, p->period)) {
            return false;
        }
    }
    return true;
}

/* ---- opening again: what rests on it first ---- */

static bool
something_rests_on(const struct model *m, const struct approving *p)
{
    for (uint32_t i = 0; i < m->approval_count; i++) {
        const struct model_approval *a = &m->approvals[i];
        bool longer = lies_in(p->period, a->period), shorter = lies_in(a->period, p->period);
        if (!a->approved || (!longer && !shorter)) {
            continue;
        }
        if (a->unit == p->unit ? longer && a->period.gran > p->period.gran
                               : counts_beneath(m, p->unit, a->unit, a->period)) {
            return true;
        }
    }
    return false;
}

/* ---- the record ---- */

/* A submitter or a secretary of a unit above, as the units stood at the period's end; nobody is
 * above the top, whose own secretary answers for it. */
static bool
stands_above(struct model *m, const struct approving *p)
{
    uint32_t roles = ACCESS_BIT(ACCESS_SUBMITTER) | ACCESS_BIT(ACCESS_SECRETARY);
    int32_t day = period_last_day(p->period);
    uint32_t above = parent_in(m, p->unit, p->period);
    if (!model_has_role(m, p->principal, roles)) {
        return model_may_for(m, p->principal, roles, p->unit, day); /* refuses */
    }
    if (above == UINT32_MAX) {
        return model_may_for(m, p->principal, ACCESS_BIT(ACCESS_SECRETARY), p->unit, day) ||
               model_refuse(m, CODE_NOT_ALLOWED);
    }
    for (int depth = 0; depth < UNIT_DEPTH_MAX && above != UINT32_MAX; depth++) {
        if (model_may_for(m, p->principal, roles, above, day)) {
            return true;
        }
        above = parent_in(m, above, p->period);
    }
    return model_refuse(m, CODE_NOT_ALLOWED);
}

static bool
place_is_right(struct model *m, const struct block_record *record, struct approving *p)
{
    if (!slice_equal(p->in.unit, record->unit)) {
        return model_refuse(m, CODE_UNIT_MISMATCH);
    }
    if (!m->has_campaign ||
        (p->in.campaign.len > 0 && !slice_equal(p->in.campaign, m->campaign.code))) {
        return model_refuse(m, CODE_CAMPAIGN_UNKNOWN);
    }
    p->unit = model_code(&m->units, p->in.unit);
    if (p->unit == UINT32_MAX) {
        return model_refuse(m, CODE_UNIT_UNKNOWN);
    }
    if (period_parse(p->in.period, &p->period) != ERR_OK) {
        return model_refuse(m, CODE_PERIOD_INVALID);
    }
    return model_version_in(m, p->unit, p->period) != NULL || model_refuse(m, CODE_UNIT_NOT_THEN);
}

static bool
period_is_right(struct model *m, const struct approving *p)
{
    bool holds = false;
    for (uint32_t i = 0; i < m->campaign.form_count; i++) {
        holds = holds || m->campaign.forms[i].period <= p->period.gran;
    }
    if (!holds) {
        return model_refuse(m, CODE_PERIOD_TYPE);
    }
    return (period_last_day(p->period) >= m->campaign.from &&
            period_first_day(p->period) <= m->campaign.to) ||
           model_refuse(m, CODE_PERIOD_OUTSIDE);
}

static bool
act_is_right(struct model *m, const struct approving *p)
{
    if (p->in.reopen) {
        if (text_trim(p->in.reason).len == 0) {
            return model_refuse(m, CODE_REASON_MISSING);
        }
        return !something_rests_on(m, p) || model_refuse(m, CODE_ABOVE_FIRST);
    }
    if (period_last_day(p->period) >= p->today) {
        return model_refuse(m, CODE_NOT_CLOSED);
    }
    return is_approved(m, p->unit, p->period) || beneath_is_approved(m, p) ||
           model_refuse(m, CODE_BELOW_FIRST);
}

static void
keep(struct model *m, const struct approving *p, struct receipt receipt)
{
    uint32_t i = 0;
    while (i < m->approval_count &&
           (m->approvals[i].unit != p->unit || !period_equal(m->approvals[i].period, p->period))) {
        i++;
    }
    CHECK(i < MODEL_APPROVALS_MAX);
    m->approval_count += i == m->approval_count;
    m->approvals[i] = (struct model_approval){p->unit, p->period, !p->in.reopen, receipt};
}

enum verdict
model_approval(struct model *m, const struct block *block, const struct block_record *record)
{
    struct approving p = {.principal = record->principal};
    struct complaint why;
    if (!layout_decode(record_layout(RECORD_approval), record->body, &p.in, &why) ||
        p.in.id.len != 16) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, record->principal, p.in.id, UINT32_MAX)) {
        return VERDICT_UNCHANGED;
    }
    p.today = m->has_campaign ? day_of_time(block->time_us, m->campaign.utc_offset_minutes) : 0;
    if (!place_is_right(m, record, &p) || !stands_above(m, &p) || !period_is_right(m, &p) ||
        !act_is_right(m, &p)) {
        return VERDICT_REJECTED;
    }
    bool changes = is_approved(m, p.unit, p.period) == p.in.reopen;
    if (changes) {
        keep(m, &p, (struct receipt){block->number, record->index});
    }
    model_ulid_keep(m, record->principal, p.in.id, UINT32_MAX);
    return changes ? VERDICT_ACCEPTED : VERDICT_UNCHANGED;
}
