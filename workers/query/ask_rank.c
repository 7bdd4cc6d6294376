/* `rank`: the units of a bloc by the points of the campaign's score sheet; with `unit`, that one and
 * every line of it as a pencil would work it out. Points are integers in hundredths. */
#include "proto/campaign_keys.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/find.h"
#include "workers/query/sheet.h"

struct rank_ask {
    struct ask *ask;
    struct sheet sheet;
    struct slice bloc;
    struct period period;
    uint32_t unit; /* UNIT_NONE: all of the bloc */
};

static const char *
measure_name(enum score_measure measure)
{
    static const char *const NAMES[] = {[MEASURE_INDICATOR] = "indicator",
                                        [MEASURE_COMPLETENESS] = "completeness",
                                        [MEASURE_TIMELINESS] = "timeliness"};
    return NAMES[measure];
}

static const char *
method_name(enum score_method method)
{
    static const char *const NAMES[] = {
        [METHOD_LINEAR] = "linear", [METHOD_THRESHOLD] = "threshold", [METHOD_RANK] = "rank"};
    return NAMES[method];
}

static const char *
state_name(enum score_state state)
{
    static const char *const NAMES[] = {[SCORE_COUNTED] = "counted",
                                        [SCORE_NO_VALUE] = "no-value",
                                        [SCORE_NO_POPULATION] = "no-population"};
    return NAMES[state];
}

static void
put_key_number(struct buf *b, const char *key, wide value, unsigned decimals)
{
    char text[DECIMAL_TEXT];
    size_t len = decimal_format(value, decimals, text);
    pack_key_text(b, key, slice_of(text, len));
}

/* ---- the sheet's head ---- */

#define LINE_KEYS 10

static void
put_line_keys(struct buf *b, const struct sheet_line *line)
{
    const struct indicator *indicator = line->indicator;
    bool down = indicator != NULL && indicator->direction == DIRECTION_DOWN;
    pack_key_text(b, "line", line->score->code);
    answer_titles(b, &line->score->title);
    pack_key_text(b, "measure", slice_text(measure_name(line->score->measure)));
    pack_key_text(b, "indicator", indicator == NULL ? slice_text("") : indicator->code);
    pack_key_text(b, "form", line->form->code);
    pack_key_text(b, "method", slice_text(method_name(line->score->method)));
    pack_key_text(b, "direction", slice_text(down ? "down" : "up"));
    pack_key_uint(b, "points_most", line->score->points);
    pack_key_uint(b, "cap", line->score->cap);
}

static void
put_lines(struct rank_ask *k)
{
    struct buf *b = k->ask->body;
    uint32_t count = 0;
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        count += k->sheet.lines[i].asked > 0;
    }
    pack_cstr(b, "lines");
    pack_array(b, count);
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        if (k->sheet.lines[i].asked > 0) {
            pack_map(b, LINE_KEYS);
            put_line_keys(b, &k->sheet.lines[i]);
        }
    }
}

/* ---- rows ---- */

static void
put_points(struct rank_ask *k, uint32_t row)
{
    struct buf *b = k->ask->body;
    uint32_t count = 0;
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        count += k->sheet.lines[i].asked > 0;
    }
    pack_cstr(b, "points");
    pack_array(b, count);
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        const struct sheet_cell *cell = sheet_cell(&k->sheet, row, i);
        if (cell->asked) {
            pack_int(b, cell->points);
        } else if (k->sheet.lines[i].asked > 0) {
            pack_nil(b);
        }
    }
}

static void
put_row(struct rank_ask *k, uint32_t row)
{
    struct buf *b = k->ask->body;
    const struct registry *r = &k->ask->query->registry;
    uint32_t unit = k->sheet.family.members[row];
    uint32_t without = 0;
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        const struct sheet_cell *cell = sheet_cell(&k->sheet, row, i);
        without += cell->asked && !cell->counted;
    }
    pack_map(b, 7);
    pack_key_uint(b, "rank", k->sheet.ranks[row]);
    answer_unit(b, r, unit, registry_in(r, unit, k->period));
    pack_key_int(b, "total", k->sheet.totals[row]);
    pack_key_uint(b, "without_value", without);
    put_points(k, row);
}

/* Whoever may see its own units only sees their places among all. */
static bool
row_is_shown(const struct rank_ask *k, uint32_t row)
{
    uint32_t unit = k->sheet.family.members[row];
    return k->unit == UNIT_NONE ? asker_sees(k->ask, unit) : unit == k->unit;
}

static bool
put_rows(struct rank_ask *k)
{
    struct buf *b = k->ask->body;
    const struct family *f = &k->sheet.family;
    uint32_t count = 0;
    for (uint32_t row = 0; row < f->count; row++) {
        count += row_is_shown(k, row);
    }
    pack_cstr(b, "rows");
    pack_array(b, count);
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t row = k->sheet.order[i];
        if (!row_is_shown(k, row)) {
            continue;
        }
        put_row(k, row);
        if (!answer_fits(k->ask)) {
            return false;
        }
    }
    return true;
}

/* ---- one unit, line by line ---- */

