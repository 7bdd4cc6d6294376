/* The registry: loading, lookups, and where a unit counts, by hand:
 *
 *     city ─┬─ d1 (until 30/11) ─┬─ w1 (until 14/11; from 15/11 under d2)
 *           │                    └─ w2 (until 30/11; from 1/12 under d2)
 *           ├─ d2 ─┬─ w3, w4 (until 30/11, merged into w5)
 *           │      └─ w5 (from 1/12)
 *           └─ office
 * all in 2021's last quarter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "workers/state/registry.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CITY, D1, D2, W1, W2, W3, W4, W5, OFFICE, UNITS };

/* In the journal's order, which is not that of the codes. */
static const char *const codes[UNITS] = {"city", "d1", "d2", "w1",       "w2",
                                         "w3",   "w4", "w5", "an-office"};

static const struct {
    uint32_t unit;
    const char *from, *to;
    uint32_t parent;
} versions[] = {
    {CITY, "1970-01-01", "2199-12-31", UNIT_NONE}, {D1, "1970-01-01", "2021-11-30", CITY},
    {D2, "1970-01-01", "2199-12-31", CITY},        {W1, "1970-01-01", "2021-11-14", D1},
    {W1, "2021-11-15", "2199-12-31", D2},          {W2, "1970-01-01", "2021-11-30", D1},
    {W2, "2021-12-01", "2199-12-31", D2},          {W3, "1970-01-01", "2021-11-30", D2},
    {W4, "1970-01-01", "2021-11-30", D2},          {W5, "2021-12-01", "2199-12-31", D2},
    {OFFICE, "1970-01-01", "2199-12-31", CITY},
};

struct fixture {
    struct state *state;
    struct registry registry;
    struct buf key, value;
};

static int32_t
day(const char *text)
{
    int32_t day_number;
    assert_int_equal(date_parse(slice_text(text), &day_number), ERR_OK);
    return day_number;
}

static struct period
period(const char *text)
{
    struct period p;
    assert_int_equal(period_parse(slice_text(text), &p), ERR_OK);
    return p;
}

static void
store(struct fixture *f, enum table t)
{
    assert_int_equal(state_put(f->state, t, buf_slice_of(&f->key), buf_slice_of(&f->value)),
                     ERR_OK);
}

static void
put_ident(struct fixture *f, enum ident_kind kind, uint16_t campaign, struct slice code,
          uint32_t id)
{
    key_ident(&f->key, kind, campaign, code);
    buf_clear(&f->value);
    ident_encode(id, &f->value);
    store(f, TABLE_IDENT);
}

static void
put_version(struct fixture *f, uint32_t unit, int32_t from, int32_t to, uint32_t parent)
{
    struct registry_version v = {.to = to,
                                 .parent = parent,
                                 .level = slice_text("level"),
                                 .name = slice_text(codes[unit < UNITS ? unit : 0])};
    key_unit(&f->key, unit, from);
    buf_clear(&f->value);
    unit_row_encode(&v, &f->value);
    store(f, TABLE_UNIT);
}

static void
put_units(struct fixture *f)
{
    for (uint32_t i = 0; i < UNITS; i++) {
        put_ident(f, IDENT_UNIT, 0, slice_text(codes[i]), i);
    }
    for (size_t i = 0; i < COUNT(versions); i++) {
        put_version(f, versions[i].unit, day(versions[i].from), day(versions[i].to),
                    versions[i].parent);
    }
}

static void
put_revision(struct fixture *f, uint64_t revision)
{
    struct position p = {.block = 7, .registry_revision = revision};
    buf_clear(&f->key);
    buf_slice(&f->key, META_POSITION);
    buf_clear(&f->value);
    position_encode(&p, &f->value);
    store(f, TABLE_META);
}

/* Everything happens in one open transaction: it sees its own changes. */
static int
setup(void **context)
{
    static struct fixture fixture;
    fixture = (struct fixture){.state = state_mem_new()};
    assert_int_equal(state_begin(fixture.state, true), ERR_OK);
    *context = &fixture;
    return 0;
}

static int
teardown(void **context)
{
    struct fixture *f = *context;
    registry_fini(&f->registry);
    state_free(&f->state);
    buf_fini(&f->key);
    buf_fini(&f->value);
    return 0;
}

