/* `values`: what stands for one form, unit by unit, as it was sent: in each of the form's periods that lie within two
 * days, the value of the first source, in the form's precedence, that has one. Of the unit alone, or, with `beneath`,
 * of each unit beneath it too (`export` adds them up instead). Ordered by period, then unit code; who has
 * not reported has no row. `start` is "period:unit" of a page's first row. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/family.h"
#include "workers/query/find.h"
#include "workers/query/scan.h"
#include "workers/query/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

struct found {
    struct slice code, row; /* of the unit; as it is on the disk */
};

struct values_ask {
    struct ask *ask;
    struct query *query;
    const struct registry_campaign *campaign;
    const struct form *form;
    uint16_t form_index;
    uint32_t unit;
    bool beneath;
    int32_t first_day, last_day;
    struct period from, to;
    struct slice start_unit; /* rows of the first period before it were given already */
    struct family family;
    struct scan scan;
    uint16_t *column_of; /* by indicator id; INDEX_NONE */
    uint32_t id_count;
    struct found *found; /* of the period in hand */
    uint32_t found_count, count;
    char next[PERIOD_TEXT + CODE_MAX + 1];
};

static bool
day_read(struct values_ask *v, const char *name, struct slice text, int32_t *day)
{
    return date_parse(text, day) == ERR_OK ||
           complain(v->ask->why, CODE_QUERY_INVALID, slice_text(name), "%.*s", SLICE_ARG(text));
}

/* The form's periods that lie within the two days whole; none is no mistake. */
static void
bounds_find(struct values_ask *v)
{
    v->from = period_of_day(v->form->period, v->first_day);
    if (period_first_day(v->from) < v->first_day) {
        v->from = period_next(v->from);
    }
    v->to = period_of_day(v->form->period, v->last_day);
    if (period_last_day(v->to) > v->last_day && v->to.ordinal > 0) {
        v->to.ordinal--;
    } else if (period_last_day(v->to) > v->last_day) {
        v->to.ordinal = 0;
        v->from.ordinal = 1; /* before the first one */
    }
}

