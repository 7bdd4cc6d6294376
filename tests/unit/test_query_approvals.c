/* The questions `approvals` and `units.find`: bodies as QUERIES.md has them, what stands in the way, pages,
 * and who sees what. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static struct query_site site;

static struct unit_row
named(const char *code, const char *parent, const char *level, const char *name)
{
    struct unit_row row = sample_unit(code, parent, level, NULL, NULL);
    row.name = slice_text(name);
    return row;
}

static int
set_up(void **context)
{
    (void)context;
    site_open(&site, 3);
    const struct unit_row rows[] = {
        named("hn", "", "city", "Hà Nội"),
        named("hbt", "hn", "district", "Quận Hai Bà Trưng"),
        named("dd", "hn", "district", "Quận Đống Đa"),
        named("dongmac", "hbt", "commune", "Phường Đống Mác"),
        named("bachdang", "hbt", "commune", "Phường Bạch Đằng"),
        named("dongnhan", "hbt", "commune", "Phường Đồng Nhân"),
    };
    site_campaign(&site, sample_campaign(3));
    site_units(&site, rows, sizeof rows / sizeof rows[0]);
    site_commit(&site, "2021-10-01");
    return 0;
}

static int
tear_down(void **context)
{
    (void)context;
    site_close(&site);
    return 0;
}

#define ROW(unit, name, level, counts, rest)                                                       \
    "{unit:\"" unit "\",name:\"" name "\",level:\"" level "\",asked:true," counts "," rest "}"
#define OPEN "state:\"open\",approval:nil,locked_by:\"\","

static void
what_stands_in_the_way(void **context)
{
    (void)context;
    site_report(&site, "daily", "dongmac", "20211003", NULL, "doses=1");
    site_commit(&site, "2021-10-31");
    assert_string_equal(site_ask(&site, "approvals", "unit=dd period=202110"),
                        "{campaign:\"c\",period:\"202110\",closed:false,rows:[" ROW(
                            "dd", "Quận Đống Đa", "district", "expected:1,received:0",
                            OPEN "ready:false,before:0,first:[]") "]}");
    site_commit(&site, "2021-11-01");
    assert_string_equal(
        site_ask(&site, "approvals", "unit=hbt period=202110"),
        "{campaign:\"c\",period:\"202110\",closed:true,rows:[" ROW("hbt", "Quận Hai Bà Trưng", "district", "expected:106,received:1", OPEN "ready:false,before:3,first:[\"bachdang\",\"dongmac\",\"dongnhan\"]") "," ROW(
            "bachdang", "Phường Bạch Đằng", "commune", "expected:35,received:0",
            OPEN
            "ready:true,before:0,first:[]") "," ROW("dongmac", "Phường Đống Mác", "commune",
                                                    "expected:35,received:1",
                                                    OPEN
                                                    "ready:true,before:0,first:[]") "," ROW("dongnh"
                                                                                            "an",
                                                                                            "Phường"
                                                                                            " Đồng "
                                                                                            "Nhân",
                                                                                            "commun"
                                                                                            "e",
                                                                                            "expect"
                                                                                            "ed:35,"
                                                                                            "receiv"
                                                                                            "ed:0",
                                                                                            OPEN
                                                                                            "ready:"
                                                                                            "true,"
                                                                                            "before"
                                                                                            ":0,"
                                                                                            "first:"
                                                                                            "[]") "]}");
}

static void
who_when_and_why(void **context)
{
    (void)context;
    site_approval(&site, "dongmac", "202110", NULL);
    site_approval(&site, "bachdang", "202110", NULL);
    site_approval(&site, "dongnhan", "2021Q3", NULL);
    site_commit(&site, "2021-11-01");
    site_approval(&site, "bachdang", "202110", "thiếu một điểm");
    site_commit(&site, "2021-11-02");
    assert_string_equal(
        site_ask(&site, "approvals", "unit=hbt period=202110 start=bachdang"),
        "{campaign:\"c\",period:\"202110\",closed:true,rows:[" ROW(
            "bachdang", "Phường Bạch Đằng", "commune", "expected:35,received:0",
            "state:\"reopened\",approval:{period:\"202110\",receipt:\"3.0\",time_us:"
            "1635829200000000,principal:\"local\",reason:\"thiếu một điểm\"},locked_by:\"\","
            "ready:true,before:0,first:[]") "," ROW("dongmac", "Phường Đống Mác", "commune",
                                                    "expected:35,received:0",
                                                    "state:\"approved\",approval:{period:"
                                                    "\"202110\",receipt:\"2.0\",time_us:"
                                                    "1635742800000000,principal:\"local\",reason:"
                                                    "\"\"},locked_by:\"dongmac\","
                                                    "ready:false,before:0,first:[]") "," ROW("dongn"
                                                                                             "han",
                                                                                             "Phườn"
                                                                                             "g "
                                                                                             "Đồng "
                                                                                             "Nhân",
                                                                                             "commu"
                                                                                             "ne",
                                                                                             "expec"
                                                                                             "ted:"
                                                                                             "35,"
                                                                                             "recei"
                                                                                             "ved:"
                                                                                             "0",
                                                                                             OPEN
                                                                                             "ready"
                                                                                             ":true"
                                                                                             ",befo"
                                                                                             "re:0,"
                                                                                             "first"
                                                                                             ":[]") "]}");
    /* a day of it is held by the month */
    assert_string_equal(
        site_ask(&site, "approvals", "unit=dongmac period=20211003"),
        "{campaign:\"c\",period:\"20211003\",closed:true,rows:[" ROW(
            "dongmac", "Phường Đống Mác", "commune", "expected:1,received:0",
            "state:\"approved\",approval:{period:\"202110\",receipt:\"2.0\",time_us:"
            "1635742800000000,principal:\"local\",reason:\"\"},locked_by:\"dongmac\","
            "ready:false,before:0,first:[]") "]}");
}

