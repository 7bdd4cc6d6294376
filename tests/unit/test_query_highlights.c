/* `highlights`: each rule found where it holds and nowhere else, worked out by hand. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct unit_row
in_bloc(const char *code)
{
    struct unit_row row = sample_unit(code, "hn", "commune", NULL, NULL);
    row.bloc = slice_text("h");
    row.population = 500; /* a target of one dose */
    return row;
}

/* Doses, and the rank that they give; all but a report on the second day, and a alone before the first:
 *
 *          31 Oct     1 Nov      2 Nov      3 Nov      4 Nov
 *     a    1  1       1  1       -  4       3  1       3  1
 *     b    -  2       1  1       1  1       1  2       0  3
 *     c    -  2       1  1       1  1       1  2       0  3
 *     e    -  2       0  4       0  3       0  4       1  2 */
static int
set_up(void **context)
{
    static struct query_site site;
    const struct unit_row rows[] = {sample_unit("hn", "", "city", NULL, NULL), in_bloc("a"),
                                    in_bloc("b"), in_bloc("c"), in_bloc("e")};
    site_open(&site, 2);
    site_campaign(&site, sample_scored(3));
    site_units(&site, rows, sizeof rows / sizeof rows[0]);
    site_commit(&site, "2021-10-01");
    static const struct {
        const char *unit, *period, *values;
    } REPORTS[] = {
        {"a", "20211031", "doses=1"}, {"a", "20211101", "doses=1"}, {"b", "20211101", "doses=1"},
        {"c", "20211101", "doses=1"}, {"e", "20211101", "doses=0"}, {"b", "20211102", "doses=1"},
        {"c", "20211102", "doses=1"}, {"e", "20211102", "doses=0"}, {"a", "20211103", "doses=3"},
        {"b", "20211103", "doses=1"}, {"c", "20211103", "doses=1"}, {"e", "20211103", "doses=0"},
        {"a", "20211104", "doses=3"}, {"b", "20211104", "doses=0"}, {"c", "20211104", "doses=0"},
        {"e", "20211104", "doses=1"},
    };
    for (size_t i = 0; i < sizeof REPORTS / sizeof REPORTS[0]; i++) {
        char date[11];
        int32_t day = 0;
        struct period period;
        assert_int_equal(period_parse(slice_text(REPORTS[i].period), &period), ERR_OK);
        day = period_first_day(period);
        date_format(day, date);
        site_report(&site, "daily", REPORTS[i].unit, REPORTS[i].period, NULL, REPORTS[i].values);
        site_commit(&site, date);
    }
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

#define FOUND(rule, unit)                                                                          \
    "{rule:\"" rule "\",unit:\"" unit "\",name:\"" unit "\",level:\"commune\","

static void
every_rule(void **context)
{
    struct query_site *s = *context;
    assert_string_equal(
        site_ask(s, "highlights", "bloc=h period=20211103"),
        "{campaign:\"c\",bloc:\"h\",period:\"20211103\",highlights:[" FOUND(
            "target-exceeded",
            "a") "line:\"jabs\",title_vi:\"Số liều\",title_en:\"Doses\","
                 "value:\"3\",target:\"1\",at:120}," FOUND(
                     "rank-gained",
                     "a") "line:\"\",rank:1,rank_before:4}"
                          "," FOUND("recovered",
                                    "a") "line:\"\",rank:1,"
                                         "rank_before:4}"
                                         "," FOUND("complete-"
                                                   "series",
                                                   "b") "line"
                                                        ":\""
                                                        "\","
                                                        "peri"
                                                        "ods:"
                                                        "3}"
                                                        "," FOUND("complete-series",
                                                                  "c") "line:\"\",periods:3}"
                                                                       "," FOUND("complete-series",
                                                                                 "e") "line:\"\","
                                                                                      "periods:3}]"
                                                                                      "}");
}

/* e gains exactly two places of four; a is beyond its target once more. */
static void
the_least_that_is_told(void **context)
{
    struct query_site *s = *context;
    assert_string_equal(
        site_ask(s, "highlights", "bloc=h period=20211104"),
        "{campaign:\"c\",bloc:\"h\",period:\"20211104\",highlights:[" FOUND(
            "target-exceeded",
            "a") "line:\"jabs\",title_vi:\"Số liều\",title_en:\"Doses\","
                 "value:\"3\",target:\"1\",at:120}," FOUND(
                     "rank-gained",
                     "e") "line:\"\",rank:2,rank_before:4}"
                          "," FOUND("recovered",
                                    "e") "line:\"\",rank:2,"
                                         "rank_before:4}"
                                         "," FOUND("complete-"
                                                   "series",
                                                   "b") "line"
                                                        ":\""
                                                        "\","
                                                        "peri"
                                                        "ods:"
                                                        "4}"
                                                        "," FOUND("complete-series",
                                                                  "c") "line:\"\",periods:4}"
                                                                       "," FOUND("complete-series",
                                                                                 "e") "line:\"\","
                                                                                      "periods:4}]"
                                                                                      "}");
    /* One place gained is not told; that it was from the last is. */
    assert_string_equal(
        site_ask(s, "highlights", "bloc=h period=20211101"),
        "{campaign:\"c\",bloc:\"h\",period:\"20211101\",highlights:[" FOUND(
            "recovered",
            "b") "line:\"\",rank:1,rank_before:2}," FOUND("recovered",
                                                          "c") "line:\"\",rank:1,rank_before:2}]}");
}

/* On the second day nobody is beyond a target, nobody rose by two, and two days are no series; on
 * 30 October all were first, and so nobody last. */
static void
nothing_to_tell(void **context)
{
    assert_string_equal(site_ask(*context, "highlights", "bloc=h period=20211102"),
                        "{campaign:\"c\",bloc:\"h\",period:\"20211102\",highlights:[]}");
    assert_string_equal(site_ask(*context, "highlights", "bloc=h period=20211031"),
                        "{campaign:\"c\",bloc:\"h\",period:\"20211031\",highlights:[]}");
}

static void
refused(void **context)
{
    assert_string_equal(site_ask(*context, "highlights", "period=20211102"),
                        "query-invalid|bloc|nil");
    assert_string_equal(site_ask(*context, "highlights", "bloc=x period=20211102"),
                        "bloc-unknown|x|20211102");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_least_that_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_to_tell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
