/* See sheet.h. The tallies of each form that a line looks at are scanned once, then let go: what is
 * kept of them are the facts of the lines. */
#include "workers/query/sheet.h"

#include "workers/query/by_name.h"
#include "workers/query/expected.h"
#include "workers/query/rollup.h"
#include "workers/query/snapshot.h"

#include <stdlib.h>

struct sheet_cell *
sheet_cell(const struct sheet *s, uint32_t row, uint32_t line)
{
    return &s->cells[(size_t)row * s->line_count + line];
}

void
sheet_explain(const struct sheet *s, uint32_t row, uint32_t line, struct score_points *points)
{
    const struct sheet_line *of = &s->lines[line];
    score_points_of(of->score, of->indicator, &sheet_cell(s, row, line)->facts, points);
}

/* ---- which lines ---- */

static void
lines_take(struct sheet *s)
{
    const struct campaign *c = &s->campaign->campaign;
    s->lines = ARENA_ARRAY(s->family.query->arena, struct sheet_line, (size_t)c->score_count + 1);
    for (uint32_t i = 0; i < c->score_count; i++) {
        const struct score *score = &c->scores[i];
        if (c->forms[score->form].period > s->family.period.gran) {
            continue;
        }
        s->lines[s->line_count++] = (struct sheet_line){
            .score = score,
            .form = &c->forms[score->form],
            .indicator =
                score->measure == MEASURE_INDICATOR ? &c->indicators[score->indicator] : NULL};
    }
}

/* Which cells are asked, and what the registry knows for them. */
static void
cells_open(struct sheet *s)
{
    const struct registry *r = &s->family.query->registry;
    for (uint32_t row = 0; row < s->family.count; row++) {
        const struct registry_version *v = registry_in(r, s->family.members[row], s->family.period);
        for (uint32_t line = 0; line < s->line_count; line++) {
            struct sheet_cell *cell = sheet_cell(s, row, line);
            cell->asked = score_asks(s->lines[line].score, v->level, v->bloc);
            cell->facts.population = v->population;
            s->lines[line].asked += cell->asked;
        }
    }
}

/* ---- facts ---- */

static void
facts_of_value(struct sheet_cell *cell, const struct rollup_cell *from,
               const struct indicator *indicator)
{
    cell->facts.has_value = from->units > 0;
    if (cell->facts.has_value) {
        cell->facts.value = rollup_value(indicator, from);
    }
}

/* More may come than was expected (a unit that ended in mid-period): no more counts. */
static void
facts_of_reports(struct sheet_cell *cell, enum score_measure measure,
                 const struct rollup_row *counts)
{
    uint64_t expected = cell->facts.expected;
    uint64_t came = measure == MEASURE_COMPLETENESS ? counts->received : counts->on_time;
    cell->facts.has_value = expected > 0;
    cell->facts.value = came < expected ? came : expected;
}

static void
facts_take(struct sheet *s, uint32_t line, const struct rollup *rollup, const uint64_t *expected)
{
    const struct sheet_line *of = &s->lines[line];
    uint16_t column = INDEX_NONE;
    for (uint32_t i = 0; i < rollup->column_count && of->indicator != NULL; i++) {
        if (rollup->columns[i] == of->score->indicator) {
            column = (uint16_t)i;
        }
    }
    for (uint32_t row = 0; row < s->family.count; row++) {
        const struct rollup_row *counts = &rollup->rows[row];
        struct sheet_cell *cell = sheet_cell(s, row, line);
        cell->facts.expected = expected[row];
        cell->facts.late = counts->received - counts->on_time;
        cell->facts.missing =
            expected[row] > counts->received ? expected[row] - counts->received : 0;
        if (column != INDEX_NONE) {
            facts_of_value(cell, &counts->cells[column], of->indicator);
        } else {
            facts_of_reports(cell, of->score->measure, counts);
        }
    }
}

/* The indicators of a form that a line measures; NULL where no line looks at the form. */
static bool *
indicators_of(const struct sheet *s, const struct form *form)
{
    bool *wanted = NULL;
    for (uint32_t line = 0; line < s->line_count; line++) {
        if (s->lines[line].form != form || s->lines[line].asked == 0) {
            continue;
        }
        if (wanted == NULL) {
            wanted =
                ARENA_ARRAY(s->family.query->arena, bool, s->campaign->campaign.indicator_count);
        }
        if (s->lines[line].indicator != NULL) {
            wanted[s->lines[line].score->indicator] = true;
        }
    }
    return wanted;
}

static bool
form_gather(struct sheet *s, uint16_t form, struct query *q, struct complaint *why)
{
    const struct campaign *c = &s->campaign->campaign;
    const bool *wanted = indicators_of(s, &c->forms[form]);
    struct rollup rollup;
    if (wanted == NULL) {
        return true;
    }
    uint64_t *expected = ARENA_ARRAY(q->arena, uint64_t, (size_t)s->family.count + 1);
    rollup_open(&rollup, q, s->campaign, form, wanted, &s->family);
    bool ok = rollup_run(&rollup, why);
    rollup_close(&rollup);
    if (!ok) {
        return false;
    }
    struct expected_span span =
        expected_span(c, &c->forms[form], s->family.period, snapshot_day(q, c));
    expected_add(&s->family, &c->forms[form], span, expected);
    for (uint32_t line = 0; line < s->line_count; line++) {
        if (s->lines[line].form == &c->forms[form]) {
            facts_take(s, line, &rollup, expected);
        }
    }
    return true;
}