static void
to_whom(void **context)
{
    (void)context;
    site_access(&site, "hbt-office roles=submitter units=hbt keys=1");
    site_commit(&site, "2021-11-01");
    site.principal = "hbt-office";
    assert_non_null(strstr(site_ask(&site, "approvals", "unit=hbt period=202110"), "dongmac"));
    assert_string_equal(site_ask(&site, "approvals", "unit=hn period=202110"),
                        "not-allowed|hn|hbt-office");
    site.principal = "nobody";
    assert_string_equal(site_ask(&site, "approvals", "unit=hbt period=202110"),
                        "not-in-role|nobody|approvals");
    site.principal = "local";
    assert_string_equal(site_ask(&site, "approvals", "unit=hbt period=soon"),
                        "query-invalid|period|soon");
    assert_string_equal(site_ask(&site, "approvals", "unit=nobody period=202110"),
                        "unit-unknown|nobody|nobody");
}

/* Whose record it was stands in its verdict, not in the unit that it is about. */
static void
told_to_who_sent_it(void **context)
{
    (void)context;
    site_access(&site, "hbt-office roles=submitter units=hbt keys=1");
    site_access(&site, "dd-office roles=submitter units=dd keys=2");
    site_commit(&site, "2021-11-01");
    for (int i = 0; i < 2; i++) {
        site.principal = "hbt-office";
        site_approval(&site, "dongmac", "202110", NULL);
        site_commit(&site, "2021-11-01");
    }
    assert_non_null(strstr(site_ask(&site, "verdicts", "ranges=4:0:1 all"), "unchanged"));
    site.principal = "dd-office";
    assert_string_equal(site_ask(&site, "verdicts", "ranges=4:0:1 all"),
                        "not-allowed|4.0|dd-office");
}

static void
found_without_marks(void **context)
{
    (void)context;
    assert_string_equal(
        site_ask(&site, "units.find", "text=DONG"),
        "{found:3,units:["
        "{unit:\"dongmac\",name:\"Phường Đống Mác\",level:\"commune\",bloc:\"\",parent:\"hbt\","
        "parent_name:\"Quận Hai Bà Trưng\"},"
        "{unit:\"dongnhan\",name:\"Phường Đồng Nhân\",level:\"commune\",bloc:\"\",parent:\"hbt\","
        "parent_name:\"Quận Hai Bà Trưng\"},"
        "{unit:\"dd\",name:\"Quận Đống Đa\",level:\"district\",bloc:\"\",parent:\"hn\","
        "parent_name:\"Hà Nội\"}]}");
    assert_string_equal(
        site_ask(&site, "units.find", "text=Đống_Mác"),
        "{found:1,units:[{unit:\"dongmac\",name:\"Phường Đống Mác\",level:"
        "\"commune\",bloc:\"\",parent:\"hbt\",parent_name:\"Quận Hai Bà Trưng\"}]}");
    assert_string_equal(site_ask(&site, "units.find", "text=x"), "{found:0,units:[]}");
    assert_string_equal(site_ask(&site, "units.find", "text=."), "query-invalid|text|.");
    assert_string_equal(site_ask(&site, "units.find", "text=dong on=then"),
                        "query-invalid|on|then");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_stands_in_the_way), TEST(who_when_and_why),    TEST(to_whom),
        TEST(told_to_who_sent_it),    TEST(found_without_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
