/* Units that move, end and merge in the middle of a quarter, worked out by hand.
 *
 *          to 15 November        from 16 November
 *   hn     city                  city
 *   d1     w1 w2                 w2 w4
 *   d2     w3 w5 w6              w1 w3 w7
 *   d3     w4                    abolished
 *          w5 and w6 end and become w7
 *
 *   reported   w1          w2          w3          w4          w5         w6         w7
 *   15 Oct     1, 10       2, 20       4, 30       8, 40       16, 50     32, 60 doses, beds 10 Nov
 * 100, 11     200, 21                 800, 41     1600, 51   3200, 61 20 Nov     10000, 12   20000,
 * 22   40000, 32   80000, 42                         160000, 72
 *
 * doses: sum over time, sum over units. beds: last over time, sum over units. Values are written
 * value(units, periods). The last block is of 30 November, so that is as far as is expected. */
#include "tests/lib/query_sample.h"
#include "tests/lib/query_site.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void
publish(struct query_site *s, uint32_t forms)
{
    const struct unit_row rows[] = {
        sample_unit("hn", "", "city", NULL, NULL),
        sample_unit("d1", "hn", "district", NULL, NULL),
        sample_unit("d2", "hn", "district", NULL, NULL),
        sample_unit("d3", "hn", "district", NULL, "2021-11-15"),
        sample_unit("w1", "d1", "commune", NULL, "2021-11-15"),
        sample_unit("w1", "d2", "commune", "2021-11-16", NULL),
        sample_unit("w2", "d1", "commune", NULL, NULL),
        sample_unit("w3", "d2", "commune", NULL, NULL),
        sample_unit("w4", "d3", "commune", NULL, "2021-11-15"),
        sample_unit("w4", "d1", "commune", "2021-11-16", NULL),
        sample_unit("w5", "d2", "commune", NULL, "2021-11-15"),
        sample_unit("w6", "d2", "commune", NULL, "2021-11-15"),
        sample_unit("w7", "d2", "commune", "2021-11-16", NULL),
    };
    site_campaign(s, sample_campaign(forms));
    site_units(s, rows, sizeof rows / sizeof rows[0]);
    site_commit(s, "2021-10-01");
}

static void
report_wards(struct query_site *s)
{
    site_report(s, "daily", "w1", "20211015", NULL, "doses=1 beds=10");
    site_report(s, "daily", "w2", "20211015", NULL, "doses=2 beds=20");
    site_report(s, "daily", "w3", "20211015", NULL, "doses=4 beds=30");
    site_report(s, "daily", "w4", "20211015", NULL, "doses=8 beds=40");
    site_report(s, "daily", "w5", "20211015", NULL, "doses=16 beds=50");
    site_report(s, "daily", "w6", "20211015", NULL, "doses=32 beds=60");
    site_commit(s, "2021-10-16");
    site_report(s, "daily", "w1", "20211110", NULL, "doses=100 beds=11");
    site_report(s, "daily", "w2", "20211110", NULL, "doses=200 beds=21");
    site_report(s, "daily", "w4", "20211110", NULL, "doses=800 beds=41");
    site_report(s, "daily", "w5", "20211110", NULL, "doses=1600 beds=51");
    site_report(s, "daily", "w6", "20211110", NULL, "doses=3200 beds=61");
    site_commit(s, "2021-11-11");
    site_report(s, "daily", "w1", "20211120", NULL, "doses=10000 beds=12");
    site_report(s, "daily", "w2", "20211120", NULL, "doses=20000 beds=22");
    site_report(s, "daily", "w3", "20211120", NULL, "doses=40000 beds=32");
    site_report(s, "daily", "w4", "20211120", NULL, "doses=80000 beds=42");
    site_report(s, "daily", "w7", "20211120", NULL, "doses=160000 beds=72");
    site_commit(s, "2021-11-30");
}

static int
set_up(void **context)
{
    static struct query_site site;
    site_open(&site, 3);
    publish(&site, 1);
    report_wards(&site);
    *context = &site;
    return 0;
}

static int
tear_down(void **context)
{
    site_close(*context);
    return 0;
}

/* As it was on the day: w1 in d1, w4 in d3, w5 and w6 in d2; w3 did not report. */
static void
test_day_before(void **context)
{
    assert_string_equal(site_tally(*context, "unit=hn period=20211110 children"),
                        "hn 6/5 doses=5900(5,5) beds=185(5,5)\n"
                        "d1 2/2 doses=300(2,2) beds=32(2,2)\n"
                        "d2 3/2 doses=4800(2,2) beds=112(2,2)\n"
                        "d3 1/1 doses=800(1,1) beds=41(1,1)\n");
}

/* d3 is gone; d1 = w2 + w4, d2 = w1 + w3 + w7. */
static void
test_day_after(void **context)
{
    assert_string_equal(site_tally(*context, "unit=hn period=20211120 children"),
                        "hn 5/5 doses=310000(5,5) beds=180(5,5)\n"
                        "d1 2/2 doses=100000(2,2) beds=64(2,2)\n"
                        "d2 3/3 doses=210000(3,3) beds=116(3,3)\n");
    assert_string_equal(site_tally(*context, "unit=d3 period=20211120"),
                        "unit-not-then|d3|20211120");
}

