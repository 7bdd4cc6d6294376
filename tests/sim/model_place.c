/* Whether a report may stand where it says: the checks of docs/DESIGN.md, section 4, the lock
 * last. */
#include "tests/sim/model.h"

static bool
named(const struct code_list *list, struct slice code)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (slice_equal(list->codes[i], code)) {
            return true;
        }
    }
    return false;
}

const struct model_version *
model_version_in(const struct model *m, uint32_t at, struct period period)
{
    const struct model_unit *unit = &m->unit[at];
    const struct model_version *last = NULL;
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct model_version *v = &unit->versions[i];
        bool there = v->from <= period_last_day(period) && v->to >= period_first_day(period);
        if (there && (last == NULL || v->from > last->from)) {
            last = v;
        }
    }
    return last;
}

static bool
time_fits(const struct model *m, const struct block *block, struct model_place *place)
{
    const struct form *form = place->form;
    int32_t first = period_first_day(place->key.period);
    int32_t last = period_last_day(place->key.period);
    int32_t today = day_of_time(block->time_us, m->campaign.utc_offset_minutes);
    if (last < m->campaign.from || first > m->campaign.to || first > today ||
        (form->expires >= 0 && today > last + form->expires)) {
        return false;
    }
    place->late = form->due >= 0 && today > last + form->due;
    return true;
}

bool
model_place_find(struct model *m, const struct block *block, const struct block_record *record,
                 const struct model_claim *claim, struct model_place *place)
{
    *place = (struct model_place){0};
    if (!slice_equal(claim->unit, record->unit) || !m->has_campaign ||
        (claim->campaign.len > 0 && !slice_equal(claim->campaign, m->campaign.code))) {
        return false;
    }
    uint16_t form = campaign_form(&m->campaign, claim->form);
    uint32_t unit = model_code(&m->units, claim->unit);
    if (form == INDEX_NONE || unit == UINT32_MAX ||
        period_parse(claim->period, &place->key.period) != ERR_OK) {
        return false;
    }
    place->form = &m->campaign.forms[form];
    int32_t today = day_of_time(block->time_us, m->campaign.utc_offset_minutes);
    const struct model_version *version = model_version_in(m, unit, place->key.period);
    struct slice source = claim->source.len > 0 ? claim->source : place->form->sources.codes[0];
    if (version == NULL || !model_may_report(m, record->principal, unit, today) ||
        !named(&place->form->levels, slice_text(version->level)) ||
        !named(&place->form->sources, source) || place->key.period.gran != place->form->period) {
        return false;
    }
    place->key.form = model_code(&m->forms, claim->form);
    place->key.unit = unit;
    place->key.source = model_code(&m->sources, source);
    if (!time_fits(m, block, place)) {
        return false;
    }
    return !model_is_locked(m, unit, place->key.period) || model_refuse(m, CODE_PERIOD_LOCKED);
}
