/* Units and campaigns: docs/DESIGN.md, section 5, and workers/tally/README.md, "Registry and campaign". */
#include "common/check.h"
#include "proto/units.h"
#include "tests/sim/model.h"

bool
model_ulid_seen(const struct model *m, struct slice principal, struct slice id, uint32_t unit)
{
    for (uint32_t i = 0; i < m->ulid_count; i++) {
        if (m->ulids[i].unit == unit && slice_is(principal, m->ulids[i].principal) &&
            slice_equal(id, slice_of(m->ulids[i].bytes, 16))) {
            return true;
        }
    }
    return false;
}

void
model_ulid_keep(struct model *m, struct slice principal, struct slice id, uint32_t unit)
{
    CHECK(m->ulid_count < MODEL_ULIDS_MAX && principal.len <= CODE_MAX);
    memcpy(m->ulids[m->ulid_count].principal, principal.data, principal.len);
    memcpy(m->ulids[m->ulid_count].bytes, id.data, 16);
    m->ulids[m->ulid_count++].unit = unit;
}

static void
mistake_pass(struct complaints *self, const struct complaint *why)
{
    (void)self, (void)why;
}

/* ---- units ---- */

static void
unit_end(struct model_unit *unit, int32_t today)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < unit->count; i++) {
        if (unit->versions[i].from <= today) {
            unit->versions[kept] = unit->versions[i];
            if (unit->versions[kept].to > today) {
                unit->versions[kept].to = today;
            }
            kept++;
        }
    }
    unit->count = kept;
}

static void
units_renew(struct model *m, const struct units *units, int32_t today)
{
    bool listed[MODEL_CODES_MAX] = {false};
    for (uint32_t i = 0; i < units->count; i++) {
        uint32_t at = model_code_add(&m->units, units->rows[i].code);
        struct model_unit *unit = &m->unit[at];
        if (!listed[at]) {
            unit->count = 0;
            listed[at] = true;
        }
        CHECK(unit->count < MODEL_VERSIONS_MAX);
        struct model_version *v = &unit->versions[unit->count++];
        *v = (struct model_version){.from = units->rows[i].from, .to = units->rows[i].to};
        memcpy(v->level, units->rows[i].level.data, units->rows[i].level.len);
        memcpy(v->parent, units->rows[i].parent.data, units->rows[i].parent.len);
    }
    for (uint32_t at = 0; at < m->units.count; at++) {
        if (!listed[at]) {
            unit_end(&m->unit[at], today);
        }
    }
}

enum verdict
model_units(struct model *m, const struct block *block, const struct block_record *record)
{
    struct record_units in;
    struct complaint why;
    struct complaints pass = {mistake_pass};
    struct units units;
    if (!layout_decode(record_layout(RECORD_units), record->body, &in, &why) || in.id.len != 16) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, record->principal, in.id, UINT32_MAX)) {
        return VERDICT_UNCHANGED;
    }
    if (!model_may_rule(m, record->principal, false) ||
        !units_decode(in.rows, m->turn, &units, &why) || units_check(&units, m->turn, &pass) != 0) {
        return VERDICT_REJECTED;
    }
    int32_t offset = m->has_campaign ? m->campaign.utc_offset_minutes : 0;
    units_renew(m, &units, day_of_time(block->time_us, offset));
    model_ulid_keep(m, record->principal, in.id, UINT32_MAX);
    return VERDICT_ACCEPTED;
}

/* ---- campaigns ---- */

/* What was left out once cannot come back. */
static bool
comes_back(const struct model *m, const struct campaign *new)
{
    for (uint32_t i = 0; m->has_campaign && i < new->indicator_count; i++) {
        struct slice code = new->indicators[i].code;
        if (model_code(&m->indicators, code) != UINT32_MAX &&
            campaign_indicator(&m->campaign, code) == INDEX_NONE) {
            return true;
        }
    }
    for (uint32_t i = 0; m->has_campaign && i < new->form_count; i++) {
        struct slice code = new->forms[i].code;
        if (model_code(&m->forms, code) != UINT32_MAX &&
            campaign_form(&m->campaign, code) == INDEX_NONE) {
            return true;
        }
    }
    return false;
}

static void
codes_learn(struct model *m)
{
    for (uint32_t i = 0; i < m->campaign.indicator_count; i++) {
        model_code_add(&m->indicators, m->campaign.indicators[i].code);
    }
    CHECK(m->indicators.count <= MODEL_INDICATORS_MAX);
    for (uint32_t i = 0; i < m->campaign.form_count; i++) {
        const struct form *form = &m->campaign.forms[i];
        model_code_add(&m->forms, form->code);
        for (uint32_t k = 0; k < form->sources.count; k++) {
            model_code_add(&m->sources, form->sources.codes[k]);
        }
    }
}

enum verdict
model_campaign(struct model *m, const struct block_record *record)
{
    struct record_campaign in;
    struct complaint why;
    struct complaints pass = {mistake_pass};
    struct campaign new;
    if (!layout_decode(record_layout(RECORD_campaign), record->body, &in, &why) ||
        in.id.len != 16) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, record->principal, in.id, UINT32_MAX)) {
        return VERDICT_UNCHANGED;
    }
    struct slice copy = arena_copy(m->arena, in.body);
    if (!model_may_rule(m, record->principal, false) ||
        !campaign_decode(copy, m->arena, &new, &why) || !slice_equal(new.code, in.campaign) ||
        campaign_check(&new, &pass) != 0) {
        return VERDICT_REJECTED;
    }
    CHECK(!m->has_campaign || slice_equal(new.code, m->campaign.code));
    if (m->has_campaign &&
        (!campaign_may_follow(&m->campaign, &new, &why) || comes_back(m, &new))) {
        return VERDICT_REJECTED;
    }
    m->campaign = new;
    m->has_campaign = true;
    codes_learn(m);
    model_ulid_keep(m, record->principal, in.id, UINT32_MAX);
    return VERDICT_ACCEPTED;
}
