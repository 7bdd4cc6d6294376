/* `rank` and `blocs` over the real state machine: who is in a bloc and when, units inside units,
 * lines that are not of a period, ties, and what is refused. The arithmetic of lines is
 * test_score.c's. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"
#include "workers/query/family.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

static struct unit_row
in_bloc(struct unit_row row, const char *bloc, uint64_t population)
{
    row.bloc = slice_text(bloc);
    row.population = population;
    return row;
}

/* d1 and its ward w1 are both in b; w2 joins b on 16 November; w3, beneath d1, is in no bloc. */
static int
set_up(void **context)
{
    static struct query_site site;
    site_open(&site, 2);
    const struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        in_bloc(sample_unit("d1", "hn", "district", NULL, NULL), "b", 10000),
        in_bloc(sample_unit("w1", "d1", "commune", NULL, NULL), "b", 5000),
        in_bloc(sample_unit("w2", "hn", "commune", NULL, "2021-11-15"), "other", 5000),
        in_bloc(sample_unit("w2", "hn", "commune", "2021-11-16", NULL), "b", 5000),
        sample_unit("w3", "d1", "commune", NULL, NULL),
    };
    site_campaign(&site, sample_scored(3));
    site_units(&site, rows, sizeof rows / sizeof rows[0]);
    site_commit(&site, "2021-10-01");
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

/* The rows of a `rank` as "rank unit total:points" a word each. */
static const char *
ranked(struct query_site *s, const char *args)
{
    static char text[2000];
    size_t used = 0;
    const char *at = site_ask(s, "rank", args);
    if (at[0] != '{') {
        return at;
    }
    text[0] = '\0';
    while ((at = strstr(at, "{rank:")) != NULL) {
        char unit[40];
        unsigned rank;
        long long total;
        const char *points = strstr(at, "points:[");
        assert_int_equal(sscanf(at, "{rank:%u,unit:\"%39[^\"]", &rank, unit), 2);
        assert_int_equal(sscanf(strstr(at, "total:"), "total:%lld", &total), 1);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u %s %lld:%.*s",
                                 used == 0 ? "" : " ", rank, unit, total,
                                 (int)strcspn(points + 8, "]"), points + 8);
        at = points;
    }
    return text;
}

/* jabs: 10 × doses ÷ (2 per 1,000), at most 12; peak: fewer are better, 5 by place; complete: 3 of
 * what was expected, less 0.1 a missing report, 1 at most. On the day of 2 November d1 has w1's and
 * w3's reports. */
static void
units_inside_units(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211102", NULL, "doses=9 peak=4");
    site_report(s, "daily", "w3", "20211102", NULL, "doses=13 peak=6");
    site_commit(s, "2021-11-02");
    /* d1: 22 of 20, 11.00; peak 6, second; 2 of 2. w1: 9 of 10; peak 4, first; 1 of 1 */
    assert_string_equal(ranked(s, "bloc=b period=20211102"),
                        "1 w1 1700:900,500,300 2 d1 1650:1100,250,300");
    assert_non_null(strstr(site_ask(s, "rank", "unit=d1 period=20211102"),
                           "line:\"jabs\",title_vi:\"Số liều\",title_en:\"Doses\","
                           "measure:\"indicator\",indicator:\"doses\",form:\"daily\","
                           "method:\"linear\",direction:\"up\",points_most:1000,cap:1200,"
                           "value:\"22\",expected:2,counted:0,late:0,missing:0,place:0,places:0,"
                           "target:\"20\",target_value:\"2\",per:1000,population:10000,"
                           "state:\"counted\",reached:true,capped:false,earned:1100"));
}

/* d1's peak is w1's: both have the first place of two. d1 has 1 of 20 doses and one missing report. */
static void
equal_values(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211103", NULL, "doses=1 peak=4");
    site_commit(s, "2021-11-03");
    assert_string_equal(ranked(s, "bloc=b period=20211103"),
                        "1 w1 900:100,500,300 2 d1 690:50,500,140");
}

/* Nobody has reported: one rank, by name, Đ behind D; the same name by code. */
static void
equal_totals_stand_by_name(void **context)
{
    static const char *const names[] = {"Phường Đức Giang", "Phường Dịch Vọng", "Phường An",
                                        "Phường An"};
    struct query_site *s = *context;
    struct unit_row rows[5];
    rows[0] = sample_unit("hn", "", "city", NULL, NULL);
    for (int i = 0; i < 4; i++) {
        static const char *const codes[] = {"a", "b", "d", "c"};
        rows[i + 1] = in_bloc(sample_unit(codes[i], "hn", "commune", NULL, NULL), "tie", 5000);
        rows[i + 1].name = slice_text(names[i]);
    }
    site_units(s, rows, 5);
    site_commit(s, "2021-11-02");
    const char *text = ranked(s, "bloc=tie period=20211102");
    static const char *const order[] = {"1 c ", "1 d ", "1 b ", "1 a "};
    for (int i = 0; i < 4; i++) {
        text = strstr(text, order[i]);
        assert_non_null(text);
    }
}

