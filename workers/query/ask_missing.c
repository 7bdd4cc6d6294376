/* `missing`: the units beneath one (or all) that were asked for more reports of a form than they
 * sent, in their codes' order. The totals are of all units on every page; `start` is a unit's code.
 */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/expected.h"
#include "workers/query/find.h"
#include "workers/query/scan.h"
#include "workers/query/snapshot.h"

struct missing_ask {
    const struct ask *ask;
    struct query *query;
    const struct registry_campaign *campaign;
    uint16_t form;
    struct family family;
    struct slice start;
    uint32_t *received; /* by unit */
    uint64_t expected_sum, received_sum;
    uint32_t count; /* in the page */
    char next[CODE_MAX + 1];
};

static void
count_received(struct missing_ask *m)
{
    struct query *q = m->query;
    struct scan scan;
    uint32_t unit;
    struct slice value;
    m->received = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count);
    scan_open(&scan, q, m->campaign->id, m->campaign->form_ids[m->form]);
    scan_start(&scan, m->family.period);
    while (scan_next(&scan, &unit, &value)) {
        struct tally_row tally;
        if (family_row(&m->family, unit) != ROW_OUTSIDE) {
            arena_reset(q->scratch);
            snapshot_need(tally_decode(value, q->scratch, &tally), "tally");
            m->received[unit] = tally.received;
        }
    }
    scan_close(&scan);
}

static void
put_unit(struct missing_ask *m, uint32_t unit, uint64_t expected)
{
    const struct registry *r = &m->query->registry;
    const struct registry_version *v = registry_in(r, unit, m->family.period);
    const struct registry_version *above = NULL;
    struct slice parent = {0};
    struct buf *b = &m->query->page;
    if (v->parent != UNIT_NONE) {
        parent = r->units[v->parent].code;
        above = registry_in(r, v->parent, m->family.period);
    }
    pack_map(b, 7);
    pack_key_text(b, "unit", r->units[unit].code);
    pack_key_text(b, "name", v->name);
    pack_key_text(b, "contact", v->contact);
    pack_key_text(b, "parent", parent);
    pack_key_text(b, "parent_name", above == NULL ? slice_text("") : above->name);
    pack_key_uint(b, "expected", expected);
    pack_key_uint(b, "received", m->received[unit]);
    m->count++;
}

static void
look_at_unit(struct missing_ask *m, uint32_t unit, struct expected_span span)
{
    const struct registry *r = &m->query->registry;
    struct slice code = r->units[unit].code;
    if (family_row(&m->family, unit) == ROW_OUTSIDE || !asker_sees(m->ask, unit)) {
        return;
    }
    uint64_t expected = expected_of(r, &m->campaign->campaign.forms[m->form], unit, span);
    m->expected_sum += expected;
    m->received_sum += m->received[unit];
    if (m->received[unit] >= expected || m->next[0] != '\0' || slice_compare(code, m->start) < 0) {
        return;
    }
    if (page_full(m->query->page.len)) {
        memcpy(m->next, code.data, code.len); /* zeroed; a code has at most CODE_MAX bytes */
        return;
    }
    put_unit(m, unit, expected);
}

static void
put_answer(struct missing_ask *m, struct buf *b)
{
    pack_map(b, m->next[0] == '\0' ? 6 : 7);
    pack_key_text(b, "campaign", m->campaign->campaign.code);
    pack_key_text(b, "form", m->campaign->campaign.forms[m->form].code);
    answer_key_period(b, "period", m->family.period);
    pack_key_uint(b, "expected", m->expected_sum);
    pack_key_uint(b, "received", m->received_sum);
    answer_key_list(b, "missing", &m->query->page, m->count);
    answer_next(b, m->next);
}

bool
ask_missing(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, form_code = {0}, period_text = {0};
    struct missing_ask m = {.ask = ask, .query = ask->query};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign}, {"unit", ARG_TEXT, false, &unit},
        {"form", ARG_TEXT, true, &form_code},     {"period", ARG_TEXT, true, &period_text},
        {"start", ARG_TEXT, false, &m.start},
    };
    struct period period;
    uint32_t top = UNIT_NONE;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &m.campaign) ||
        !find_form(ask, m.campaign, form_code, &m.form) ||
        !find_period(ask, "period", period_text, &period) ||
        !find_comparable(ask, &m.campaign->campaign.forms[m.form], period) ||
        (unit.len > 0 && !find_unit_in(ask, unit, period, &top))) {
        return false;
    }
    family_init(&m.family, ask->query, top, false);
    family_set(&m.family, period);
    count_received(&m);
    const struct campaign *c = &m.campaign->campaign;
    struct expected_span span =
        expected_span(c, &c->forms[m.form], period, snapshot_day(ask->query, c));
    for (uint32_t i = 0; i < ask->query->registry.unit_count; i++) {
        look_at_unit(&m, ask->query->by_code[i], span);
    }
    put_answer(&m, ask->body);
    return true;
}