static void
put_value(struct buf *b, const struct sheet_line *line, const struct score_facts *facts)
{
    unsigned decimals = line->indicator == NULL ? SHARE_DECIMALS : line->indicator->decimals;
    if (facts->has_value) {
        put_key_number(b, "value", score_shown(line->indicator, facts), decimals);
    } else {
        pack_cstr(b, "value");
        pack_nil(b);
    }
    pack_key_uint(b, "expected", facts->expected);
    pack_key_uint(b, "counted",
                  line->indicator == NULL && facts->has_value ? (uint64_t)facts->value : 0);
    pack_key_uint(b, "late", facts->late);
    pack_key_uint(b, "missing", facts->missing);
    pack_key_uint(b, "place", facts->place);
    pack_key_uint(b, "places", facts->places);
}

static void
put_target(struct buf *b, const struct score *score, const struct score_facts *facts)
{
    wide target;
    if (score_target(score, facts, &target)) {
        put_key_number(b, "target", target, CAMPAIGN_TARGET_DECIMALS);
    } else {
        pack_cstr(b, "target");
        pack_nil(b);
    }
    if (score->has_target) {
        put_key_number(b, "target_value", score->target, CAMPAIGN_TARGET_DECIMALS);
    } else {
        pack_cstr(b, "target_value");
        pack_nil(b);
    }
    pack_key_uint(b, "per", score->per);
    pack_key_uint(b, "population", facts->population);
}

static void
put_arithmetic(struct buf *b, const struct score *score, const struct score_points *points)
{
    pack_key_text(b, "state", slice_text(state_name(points->state)));
    pack_key_bool(b, "reached", points->reached);
    pack_key_bool(b, "capped", points->capped);
    pack_key_int(b, "earned", points->earned);
    pack_key_uint(b, "bonus_points", score->bonus_points);
    pack_key_uint(b, "bonus_at", score->bonus_at);
    pack_key_int(b, "bonus", points->bonus);
    pack_key_uint(b, "late_points", score->late);
    pack_key_uint(b, "missing_points", score->missing);
    pack_key_uint(b, "penalty_most", score->penalty_most);
    pack_key_int(b, "penalty_full", points->penalty_full);
    pack_key_int(b, "penalty", points->penalty);
    pack_key_int(b, "points", points->points);
}

static void
put_explain(struct rank_ask *k)
{
    struct buf *b = k->ask->body;
    uint32_t row = k->sheet.family.rows[k->unit], count = 0;
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        count += sheet_cell(&k->sheet, row, i)->asked;
    }
    pack_cstr(b, "explain");
    pack_array(b, count);
    for (uint32_t i = 0; i < k->sheet.line_count; i++) {
        const struct sheet_cell *cell = sheet_cell(&k->sheet, row, i);
        if (cell->asked) {
            struct score_points points;
            sheet_explain(&k->sheet, row, i, &points);
            pack_map(b, LINE_KEYS + 7 + 4 + 13);
            put_line_keys(b, &k->sheet.lines[i]);
            put_value(b, &k->sheet.lines[i], &cell->facts);
            put_target(b, k->sheet.lines[i].score, &cell->facts);
            put_arithmetic(b, k->sheet.lines[i].score, &points);
        }
    }
}

/* ---- the question ---- */

/* Without a bloc it is the unit's. */
static bool
find_bloc(struct rank_ask *k, struct slice unit)
{
    struct ask *ask = k->ask;
    k->unit = UNIT_NONE;
    if (unit.len == 0) {
        return k->bloc.len > 0 || complain(ask->why, CODE_QUERY_INVALID, slice_text("bloc"), "nil");
    }
    if (!find_unit_in(ask, unit, k->period, &k->unit)) {
        return false;
    }
    struct slice own = registry_in(&ask->query->registry, k->unit, k->period)->bloc;
    k->bloc = k->bloc.len == 0 ? own : k->bloc;
    return (own.len > 0 && slice_equal(own, k->bloc)) ||
           complain(ask->why, CODE_NOT_IN_BLOC, unit, "%.*s",
                    SLICE_ARG(k->bloc.len > 0 ? k->bloc : slice_text("-")));
}

bool
ask_rank(struct ask *ask)
{
    struct rank_ask k = {.ask = ask};
    struct slice campaign_code = {0}, unit = {0}, period_text = {0};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign_code},
        {"bloc", ARG_TEXT, false, &k.bloc},
        {"period", ARG_TEXT, true, &period_text},
        {"unit", ARG_TEXT, false, &unit},
    };
    const struct registry_campaign *campaign;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign_code, &campaign) ||
        !find_period(ask, "period", period_text, &k.period) || !find_bloc(&k, unit) ||
        !sheet_make(&k.sheet, ask->query, campaign, k.bloc, k.period, ask->why) ||
        !sheet_check(&k.sheet, ask->why)) {
        return false;
    }
    pack_map(ask->body, k.unit == UNIT_NONE ? 6 : 7);
    pack_key_text(ask->body, "campaign", campaign->campaign.code);
    pack_key_text(ask->body, "bloc", k.bloc);
    answer_key_period(ask->body, "period", k.period);
    pack_key_uint(ask->body, "units", k.sheet.family.count);
    put_lines(&k);
    if (!put_rows(&k)) {
        return false;
    }
    if (k.unit != UNIT_NONE) {
        put_explain(&k);
    }
    return true;
}
