/* Tallies, added up from nothing: docs/DESIGN.md, section 5. A base row is made again when a report of its
 * period changes, with the campaign of that moment; all coarser rows are made from the base rows, at the
 * end. */
#include "common/check.h"
#include "common/decimal.h"
#include "tests/sim/model.h"

static enum over
over_of(const struct model *m, uint32_t indicator)
{
    uint16_t at = campaign_indicator(&m->campaign, slice_text(m->indicators.text[indicator]));
    return at == INDEX_NONE ? 0 : m->campaign.indicators[at].over_time;
}

static void
source_add(const struct model *m, const struct form *form, const struct model_report *report,
           struct model_tally *row, bool *differs)
{
    row->received = 1;
    row->on_time |= report->on_time;
    for (uint32_t i = 0; i < form->indicators.count; i++) {
        uint32_t at = model_code(&m->indicators, form->indicators.codes[i]);
        struct model_cell *cell = &row->cells[at];
        if (!report->values.has[at]) {
            continue;
        }
        if (cell->periods == 0) {
            cell->periods = 1;
            cell->value = report->values.value[at];
        } else if (cell->value != report->values.value[at] && !differs[at]) {
            differs[at] = true;
            row->disagreements++;
        }
    }
}

static struct model_tally
base_make(struct model *m, const struct model_place *place, const struct model_report *report)
{
    struct model_key key = place->key;
    bool differs[MODEL_INDICATORS_MAX] = {false};
    struct model_tally row = {0};
    for (uint32_t i = 0; i < place->form->sources.count; i++) {
        key.source = model_code(&m->sources, place->form->sources.codes[i]);
        bool own = key.source == place->key.source;
        const struct model_report *of = own ? report : model_report_at(m, model_key_pack(&key));
        if (of->key != 0 && !of->withdrawn) {
            source_add(m, place->form, of, &row, differs);
        }
    }
    row.complete = row.received;
    for (uint32_t i = 0; i < place->form->required.count; i++) {
        uint32_t at = model_code(&m->indicators, place->form->required.codes[i]);
        row.complete = row.complete && row.cells[at].periods > 0;
    }
    for (uint32_t at = 0; at < m->indicators.count; at++) {
        bool last = row.cells[at].periods > 0 && over_of(m, at) == OVER_LAST;
        row.cells[at].last = last ? place->key.period.ordinal : 0;
    }
    key.source = 0;
    row.key = model_key_pack(&key);
    return row;
}

/* Whether the sums of the coarser period still fit, with `row` for its base row. */
static bool
sums_fit(struct model *m, const struct model_tally *row, const struct model_tally *before,
         struct period coarse)
{
    struct model_key own = model_key_unpack(row->key);
    wide sums[MODEL_INDICATORS_MAX] = {0};
    for (uint32_t n = 0; n < m->base_count; n++) {
        const struct model_tally *other = &m->base[m->base_at[n]];
        other = other->key == row->key ? row : other;
        struct model_key key = model_key_unpack(other->key);
        if (key.form != own.form || key.unit != own.unit ||
            !period_equal(period_up(key.period, coarse.gran), coarse)) {
            continue;
        }
        for (uint32_t i = 0; i < m->indicators.count; i++) {
            sums[i] += other->cells[i].periods > 0 ? other->cells[i].value : 0;
        }
    }
    for (uint32_t i = 0; i < m->indicators.count; i++) {
        bool moves = row->cells[i].periods > 0 || before->cells[i].periods > 0;
        bool adds = over_of(m, i) == OVER_SUM || over_of(m, i) == OVER_MEAN;
        if (moves && adds && (sums[i] > INT64_MAX || sums[i] < INT64_MIN)) {
            return false;
        }
    }
    return true;
}

bool
model_replace(struct model *m, const struct model_place *place, const struct model_report *report)
{
    struct model_tally row = base_make(m, place, report);
    struct model_tally *at = model_tally_at(m->base, row.key);
    struct model_tally before = *at;
    if (at->key == 0) {
        CHECK(m->base_count < MODEL_KEYS_MAX / 2);
        m->base_at[m->base_count++] = (uint32_t)(at - m->base);
        at->key = row.key;
    }
    for (int gran = place->key.period.gran + 1; m->huge && gran <= GRAN_YEAR; gran++) {
        if (!sums_fit(m, &row, &before, period_up(place->key.period, (enum granularity)gran))) {
            return false;
        }
    }
    *at = row;
    struct model_report *stored = model_report_at(m, report->key);
    m->report_count += stored->key == 0;
    *stored = *report;
    return true;
}

/* ---- adding up ---- */

static void
cell_add(enum over over, const struct model_cell *from, struct model_cell *to)
{
    bool first = to->periods == 0;
    to->periods += from->periods;
    switch (over) {
    case OVER_SUM:
    case OVER_MEAN:
        to->value += from->value;
        return;
    case OVER_LAST:
        first = first || from->last > to->last;
        break;
    case OVER_MAX:
        first = first || from->value > to->value;
        break;
    case OVER_MIN:
        first = first || from->value < to->value;
        break;
    }
    if (first) {
        to->value = from->value;
        to->last = from->last;
    }
}

static void
row_add(struct model *m, const struct model_tally *base, enum granularity gran)
{
    struct model_key key = model_key_unpack(base->key);
    key.period = period_up(key.period, gran);
    struct model_tally *row = model_tally_at(m->tallies, model_key_pack(&key));
    if (row->key == 0) {
        m->tally_count++;
        row->key = model_key_pack(&key);
    }
    row->received += base->received;
    row->on_time += base->on_time;
    row->complete += base->complete;
    row->disagreements += base->disagreements;
    for (uint32_t i = 0; i < m->indicators.count; i++) {
        if (base->cells[i].periods > 0 && over_of(m, i) != 0) {
            cell_add(over_of(m, i), &base->cells[i], &row->cells[i]);
        }
    }
}

void
model_add_up(struct model *m)
{
    for (uint32_t n = 0; n < m->base_count; n++) {
        const struct model_tally *base = &m->base[m->base_at[n]];
        struct model_key key = model_key_unpack(base->key);
        for (int gran = key.period.gran; base->received > 0 && gran <= GRAN_YEAR; gran++) {
            row_add(m, base, (enum granularity)gran);
            CHECK(m->tally_count < MODEL_KEYS_MAX / 2);
        }
    }
}
