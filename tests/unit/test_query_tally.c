/* `tally`: time first, then units, for every pair of rules; what is refused; what an answer
 * promises. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
publish(struct query_site *s, uint32_t forms)
{
    const struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("w1", "d1", "commune", NULL, NULL),
        sample_unit("w2", "d1", "commune", NULL, NULL),
    };
    site_campaign(s, sample_campaign(forms));
    site_units(s, rows, ROWS(rows));
    site_commit(s, "2021-10-01");
}

static int
set_up(void **context)
{
    static struct query_site site;
    site_open(&site, 2);
    publish(&site, 3);
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

/* w1's mean is 36.55, rounded away from zero to 36.6; with w2's 37: 36.8. (Of all three values it
 * would be 36.7.) Below zero too: -0.15 is -0.2. Highest and lowest over time are highest and
 * lowest over units. */
static void
test_over_time_then_units(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", NULL, "temp=36.5 peak=5 low=-3");
    site_report(s, "daily", "w1", "20211102", NULL, "temp=36.6 peak=4 low=2");
    site_report(s, "daily", "w2", "20211101", NULL, "temp=37.0 peak=3 low=1");
    site_report(s, "daily", "w1", "20211201", NULL, "temp=-0.1");
    site_report(s, "daily", "w1", "20211202", NULL, "temp=-0.2");
    site_commit(s, "2021-12-02");
    assert_string_equal(site_tally(s, "unit=d1 period=202111 children indicators=temp,peak,low"),
                        "d1 69/3 temp=36.8(2,3) peak=5(2,3) low=-3(2,3)\n"
                        "w1 34/2 temp=36.6(1,2) peak=5(1,2) low=-3(1,2)\n"
                        "w2 34/1 temp=37(1,1) peak=3(1,1) low=1(1,1)\n");
    assert_string_equal(site_tally(s, "unit=w1 period=202112 indicators=temp"),
                        "w1 3/2 temp=-0.2(1,2)\n");
}

/* A sum over units may pass 64 bits: then it is text, exact. */
static void
test_wide_sum(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", NULL, "doses=9223372036854775807");
    site_report(s, "daily", "w2", "20211101", NULL, "doses=9223372036854775807");
    site_commit(s, "2021-11-01");
    assert_non_null(strstr(site_ask(s, "tally", "unit=d1 period=20211101"),
                           "value:\"18446744073709551614\",units:2"));
    assert_non_null(strstr(site_ask(s, "tally", "unit=w1 period=20211101"),
                           "value:9223372036854775807,units:1"));
}

/* A week counts in the month of its Thursday: 2021W44 is 1 to 7 November. Of the month's form a
 * week has nothing: it does not add up to it. */
static void
test_forms_of_a_period(void **context)
{
    struct query_site *s = *context;
    site_report(s, "weekly", "w1", "2021W44", NULL, "meetings=3");
    site_report(s, "weekly", "w1", "2021W43", NULL, "meetings=4");
    site_report(s, "daily", "w1", "20211107", NULL, "doses=2");
    site_report(s, "monthly", "d1", "202111", NULL, "visits=9");
    site_commit(s, "2021-11-07");
    assert_string_equal(site_tally(s, "unit=d1 period=2021W44"),
                        "d1 16/2 doses=2(1,1) meetings=3(1,1)\n");
    /* two wards, seven days and one week each, and the district's own month */
    assert_string_equal(site_tally(s, "unit=d1 period=202111"),
                        "d1 17/3 doses=2(1,1) meetings=3(1,1) visits=9(1,1)\n");
    assert_string_equal(site_tally(s, "unit=d1 period=20211107 indicators=visits"), "d1 2/1\n");
    /* 38 days; W40 to W44, for W39's Thursday is in September */
    assert_string_equal(site_tally(s, "unit=w2 period=2021Q4 indicators=doses"), "w2 43/0\n");
}

static void
test_whole_body(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", "office", "doses=2");
    site_report(s, "daily", "w1", "20211101", "system", "doses=3");
    site_commit(s, "2021-11-02");
    assert_string_equal(
        site_ask(s, "tally", "campaign=c unit=w1 period=20211101"),
        "{campaign:\"c\",period:\"20211101\",rows:[{unit:\"w1\",name:\"w1\",level:\"commune\","
        "expected:1,received:1,on_time:1,complete:1,disagreements:1,outliers:0,values:[{form:"
        "\"daily\",indicator:\"doses\",theme:\"health\",title_vi:\"doses\",title_en:\"doses\","
        "type:\"integer\",decimals:0,value:2,units:1,periods:1}]}]}");
}

