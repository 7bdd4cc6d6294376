/* `export`: one form's values from one of its periods to another, a row a period, of a unit with
 * all beneath it, or, with `children`, a row a direct child. Ordered by period, then unit code; a
 * unit has no row in a period in which it did not exist, and empty cells in one for which nobody
 * reported. `start` is "period:unit" of a page's first row; the unit may be empty. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/find.h"
#include "workers/query/rollup.h"

#include <stdio.h>

struct export_ask {
    struct ask *ask;
    const struct registry_campaign *campaign;
    uint16_t form;
    uint32_t unit;
    struct period from, to;
    struct family family;
    struct rollup rollup;
    struct slice start_unit; /* rows of the first period before it were given already */
    uint32_t count;          /* rows in the page */
    char next[PERIOD_TEXT + CODE_MAX + 1];
};

static bool
find_bound(struct export_ask *e, const char *name, struct slice text, struct period *period)
{
    enum granularity gran = e->campaign->campaign.forms[e->form].period;
    if (!find_period(e->ask, name, text, period)) {
        return false;
    }
    return period->gran == gran || complain(e->ask->why, CODE_QUERY_INVALID, slice_text(name),
                                            "%.*s (%s)", SLICE_ARG(text), granularity_name(gran));
}

/* Whether the unit existed at all between the two: an export of nothing would hide a mistake. */
static bool
existed(struct export_ask *e, struct slice code, struct slice from, struct slice to)
{
    const struct registry_unit *u = &e->ask->query->registry.units[e->unit];
    for (uint32_t i = 0; i < u->count; i++) {
        if (u->versions[i].from <= period_last_day(e->to) &&
            u->versions[i].to >= period_first_day(e->from)) {
            return true;
        }
    }
    return complain(e->ask->why, CODE_UNIT_NOT_THEN, code, "%.*s - %.*s", SLICE_ARG(from),
                    SLICE_ARG(to));
}

static bool
resume(struct export_ask *e, struct slice start)
{
    struct slice text;
    struct period period;
    if (start.len == 0) {
        return true;
    }
    if (!start_split(start, &text, &e->start_unit) || period_parse(text, &period) != ERR_OK ||
        period.gran != e->from.gran || period.ordinal < e->from.ordinal ||
        period.ordinal > e->to.ordinal) {
        return complain(e->ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    e->from = period;
    return true;
}

static void
stop_at(struct export_ask *e, struct period period, struct slice unit)
{
    char text[PERIOD_TEXT];
    period_format(period, text);
    (void)snprintf(e->next, sizeof e->next, "%s:%.*s", text, SLICE_ARG(unit));
}

static void
put_row(struct export_ask *e, struct slice period, uint32_t row)
{
    const struct rollup *r = &e->rollup;
    struct buf *b = &e->ask->query->page;
    pack_array(b, 2 + r->column_count);
    pack_text(b, period);
    pack_text(b, e->ask->query->registry.units[e->family.members[row]].code);
    for (uint32_t c = 0; c < r->column_count; c++) {
        const struct indicator *indicator = &r->campaign->indicators[r->columns[c]];
        const struct rollup_cell *cell = &r->rows[row].cells[c];
        if (cell->units == 0) {
            pack_nil(b);
        } else {
            answer_value(b, indicator, rollup_value(indicator, cell));
        }
    }
    e->count++;
}

/* False with `next` set where the page is full. */
static bool
put_period(struct export_ask *e, struct period period)
{
    const struct query *q = e->ask->query;
    char text[PERIOD_TEXT];
    period_format(period, text);
    /* with children the total, row 0, is left out */
    for (uint32_t row = e->family.with_children ? 1 : 0; row < e->family.count; row++) {
        struct slice code = q->registry.units[e->family.members[row]].code;
        if (period_equal(period, e->from) && slice_compare(code, e->start_unit) < 0) {
            continue;
        }
        if (page_full(q->page.len)) {
            stop_at(e, period, code);
            return false;
        }
        put_row(e, slice_text(text), row);
    }
    return true;
}

static bool
put_page(struct export_ask *e)
{
    const struct registry *r = &e->ask->query->registry;
    for (uint32_t ordinal = e->from.ordinal; ordinal <= e->to.ordinal; ordinal++) {
        struct period period = {e->from.gran, ordinal};
        if (ordinal - e->from.ordinal == EXPORT_PERIODS_MAX) {
            stop_at(e, period, slice_text(""));
            return true;
        }
        if (registry_in(r, e->unit, period) == NULL) {
            continue;
        }
        family_set(&e->family, period);
        if (!rollup_run(&e->rollup, e->ask->why)) {
            return false;
        }
        if (!put_period(e, period)) {
            return true;
        }
    }
    return true;
}

static void
put_answer(const struct export_ask *e, struct buf *b)
{
    pack_map(b, e->next[0] == '\0' ? 2 : 3);
    pack_cstr(b, "columns");
    pack_array(b, e->rollup.column_count);
    for (uint32_t c = 0; c < e->rollup.column_count; c++) {
        pack_text(b, e->rollup.campaign->indicators[e->rollup.columns[c]].code);
    }
    answer_key_list(b, "rows", &e->ask->query->page, e->count);
    answer_next(b, e->next);
}

bool
ask_export(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, form = {0}, from = {0}, to = {0}, start = {0};
    bool children = false;
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign},
        {"unit", ARG_TEXT, true, &unit},
        {"form", ARG_TEXT, true, &form},
        {"from", ARG_TEXT, true, &from},
        {"to", ARG_TEXT, true, &to},
        {"children", ARG_BOOL, false, &children},
        {"start", ARG_TEXT, false, &start},
    };
    struct export_ask e = {.ask = ask};
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &e.campaign) || !find_form(ask, e.campaign, form, &e.form) ||
        !find_unit(ask, unit, &e.unit) || (children && !asker_sees_beneath(ask, e.unit)) ||
        !find_bound(&e, "from", from, &e.from) || !find_bound(&e, "to", to, &e.to)) {
        return false;
    }
    if (e.to.ordinal < e.from.ordinal) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("to"), "%.*s < %.*s",
                        SLICE_ARG(to), SLICE_ARG(from));
    }
    if (!existed(&e, unit, from, to) || !resume(&e, start)) {
        return false;
    }
    family_init(&e.family, ask->query, e.unit, children);
    rollup_open(&e.rollup, ask->query, e.campaign, e.form, NULL, &e.family);
    bool ok = put_page(&e);
    rollup_close(&e.rollup);
    if (ok) {
        put_answer(&e, ask->body);
    }
    return ok;
}