static struct registry *
loaded(struct fixture *f)
{
    put_units(f);
    assert_int_equal(registry_load(&f->registry, f->state), ERR_OK);
    return &f->registry;
}

/* ---- loading ---- */

static void
test_empty(void **context)
{
    struct fixture *f = *context;
    struct complaint why;
    assert_int_equal(registry_load(&f->registry, f->state), ERR_OK);
    assert_int_equal(f->registry.unit_count, 0);
    assert_int_equal(f->registry.revision, 0);
    assert_int_equal(registry_find(&f->registry, slice_text("city")), UNIT_NONE);
    assert_null(registry_on(&f->registry, 0, 0));
    assert_null(registry_campaign(&f->registry, slice_text(""), &why));
    assert_int_equal(why.code, CODE_CAMPAIGN_UNKNOWN);
}

static void
test_load_and_find(void **context)
{
    struct fixture *f = *context;
    put_revision(f, 3);
    struct registry *r = loaded(f);
    assert_int_equal(r->unit_count, UNITS);
    assert_int_equal(r->revision, 3);
    for (uint32_t i = 0; i < UNITS; i++) {
        assert_int_equal(registry_find(r, slice_text(codes[i])), i);
        assert_true(slice_is(r->units[i].code, codes[i]));
    }
    assert_int_equal(registry_find(r, slice_text("w")), UNIT_NONE);
    assert_int_equal(registry_find(r, slice_text("w55")), UNIT_NONE);
    assert_int_equal(registry_find(r, slice_text("")), UNIT_NONE);
    assert_int_equal(r->units[W1].count, 2);
    assert_true(slice_is(r->units[W5].versions[0].name, "w5"));
    put_revision(f, 4);
    assert_int_equal(registry_load(r, f->state), ERR_OK); /* replaces */
    assert_int_equal(r->revision, 4);
    assert_int_equal(r->unit_count, UNITS);
}

/* Rows that do not fit each other: refused, and what was loaded before stays. */
static void
expect_refused(struct fixture *f)
{
    assert_int_equal(registry_load(&f->registry, f->state), ERR_CORRUPT);
    assert_int_equal(f->registry.unit_count, UNITS);
    state_abort(f->state);
    assert_int_equal(state_begin(f->state, true), ERR_OK);
    put_units(f);
}

static void
test_tables_that_do_not_fit(void **context)
{
    struct fixture *f = *context;
    loaded(f);
    put_ident(f, IDENT_UNIT, 0, slice_text("gap"), UNITS + 1);
    expect_refused(f);
    put_ident(f, IDENT_UNIT, 0, slice_text("twice"), CITY);
    expect_refused(f);
    put_version(f, UNITS, 0, 1, UNIT_NONE); /* of a unit without a code */
    expect_refused(f);
    put_version(f, W5, day("2199-12-31"), day("2199-12-31"), D2); /* overlaps */
    expect_refused(f);
    put_version(f, OFFICE, 0, DAY_MAX, UNITS); /* an unknown parent */
    expect_refused(f);
    put_version(f, OFFICE, 5, 4, CITY); /* ends before it begins */
    expect_refused(f);
    put_ident(f, IDENT_CAMPAIGN, 0, slice_text("no-body"), 0);
    expect_refused(f);
    assert_int_equal(state_put(f->state, TABLE_UNIT, slice_text("short"), slice_text("")), ERR_OK);
    expect_refused(f);
}

/* ---- where a unit counts ---- */

static uint32_t
parent_in(const struct registry *r, uint32_t unit, const char *when)
{
    const struct registry_version *v = registry_in(r, unit, period(when));
    return v == NULL ? UNITS : v->parent;
}

static void
test_ward_changes_district(void **context)
{
    struct registry *r = loaded(*context);
    assert_int_equal(parent_in(r, W1, "20211114"), D1);
    assert_int_equal(parent_in(r, W1, "20211115"), D2);
    assert_int_equal(parent_in(r, W1, "202110"), D1);
    assert_int_equal(parent_in(r, W1, "202111"), D2); /* its last day in the month */
    assert_int_equal(parent_in(r, W1, "2021Q4"), D2);
    assert_int_equal(registry_on(r, W1, day("2021-11-14"))->parent, D1);
    assert_int_equal(registry_child_towards(r, W1, CITY, period("202110")), D1);
    assert_int_equal(registry_child_towards(r, W1, CITY, period("2021Q4")), D2);
    assert_int_equal(registry_child_towards(r, W1, D1, period("2021Q4")), UNIT_NONE);
    assert_int_equal(registry_child_towards(r, W1, D2, period("2021Q4")), W1);
}