static void
test_refused(void **context)
{
    static const struct {
        const char *name, *args, *told;
    } cases[] = {
        {"talley", "", "query-unknown|talley|talley"},
        {"tally", "unit=w1 period=2021Q9", "query-invalid|period|2021Q9"},
        {"tally", "unit=w1", "query-invalid|period|nil"},
        {"tally", "unit period=2021", "query-invalid|unit|text"},
        {"tally", "unit=w1 unit=w1 period=2021", "query-invalid|unit|2 ×"},
        {"tally", "unit=w1 period=2021 day=1",
         "query-invalid|day|(campaign | unit | period | indicators | children)"},
        {"tally", "unit=w9 period=2021", "unit-unknown|w9|w9"},
        {"tally", "campaign=x unit=w1 period=2021", "campaign-unknown|x|"},
        {"tally", "unit=w1 period=2021 indicators=x", "indicator-unknown|x|x"},
        {"state", "unit=w1", "query-invalid|unit|()"},
        {"missing", "form=x period=2021", "form-unknown|x|x"},
        {"missing", "form=monthly period=2021W44", "period-type|2021W44|month"},
        {"export", "unit=w1 form=daily from=202111 to=20211130", "query-invalid|from|202111 (day)"},
        {"export", "unit=w1 form=daily from=20211102 to=20211101",
         "query-invalid|to|20211101 < 20211102"},
        {"export", "unit=w1 form=daily from=20211101 to=20211102 start=20211103:",
         "query-invalid|start|20211103:"},
        {"unit", "unit=w1 on=2021-13-01", "query-invalid|on|2021-13-01"},
        {"rejected", "unit=NO", "code-invalid|unit|NO"},
        {"rejected", "start=x", "query-invalid|start|x"},
        {"reports", "unit=w1 period=2021 start=daily", "query-invalid|start|daily"},
        {"verdicts", "ranges=9:0:1", "query-timeout|ranges|9"},
        {"verdicts", "ranges=1:65536:1", "query-invalid|ranges|[[block, first, count]...]"},
    };
    struct query_site *s = *context;
    for (size_t i = 0; i < ROWS(cases); i++) {
        const char *told = site_ask(s, cases[i].name, cases[i].args);
        assert_memory_equal(told, cases[i].told, strlen(cases[i].told));
    }
}

/* Arguments that are no map, in every cut of a good one: told, never more. */
static void
test_garbage(void **context)
{
    static const uint8_t whole[] = "\x82\xa4unit\xa2w1\xa6period\xa4"
                                   "2021";
    struct query_site *s = *context;
    for (size_t len = 1; len < sizeof whole - 1; len++) {
        const struct question cut = {.name = slice_text("tally"), .args = slice_of(whole, len)};
        assert_false(query_answer(s->query, &cut, &s->body, &s->as_of, &s->why));
        assert_int_equal(s->why.code, CODE_QUERY_INVALID);
    }
    const struct question good = {.name = slice_text("tally"),
                                  .args = slice_of(whole, sizeof whole - 1)};
    assert_true(query_answer(s->query, &good, &s->body, &s->as_of, &s->why));
}

/* An answer promises the block of the shard that is furthest behind, and counts days until its
 * time. */
static void
test_as_of(void **context)
{
    struct query_site *s = *context;
    site_report(s, "daily", "w1", "20211101", NULL, "doses=1");
    site_commit(s, "2021-11-01");
    assert_string_equal(site_tally(s, "unit=hn period=20211103"), "hn 0/0\n");
    assert_int_equal(s->as_of, 2);
    site_report(s, "daily", "w1", "20211102", NULL, "doses=1");
    site_commit_behind(s, "2021-11-03", 1);
    assert_string_equal(site_tally(s, "unit=hn period=20211103"), "hn 0/0\n");
    assert_int_equal(s->as_of, 2);
}

/* A new registry is seen with the next question; a state that is not there yet is no error. */
static void
test_registry_and_readiness(void **context)
{
    struct query_site *s = *context;
    const struct unit_row rows[] = {sample_unit("hn", "", "city", NULL, NULL),
                                    sample_unit("d9", "hn", "district", NULL, NULL)};
    assert_string_equal(site_tally(s, "unit=d9 period=2021"), "unit-unknown|d9|d9");
    site_units(s, rows, ROWS(rows));
    site_commit(s, "2021-11-01");
    assert_string_equal(site_tally(s, "unit=d9 period=202112"), "d9 0/0\n");
    assert_string_equal(site_tally(s, "unit=w1 period=202112"), "unit-not-then|w1|202112");
    struct state *there = s->states[1];
    s->states[1] = NULL;
    assert_string_equal(site_ask(s, "state", ""), "not-ready||1");
    s->states[1] = state_mem_new();
    assert_string_equal(site_ask(s, "state", ""), "not-ready||1");
    state_free(&s->states[1]);
    s->states[1] = there;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_over_time_then_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wide_sum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forms_of_a_period, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whole_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_garbage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_as_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_registry_and_readiness, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