/* October ends before the changes: what comes later moves nothing in it. Six wards of 31 days. */
static void
test_month_before(void **context)
{
    assert_string_equal(site_tally(*context, "unit=hn period=202110 children"),
                        "hn 186/6 doses=63(6,6) beds=210(6,6)\n"
                        "d1 62/2 doses=3(2,2) beds=30(2,2)\n"
                        "d2 93/3 doses=52(3,3) beds=140(3,3)\n"
                        "d3 31/1 doses=8(1,1) beds=40(1,1)\n");
}

/* November: all that a ward did counts where it was on its last day of the month.
 *   d1 = w2 + w4:  doses 20200 + 80800;  beds 22 + 42
 *   d2 = w1 + w3 + w5 + w6 + w7:  doses 10100 + 40000 + 1600 + 3200 + 160000;  beds 12 + 32 + 72,
 * for w5 and w6 were not there on the 30th; their days are asked of d2: 30 + 30 + 15 + 15 + 15 d3
 * was a child until the 15th, with nothing that still counts beneath it */
static void
test_month_of_the_changes(void **context)
{
    assert_string_equal(site_tally(*context, "unit=hn period=202111 children"),
                        "hn 165/10 doses=315900(7,10) beds=180(5,8)\n"
                        "d1 60/4 doses=101000(2,4) beds=64(2,4)\n"
                        "d2 105/6 doses=214900(5,6) beds=116(3,4)\n"
                        "d3 0/0\n");
}

/* The quarter: the same places, October's and November's reports together.
 *   d1: doses 20202 + 80808;  d2: 10101 + 40004 + 1616 + 3232 + 160000
 *   asked until 30 November: d1 61 + 61, d2 61 + 61 + 46 + 46 + 15 */
static void
test_quarter(void **context)
{
    assert_string_equal(site_tally(*context, "unit=hn period=2021Q4 children"),
                        "hn 351/16 doses=315963(7,16) beds=180(5,12)\n"
                        "d1 122/6 doses=101010(2,6) beds=64(2,6)\n"
                        "d2 229/10 doses=214953(5,10) beds=116(3,6)\n"
                        "d3 0/0\n");
    assert_string_equal(site_tally(*context, "unit=d2 period=2021Q4 children"),
                        "d2 229/10 doses=214953(5,10) beds=116(3,6)\n"
                        "w1 61/3 doses=10101(1,3) beds=12(1,3)\n"
                        "w3 61/2 doses=40004(1,2) beds=32(1,2)\n"
                        "w5 46/2 doses=1616(1,2)\n"
                        "w6 46/2 doses=3232(1,2)\n"
                        "w7 15/1 doses=160000(1,1) beds=72(1,1)\n");
}

/* A unit's own reports count in its total: hn = hn's own + d1 + d2 + d3. `visits` is summed over
 * time; `staff` is the last of November, for which d3 no longer counts. */
static void
test_own_row(void **context)
{
    struct query_site s;
    (void)context;
    site_open(&s, 3);
    publish(&s, 3);
    site_report(&s, "monthly", "hn", "202111", NULL, "staff=5 visits=1");
    site_report(&s, "monthly", "d1", "202111", NULL, "staff=7 visits=10");
    site_report(&s, "monthly", "d2", "202111", NULL, "staff=9 visits=100");
    site_report(&s, "monthly", "d3", "202111", NULL, "staff=11 visits=1000");
    site_commit(&s, "2021-11-14");
    /* asked: three days or weeks would blur it, so the form's own counts */
    assert_string_equal(
        site_ask(&s, "completeness", "unit=hn form=monthly period=202111"),
        "{campaign:\"c\",form:\"monthly\",period:\"202111\",rows:["
        "{unit:\"hn\",name:\"hn\",level:\"city\",expected:3,received:4,on_time:4,complete:4},"
        "{unit:\"d1\",name:\"d1\",level:\"district\",expected:1,received:1,on_time:1,complete:1},"
        "{unit:\"d2\",name:\"d2\",level:\"district\",expected:1,received:1,on_time:1,complete:1},"
        "{unit:\"d3\",name:\"d3\",level:\"district\",expected:0,received:1,on_time:1,complete:1}]"
        "}");
    const char *tally = site_tally(&s, "unit=hn period=2021Q4 children indicators=staff,visits");
    assert_non_null(strstr(tally, " staff=21(3,3) visits=1111(4,4)\nd1"));
    assert_non_null(strstr(tally, " staff=7(1,1) visits=10(1,1)\nd2"));
    assert_non_null(strstr(tally, " staff=9(1,1) visits=100(1,1)\nd3"));
    assert_non_null(strstr(tally, " visits=1000(1,1)\n"));
    assert_null(strstr(tally, "staff=11"));
    site_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_day_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_day_after, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_month_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_month_of_the_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quarter, set_up, tear_down),
        cmocka_unit_test(test_own_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
