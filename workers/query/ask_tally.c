/* `tally`: what a unit and all beneath it reported for a period, over all forms whose periods add
 * up to it, and the same for each direct child. `indicators` narrows the values, never the counts.
 */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/expected.h"
#include "workers/query/find.h"
#include "workers/query/rollup.h"
#include "workers/query/snapshot.h"

struct tally_ask {
    struct ask *ask;
    const struct registry_campaign *campaign;
    struct period period;
    struct family family;
    struct rollup *rollups; /* by form that adds up to the period, in the campaign's order */
    uint16_t *forms;        /* their indices */
    uint32_t form_count;
    uint64_t *expected; /* by the family's row */
};

static bool
want_indicators(struct tally_ask *t, const struct texts *codes, bool **wanted)
{
    const struct campaign *campaign = &t->campaign->campaign;
    *wanted = NULL;
    if (codes->count == 0) {
        return true;
    }
    *wanted = ARENA_ARRAY(t->ask->query->arena, bool, campaign->indicator_count);
    for (uint32_t i = 0; i < codes->count; i++) {
        uint16_t index = campaign_indicator(campaign, codes->items[i]);
        if (index == INDEX_NONE) {
            return complain(t->ask->why, CODE_INDICATOR_UNKNOWN, codes->items[i], "%.*s",
                            SLICE_ARG(codes->items[i]));
        }
        (*wanted)[index] = true;
    }
    return true;
}

/* Every form is rolled up before anything is written: a row of the answer has them all. */
static bool
roll_up(struct tally_ask *t, const bool *wanted)
{
    struct query *q = t->ask->query;
    const struct campaign *campaign = &t->campaign->campaign;
    uint64_t cells = 0;
    bool ok = true;
    t->rollups = ARENA_ARRAY(q->arena, struct rollup, campaign->form_count);
    t->forms = ARENA_ARRAY(q->arena, uint16_t, campaign->form_count);
    t->expected = ARENA_ARRAY(q->arena, uint64_t, t->family.count);
    for (uint16_t i = 0; ok && i < campaign->form_count; i++) {
        const struct form *form = &campaign->forms[i];
        if (form->period > t->period.gran) {
            continue;
        }
        struct rollup *r = &t->rollups[t->form_count];
        t->forms[t->form_count++] = i;
        rollup_open(r, q, t->campaign, i, wanted, &t->family);
        cells += (uint64_t)r->column_count * t->family.count;
        ok = rollup_allowed(cells, t->ask->why) && rollup_run(r, t->ask->why);
        rollup_close(r);
        expected_add(&t->family, form,
                     expected_span(campaign, form, t->period, snapshot_day(q, campaign)),
                     t->expected);
    }
    return ok;
}

static void
put_value(struct tally_ask *t, uint32_t form, uint32_t column, const struct rollup_cell *cell)
{
    const struct campaign *campaign = &t->campaign->campaign;
    const struct indicator *indicator = &campaign->indicators[t->rollups[form].columns[column]];
    struct buf *b = t->ask->body;
    pack_map(b, 10);
    pack_key_text(b, "form", campaign->forms[t->forms[form]].code);
    pack_key_text(b, "indicator", indicator->code);
    pack_key_text(b, "theme", indicator->theme_code);
    answer_titles(b, &indicator->title);
    pack_key_text(b, "type", slice_text(indicator_type_name(indicator->type)));
    pack_key_uint(b, "decimals", indicator->decimals);
    pack_cstr(b, "value");
    answer_value(b, indicator, rollup_value(indicator, cell));
    pack_key_uint(b, "units", cell->units);
    pack_key_uint(b, "periods", cell->periods);
}

static uint32_t
count_values(const struct tally_ask *t, uint32_t row)
{
    uint32_t count = 0;
    for (uint32_t f = 0; f < t->form_count; f++) {
        for (uint32_t c = 0; c < t->rollups[f].column_count; c++) {
            count += t->rollups[f].rows[row].cells[c].units > 0;
        }
    }
    return count;
}

static void
put_counts(struct tally_ask *t, uint32_t row)
{
    struct rollup_row sum = {0};
    struct buf *b = t->ask->body;
    for (uint32_t f = 0; f < t->form_count; f++) {
        const struct rollup_row *r = &t->rollups[f].rows[row];
        sum.received += r->received;
        sum.on_time += r->on_time;
        sum.complete += r->complete;
        sum.disagreements += r->disagreements;
        sum.outliers += r->outliers;
    }
    pack_key_uint(b, "expected", t->expected[row]);
    pack_key_uint(b, "received", sum.received);
    pack_key_uint(b, "on_time", sum.on_time);
    pack_key_uint(b, "complete", sum.complete);
    pack_key_uint(b, "disagreements", sum.disagreements);
    pack_key_uint(b, "outliers", sum.outliers);
}

static bool
put_row(struct tally_ask *t, uint32_t row)
{
    const struct registry *r = &t->ask->query->registry;
    struct buf *b = t->ask->body;
    uint32_t unit = t->family.members[row];
    pack_map(b, 10);
    answer_unit(b, r, unit, registry_in(r, unit, t->period));
    put_counts(t, row);
    pack_cstr(b, "values");
    pack_array(b, count_values(t, row));
    for (uint32_t f = 0; f < t->form_count; f++) {
        for (uint32_t c = 0; c < t->rollups[f].column_count; c++) {
            const struct rollup_cell *cell = &t->rollups[f].rows[row].cells[c];
            if (cell->units > 0) {
                put_value(t, f, c, cell);
            }
        }
    }
    return answer_fits(t->ask);
}

bool
ask_tally(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, period = {0};
    struct texts indicators = {0};
    bool children = false, *wanted;
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign}, {"unit", ARG_TEXT, true, &unit},
        {"period", ARG_TEXT, true, &period},      {"indicators", ARG_TEXTS, false, &indicators},
        {"children", ARG_BOOL, false, &children},
    };
    struct tally_ask t = {.ask = ask};
    uint32_t top;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &t.campaign) ||
        !find_period(ask, "period", period, &t.period) ||
        !find_unit_in(ask, unit, t.period, &top) || (children && !asker_sees_beneath(ask, top)) ||
        !want_indicators(&t, &indicators, &wanted)) {
        return false;
    }
    family_init(&t.family, ask->query, top, children);
    family_set(&t.family, t.period);
    if (!roll_up(&t, wanted)) {
        return false;
    }
    pack_map(ask->body, 3);
    pack_key_text(ask->body, "campaign", t.campaign->campaign.code);
    answer_key_period(ask->body, "period", t.period);
    pack_cstr(ask->body, "rows");
    pack_array(ask->body, t.family.count);
    for (uint32_t row = 0; row < t.family.count; row++) {
        if (!put_row(&t, row)) {
            return false;
        }
    }
    return true;
}
