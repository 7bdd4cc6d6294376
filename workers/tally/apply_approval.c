/* A unit's period is approved, which locks it against reports, withdrawals and merges (approvals.h), or
 * opened again. Every shard applies it, so that the lock holds for exactly the records behind it.
 *
 *   there is           approve                        open again
 *   nothing, or opened accepted; not-closed before    unchanged; above-first where a longer approval or
 *                      the period's end; below-first  one above holds it all the same
 *   approved           unchanged                      accepted; above-first
 *
 * Whoever approves stands above: a unit's own clerk cannot release its figures. Above is meant in the
 * period, on the unit's last day in it, as the rest of the rule is: a district that has lost a ward
 * since can still finish the months in which it had it. */
#include "common/text.h"
#include "proto/rights.h"
#include "workers/state/own.h"
#include "workers/state/rows_council.h"
#include "workers/tally/lock.h"
#include "workers/tally/once.h"
#include "workers/tally/speakers.h"
#include "workers/tally/validate.h"

struct approving {
    struct apply *apply;
    const struct record *record;
    struct record_approval in;
    struct approval_of of;
    int32_t today;
    bool unchanged; /* it is so already */
    struct complaint *why;
};

static bool
check_place(struct approving *p)
{
    const struct registry *registry = &p->apply->registry;
    if (!slice_equal(p->record->unit, p->in.unit)) {
        return complain(p->why, CODE_UNIT_MISMATCH, p->in.unit, "%.*s", SLICE_ARG(p->record->unit));
    }
    p->of.approvals = locks_approvals(p->apply->locks);
    p->of.registry = registry;
    p->of.campaign = registry_campaign(registry, p->in.campaign, p->why);
    if (p->of.campaign == NULL) {
        return false;
    }
    p->today = local_day(p->record->time_us, p->of.campaign->campaign.utc_offset_minutes);
    p->of.unit = registry_find(registry, p->in.unit);
    if (p->of.unit == UNIT_NONE) {
        return complain(p->why, CODE_UNIT_UNKNOWN, p->in.unit, "%s", "");
    }
    if (period_parse(p->in.period, &p->of.period) != ERR_OK) {
        return complain(p->why, CODE_PERIOD_INVALID, p->in.period, "%s", "");
    }
    if (registry_in(registry, p->of.unit, p->of.period) == NULL) {
        return complain(p->why, CODE_UNIT_NOT_THEN, p->in.unit, "%.*s", SLICE_ARG(p->in.period));
    }
    return true;
}

/* Whether one of the entry's own units is above. Nobody is above a top: its secretary answers for it. */
static bool
stands_above(const struct approving *p, const struct access_entry *entry)
{
    const struct registry *registry = p->of.registry;
    int32_t day = period_last_day(p->of.period);
    const struct registry_version *version = registry_in(registry, p->of.unit, p->of.period);
    if (version->parent == UNIT_NONE) {
        return (entry->roles & ACCESS_BIT(ACCESS_SECRETARY)) != 0 &&
               own_unit(registry, entry, p->of.unit, day);
    }
    for (unsigned depth = 0; depth <= UNIT_DEPTH_MAX && version != NULL; depth++) {
        uint32_t above = version->parent;
        if (above == UNIT_NONE) {
            return false;
        }
        if (own_unit(registry, entry, above, day)) {
            return true;
        }
        version = registry_in(registry, above, p->of.period);
    }
    return false;
}

static bool
check_principal(struct approving *p)
{
    struct slice principal = p->record->principal;
    if (slice_is(principal, PRINCIPAL_LOCAL)) {
        return true;
    }
    const struct access_entry *entry = speakers_find(p->apply->speakers, principal);
    uint32_t roles = entry == NULL ? 0 : entry->roles;
    enum reach reach = rights_record(roles, RECORD_approval);
    if (reach == REACH_ALL || (reach == REACH_OWN && stands_above(p, entry))) {
        return true;
    }
    if (roles != 0 && reach == REACH_NONE) {
        return complain(p->why, CODE_NOT_IN_ROLE, principal, "%s",
                        record_layout(RECORD_approval)->name);
    }
    return complain(p->why, CODE_NOT_ALLOWED, p->in.unit, "%.*s", SLICE_ARG(principal));
}

/* An approval that could lock nothing would be one by mistake. */
static bool
check_period(struct approving *p)
{
    const struct campaign *campaign = &p->of.campaign->campaign;
    enum granularity finest;
    if (!approval_holds_forms(&p->of, &finest)) {
        return complain(p->why, CODE_PERIOD_TYPE, p->in.period, "%s", granularity_name(finest));
    }
    if (period_last_day(p->of.period) < campaign->from ||
        period_first_day(p->of.period) > campaign->to) {
        char from[DATE_TEXT], to[DATE_TEXT];
        date_format(campaign->from, from);
        date_format(campaign->to, to);
        return complain(p->why, CODE_PERIOD_OUTSIDE, p->in.period, "%s..%s", from, to);
    }
    return true;
}

static bool
check_approve(struct approving *p)
{
    if (period_last_day(p->of.period) >= p->today) {
        return complain(p->why, CODE_NOT_CLOSED, p->in.period, "%s", "");
    }
    p->unchanged = approvals_has(p->of.approvals, p->of.campaign->id, p->of.unit, p->of.period);
    uint32_t below = p->unchanged ? UNIT_NONE : approval_below(&p->of, 0);
    if (below != UNIT_NONE) {
        return complain(p->why, CODE_BELOW_FIRST, p->of.registry->units[below].code, "%.*s",
                        SLICE_ARG(p->in.period));
    }
    return true;
}

static bool
check_reopen(struct approving *p)
{
    struct approved by;
    if (text_trim(p->in.reason).len == 0) {
        return complain(p->why, CODE_REASON_MISSING, p->in.unit, "%s", "");
    }
    if (approval_above(&p->of, &by)) {
        char period[PERIOD_TEXT];
        period_format(by.period, period);
        return complain(p->why, CODE_ABOVE_FIRST, p->of.registry->units[by.unit].code, "%s",
                        period);
    }
    p->unchanged = !approvals_has(p->of.approvals, p->of.campaign->id, p->of.unit, p->of.period);
    return true;
}

static enum err
row_write(struct approving *p)
{
    struct apply *a = p->apply;
    struct approval_row row = {.approved = !p->in.reopen,
                               .receipt = p->record->receipt,
                               .time_us = p->record->time_us,
                               .principal = p->record->principal,
                               .reason = p->in.reason};
    buf_clear(&a->value);
    key_approval(&a->key, p->of.campaign->id, p->of.unit, p->of.period);
    approval_encode(&row, &a->value);
    locks_put(a->locks, &p->of, row.approved);
    return state_put(a->state, TABLE_APPROVAL, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

enum err
apply_approval(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct approving p = {.apply = a, .record = record, .why = &outcome->why};
    if (!record_decode(record, RECORD_approval, &p.in, outcome) ||
        !once_check(p.in.id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    struct once once = {.principal = record->principal, .id = p.in.id};
    enum err err = once_seen(a, &once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    if (!check_place(&p) || !check_principal(&p) || !check_period(&p) ||
        !(p.in.reopen ? check_reopen(&p) : check_approve(&p))) {
        return outcome_reject(outcome);
    }
    if (p.unchanged) {
        outcome->verdict = VERDICT_UNCHANGED;
    } else {
        err = row_write(&p);
    }
    return err == ERR_OK ? once_keep(a, &once, record->receipt) : err;
}
