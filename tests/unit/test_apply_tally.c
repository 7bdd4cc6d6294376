/* Tallies: sources by precedence, flags and counters, and each way over time under corrections that
 * only the finer rows can settle. A tally reads "received/on time/complete/disagreements/outliers
 * indicator=value*periods". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"

#include "workers/tally/outlier.h"

#include <stdio.h>
#include <stdlib.h>

static void
daily(struct rig *rig, const char *date, const char *period, uint64_t revision, const char *values)
{
    rig_report(rig, "daily", "w1", period, NULL, revision, values);
    rig_commit(rig, date);
}

static void
test_sources(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    const char *day = "20211105";
    /* the second source alone counts */
    rig_report(&rig, "daily", "w1", day, "health", 1, "doses=9 peak=4 beds=1");
    rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_tally(&rig, "daily", "w1", day),
                        "1/1/1/0/0 doses=9*1 beds=1*1 peak=4*1");
    /* the first goes before it cell by cell, is never added, and disagreement is counted */
    rig_report(&rig, "daily", "w1", day, "office", 1, "doses=7 beds=1 low=2");
    rig_commit(&rig, "2021-11-05");
    const char *both = "1/1/1/1/0 doses=7*1 beds=1*1 peak=4*1 low=2*1";
    assert_string_equal(rig_tally(&rig, "daily", "w1", day), both);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), both);
    rig_report(&rig, "daily", "w1", day, "health", 2, "doses=8 peak=5 beds=2");
    rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021Q4"),
                        "1/1/1/2/0 doses=7*1 beds=1*1 peak=5*1 low=2*1");
    /* the first is taken back: the second stands alone again */
    rig_withdraw(&rig, "daily", "w1", day, "office", 2);
    rig_commit(&rig, "2021-11-05");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"),
                        "1/1/1/0/0 doses=8*1 beds=2*1 peak=5*1");
    rig_withdraw(&rig, "daily", "w1", day, "health", 3);
    rig_commit(&rig, "2021-11-05");
    assert_int_equal(rig_rows(&rig, TABLE_TALLY), 0);
    rig_close(&rig);
}

static void
test_late_and_on_time(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    /* due one day after */
    daily(&rig, "2021-11-06", "20211105", 1, "doses=1");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211105"), "1/1/1/0/0 doses=1*1");
    /* a late correction is late, and what came in time keeps its credit */
    assert_string_equal(rig_tell(&rig, "2021-11-09", "daily", "w1", "20211105", NULL, 2, "doses=2"),
                        "corrected late");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211105"), "1/1/1/0/0 doses=2*1");
    /* taken back and sent anew it is a new report */
    rig_withdraw(&rig, "daily", "w1", "20211105", NULL, 3);
    assert_string_equal(rig_tell(&rig, "2021-11-09", "daily", "w1", "20211105", NULL, 4, "doses=2"),
                        "accepted late");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), "1/0/1/0/0 doses=2*1");
    /* the first day of a block is the campaign's, not UTC's: 2021-11-08T17:00Z is the 9th */
    assert_string_equal(rig_tell(&rig, "2021-11-09", "daily", "w1", "20211109", NULL, 1, "low=2"),
                        "accepted incomplete");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), "2/1/1/0/0 doses=2*1 low=2*1");
    /* completed by the other source: complete as a period */
    rig_report(&rig, "daily", "w1", "20211109", "health", 1, "doses=5");
    rig_commit(&rig, "2021-11-09");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), "2/1/2/0/0 doses=7*2 low=2*1");
    rig_close(&rig);
}