/* ---- places and points ---- */

/* One unit's facts on a line by rank, side by side with the others': sorting jumps about. */
struct placed {
    struct score_facts facts;
    uint32_t row;
};

static int
place_order(const void *a, const void *b, void *indicator)
{
    return score_better(indicator, &((const struct placed *)a)->facts,
                        &((const struct placed *)b)->facts);
}

/* Of a line by rank: each unit's place among those that have a value. */
static void
places_give(struct sheet *s, uint32_t line, struct placed *placed)
{
    void *indicator = (void *)s->lines[line].indicator;
    uint32_t count = 0, place = 0;
    for (uint32_t row = 0; row < s->family.count; row++) {
        const struct sheet_cell *cell = sheet_cell(s, row, line);
        if (cell->asked && cell->facts.has_value) {
            placed[count++] = (struct placed){cell->facts, row};
        }
    }
    qsort_r(placed, count, sizeof(*placed), place_order, indicator);
    for (uint32_t i = 0; i < count; i++) {
        bool equal = i > 0 && place_order(&placed[i - 1], &placed[i], indicator) == 0;
        struct score_facts *facts = &sheet_cell(s, placed[i].row, line)->facts;
        place = equal ? place : i + 1;
        facts->place = place;
        facts->places = count;
    }
}

static void
points_give(struct sheet *s)
{
    struct placed *placed =
        ARENA_ARRAY(s->family.query->arena, struct placed, (size_t)s->family.count + 1);
    for (uint32_t line = 0; line < s->line_count; line++) {
        if (s->lines[line].score->method == METHOD_RANK) {
            places_give(s, line, placed);
        }
    }
    for (uint32_t row = 0; row < s->family.count; row++) {
        for (uint32_t line = 0; line < s->line_count; line++) {
            struct sheet_cell *cell = sheet_cell(s, row, line);
            if (cell->asked) {
                struct score_points points;
                sheet_explain(s, row, line, &points);
                cell->points = (int32_t)points.points; /* score.c asserts that a total fits */
                cell->counted = points.state == SCORE_COUNTED;
                s->totals[row] += points.points;
            }
        }
    }
}

/* Equal totals by name. */
static int
total_order(const void *a, const void *b, void *sheet)
{
    const struct named_unit *left = a, *right = b;
    const int64_t *totals = ((const struct sheet *)sheet)->totals;
    int64_t x = totals[left->at], y = totals[right->at];
    return x != y ? (x < y) - (x > y) : named_unit_order(left, right);
}

static void
ranks_give(struct sheet *s, struct query *q)
{
    const struct family *f = &s->family;
    struct named_unit *rows = ARENA_ARRAY(q->arena, struct named_unit, f->count + 1);
    for (uint32_t row = 0; row < f->count; row++) {
        rows[row] = named_unit(q, f->members[row],
                               registry_in(&q->registry, f->members[row], f->period), row);
    }
    qsort_r(rows, f->count, sizeof *rows, total_order, s);
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t row = s->order[i] = rows[i].at;
        bool equal = i > 0 && s->totals[row] == s->totals[s->order[i - 1]];
        s->ranks[row] = equal ? s->ranks[s->order[i - 1]] : i + 1;
    }
}

bool
sheet_make(struct sheet *s, struct query *q, const struct registry_campaign *campaign,
           struct slice bloc, struct period period, struct complaint *why)
{
    *s = (struct sheet){.campaign = campaign};
    family_init_bloc(&s->family, q, bloc);
    family_set(&s->family, period);
    lines_take(s);
    uint64_t cells = (uint64_t)s->family.count * s->line_count;
    if (cells > SHEET_CELLS_MAX) {
        return complain(why, CODE_TOO_LARGE, slice_text("rows"), "%llu > %u",
                        (unsigned long long)cells, SHEET_CELLS_MAX);
    }
    size_t rows = (size_t)s->family.count + 1;
    s->cells = ARENA_ARRAY(q->arena, struct sheet_cell, rows * s->line_count);
    s->totals = ARENA_ARRAY(q->arena, int64_t, rows);
    s->ranks = ARENA_ARRAY(q->arena, uint32_t, rows);
    s->order = ARENA_ARRAY(q->arena, uint32_t, rows);
    cells_open(s);
    for (uint16_t form = 0; form < campaign->campaign.form_count; form++) {
        if (!form_gather(s, form, q, why)) {
            return false;
        }
    }
    points_give(s);
    ranks_give(s, q);
    return true;
}

bool
sheet_check(const struct sheet *s, struct complaint *why)
{
    char period[PERIOD_TEXT];
    period_format(s->family.period, period);
    if (s->family.count == 0) {
        return complain(why, CODE_BLOC_UNKNOWN, s->family.bloc, "%s", period);
    }
    return s->line_count > 0 ||
           complain(why, CODE_NO_SCORES, s->campaign->campaign.code, "%s", period);
}
