/* `reports`: what one unit itself sent for a period: of each form whose periods add up to it, each
 * report with its values and the revisions that it replaced, and where two sources disagree. Pages
 * end between two periods of a form, so that a period's sources are never torn apart; `start` is
 * "form:period". */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

struct source_report {
    uint16_t place; /* of its source in the form's precedence */
    struct report_row row;
};

struct reports_ask {
    struct ask *ask;
    struct query *query;
    const struct registry_campaign *campaign;
    uint16_t *indicator_of; /* by id: the campaign's index, INDEX_NONE */
    uint32_t id_count;
    uint32_t unit;
    struct period period;
    struct state_cursor *reports, *history; /* of the unit's shard */
    uint16_t only;                          /* the form asked for; INDEX_NONE: every one */
    uint16_t start_form;                    /* a page begins here */
    uint32_t start_period;
    struct source_report *live; /* of the form's period in hand: FORM_LIST_MAX at most */
    uint32_t live_count;
    uint32_t report_count, disagreement_count;
    char next[CODE_MAX + PERIOD_TEXT + 1];
};

static void
map_indicators(struct reports_ask *a)
{
    const struct campaign *c = &a->campaign->campaign;
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        uint32_t id = a->campaign->indicator_ids[i];
        a->id_count = id >= a->id_count ? id + 1 : a->id_count;
    }
    a->indicator_of = ARENA_ARRAY(a->query->arena, uint16_t, a->id_count);
    memset(a->indicator_of, 0xff, sizeof *a->indicator_of * a->id_count); /* INDEX_NONE */
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        a->indicator_of[a->campaign->indicator_ids[i]] = (uint16_t)i;
    }
}

/* NULL for one that the campaign no longer has. */
static const struct indicator *
indicator_of(const struct reports_ask *a, uint16_t id)
{
    uint16_t index = id < a->id_count ? a->indicator_of[id] : INDEX_NONE;
    return index == INDEX_NONE ? NULL : &a->campaign->campaign.indicators[index];
}

/* A source's place in one form's precedence; INDEX_NONE. */
static uint16_t
source_place(const struct reports_ask *a, uint16_t form, uint16_t id)
{
    for (uint32_t i = 0; i < a->campaign->campaign.forms[form].sources.count; i++) {
        if (a->campaign->source_ids[form][i] == id) {
            return (uint16_t)i;
        }
    }
    return INDEX_NONE;
}

/* Sources are numbered by the campaign: one that this form took away may stand in another form.
 * Empty where the newest revision has it nowhere. */
static struct slice
source_code(const struct reports_ask *a, uint16_t id)
{
    for (uint16_t form = 0; form < a->campaign->campaign.form_count; form++) {
        uint16_t place = source_place(a, form, id);
        if (place != INDEX_NONE) {
            return a->campaign->campaign.forms[form].sources.codes[place];
        }
    }
    return slice_text("");
}

static void
put_values(struct reports_ask *a, const struct report_row *row)
{
    struct buf *item = &a->query->item, *b = &a->query->page;
    uint32_t count = 0;
    buf_clear(item);
    for (uint32_t i = 0; i < row->count; i++) {
        const struct indicator *indicator = indicator_of(a, row->cells[i].indicator);
        if (indicator == NULL) {
            continue;
        }
        pack_map(item, 2);
        pack_key_text(item, "indicator", indicator->code);
        pack_cstr(item, "value");
        answer_value(item, indicator, row->cells[i].value);
        count++;
    }
    answer_key_list(b, "values", item, count);
}

static void
put_earlier_row(struct reports_ask *a, struct slice value)
{
    struct buf *item = &a->query->item;
    struct report_row row;
    arena_reset(a->query->scratch);
    snapshot_need(report_decode(value, a->query->scratch, &row), "history");
    pack_map(item, 4);
    pack_key_uint(item, "revision", row.revision);
    answer_key_receipt(item, "receipt", row.receipt);
    pack_key_int(item, "time_us", row.time_us);
    pack_key_bool(item, "withdrawn", row.withdrawn);
}