static void
test_over_time(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    const char *today = "2021-11-20";
    daily(&rig, today, "20211101", 1, "doses=1 beds=10 peak=5 low=5 temp=36.5");
    daily(&rig, today, "20211110", 1, "doses=2 beds=20 peak=9 low=1 temp=37.0");
    daily(&rig, today, "20211103", 1, "doses=3 beds=30 peak=7 low=3 temp=37.5");
    const char *month = "3/0/3/0/0 doses=6*3 beds=20*3 peak=9*3 low=1*3 temp=111*3";
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021Q4"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), month);
    /* the 1st and the 3rd are of one week, the 10th of the next */
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021W44"),
                        "2/0/2/0/0 doses=4*2 beds=30*2 peak=7*2 low=3*2 temp=74*2");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021W45"),
                        "1/0/1/0/0 doses=2*1 beds=20*1 peak=9*1 low=1*1 temp=37*1");
    /* the greatest is lowered, the least is raised: the finer rows know what is now */
    daily(&rig, today, "20211110", 2, "doses=2 beds=20 peak=6 low=4 temp=37.0");
    month = "3/0/3/0/0 doses=6*3 beds=20*3 peak=7*3 low=3*3 temp=111*3";
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021Q4"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), month);
    /* the last value goes while its report stays */
    daily(&rig, today, "20211110", 3, "doses=2 peak=6 low=4 temp=37.0");
    month = "3/0/3/0/0 doses=6*3 beds=30*2 peak=7*3 low=3*3 temp=111*3";
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), month);
    /* another month becomes the last of the quarter, and goes again */
    daily(&rig, "2021-12-20", "20211201", 1, "doses=4 beds=40 peak=8 low=2 temp=36.0");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021Q4"),
                        "4/0/4/0/0 doses=10*4 beds=40*3 peak=8*4 low=2*4 temp=147*4");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202111"), month);
    rig_withdraw(&rig, "daily", "w1", "20211201", NULL, 2);
    rig_commit(&rig, "2021-12-20");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021Q4"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), month);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "202112"), "");
    rig_close(&rig);
}

/* Weeks count in the month, quarter and year of their Thursday. */
static void
test_weeks(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    /* 2021W39: Monday 27 September, Thursday 30 September */
    rig_report(&rig, "weekly", "w1", "2021W39", NULL, 1, "doses=1 beds=1 peak=9");
    /* 2021W44: Monday 1 November; 2021W48: Monday 29 November, Thursday 2 December */
    rig_report(&rig, "weekly", "w1", "2021W48", NULL, 1, "doses=4 beds=4 peak=4");
    rig_report(&rig, "weekly", "w1", "2021W44", NULL, 1, "doses=2 beds=2 peak=2");
    /* 2021W52: Monday 27 December, Thursday 30 December, Sunday 2 January */
    rig_report(&rig, "weekly", "w1", "2021W52", NULL, 1, "doses=8 beds=8 peak=1");
    rig_commit(&rig, "2022-02-01");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "202109"),
                        "1/1/1/0/0 doses=1*1 beds=1*1 peak=9*1");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "2021Q3"),
                        "1/1/1/0/0 doses=1*1 beds=1*1 peak=9*1");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "202111"),
                        "1/1/1/0/0 doses=2*1 beds=2*1 peak=2*1");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "202112"),
                        "2/2/2/0/0 doses=12*2 beds=8*2 peak=4*2");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "2021Q4"),
                        "3/3/3/0/0 doses=14*3 beds=8*3 peak=4*3");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "2022"), "");
    rig_withdraw(&rig, "weekly", "w1", "2021W52", NULL, 2);
    rig_withdraw(&rig, "weekly", "w1", "2021W39", NULL, 2);
    rig_commit(&rig, "2022-02-01");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "2021"),
                        "2/2/2/0/0 doses=6*2 beds=4*2 peak=4*2");
    assert_string_equal(rig_tally(&rig, "weekly", "w1", "2021Q3"), "");
    rig_close(&rig);
}

/* A sum that does not fit refuses the whole report, and nothing of it has moved. */
static void
test_sum_overflow(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    daily(&rig, "2021-11-15", "20211103", 1, "doses=9223372036854775000 peak=1");
    uint64_t rows = rig_rows(&rig, TABLE_TALLY);
    assert_string_equal(
        rig_tell(&rig, "2021-11-15", "daily", "w1", "20211105", NULL, 1, "peak=5 doses=1000"),
        "rejected sum-overflow doses |2021W44");
    assert_int_equal(rig_rows(&rig, TABLE_TALLY), rows);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"),
                        "1/0/1/0/0 doses=9223372036854775000*1 peak=1*1");
    /* another week of the same month: the week would fit, the month does not */
    assert_string_equal(
        rig_tell(&rig, "2021-11-15", "daily", "w1", "20211115", NULL, 1, "doses=1000"),
        "rejected sum-overflow doses |202111");
    assert_int_equal(rig_rows(&rig, TABLE_TALLY), rows);
    assert_int_equal(rig_rows(&rig, TABLE_REPORT), 1);
    /* on the way from one sum to the next it may pass the limit, the sums themselves may not */
    assert_string_equal(
        rig_tell(&rig, "2021-11-15", "daily", "w1", "20211105", NULL, 1, "doses=807"),
        "accepted late");
    assert_string_equal(rig_tell(&rig, "2021-11-15", "daily", "w1", "20211103", NULL, 2,
                                 "doses=9223372036854774999"),
                        "corrected late");
    assert_string_equal(
        rig_tell(&rig, "2021-11-15", "daily", "w1", "20211105", NULL, 2, "doses=808"),
        "corrected late");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"),
                        "2/0/2/0/0 doses=9223372036854775807*2");
    rig_close(&rig);
}

