/* What the query worker says of the council's work once all is still, against the model: the
 * honours, the review queue, a period and its locks. The worker's own code, asked as the local
 * operator, over the shards' disks. */
#include "tests/sim/check_council.h"

#include "common/check.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/ulid.h"
#include "workers/query/query.h"

#include <inttypes.h>

#define PERIODS_MOST 6 /* of those that were approved: each answer rolls all reports up */

struct asking {
    struct sim *s;
    struct model *m;
    struct query *query;
    struct buf args, body;
};

/* ---- reading an answer ---- */

/* The value of a key in the map at `map`. */
static struct cursor
value_of(struct cursor map, const char *key)
{
    uint32_t n;
    struct slice name = {0};
    CHECK(cursor_map(&map, &n) == ERR_OK);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(cursor_text(&map, &name) == ERR_OK);
        if (slice_is(name, key)) {
            return map;
        }
        CHECK(cursor_skip(&map) == ERR_OK);
    }
    return cursor_of(slice_text(""));
}

static struct slice
text_of(struct cursor map, const char *key)
{
    struct cursor c = value_of(map, key);
    struct slice text;
    CHECK(cursor_text(&c, &text) == ERR_OK);
    return text;
}

static bool
ask(struct asking *a, const char *name)
{
    struct complaint why;
    uint64_t as_of;
    struct question question = {.name = slice_text(name), .args = buf_slice_of(&a->args)};
    buf_clear(&a->body);
    return query_answer(a->query, &question, &a->body, &as_of, &why);
}

static bool
unit_is(const struct model *m, uint32_t unit, struct slice code)
{
    return slice_is(code, m->units.text[unit]);
}

static const struct model_nomination *
nomination_of(const struct model *m, struct slice text)
{
    for (uint32_t i = 0; i < m->council->nomination_count; i++) {
        char id[ULID_TEXT];
        ulid_format(m->council->nominations[i].id, id);
        if (slice_is(text, id)) {
            return &m->council->nominations[i];
        }
    }
    return NULL;
}

/* ---- honours and the queue ---- */

static bool
honour_is(const struct model *m, struct cursor row)
{
    const struct model_nomination *n = nomination_of(m, text_of(row, "nomination"));
    return n != NULL && n->state == STATE_decided &&
           slice_equal(n->form.award, text_of(row, "award")) &&
           slice_equal(n->form.subject, text_of(row, "subject")) &&
           slice_equal(n->number, text_of(row, "number")) &&
           slice_equal(n->date, text_of(row, "date")) &&
           unit_is(m, n->holder, text_of(row, "holder"));
}

static bool
item_is(const struct model *m, struct cursor row)
{
    const struct model_nomination *n = nomination_of(m, text_of(row, "nomination"));
    return n != NULL && slice_is(text_of(row, "state"), review_state_name(n->state)) &&
           unit_is(m, n->holder, text_of(row, "holder")) &&
           unit_is(m, n->proposer, text_of(row, "unit"));
}

typedef bool row_is_fn(const struct model *m, struct cursor row);

/* The list has just so many rows, all of them the model's. */
static void
list_check(struct asking *a, const char *name, const char *list, uint32_t expected, row_is_fn *is)
{
    uint32_t count = 0;
    if (!ask(a, name)) {
        sim_violation("the query worker does not answer %s", name);
        return;
    }
    struct cursor c = value_of(cursor_of(buf_slice_of(&a->body)), list);
    CHECK(cursor_array(&c, &count) == ERR_OK);
    if (count != expected) {
        sim_violation("%s tells of %" PRIu32 ", and by the model there are %" PRIu32, name, count,
                      expected);
    }
    for (uint32_t i = 0; i < count && !a->s->failed; i++) {
        if (!is(a->m, c)) {
            sim_violation("row %" PRIu32 " of %s is not the model's", i, name);
        }
        CHECK(cursor_skip(&c) == ERR_OK);
    }
}

static void
nominations_check(struct asking *a)
{
    uint32_t decided = 0;
    for (uint32_t i = 0; i < a->m->council->nomination_count; i++) {
        decided += a->m->council->nominations[i].state == STATE_decided;
    }
    pack_map(&a->args, 0);
    list_check(a, "honours", "honours", decided, honour_is);
    buf_clear(&a->args);
    pack_map(&a->args, 2);
    pack_key_bool(&a->args, "done", true);
    pack_key_uint(&a->args, "limit", MODEL_NOMINATIONS_MAX);
    list_check(a, "review.list", "items", a->m->council->nomination_count, item_is);
}

/* ---- periods ---- */

static void
period_row_check(struct asking *a, struct cursor row, struct period period)
{
    uint32_t unit = model_code(&a->m->units, text_of(row, "unit"));
    bool locked = text_of(row, "locked_by").len > 0;
    bool approved = slice_is(text_of(row, "state"), "approved");
    char text[PERIOD_TEXT];
    CHECK(unit != UINT32_MAX);
    period_format(period, text);
    if (locked != model_is_locked(a->m, unit, period)) {
        sim_violation("%s of %s is told to be %s, and by the model it is not", text,
                      a->m->units.text[unit], locked ? "locked" : "open");
    } else if (approved != model_is_covered(a->m, unit, period)) {
        sim_violation("%s of %s is told to be %s, and by the model it is not", text,
                      a->m->units.text[unit], approved ? "approved" : "not approved");
    }
}

/* Of a unit that is no longer there in the period nothing is told. */
static void
period_check(struct asking *a, const struct model_approval *of)
{
    char text[PERIOD_TEXT];
    uint32_t count;
    period_format(of->period, text);
    buf_clear(&a->args);
    pack_map(&a->args, 2);
    pack_key_text(&a->args, "unit", slice_text(a->m->units.text[of->unit]));
    pack_key_text(&a->args, "period", slice_text(text));
    bool there = model_version_in(a->m, of->unit, of->period) != NULL;
    if (ask(a, "approvals") != there) {
        sim_violation("approvals of %s for %s are %s", a->m->units.text[of->unit], text,
                      there ? "not told" : "told, though it was not there");
        return;
    }
    if (!there) {
        return;
    }
    struct cursor c = value_of(cursor_of(buf_slice_of(&a->body)), "rows");
    CHECK(cursor_array(&c, &count) == ERR_OK);
    for (uint32_t i = 0; i < count && !a->s->failed; i++) {
        period_row_check(a, c, of->period);
        CHECK(cursor_skip(&c) == ERR_OK);
    }
}

void
check_queries(struct sim *s, struct model *m)
{
    struct state *states[SIM_SHARDS_MAX];
    struct asking a = {.s = s, .m = m};
    if (!m->has_campaign || m->units.count == 0) {
        return;
    }
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        states[i] = s->disks[i].base;
    }
    a.query = query_new(states, (uint32_t)s->settings.shards);
    nominations_check(&a);
    uint32_t offset = m->approval_count > PERIODS_MOST ? m->approval_count - PERIODS_MOST : 0;
    for (uint32_t i = offset; i < m->approval_count && !s->failed; i++) {
        period_check(&a, &m->approvals[i]);
    }
    query_free(&a.query);
    buf_fini(&a.args);
    buf_fini(&a.body);
}