static void
test_district_is_abolished(void **context)
{
    struct registry *r = loaded(*context);
    assert_true(registry_at_end(r, D1, period("202111"))); /* its last day is the month's */
    assert_false(registry_at_end(r, D1, period("2021Q4")));
    assert_int_equal(parent_in(r, D1, "2021Q4"), CITY); /* it was there: what it reported counts */
    assert_int_equal(parent_in(r, D1, "202112"), UNITS);
    assert_int_equal(registry_child_towards(r, D1, CITY, period("2021Q4")), D1);
    assert_int_equal(registry_child_towards(r, D1, CITY, period("202112")), UNIT_NONE);
    assert_int_equal(registry_child_towards(r, W2, CITY, period("202111")), D1);
    assert_int_equal(registry_child_towards(r, W2, CITY, period("2021Q4")), D2);
}

static void
test_wards_are_merged(void **context)
{
    struct registry *r = loaded(*context);
    assert_int_equal(registry_child_towards(r, W3, D2, period("2021Q4")), W3);
    assert_false(registry_at_end(r, W3, period("2021Q4")));
    assert_int_equal(registry_child_towards(r, W5, D2, period("2021Q4")), W5);
    assert_true(registry_at_end(r, W5, period("2021Q4")));
    assert_int_equal(registry_child_towards(r, W5, D2, period("202111")), UNIT_NONE);
    assert_int_equal(registry_child_towards(r, W3, D2, period("20211201")), UNIT_NONE);
    assert_null(registry_on(r, W3, day("2021-12-01")));
    assert_null(registry_on(r, W5, day("2021-11-30")));
}

static void
test_children_towards(void **context)
{
    struct registry *r = loaded(*context);
    struct period p = period("202110");
    assert_int_equal(registry_child_towards(r, CITY, CITY, p), CITY);
    assert_int_equal(registry_child_towards(r, D2, CITY, p), D2);
    assert_int_equal(registry_child_towards(r, W3, CITY, p), D2);
    assert_int_equal(registry_child_towards(r, CITY, D2, p),
                     UNIT_NONE); /* upwards is not beneath */
    assert_int_equal(registry_child_towards(r, W3, OFFICE, p), UNIT_NONE);
    assert_int_equal(registry_child_towards(r, UNITS, CITY, p), UNIT_NONE);
    assert_int_equal(registry_child_towards(r, UNIT_NONE, CITY, p), UNIT_NONE);
}

/* No day has a cycle, the week has: the walk ends. */
static void
test_cycle_across_days(void **context)
{
    struct fixture *f = *context;
    put_units(f);
    assert_int_equal(
        state_del(f->state, TABLE_UNIT, (key_unit(&f->key, D1, 0), buf_slice_of(&f->key))), ERR_OK);
    assert_int_equal(
        state_del(f->state, TABLE_UNIT, (key_unit(&f->key, D2, 0), buf_slice_of(&f->key))), ERR_OK);
    put_version(f, D1, day("2021-11-01"), day("2021-11-02"), D2);
    put_version(f, D2, day("2021-11-01"), day("2021-11-02"), CITY);
    put_version(f, D2, day("2021-11-03"), DAY_MAX, D1);
    assert_int_equal(registry_load(&f->registry, f->state), ERR_OK);
    assert_int_equal(registry_child_towards(&f->registry, D1, CITY, period("2021W44")), UNIT_NONE);
    assert_int_equal(registry_child_towards(&f->registry, D1, CITY, period("20211101")), D2);
}

/* ---- campaigns ---- */

static struct slice doses[] = {{(const uint8_t *)"doses", 5}};
static struct slice sources[] = {{(const uint8_t *)"office", 6}, {(const uint8_t *)"system", 6}};