/* In a bloc by the last day in the period. */
static void
a_unit_that_changes_its_bloc(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w2", "20211115", NULL, "doses=5 peak=1");
    site_commit(s, "2021-11-16");
    assert_string_equal(ranked(s, "bloc=other period=20211115"), "1 w2 1300:500,500,300");
    assert_string_equal(site_ask(s, "rank", "bloc=other period=20211116"),
                        "bloc-unknown|other|20211116");
    assert_string_equal(site_ask(s, "rank", "bloc=other period=202111"),
                        "bloc-unknown|other|202111");
    assert_non_null(strstr(ranked(s, "bloc=b period=202111"), "w2"));
    assert_string_equal(site_ask(s, "blocs", "period=20211115"),
                        "{period:\"20211115\",blocs:[{bloc:\"b\",units:2,levels:[\"commune\","
                        "\"district\"]},{bloc:\"other\",units:1,levels:[\"commune\"]}]}");
    assert_string_equal(site_ask(s, "blocs", ""),
                        "{period:\"20211116\",blocs:[{bloc:\"b\",units:3,levels:[\"commune\","
                        "\"district\"]}]}");
}

/* Nobody reported: all have the same, less than nothing, and the same rank. d1 has 2 missing. */
static void
equal_totals(void **context)
{
    struct query_site *s = *context;
    site_commit(s, "2021-11-20");
    assert_string_equal(ranked(s, "bloc=b period=20211118"),
                        "1 w1 -10:0,0,-10 1 w2 -10:0,0,-10 3 d1 -20:0,0,-20");
    assert_non_null(strstr(site_ask(s, "rank", "unit=w2 period=20211118"), "state:\"no-value\""));
}

static void
refused(void **context)
{
    struct query_site *s = *context;
    static const struct {
        const char *args, *says;
    } ROWS[] = {
        {"period=202111", "query-invalid|bloc|nil"},
        {"bloc=b", "query-invalid|period|nil"},
        {"bloc=b period=2021-13", "query-invalid|period|2021-13"},
        {"unit=w9 period=202111", "unit-unknown|w9|w9"},
        {"unit=w3 period=202111", "not-in-bloc|w3|-"},
        {"unit=w1 bloc=other period=202111", "not-in-bloc|w1|other"},
        {"bloc=b period=202111 campaign=x", "campaign-unknown|x|"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        assert_string_equal(site_ask(s, "rank", ROWS[i].args), ROWS[i].says);
    }
    site_campaign(s, sample_campaign(3)); /* the same without its scores */
    site_commit(s, "2021-11-20");
    assert_string_equal(site_ask(s, "rank", "bloc=b period=202111"), "no-scores|c|202111");
}

/* a and b change places in mid-period: each counts where it was on its last day. */
static void
units_that_change_places(void **context)
{
    struct query_site *s = *context;
    const struct unit_row rows[] = {
        in_bloc(sample_unit("a", "", "commune", NULL, "2021-11-08"), "c", 500),
        in_bloc(sample_unit("b", "a", "commune", NULL, "2021-11-08"), "c", 500),
        in_bloc(sample_unit("b", "", "commune", "2021-11-09", NULL), "c", 500),
        in_bloc(sample_unit("a", "b", "commune", "2021-11-09", NULL), "c", 500),
    };
    site_units(s, rows, sizeof rows / sizeof rows[0]);
    site_report(s, "daily", "a", "20211108", NULL, "doses=1");
    site_commit(s, "2021-11-08");
    assert_string_equal(ranked(s, "bloc=c period=20211108"), "1 a 1140:1000,0,140 2 b -10:0,0,-10");
    assert_non_null(strstr(site_ask(s, "rank", "unit=b period=2021W45"), "value:\"1\""));
}

/* No registry that was checked has them, but a question about one that was not must end. */
static void
parents_in_a_circle(void **context)
{
    (void)context;
    struct registry_version versions[3] = {{.to = DAY_MAX, .parent = 1, .bloc = slice_text("c")},
                                           {.to = DAY_MAX, .parent = 0, .bloc = slice_text("c")},
                                           {.to = DAY_MAX, .parent = 1}};
    struct registry_unit units[3] = {{slice_text("a"), &versions[0], 1},
                                     {slice_text("b"), &versions[1], 1},
                                     {slice_text("x"), &versions[2], 1}};
    uint32_t by_code[] = {0, 1, 2}, steps = 0;
    struct query q = {
        .registry = {.units = units, .unit_count = 3}, .by_code = by_code, .arena = arena_new()};
    struct family family;
    family_init_bloc(&family, &q, slice_text("c"));
    family_set(&family, period_of_day(GRAN_DAY, 19000));
    assert_int_equal(family.count, 2);
    for (uint32_t row = family_row(&family, 2); row != ROW_OUTSIDE; row = family.above[row]) {
        assert_true(++steps <= 2);
    }
    assert_int_equal(steps, 1); /* b; a's way up was cut at b, where it came back */
    arena_free(&q.arena);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(units_inside_units),
        TEST(equal_totals_stand_by_name),
        TEST(equal_values),
        TEST(a_unit_that_changes_its_bloc),
        TEST(equal_totals),
        TEST(refused),
        TEST(units_that_change_places),
        TEST(parents_in_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
