/* The checks of where a report stands: see validate.h. Each is one small function; place_find is the
 * order. */
#include "workers/tally/validate.h"

#include "proto/rights.h"
#include "workers/state/own.h"
#include "workers/tally/lock.h"
#include "workers/tally/speakers.h"

/* A claim on its way through the checks. The period is read first, since the unit's existence rests
 * on it, but what is wrong with it is told in its turn. */
struct check {
    const struct apply *apply;
    const struct record *record;
    const struct claim *claim;
    bool period_read;
    const struct registry_version *version; /* of the unit's last day in the period; may be NULL */
    int32_t last_day;
    struct place *place;
    struct complaint *why;
};

/* The one place that knows who speaks for whom: rights.def says what a role reaches, the principal's
 * access record its units. "local" is no access record's: whoever may open the data directory. */
bool
principal_may_speak(const struct apply *a, const struct record *record, uint32_t unit,
                    int32_t today, struct complaint *why)
{
    if (slice_is(record->principal, PRINCIPAL_LOCAL)) {
        return true;
    }
    const struct access_entry *entry = speakers_find(a->speakers, record->principal);
    uint32_t roles = entry == NULL ? 0 : entry->roles;
    enum reach reach = rights_record(roles, record->type);
    if (reach == REACH_ALL || (reach == REACH_OWN && own_unit(&a->registry, entry, unit, today))) {
        return true;
    }
    if (roles != 0 && reach == REACH_NONE) {
        return complain(why, CODE_NOT_IN_ROLE, record->principal, "%s",
                        record_layout(record->type)->name);
    }
    struct slice code = unit == UNIT_NONE ? slice_text("") : a->registry.units[unit].code;
    return complain(why, CODE_NOT_ALLOWED, code, "%.*s", SLICE_ARG(record->principal));
}

static bool
check_envelope(struct check *c)
{
    if (!slice_equal(c->record->unit, c->claim->unit)) {
        return complain(c->why, CODE_UNIT_MISMATCH, c->claim->unit, "%.*s",
                        SLICE_ARG(c->record->unit));
    }
    return true;
}

static bool
check_form(struct check *c)
{
    const struct registry_campaign *found =
        registry_campaign(&c->apply->registry, c->claim->campaign, c->why);
    if (found == NULL) {
        return false;
    }
    uint16_t form = campaign_form(&found->campaign, c->claim->form);
    if (form == INDEX_NONE) {
        return complain(c->why, CODE_FORM_UNKNOWN, c->claim->form, "%s", "");
    }
    struct place *place = c->place;
    place->campaign = &c->apply->plans.campaigns[found->id];
    place->form = &place->campaign->forms[form];
    place->key.campaign = found->id;
    place->key.form = place->form->id;
    place->today = local_day(c->record->time_us, found->campaign.utc_offset_minutes);
    return true;
}

static bool
check_unit(struct check *c)
{
    const struct registry *registry = &c->apply->registry;
    struct place *place = c->place;
    place->key.unit = registry_find(registry, c->claim->unit);
    if (place->key.unit == UNIT_NONE) {
        return complain(c->why, CODE_UNIT_UNKNOWN, c->claim->unit, "%s", "");
    }
    c->period_read = period_parse(c->claim->period, &place->period) == ERR_OK;
    if (!c->period_read) {
        return true;
    }
    place->key.period = place->period.ordinal;
    c->last_day = period_last_day(place->period);
    c->version = registry_in(registry, place->key.unit, place->period);
    if (c->version == NULL) {
        return complain(c->why, CODE_UNIT_NOT_THEN, c->claim->unit, "%.*s",
                        SLICE_ARG(c->claim->period));
    }
    return true;
}

static bool
check_principal(struct check *c)
{
    return principal_may_speak(c->apply, c->record, c->place->key.unit, c->place->today, c->why);
}

/* By what the unit was on its last day in the period. */
static bool
check_asked(struct check *c)
{
    if (c->version != NULL &&
        !form_asks(c->place->form->form, c->claim->unit, c->version->level, c->version->kind)) {
        return complain(c->why, CODE_FORM_NOT_ASKED, c->claim->unit, "%.*s",
                        SLICE_ARG(c->claim->form));
    }
    return true;
}

static bool
check_source(struct check *c)
{
    const struct code_list *sources = &c->place->form->form->sources;
    for (uint32_t i = 0; i < sources->count; i++) {
        if (c->claim->source.len == 0 || slice_equal(sources->codes[i], c->claim->source)) {
            c->place->key.source = c->place->form->source_ids[i];
            return true;
        }
    }
    return complain(c->why, CODE_SOURCE_UNKNOWN, c->claim->source, "%s", "");
}

static bool
check_period_type(struct check *c)
{
    enum granularity asked = c->place->form->form->period;
    if (!c->period_read) {
        return complain(c->why, CODE_PERIOD_INVALID, c->claim->period, "%s", "");
    }
    if (c->place->period.gran != asked) {
        return complain(c->why, CODE_PERIOD_TYPE, c->claim->period, "%s", granularity_name(asked));
    }
    return true;
}

static bool
check_window(struct check *c)
{
    const struct campaign *campaign = &c->place->campaign->source->campaign;
    if (c->last_day < campaign->from || period_first_day(c->place->period) > campaign->to) {
        char from[DATE_TEXT], to[DATE_TEXT];
        date_format(campaign->from, from);
        date_format(campaign->to, to);
        return complain(c->why, CODE_PERIOD_OUTSIDE, c->claim->period, "%s..%s", from, to);
    }
    return true;
}

static bool
check_time(struct check *c)
{
    const struct form *form = c->place->form->form;
    int32_t today = c->place->today;
    if (period_first_day(c->place->period) > today) {
        return complain(c->why, CODE_PERIOD_FUTURE, c->claim->period, "%s", "");
    }
    /* 64 bits: the days come from a file and may be any number. */
    if (form->expires >= 0 && today > (int64_t)c->last_day + form->expires) {
        char until[DATE_TEXT];
        date_format(c->last_day + form->expires, until);
        return complain(c->why, CODE_PERIOD_EXPIRED, c->claim->period, "%s", until);
    }
    c->place->late = form->due >= 0 && today > (int64_t)c->last_day + form->due;
    return true;
}

static bool
check_lock(struct check *c)
{
    const struct approval_of of = {
        .approvals = locks_approvals(c->apply->locks),
        .registry = &c->apply->registry,
        .campaign = c->place->campaign->source,
        .unit = c->place->key.unit,
        .period = c->place->period,
    };
    struct approved by;
    if (approval_locks(&of, &by)) {
        char period[PERIOD_TEXT];
        period_format(by.period, period);
        return complain(c->why, CODE_PERIOD_LOCKED, c->claim->period, "%.*s %s",
                        SLICE_ARG(of.registry->units[by.unit].code), period);
    }
    return true;
}

bool
place_find(const struct apply *a, const struct record *record, const struct claim *claim,
           struct place *place, struct complaint *why)
{
    *place = (struct place){0};
    struct check c = {.apply = a, .record = record, .claim = claim, .place = place, .why = why};
    return check_envelope(&c) && check_form(&c) && check_unit(&c) && check_principal(&c) &&
           check_asked(&c) && check_source(&c) && check_period_type(&c) && check_window(&c) &&
           check_time(&c) && check_lock(&c);
}