static void
test_outlier_arithmetic(void **test)
{
    (void)test;
    /* median 10.5, deviations 0.5 (twice) 1.5 2.5 3.5 4.5 (twice each): MAD 2.5, so ±12.5 */
    const int64_t ten[] = {6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const struct {
        int64_t value;
        bool outlier;
    } cases[] = {{23, false}, {24, true},        {-2, false},      {-3, true},
                 {10, false}, {INT64_MAX, true}, {INT64_MIN, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t series[10];
        memcpy(series, ten, sizeof(ten));
        assert_int_equal(outlier_is(cases[i].value, series, 10), cases[i].outlier);
        assert_false(outlier_is(cases[i].value, series, 9));
    }
    int64_t flat[11] = {4, 4, 4, 4, 4, 4, 9, 1, 2, 3, 5};
    assert_false(outlier_is(1000, flat, 11));
    int64_t wild[10] = {INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN,
                        INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX};
    assert_false(outlier_is(INT64_MAX, wild, 10));
}

static void
test_outlier_flag(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    char period[16], values[32];
    for (unsigned day = 1; day <= 10; day++) {
        snprintf(period, sizeof(period), "202111%02u", day);
        snprintf(values, sizeof(values), "doses=%u", 100 + day);
        rig_report(&rig, "daily", "w1", period, NULL, 1, values);
        /* another source's and another unit's are not its own usual */
        rig_report(&rig, "daily", "w1", period, "health", 1, "doses=100000");
        rig_report(&rig, "daily", "w2", period, NULL, 1, "doses=100000");
    }
    rig_commit(&rig, "2021-11-12");
    assert_string_equal(
        rig_tell(&rig, "2021-11-12", "daily", "w1", "20211111", NULL, 1, "doses=118"), "accepted");
    assert_string_equal(
        rig_tell(&rig, "2021-11-12", "daily", "w1", "20211111", NULL, 2, "doses=119"),
        "corrected outlier");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211111"), "1/1/1/0/1 doses=119*1");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021W45"), "4/1/4/3/1 doses=446*4");
    /* with fewer than ten before it nothing is judged: the 10th has nine */
    assert_string_equal(
        rig_tell(&rig, "2021-11-12", "daily", "w1", "20211110", NULL, 2, "doses=9000"),
        "corrected late");
    /* a tombstone among them is not a value: nine again */
    rig_withdraw(&rig, "daily", "w1", "20211101", NULL, 2);
    rig_commit(&rig, "2021-11-12");
    assert_string_equal(
        rig_tell(&rig, "2021-11-12", "daily", "w1", "20211111", NULL, 3, "doses=9000"),
        "corrected");
    assert_string_equal(rig_tally(&rig, "daily", "w1", "20211111"), "1/1/1/0/0 doses=9000*1");
    rig_close(&rig);
}

/* ---- a long random life of one unit, against tallies made from nothing ---- */

struct model {
    bool has[122][5]; /* by day from 2021-09-01; doses beds peak low temp */
    int64_t value[122][5];
    bool live[122];
};

static const char *const NAMES[] = {"doses", "beds", "peak", "low", "temp"};

static uint64_t
dice(uint64_t *seed, uint64_t sides)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % sides;
}

static void
model_change(struct rig *rig, struct model *m, uint64_t *seed, uint64_t revision, int32_t first)
{
    uint32_t day = (uint32_t)dice(seed, 122);
    char date[DATE_TEXT], text[128] = "";
    date_format(first + (int32_t)day, date);
    m->live[day] = dice(seed, 4) != 0;
    for (int i = 0; i < 5; i++) {
        m->has[day][i] = m->live[day] && dice(seed, 3) != 0;
        m->value[day][i] = (int64_t)dice(seed, 6);
        if (m->has[day][i]) {
            size_t len = strlen(text);
            snprintf(text + len, sizeof(text) - len, "%s=%lld ", NAMES[i],
                     (long long)m->value[day][i]);
        }
    }
    if (m->live[day]) {
        rig_report(rig, "daily", "w1", date, NULL, revision, text);
    } else {
        rig_withdraw(rig, "daily", "w1", date, NULL, revision);
    }
}

