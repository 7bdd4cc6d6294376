/* The states against the model. A state names things by numbers of its own (IDENT): they are looked up as
 * codes first, then in the model. Every row of REPORT and TALLY is looked for in the model; as many as
 * there are in the model must have been found. Outliers and flags are not the model's. */
#include "tests/sim/check.h"

#include "common/check.h"
#include "workers/state/rows.h"

#include <inttypes.h>

#define IDS_MAX MODEL_CODES_MAX

/* The model's number of each of a state's; UINT32_MAX where it has none. */
struct names {
    uint32_t unit[IDS_MAX], form[IDS_MAX], indicator[IDS_MAX], source[IDS_MAX];
};

static void
names_read(struct state *state, const struct model *m, struct names *names)
{
    struct state_cursor *c;
    struct state_row row;
    CHECK(state_cursor_open(state, TABLE_IDENT, &c) == ERR_OK);
    while (cursor_next(c, &row) == ERR_OK) {
        struct ident_key key;
        uint32_t id;
        CHECK(ident_key_decode(row.key, &key) == ERR_OK);
        CHECK(ident_decode(row.value, &id) == ERR_OK && id < IDS_MAX);
        switch (key.kind) {
        case IDENT_UNIT:
            names->unit[id] = model_code(&m->units, key.code);
            break;
        case IDENT_FORM:
            names->form[id] = model_code(&m->forms, key.code);
            break;
        case IDENT_INDICATOR:
            names->indicator[id] = model_code(&m->indicators, key.code);
            break;
        case IDENT_SOURCE:
            names->source[id] = model_code(&m->sources, key.code);
            break;
        default:
            break;
        }
    }
    cursor_close(c);
}

/* ---- reports ---- */

static enum granularity
form_gran(const struct model *m, uint32_t form)
{
    uint16_t at = campaign_form(&m->campaign, slice_text(m->forms.text[form]));
    CHECK(at != INDEX_NONE);
    return m->campaign.forms[at].period;
}

static bool
report_is(const struct model_report *mine, const struct report_row *row, const struct names *names)
{
    uint32_t has = 0;
    for (uint32_t i = 0; i < MODEL_INDICATORS_MAX; i++) {
        has += mine->values.has[i];
    }
    if (mine->revision != row->revision || mine->withdrawn != row->withdrawn ||
        mine->receipt.block != row->receipt.block || mine->receipt.index != row->receipt.index ||
        (!row->withdrawn && mine->on_time != row->on_time) || has != row->count) {
        return false;
    }
    for (uint32_t i = 0; i < row->count; i++) {
        uint32_t at = names->indicator[row->cells[i].indicator];
        if (!mine->values.has[at] || mine->values.value[at] != row->cells[i].value) {
            return false;
        }
    }
    return true;
}

static uint32_t
reports_check(struct sim *s, struct model *m, struct state *state, const struct names *names)
{
    struct state_cursor *c;
    struct state_row row;
    uint32_t count = 0;
    CHECK(state_cursor_open(state, TABLE_REPORT, &c) == ERR_OK);
    while (!s->failed && cursor_next(c, &row) == ERR_OK) {
        struct report_key key;
        struct report_row report;
        CHECK(report_key_decode(row.key, &key) == ERR_OK);
        CHECK(report_decode(row.value, s->arena, &report) == ERR_OK);
        struct model_key mine = {names->form[key.form],
                                 names->unit[key.unit],
                                 names->source[key.source],
                                 {form_gran(m, names->form[key.form]), key.period}};
        const struct model_report *of = model_report_at(m, model_key_pack(&mine));
        if (of->key == 0 || !report_is(of, &report, names)) {
            char period[PERIOD_TEXT];
            period_format(mine.period, period);
            sim_violation("the report of %s for %s, %s, is not the model's",
                          m->units.text[mine.unit], period, m->forms.text[mine.form]);
        }
        count++;
    }
    cursor_close(c);
    return count;
}

/* ---- tallies ---- */

/* Of an indicator that the campaign has left out a row may still hold a cell, until it next moves. */
static bool
left_out(const struct model *m, uint32_t indicator)
{
    return campaign_indicator(&m->campaign, slice_text(m->indicators.text[indicator])) ==
           INDEX_NONE;
}