static void
put_campaign(struct fixture *f, uint16_t id, const char *code)
{
    struct theme theme = {.code = slice_text("t"), .title = {slice_text("T"), slice_text("T")}};
    struct indicator indicators[] = {
        {.code = slice_text("beds"),
         .theme_code = theme.code,
         .title = theme.title,
         .type = TYPE_INTEGER,
         .over_time = OVER_LAST,
         .over_units = OVER_SUM},
        {.code = slice_text("doses"),
         .theme_code = theme.code,
         .title = theme.title,
         .type = TYPE_INTEGER,
         .over_time = OVER_SUM,
         .over_units = OVER_SUM},
    };
    struct form form = {.code = slice_text("daily"),
                        .title = theme.title,
                        .period = GRAN_DAY,
                        .sources = {sources, 2},
                        .indicators = {.codes = doses, .count = 1},
                        .due = -1,
                        .expires = -1};
    struct campaign c = {.code = slice_text(code),
                         .title = theme.title,
                         .from = 0,
                         .to = DAY_MAX,
                         .themes = &theme,
                         .theme_count = 1,
                         .indicators = indicators,
                         .indicator_count = 2,
                         .forms = &form,
                         .form_count = 1};
    put_ident(f, IDENT_CAMPAIGN, 0, c.code, id);
    put_ident(f, IDENT_INDICATOR, id, slice_text("doses"), 0); /* was there before beds */
    put_ident(f, IDENT_INDICATOR, id, slice_text("beds"), 1);
    put_ident(f, IDENT_FORM, id, form.code, 0);
    put_ident(f, IDENT_SOURCE, id, sources[0], 0);
    put_ident(f, IDENT_SOURCE, id, sources[1], 1);
    key_campaign(&f->key, id);
    buf_clear(&f->value);
    campaign_encode(&c, &f->value);
    store(f, TABLE_CAMPAIGN);
}

static void
test_campaigns(void **context)
{
    struct fixture *f = *context;
    struct complaint why;
    put_campaign(f, 0, "covid19-2021");
    struct registry *r = loaded(f);
    const struct registry_campaign *c = registry_campaign(r, slice_text(""), &why);
    assert_non_null(c);
    assert_int_equal(c->id, 0);
    assert_int_equal(c->indicator_ids[0], 1);
    assert_int_equal(c->indicator_ids[1], 0);
    assert_int_equal(c->form_ids[0], 0);
    assert_int_equal(c->source_ids[0][1], 1);
    assert_int_equal(c->campaign.forms[0].indicators.index[0], 1);
    assert_ptr_equal(registry_campaign(r, slice_text("covid19-2021"), &why), c);
    assert_null(registry_campaign(r, slice_text("other"), &why));
    assert_int_equal(why.code, CODE_CAMPAIGN_UNKNOWN);
    assert_string_equal(why.subject, "other");
    put_campaign(f, 1, "another");
    assert_int_equal(registry_load(r, f->state), ERR_OK);
    assert_null(registry_campaign(r, slice_text(""), &why));
    assert_int_equal(why.code, CODE_CAMPAIGN_AMBIGUOUS);
    assert_int_equal(registry_campaign(r, slice_text("another"), &why)->id, 1);
}

static void
test_campaign_without_its_ids(void **context)
{
    struct fixture *f = *context;
    put_campaign(f, 0, "covid19-2021");
    key_ident(&f->key, IDENT_SOURCE, 0, sources[1]);
    assert_int_equal(state_del(f->state, TABLE_IDENT, buf_slice_of(&f->key)), ERR_OK);
    assert_int_equal(registry_load(&f->registry, f->state), ERR_CORRUPT);
    put_campaign(f, 0, "covid19-2021");
    key_campaign(&f->key, 0);
    assert_int_equal(state_put(f->state, TABLE_CAMPAIGN, buf_slice_of(&f->key), slice_text("{}")),
                     ERR_OK);
    assert_int_equal(registry_load(&f->registry, f->state), ERR_CORRUPT);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty),
        TEST(test_load_and_find),
        TEST(test_tables_that_do_not_fit),
        TEST(test_ward_changes_district),
        TEST(test_district_is_abolished),
        TEST(test_wards_are_merged),
        TEST(test_children_towards),
        TEST(test_cycle_across_days),
        TEST(test_campaigns),
        TEST(test_campaign_without_its_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