/* Backwards from past the key's last receipt: the newest of them are worth most. */
static void
put_earlier(struct reports_ask *a, const struct report_key *key)
{
    const struct receipt past = {UINT64_MAX, UINT32_MAX};
    struct buf after = BUF_EMPTY;
    struct state_row row;
    uint32_t count = 0;
    buf_clear(&a->query->item);
    key_history(&after, key, past);
    (void)snapshot_found(cursor_seek(a->history, buf_slice_of(&after), &row), "history");
    while (count < EARLIER_MAX && snapshot_found(cursor_prev(a->history, &row), "history") &&
           row.key.len > REPORT_KEY_SIZE &&
           memcmp(row.key.data, after.data, REPORT_KEY_SIZE) == 0) {
        put_earlier_row(a, row.value);
        count++;
    }
    answer_key_list(&a->query->page, "earlier", &a->query->item, count);
    buf_fini(&after);
}

static void
put_report(struct reports_ask *a, uint16_t form, const struct report_key *key,
           const struct report_row *row)
{
    const struct form *f = &a->campaign->campaign.forms[form];
    struct buf *b = &a->query->page;
    pack_map(b, 11);
    pack_key_text(b, "form", f->code);
    answer_key_period(b, "period", (struct period){f->period, key->period});
    pack_key_text(b, "source", source_code(a, key->source));
    pack_key_uint(b, "revision", row->revision);
    answer_key_receipt(b, "receipt", row->receipt);
    pack_key_int(b, "time_us", row->time_us);
    pack_key_bool(b, "withdrawn", row->withdrawn);
    pack_key_bool(b, "on_time", row->on_time);
    answer_key_flags(b, row->flags);
    put_values(a, row);
    put_earlier(a, key);
    a->report_count++;
}

static const struct cell *
cell_of(const struct report_row *row, uint16_t id)
{
    for (uint32_t i = 0; i < row->count; i++) {
        if (row->cells[i].indicator == id) {
            return &row->cells[i];
        }
    }
    return NULL;
}

/* All sources' values of one indicator, by precedence; written only where two of them differ. */
static void
put_disagreement(struct reports_ask *a, uint16_t form, uint32_t period, uint16_t index)
{
    const struct campaign *c = &a->campaign->campaign;
    struct buf *item = &a->query->item, *b = &a->query->extra;
    const struct cell *first = NULL;
    uint32_t count = 0;
    bool differ = false;
    buf_clear(item);
    for (uint32_t i = 0; i < a->live_count; i++) {
        const struct cell *cell = cell_of(&a->live[i].row, a->campaign->indicator_ids[index]);
        if (cell == NULL) {
            continue;
        }
        first = first == NULL ? cell : first;
        differ = differ || cell->value != first->value;
        pack_map(item, 2);
        pack_key_text(item, "source", c->forms[form].sources.codes[a->live[i].place]);
        pack_cstr(item, "value");
        answer_value(item, &c->indicators[index], cell->value);
        count++;
    }
    if (differ) {
        pack_map(b, 4);
        pack_key_text(b, "form", c->forms[form].code);
        answer_key_period(b, "period", (struct period){c->forms[form].period, period});
        pack_key_text(b, "indicator", c->indicators[index].code);
        answer_key_list(b, "values", item, count);
        a->disagreement_count++;
    }
}