static bool
resume(struct values_ask *v, struct slice start)
{
    struct slice text;
    struct period period;
    if (start.len == 0) {
        return true;
    }
    if (!start_split(start, &text, &v->start_unit) || period_parse(text, &period) != ERR_OK ||
        period.gran != v->from.gran || period.ordinal < v->from.ordinal ||
        period.ordinal > v->to.ordinal) {
        return complain(v->ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    v->from = period;
    return true;
}

static void
columns_map(struct values_ask *v)
{
    const struct index_list *list = &v->form->indicators;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t id = v->campaign->indicator_ids[list->index[i]];
        v->id_count = id >= v->id_count ? id + 1 : v->id_count;
    }
    v->column_of = ARENA_ARRAY(v->query->arena, uint16_t, v->id_count);
    memset(v->column_of, 0xff, sizeof *v->column_of * v->id_count); /* INDEX_NONE */
    for (uint32_t i = 0; i < list->count; i++) {
        v->column_of[v->campaign->indicator_ids[list->index[i]]] = (uint16_t)i;
    }
}

static int
by_code(const void *a, const void *b)
{
    return slice_compare(((const struct found *)a)->code, ((const struct found *)b)->code);
}

/* Rows of one period stand by shard and unit's number: who asks must not see that. */
static void
period_gather(struct values_ask *v, struct period period)
{
    uint32_t unit;
    struct slice row;
    v->found_count = 0;
    if (v->beneath) {
        family_set(&v->family, period);
    }
    scan_start(&v->scan, period);
    while (scan_next(&v->scan, &unit, &row)) {
        bool wanted = v->beneath ? family_row(&v->family, unit) != ROW_OUTSIDE : unit == v->unit;
        if (wanted && v->found_count < v->query->registry.unit_count) {
            v->found[v->found_count++] = (struct found){v->query->registry.units[unit].code, row};
        }
    }
    qsort(v->found, v->found_count, sizeof *v->found, by_code);
}

/* Appends the row, where it has a value of the form as it is now. */
static void
put_row(struct values_ask *v, struct slice period, const struct found *found)
{
    struct buf *b = &v->query->page;
    const struct index_list *list = &v->form->indicators;
    struct tally_row row;
    arena_reset(v->query->scratch);
    snapshot_need(tally_decode(found->row, v->query->scratch, &row), "tally");
    const struct tally_cell **cells =
        ARENA_ARRAY(v->query->scratch, const struct tally_cell *, list->count);
    bool any = false;
    for (uint32_t i = 0; i < row.count; i++) {
        uint16_t id = row.cells[i].indicator;
        if (id < v->id_count && v->column_of[id] != INDEX_NONE) {
            cells[v->column_of[id]] = &row.cells[i];
            any = true;
        }
    }
    if (!any) {
        return;
    }
    pack_array(b, 2 + list->count);
    pack_text(b, period);
    pack_text(b, found->code);
    for (uint32_t i = 0; i < list->count; i++) {
        if (cells[i] == NULL) {
            pack_nil(b);
        } else {
            answer_value(b, &v->campaign->campaign.indicators[list->index[i]], cells[i]->value);
        }
    }
    v->count++;
}

static void
stop_at(struct values_ask *v, struct period period, struct slice unit)
{
    char text[PERIOD_TEXT];
    period_format(period, text);
    (void)snprintf(v->next, sizeof v->next, "%s:%.*s", text, SLICE_ARG(unit));
}

/* False with `next` set where the page is full. */
static bool
put_period(struct values_ask *v, struct period period)
{
    char text[PERIOD_TEXT];
    period_format(period, text);
    period_gather(v, period);
    for (uint32_t i = 0; i < v->found_count; i++) {
        const struct found *found = &v->found[i];
        if (period_equal(period, v->from) && slice_compare(found->code, v->start_unit) < 0) {
            continue;
        }
        if (page_full(v->query->page.len)) {
            stop_at(v, period, found->code);
            return false;
        }
        put_row(v, slice_text(text), found);
    }
    return true;
}

static void
put_page(struct values_ask *v)
{
    for (uint32_t ordinal = v->from.ordinal; ordinal <= v->to.ordinal; ordinal++) {
        struct period period = {v->from.gran, ordinal};
        if (ordinal - v->from.ordinal == EXPORT_PERIODS_MAX) {
            stop_at(v, period, slice_text(""));
            return;
        }
        if (registry_in(&v->query->registry, v->unit, period) != NULL && !put_period(v, period)) {
            return;
        }
    }
}

static void
put_answer(const struct values_ask *v, struct buf *b)
{
    const struct index_list *list = &v->form->indicators;
    pack_map(b, v->next[0] == '\0' ? 4 : 5);
    pack_key_text(b, "campaign", v->campaign->campaign.code);
    pack_key_text(b, "form", v->form->code);
    pack_cstr(b, "columns");
    pack_array(b, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        pack_text(b, v->campaign->campaign.indicators[list->index[i]].code);
    }
    answer_key_list(b, "rows", &v->query->page, v->count);
    answer_next(b, v->next);
}

bool
ask_values(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, form = {0}, from = {0}, to = {0}, start = {0};
    struct values_ask v = {.ask = ask, .query = ask->query};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign},
        {"unit", ARG_TEXT, true, &unit},
        {"form", ARG_TEXT, true, &form},
        {"from", ARG_TEXT, true, &from},
        {"to", ARG_TEXT, true, &to},
        {"beneath", ARG_BOOL, false, &v.beneath},
        {"start", ARG_TEXT, false, &start},
    };
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &v.campaign) ||
        !find_form(ask, v.campaign, form, &v.form_index) || !find_unit(ask, unit, &v.unit) ||
        (v.beneath && !asker_sees_beneath(ask, v.unit)) ||
        !day_read(&v, "from", from, &v.first_day) || !day_read(&v, "to", to, &v.last_day)) {
        return false;
    }
    if (v.last_day < v.first_day) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("to"), "%.*s < %.*s",
                        SLICE_ARG(to), SLICE_ARG(from));
    }
    v.form = &v.campaign->campaign.forms[v.form_index];
    bounds_find(&v);
    if (!resume(&v, start)) {
        return false;
    }
    columns_map(&v);
    v.found = ARENA_ARRAY(v.query->arena, struct found, v.query->registry.unit_count);
    family_init(&v.family, v.query, v.unit, false);
    scan_open(&v.scan, v.query, v.campaign->id, v.campaign->form_ids[v.form_index]);
    put_page(&v);
    scan_close(&v.scan);
    put_answer(&v, ask->body);
    return true;
}
