/* `approvals`: a unit's period and those of its direct children: approved, opened again or neither, by whom,
 * when and why; how many of the reports that lie in it came; and, where it is not approved, whether it
 * could be, and which units beneath must come first. The rules are workers/state/approvals.h's, so that
 * this says what the worker would. The children of an own unit are shown whoever's they are: who
 * approves them must see them. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"
#include "workers/query/expected.h"
#include "workers/query/find.h"
#include "workers/query/rollup.h"
#include "workers/query/snapshot.h"
#include "workers/state/approvals.h"
#include "workers/state/rows_council.h"

/* What must be approved before a row can be. */
struct in_the_way {
    uint32_t count;
    uint32_t first[APPROVALS_FIRST_MAX];
};

struct approvals_ask {
    struct ask *ask;
    struct query *query;
    struct approval_of of; /* its unit: the row in hand */
    struct family family;
    struct slice start;
    uint64_t *expected, *received; /* by the family's row */
    struct in_the_way *in_the_way; /* as those */
    bool closed;
    uint32_t count; /* in the page */
    char next[CODE_MAX + 1];
};

/* All forms whose periods lie in the asked one, added up. */
static bool
count_reports(struct approvals_ask *a)
{
    const struct campaign *c = &a->of.campaign->campaign;
    struct query *q = a->query;
    const bool *none = ARENA_ARRAY(q->arena, bool, c->indicator_count);
    a->expected = ARENA_ARRAY(q->arena, uint64_t, a->family.count);
    a->received = ARENA_ARRAY(q->arena, uint64_t, a->family.count);
    for (uint16_t f = 0; f < c->form_count; f++) {
        struct rollup rollup;
        if (c->forms[f].period > a->of.period.gran) {
            continue;
        }
        rollup_open(&rollup, q, a->of.campaign, f, none, &a->family);
        bool ok = rollup_run(&rollup, a->ask->why);
        for (uint32_t row = 0; ok && row < a->family.count; row++) {
            a->received[row] += rollup.rows[row].received;
        }
        rollup_close(&rollup);
        if (!ok) {
            return false;
        }
        expected_add(&a->family, &c->forms[f],
                     expected_span(c, &c->forms[f], a->of.period, snapshot_day(q, c)), a->expected);
    }
    return true;
}

/* The row of an approval; false where there has been none. */
static bool
row_read(const struct approvals_ask *a, struct period period, struct approval_row *row)
{
    struct buf key = BUF_EMPTY;
    struct slice value;
    key_approval(&key, a->of.campaign->id, a->of.unit, period);
    bool found = snapshot_found(
        state_get(a->query->states[0], TABLE_APPROVAL, buf_slice_of(&key), &value), "approval");
    buf_fini(&key);
    if (found) {
        snapshot_need(approval_decode(value, row), "approval");
    }
    return found;
}

/* Of the approval that holds the unit's period, or else of what was there before it was opened. */
static void
put_state(struct approvals_ask *a, struct buf *b, bool *approved)
{
    struct approved by = {a->of.unit, a->of.period};
    struct approval_row row = {0};
    *approved = approval_covers(&a->of, &by);
    bool there = row_read(a, by.period, &row);
    pack_key_text(b, "state", slice_text(*approved ? "approved" : there ? "reopened" : "open"));
    pack_cstr(b, "approval");
    if (!there) {
        pack_nil(b);
        return;
    }
    pack_map(b, 5);
    answer_key_period(b, "period", by.period);
    answer_key_receipt(b, "receipt", row.receipt);
    pack_key_int(b, "time_us", row.time_us);
    pack_key_text(b, "principal", row.principal);
    pack_key_text(b, "reason", row.reason);
}

static void
in_the_way_of(struct approvals_ask *a, uint32_t row, uint32_t unit)
{
    struct in_the_way *before = &a->in_the_way[row];
    if (before->count < APPROVALS_FIRST_MAX) {
        before->first[before->count] = unit;
    }
    before->count++;
}

/* One walk over all units instead of one a child: each that is asked and not covered is in the way of the
 * rows that it counts beneath (approval_below, for all of them at once). By code, as every list of the
 * query worker: which came first into the registry says nothing to who reads it. */