static int
by_place(const void *a, const void *b)
{
    const struct source_report *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static void
put_disagreements(struct reports_ask *a, uint16_t form, uint32_t period)
{
    const struct index_list *list = &a->campaign->campaign.forms[form].indicators;
    qsort(a->live, a->live_count, sizeof *a->live, by_place);
    for (uint32_t i = 0; a->live_count > 1 && i < list->count; i++) {
        put_disagreement(a, form, period, list->index[i]);
    }
    a->live_count = 0;
}

static bool
read_key(const struct reports_ask *a, const struct state_row *row, uint16_t form, uint32_t last,
         struct report_key *key)
{
    snapshot_need(report_key_decode(row->key, key), "report");
    return key->campaign == a->campaign->id && key->form == a->campaign->form_ids[form] &&
           key->unit == a->unit && key->period <= last;
}

static void
take_row(struct reports_ask *a, uint16_t form, const struct report_key *key, struct slice value)
{
    struct report_row row;
    snapshot_need(report_decode(value, a->query->arena, &row), "report");
    put_report(a, form, key, &row);
    uint16_t place = source_place(a, form, key->source);
    if (!row.withdrawn && place != INDEX_NONE && a->live_count < FORM_LIST_MAX) {
        a->live[a->live_count++] = (struct source_report){place, row};
    }
}

/* False with `next` set where the page is full. */
static bool
begin_period(struct reports_ask *a, uint16_t form, uint32_t period)
{
    const struct form *f = &a->campaign->campaign.forms[form];
    char text[PERIOD_TEXT];
    if (!page_full(a->query->page.len + a->query->extra.len)) {
        return true;
    }
    period_format((struct period){f->period, period}, text);
    (void)snprintf(a->next, sizeof a->next, "%.*s:%s", SLICE_ARG(f->code), text);
    return false;
}

static bool
put_form(struct reports_ask *a, uint16_t form)
{
    struct period first, last;
    struct report_key key = {
        .campaign = a->campaign->id, .form = a->campaign->form_ids[form], .unit = a->unit};
    struct buf from = BUF_EMPTY;
    struct state_row row;
    bool ok = true, inside = false;
    uint32_t period = 0;
    period_finer(a->period, a->campaign->campaign.forms[form].period, &first, &last);
    key.period = first.ordinal;
    if (form == a->start_form && a->start_period > first.ordinal) {
        key.period = a->start_period;
    }
    key_report(&from, &key);
    enum err err = cursor_seek(a->reports, buf_slice_of(&from), &row);
    buf_fini(&from);
    while (ok && snapshot_found(err, "report") && read_key(a, &row, form, last.ordinal, &key)) {
        if (!inside || key.period != period) {
            put_disagreements(a, form, period);
            ok = begin_period(a, form, key.period);
        }
        if (ok) {
            take_row(a, form, &key, row.value);
            err = cursor_next(a->reports, &row);
        }
        inside = true;
        period = key.period;
    }
    put_disagreements(a, form, period);
    return ok;
}

static bool
resume(struct reports_ask *a, struct slice start)
{
    struct slice form, text;
    struct period period;
    if (start.len == 0) {
        return true;
    }
    if (!start_split(start, &form, &text) ||
        (a->start_form = campaign_form(&a->campaign->campaign, form)) == INDEX_NONE ||
        period_parse(text, &period) != ERR_OK ||
        period.gran != a->campaign->campaign.forms[a->start_form].period) {
        return complain(a->ask->why, CODE_QUERY_INVALID, slice_text("start"), "%.*s",
                        SLICE_ARG(start));
    }
    a->start_period = period.ordinal;
    return true;
}

static void
put_forms(struct reports_ask *a)
{
    const struct campaign *c = &a->campaign->campaign;
    struct state *state =
        a->query->states[snapshot_shard(a->query, a->query->registry.units[a->unit].code)];
    uint16_t form = a->start_form == INDEX_NONE ? 0 : a->start_form;
    snapshot_need(state_cursor_open(state, TABLE_REPORT, &a->reports), "report");
    snapshot_need(state_cursor_open(state, TABLE_HISTORY, &a->history), "history");
    a->live = ARENA_ARRAY(a->query->arena, struct source_report, FORM_LIST_MAX);
    for (bool more = true; more && form < c->form_count; form++) {
        if ((a->only == INDEX_NONE || a->only == form) && c->forms[form].period <= a->period.gran) {
            more = put_form(a, form);
        }
    }
    cursor_close(a->history);
    cursor_close(a->reports);
}

static void
put_answer(const struct reports_ask *a, struct buf *b)
{
    pack_map(b, a->next[0] == '\0' ? 5 : 6);
    pack_key_text(b, "campaign", a->campaign->campaign.code);
    pack_key_text(b, "unit", a->query->registry.units[a->unit].code);
    answer_key_period(b, "period", a->period);
    answer_key_list(b, "reports", &a->query->page, a->report_count);
    answer_key_list(b, "disagreements", &a->query->extra, a->disagreement_count);
    answer_next(b, a->next);
}

bool
ask_reports(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, period = {0}, form = {0}, start = {0};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign}, {"unit", ARG_TEXT, true, &unit},
        {"period", ARG_TEXT, true, &period},      {"form", ARG_TEXT, false, &form},
        {"start", ARG_TEXT, false, &start},
    };
    struct reports_ask a = {
        .ask = ask, .query = ask->query, .only = INDEX_NONE, .start_form = INDEX_NONE};
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &a.campaign) ||
        !find_period(ask, "period", period, &a.period) ||
        (form.len > 0 && (!find_form(ask, a.campaign, form, &a.only) ||
                          !find_comparable(ask, &a.campaign->campaign.forms[a.only], a.period))) ||
        !find_unit_in(ask, unit, a.period, &a.unit) || !resume(&a, start)) {
        return false;
    }
    map_indicators(&a);
    put_forms(&a);
    put_answer(&a, ask->body);
    return true;
}