static int64_t
model_fold(int64_t sum, int64_t value, int indicator, bool first)
{
    switch (indicator) {
    case 0:
    case 4:
        return sum + value;
    case 1:
        return value;
    case 2:
        return first || value > sum ? value : sum;
    default:
        return first || value < sum ? value : sum;
    }
}

/* The cells of a period, from the days that count in it. */
static void
model_print(const struct model *m, struct period period, int32_t first_day, char *text, size_t size)
{
    unsigned received = 0, complete = 0;
    size_t len;
    char cells[200] = "";
    for (int i = 0; i < 5; i++) {
        int64_t value = 0;
        unsigned count = 0;
        for (int32_t day = 0; day < 122; day++) {
            if (period_of_day(period.gran, first_day + day).ordinal != period.ordinal) {
                continue;
            }
            received += i == 0 && m->live[day];
            complete += i == 0 && m->has[day][0];
            if (m->has[day][i]) {
                value = model_fold(value, m->value[day][i], i, count == 0);
                count++;
            }
        }
        len = strlen(cells);
        if (count != 0) {
            snprintf(cells + len, sizeof(cells) - len, " %s=%lld*%u", NAMES[i], (long long)value,
                     count);
        }
    }
    snprintf(text, size, "%u/%u%s", received, complete, received == 0 ? "" : cells);
}

/* "received/complete cells" of a stored row. */
static void
stored_print(struct rig *rig, struct period period, char *text, size_t size)
{
    char name[PERIOD_TEXT];
    unsigned received = 0, on_time, complete = 0;
    period_format(period, name);
    const char *tally = rig_tally(rig, "daily", "w1", name);
    const char *cells = strchr(tally, ' ');
    if (tally[0] != '\0') {
        assert_int_equal(sscanf(tally, "%u/%u/%u", &received, &on_time, &complete), 3);
    }
    snprintf(text, size, "%u/%u%s", received, complete, cells != NULL ? cells : "");
}

static void
model_compare(struct rig *rig, const struct model *m, int32_t first_day)
{
    char expected[256], stored[256];
    for (int gran = GRAN_DAY; gran <= GRAN_YEAR; gran++) {
        for (int32_t day = 0; day < 122; day++) {
            struct period period = period_of_day((enum granularity)gran, first_day + day);
            if (day != 0 &&
                period.ordinal ==
                    period_of_day((enum granularity)gran, first_day + day - 1).ordinal) {
                continue;
            }
            model_print(m, period, first_day, expected, sizeof(expected));
            stored_print(rig, period, stored, sizeof(stored));
            assert_string_equal(stored, expected);
        }
    }
}

static void
test_against_tallies_made_from_nothing(void **test)
{
    (void)test;
    int32_t first_day;
    assert_int_equal(date_parse(slice_text("2021-09-01"), &first_day), ERR_OK);
    for (uint64_t run = 1; run <= 3; run++) {
        struct rig rig;
        struct model model = {0};
        uint64_t seed = run * 0x9e3779b97f4a7c15u, revision = 1;
        rig_open(&rig, 1);
        struct unit_row row = rig_unit("w1//commune");
        struct campaign *campaign = rig_campaign_new(&rig);
        campaign->forms[0].expires = -1;
        campaign->rule_count = 0;
        rig_units(&rig, 101, &row, 1);
        rig_campaign(&rig, 102, campaign);
        rig_commit(&rig, "2021-12-31");
        print_message("seed %llu\n", (unsigned long long)run);
        for (int round = 0; round < 12; round++) {
            for (int i = 0; i < 40; i++) {
                model_change(&rig, &model, &seed, revision++, first_day);
            }
            rig_commit(&rig, "2021-12-31");
            model_compare(&rig, &model, first_day);
        }
        rig_close(&rig);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_late_and_on_time),
        cmocka_unit_test(test_over_time),
        cmocka_unit_test(test_weeks),
        cmocka_unit_test(test_sum_overflow),
        cmocka_unit_test(test_outlier_arithmetic),
        cmocka_unit_test(test_outlier_flag),
        cmocka_unit_test(test_against_tallies_made_from_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