static void
find_in_the_way(struct approvals_ask *a)
{
    a->in_the_way = ARENA_ARRAY(a->query->arena, struct in_the_way, a->family.count);
    for (uint32_t i = 0; i < a->of.registry->unit_count; i++) {
        struct approved by;
        uint32_t unit = a->query->by_code[i];
        uint32_t row = family_row(&a->family, unit);
        a->of.unit = unit;
        if (row == ROW_OUTSIDE || unit == a->family.top || approval_covers(&a->of, &by) ||
            !approval_asked(&a->of)) {
            continue;
        }
        in_the_way_of(a, 0, unit);
        if (row != 0 && unit != a->family.members[row]) {
            in_the_way_of(a, row, unit);
        }
    }
}

static void
put_in_the_way(struct approvals_ask *a, uint32_t row, bool approved, struct buf *b)
{
    struct in_the_way none = {0};
    const struct in_the_way *before = approved ? &none : &a->in_the_way[row];
    uint32_t named = before->count < APPROVALS_FIRST_MAX ? before->count : APPROVALS_FIRST_MAX;
    pack_key_bool(b, "ready", !approved && a->closed && before->count == 0);
    pack_key_uint(b, "before", before->count);
    pack_cstr(b, "first");
    pack_array(b, named);
    for (uint32_t i = 0; i < named; i++) {
        pack_text(b, a->of.registry->units[before->first[i]].code);
    }
}

static void
put_row(struct approvals_ask *a, uint32_t row)
{
    const struct registry *r = a->of.registry;
    struct buf *b = &a->query->page;
    struct approved by;
    bool approved;
    a->of.unit = a->family.members[row];
    pack_map(b, 12);
    answer_unit(b, r, a->of.unit, registry_in(r, a->of.unit, a->of.period));
    pack_key_bool(b, "asked", approval_asked(&a->of));
    pack_key_uint(b, "expected", a->expected[row]);
    pack_key_uint(b, "received", a->received[row]);
    put_state(a, b, &approved);
    bool locked = approval_locks(&a->of, &by);
    pack_key_text(b, "locked_by", locked ? r->units[by.unit].code : slice_text(""));
    put_in_the_way(a, row, approved, b);
    a->count++;
}

/* The unit itself stands on the first page, before its children by code. */
static void
put_rows(struct approvals_ask *a)
{
    const struct registry *r = a->of.registry;
    for (uint32_t row = 0; row < a->family.count; row++) {
        struct slice code = r->units[a->family.members[row]].code;
        if (a->start.len > 0 && (row == 0 || slice_compare(code, a->start) < 0)) {
            continue;
        }
        if (page_full(a->query->page.len)) {
            memcpy(a->next, code.data, code.len); /* zeroed; a code has at most CODE_MAX bytes */
            return;
        }
        put_row(a, row);
    }
}

static void
put_answer(struct approvals_ask *a, struct buf *b)
{
    put_rows(a);
    pack_map(b, a->next[0] == '\0' ? 4 : 5);
    pack_key_text(b, "campaign", a->of.campaign->campaign.code);
    answer_key_period(b, "period", a->of.period);
    pack_key_bool(b, "closed", a->closed);
    answer_key_list(b, "rows", &a->query->page, a->count);
    answer_next(b, a->next);
}

bool
ask_approvals(struct ask *ask)
{
    struct slice campaign = {0}, unit = {0}, period_text = {0};
    struct approvals_ask a = {.ask = ask, .query = ask->query};
    const struct arg args[] = {
        {"campaign", ARG_TEXT, false, &campaign},
        {"unit", ARG_TEXT, true, &unit},
        {"period", ARG_TEXT, true, &period_text},
        {"start", ARG_TEXT, false, &a.start},
    };
    uint32_t top;
    a.of.registry = &ask->query->registry;
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        !find_campaign(ask, campaign, &a.of.campaign) ||
        !find_period(ask, "period", period_text, &a.of.period) ||
        !find_unit_in(ask, unit, a.of.period, &top)) {
        return false;
    }
    a.closed = period_last_day(a.of.period) < snapshot_day(ask->query, &a.of.campaign->campaign);
    family_init(&a.family, ask->query, top, true);
    family_set(&a.family, a.of.period);
    if (!count_reports(&a)) {
        return false;
    }
    struct approvals *approvals = approvals_new();
    a.of.approvals = approvals;
    snapshot_need(approvals_load(approvals, ask->query->states[0], a.of.registry), "approval");
    find_in_the_way(&a);
    put_answer(&a, ask->body);
    approvals_free(&approvals);
    return true;
}