static bool
tally_is(const struct model *m, const struct model_tally *mine, const struct tally_row *row,
         const struct names *names)
{
    uint32_t has = 0, found = 0;
    if (mine->received != row->received || mine->on_time != row->on_time ||
        mine->complete != row->complete || mine->disagreements != row->disagreements) {
        return false;
    }
    for (uint32_t i = 0; i < MODEL_INDICATORS_MAX; i++) {
        has += mine->cells[i].periods > 0;
    }
    for (uint32_t i = 0; i < row->count; i++) {
        uint32_t at = names->indicator[row->cells[i].indicator];
        const struct model_cell *cell = &mine->cells[at];
        if (left_out(m, at)) {
            continue;
        }
        found++;
        if (cell->periods != row->cells[i].periods || cell->value != row->cells[i].value ||
            cell->last != row->cells[i].last) {
            return false;
        }
    }
    return found == has;
}

static uint32_t
tallies_check(struct sim *s, struct model *m, struct state *state, const struct names *names)
{
    struct state_cursor *c;
    struct state_row row;
    uint32_t count = 0;
    CHECK(state_cursor_open(state, TABLE_TALLY, &c) == ERR_OK);
    while (!s->failed && cursor_next(c, &row) == ERR_OK) {
        struct tally_key key;
        struct tally_row tally;
        CHECK(tally_key_decode(row.key, &key) == ERR_OK);
        CHECK(tally_decode(row.value, s->arena, &tally) == ERR_OK);
        struct model_key mine = {
            names->form[key.form], names->unit[key.unit], 0, {key.gran, key.period}};
        const struct model_tally *of = model_tally_at(m->tallies, model_key_pack(&mine));
        if (of->key == 0 || !tally_is(m, of, &tally, names)) {
            char period[PERIOD_TEXT];
            period_format(mine.period, period);
            sim_violation("the tally of %s for %s, %s, is not the model's",
                          m->units.text[mine.unit], period, m->forms.text[mine.form]);
        }
        count++;
    }
    cursor_close(c);
    return count;
}

void
check_rows(struct sim *s, struct model *m)
{
    uint32_t reports = 0, tallies = 0;
    model_add_up(m);
    for (uint32_t i = 0; i < s->settings.shards && !s->failed; i++) {
        struct state *state = s->disks[i].base;
        struct names names = {0};
        CHECK(state_begin(state, false) == ERR_OK);
        names_read(state, m, &names);
        reports += reports_check(s, m, state, &names);
        tallies += tallies_check(s, m, state, &names);
        state_abort(state);
    }
    if (reports != m->report_count) {
        sim_violation("the shards hold %" PRIu32 " reports, the model %" PRIu32, reports,
                      m->report_count);
    }
    if (tallies != m->tally_count) {
        sim_violation("the shards hold %" PRIu32 " tallies, the model %" PRIu32, tallies,
                      m->tally_count);
    }
}

/* ---- verdicts ---- */

/* What the shards say became of a record: plainly accepted ones have no row. */
static uint32_t
verdicts_told(struct sim *s, struct buf *key, enum verdict *verdict, enum code *code)
{
    uint32_t rows = 0;
    *verdict = VERDICT_ACCEPTED;
    *code = CODE_NONE;
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        struct state *state = s->disks[i].base;
        struct slice value;
        struct verdict_row row;
        CHECK(state_begin(state, false) == ERR_OK);
        if (state_get(state, TABLE_VERDICT, buf_slice_of(key), &value) == ERR_OK) {
            CHECK(verdict_decode(value, &row) == ERR_OK);
            *verdict = row.verdict;
            *code = code_of_text(row.code);
            rows++;
        }
        state_abort(state);
    }
    return rows;
}

void
check_verdicts(struct sim *s, struct model *m, const struct block *block)
{
    struct block_records it = block_records(block);
    struct block_record record;
    struct buf key = BUF_EMPTY;
    while (!s->failed && block_next(&it, &record)) {
        enum verdict mine = model_record(m, block, &record), told;
        enum code code;
        if (mine == VERDICT_REJECTED && m->code == CODE_PERIOD_LOCKED) {
            sim_count(CAME_locked);
        }
        key_receipt(&key, (struct receipt){block->number, record.index});
        uint32_t rows = verdicts_told(s, &key, &told, &code);
        if (rows > 1) {
            sim_violation("record %" PRIu64 ".%" PRIu32 " has %" PRIu32 " verdicts", block->number,
                          record.index, rows);
        } else if (told != mine) {
            sim_violation("record %" PRIu64 ".%" PRIu32 " was %s, and by the model %s",
                          block->number, record.index, verdict_name(told), verdict_name(mine));
        } else if (mine == VERDICT_REJECTED && m->code != CODE_NONE && m->code != code) {
            sim_violation("record %" PRIu64 ".%" PRIu32
                          " was refused as %s, and by the model as %s",
                          block->number, record.index, code_text(code), code_text(m->code));
        }
    }
    buf_fini(&key);
}
