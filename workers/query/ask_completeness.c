/* `completeness`: of one form in one period, how many reports were asked of a unit and all beneath
 * it, and how many came; then the same for each direct child. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/expected.h"
#include "workers/query/find.h"
#include "workers/query/rollup.h"
#include "workers/query/snapshot.h"

static void
put_row(struct buf *b, const struct family *f, uint32_t row, const struct rollup_row *counts,
        uint64_t expected)
{
    const struct registry *r = &f->query->registry;
    uint32_t unit = f->members[row];
    pack_map(b, 7);
    answer_unit(b, r, unit, registry_in(r, unit, f->period));
    pack_key_uint(b, "expected", expected);
    pack_key_uint(b, "received", counts->received);
    pack_key_uint(b, "on_time", counts->on_time);
    pack_key_uint(b, "complete", counts->complete);
}

static bool
put_rows(struct ask *ask, const struct registry_campaign *campaign, uint16_t form,
         struct family *family)
{
    struct query *q = ask->query;
    const struct form *f = &campaign->campaign.forms[form];
    /* no indicator is wanted: the rows' counts alone */
    const bool *none = ARENA_ARRAY(q->arena, bool, campaign->campaign.indicator_count);
    uint64_t *expected = ARENA_ARRAY(q->arena, uint64_t, family->count);
    struct rollup rollup;
    rollup_open(&rollup, q, campaign, form, none, family);
    bool ok = rollup_run(&rollup, ask->why);
    rollup_close(&rollup);
    if (!ok) {
        return false;
    }
    expected_add(
        family, f,
        expected_span(&campaign->campaign, f, family->period, snapshot_day(q, &campaign->campaign)),
        expected);
    pack_array(ask->body, family->count);
    for (uint32_t row = 0; row < family->count; row++) {
        put_row(ask->body, family, row, &rollup.rows[row], expected[row]);
    }
    return true;
}

bool
ask_completeness(struct ask *ask)
{
    struct slice campaign_code = {0}, unit = {0}, form_code = {0}, period_text = {0};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign_code},
        {"unit", ARG_TEXT, true, &unit},
        {"form", ARG_TEXT, true, &form_code},
        {"period", ARG_TEXT, true, &period_text},
    };
    const struct registry_campaign *campaign;
    struct period period;
    struct family family;
    uint16_t form;
    uint32_t top;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign_code, &campaign) ||
        !find_form(ask, campaign, form_code, &form) ||
        !find_period(ask, "period", period_text, &period) ||
        !find_comparable(ask, &campaign->campaign.forms[form], period) ||
        !find_unit_in(ask, unit, period, &top) || !asker_sees_beneath(ask, top)) {
        return false;
    }
    family_init(&family, ask->query, top, true);
    family_set(&family, period);
    pack_map(ask->body, 4);
    pack_key_text(ask->body, "campaign", campaign->campaign.code);
    pack_key_text(ask->body, "form", campaign->campaign.forms[form].code);
    answer_key_period(ask->body, "period", period);
    pack_cstr(ask->body, "rows");
    return put_rows(ask, campaign, form, &family);
}
