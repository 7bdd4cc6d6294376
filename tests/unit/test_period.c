/* The calendar against an oracle that counts: every day from 1970-01-01 to 2199-12-31, one by one,
 * with nothing but the lengths of months and the order of weekdays. */
#include "common/calendar.h"
#include "common/period.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

struct oracle {
    int32_t day;
    unsigned year, month, in_month; /* from 1 */
    unsigned weekday;               /* 1 Monday to 7 Sunday */
};

static bool
is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned
month_length(unsigned year, unsigned month)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

static void
oracle_next(struct oracle *o)
{
    o->day++;
    o->weekday = o->weekday % 7 + 1;
    if (++o->in_month > month_length(o->year, o->month)) {
        o->in_month = 1;
        if (++o->month > 12) {
            o->month = 1;
            o->year++;
        }
    }
}

/* The Thursday of the week that holds `o`, and how many Thursdays of its year came until then. */
static struct oracle
oracle_thursday(struct oracle o, unsigned *week)
{
    unsigned day_of_year = o.in_month;
    for (unsigned m = 1; m < o.month; m++) {
        day_of_year += month_length(o.year, m);
    }
    int thursday = (int)day_of_year + 4 - (int)o.weekday;
    int length = 365 + is_leap(o.year);
    if (thursday < 1) {
        o.year--;
        thursday += 365 + is_leap(o.year);
    } else if (thursday > length) {
        o.year++;
        thursday -= length;
    }
    *week = ((unsigned)thursday - 1) / 7 + 1;
    o.month = 1;
    while ((unsigned)thursday > month_length(o.year, o.month)) {
        thursday -= (int)month_length(o.year, o.month++);
    }
    o.in_month = (unsigned)thursday;
    return o;
}

static struct period
parsed(const char *text)
{
    struct period period;
    if (period_parse(slice_text(text), &period) != ERR_OK) {
        fail_msg("not parsed: %s", text);
    }
    return period;
}

/* The period of a day must have this text, hold the day, and be read back from its text. */
static void
check_period(const struct oracle *o, enum granularity gran, const char *expected)
{
    char text[PERIOD_TEXT];
    struct period period = period_of_day(gran, o->day);
    period_format(period, text);
    assert_string_equal(text, expected);
    assert_true(period_first_day(period) <= o->day && period_last_day(period) >= o->day);
    assert_true(period_equal(parsed(text), period));
}

static void
check_day(const struct oracle *o)
{
    char expected[32];
    char text[DATE_TEXT];
    int32_t day;
    unsigned week;
    struct oracle thursday = oracle_thursday(*o, &week);

    snprintf(expected, sizeof expected, "%04u-%02u-%02u", o->year, o->month, o->in_month);
    date_format(o->day, text);
    assert_string_equal(text, expected);
    assert_int_equal(date_parse(slice_text(text), &day), ERR_OK);
    assert_int_equal(day, o->day);

    snprintf(expected, sizeof expected, "%04u%02u%02u", o->year, o->month, o->in_month);
    check_period(o, GRAN_DAY, expected);
    snprintf(expected, sizeof expected, "%04uW%u", thursday.year, week);
    check_period(o, GRAN_WEEK, expected);
    snprintf(expected, sizeof expected, "%04u%02u", o->year, o->month);
    check_period(o, GRAN_MONTH, expected);
    snprintf(expected, sizeof expected, "%04uQ%u", o->year, (o->month + 2) / 3);
    check_period(o, GRAN_QUARTER, expected);
    snprintf(expected, sizeof expected, "%04u", o->year);
    check_period(o, GRAN_YEAR, expected);
}

static void
test_every_day(void **state)
{
    (void)state;
    struct oracle o = {.day = 0, .year = 1970, .month = 1, .in_month = 1, .weekday = 4};
    for (; o.year < 2200; oracle_next(&o)) {
        check_day(&o);
    }
    assert_int_equal(o.day, DAY_MAX + 1);
}

/* Beyond the calendar too, four centuries each way: a leap day that is the last of its era, a century
 * without one. */
static void
test_far_days(void **state)
{
    (void)state;
    static const struct {
        struct date date;
        int32_t day;
    } known[] = {
        {{2000, 2, 29}, 11016}, {{2000, 3, 1}, 11017},    {{1900, 2, 28}, -25509},
        {{1900, 3, 1}, -25508}, {{1600, 2, 29}, -135081}, {{1, 1, 1}, -719162},
        {{0, 2, 29}, -719469},  {{2400, 2, 29}, 157113},  {{9999, 12, 31}, 2932896},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct date date = date_of_day(known[i].day);
        assert_int_equal(day_of_date(known[i].date), known[i].day);
        assert_int_equal(date.year, known[i].date.year);
        assert_int_equal(date.month, known[i].date.month);
        assert_int_equal(date.day, known[i].date.day);
    }
}

/* A week counts in the month, quarter and year of its Thursday. */
static void
test_week_up(void **state)
{
    (void)state;
    struct oracle o = {.day = 0, .year = 1970, .month = 1, .in_month = 1, .weekday = 4};
    for (; o.year < 2199; oracle_next(&o)) {
        unsigned week;
        char expected[16];
        char text[PERIOD_TEXT];
        struct oracle thursday = oracle_thursday(o, &week);
        struct period period = period_of_day(GRAN_WEEK, o.day);
        snprintf(expected, sizeof expected, "%04u%02u", thursday.year, thursday.month);
        period_format(period_up(period, GRAN_MONTH), text);
        assert_string_equal(text, expected);
        snprintf(expected, sizeof expected, "%04u", thursday.year);
        period_format(period_up(period, GRAN_YEAR), text);
        assert_string_equal(text, expected);
    }
}

/* For each coarse period: its finer ones are those, and only those, that count up to it; and they
 * are beside one another. */
static void
test_finer_is_up_reversed(void **state)
{
    (void)state;
    for (enum granularity coarse = GRAN_DAY; coarse <= GRAN_YEAR; coarse++) {
        for (enum granularity gran = GRAN_DAY; gran <= coarse; gran++) {
            struct period period = period_of_day(coarse, 400);
            for (int i = 0; i < 60; i++, period = period_next(period)) {
                struct period first;
                struct period last;
                period_finer(period, gran, &first, &last);
                assert_true(first.ordinal <= last.ordinal);
                assert_true(period_equal(period_up(first, coarse), period));
                assert_true(period_equal(period_up(last, coarse), period));
                uint32_t ordinals[GRAN_YEAR + 1];
                period_up_all(last, ordinals);
                assert_int_equal(ordinals[coarse], period.ordinal);
                assert_int_equal(ordinals[gran], last.ordinal);
                assert_false(period_equal(period_up(period_next(last), coarse), period));
                first.ordinal--;
                assert_false(period_equal(period_up(first, coarse), period));
            }
        }
    }
}

static void
test_neighbours_touch(void **state)
{
    (void)state;
    for (enum granularity gran = GRAN_DAY; gran <= GRAN_YEAR; gran++) {
        struct period end = period_of_day(gran, DAY_MAX);
        for (struct period p = {gran, 0}; p.ordinal < end.ordinal; p = period_next(p)) {
            assert_int_equal(period_last_day(p) + 1, period_first_day(period_next(p)));
        }
    }
}

static void
test_edges(void **state)
{
    (void)state;
    struct period first;
    struct period last;
    assert_int_equal(period_first_day((struct period){GRAN_WEEK, 0}), -3);
    assert_int_equal(period_last_day(parsed("2200W1")), DAY_MAX + 5);
    assert_true(period_equal(period_of_day(GRAN_MONTH, -1), parsed("197001")));
    assert_true(period_equal(period_of_day(GRAN_WEEK, INT32_MIN), parsed("1970W1")));
    assert_true(period_equal(period_of_day(GRAN_DAY, INT32_MAX), parsed("21991231")));
    period_finer(parsed("1970W1"), GRAN_DAY, &first, &last);
    assert_int_equal(first.ordinal, 0);
    assert_int_equal(last.ordinal, 3);
    period_finer(parsed("1970"), GRAN_WEEK, &first, &last);
    assert_int_equal(first.ordinal, 0);
    assert_int_equal(last.ordinal, 52);
}

static void
test_known_weeks(void **state)
{
    (void)state;
    int32_t day;
    assert_int_equal(date_parse(slice_text("2021-01-03"), &day), ERR_OK);
    assert_true(period_equal(period_of_day(GRAN_WEEK, day), parsed("2020W53")));
    assert_true(period_equal(period_of_day(GRAN_WEEK, day + 1), parsed("2021W1")));
    assert_true(period_equal(parsed("2021W04"), parsed("2021W4")));
    assert_true(period_equal(parsed("2021-11-05"), parsed("20211105")));
    assert_true(period_equal(period_up(parsed("20211105"), GRAN_WEEK), parsed("2021W44")));
}

static void
test_refused_periods(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "2",           "202",      "1969",     "2200",        "20211",
        "2021Q0",     "2021Q5",      "2021Q",    "2021Q11",  "2021W0",      "2021W00",
        "2021W53",    "2021W",       "2021W123", "2200W2",   "1969W1",      "202100",
        "202113",     "20210229",    "20211131", "20211100", "2021-11-5",   "2021-1-05",
        "2021/11/05", "2021-11-051", " 2021",    "2021 ",    "2021q1",      "2021w1",
        "+2021",      "2021-11",     "x",        "19691231", "22000101",    "220001",
        "2200Q1",     "2021W-1",     "2021W 4",  "2021\n",   "2021110five",
    };
    struct period period;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (period_parse(slice_text(wrong[i]), &period) != ERR_FORMAT) {
            fail_msg("parsed: “%s”", wrong[i]);
        }
    }
    assert_int_equal(period_parse(slice_of("2021\0", 5), &period), ERR_FORMAT);
    assert_int_equal(period_parse(slice_of(NULL, 0), &period), ERR_FORMAT);
}

static void
test_granularity_names(void **state)
{
    (void)state;
    enum granularity gran;
    for (enum granularity g = GRAN_DAY; g <= GRAN_YEAR; g++) {
        assert_int_equal(granularity_parse(slice_text(granularity_name(g)), &gran), ERR_OK);
        assert_int_equal(gran, g);
    }
    assert_int_equal(granularity_parse(slice_text("days"), &gran), ERR_FORMAT);
    assert_int_equal(granularity_parse(slice_of(NULL, 0), &gran), ERR_FORMAT);
}

static void
test_utc_offset(void **state)
{
    (void)state;
    char text[7];
    int32_t minutes;
    assert_int_equal(utc_offset_parse(slice_text("+07:00"), &minutes), ERR_OK);
    assert_int_equal(minutes, 420);
    assert_int_equal(utc_offset_parse(slice_text("-03:30"), &minutes), ERR_OK);
    assert_int_equal(minutes, -210);
    assert_int_equal(utc_offset_parse(slice_text("+00:00"), &minutes), ERR_OK);
    assert_int_equal(minutes, 0);
    for (int32_t m = -14 * 60; m <= 14 * 60; m++) {
        utc_offset_format(m, text);
        assert_int_equal(utc_offset_parse(slice_text(text), &minutes), ERR_OK);
        assert_int_equal(minutes, m);
    }
    static const char *const wrong[] = {"",       "7",      "+7:00",   "07:00",
                                        "+07:60", "+14:01", "+07:00 ", "z"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(utc_offset_parse(slice_text(wrong[i]), &minutes), ERR_FORMAT);
    }
}

static void
check_time(const char *text, int64_t expected_us)
{
    int64_t time_us;
    assert_int_equal(time_parse(slice_text(text), &time_us), ERR_OK);
    assert_true(time_us == expected_us);
}

static void
test_times(void **state)
{
    (void)state;
    int64_t time_us;
    char text[32];
    check_time("1970-01-01T00:00Z", 0);
    check_time("1970-01-01T00:00:00+07:00", -INT64_C(25200000000));
    check_time("2021-11-05T08:00:00+07:00", INT64_C(1636074000000000));
    check_time("2021-11-05T08:00+07:00", INT64_C(1636074000000000));
    check_time("2021-11-05T01:00:00.123456Z", INT64_C(1636074000123456));
    check_time("2021-11-05T01:00:00.5Z", INT64_C(1636074000500000));
    static const char *const wrong[] = {
        "2021-11-05",
        "2021-11-05T08:00",
        "2021-11-05T24:00Z",
        "2021-11-05T08:60Z",
        "2021-11-05T08:00:60Z",
        "2021-11-05 08:00Z",
        "2021-11-05T08:00:00.Z",
        "2021-11-05T8:00Z",
        "2021-11-05T08:00Zx",
        "2021-11-05T08:00:00.1234567Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(time_parse(slice_text(wrong[i]), &time_us), ERR_FORMAT);
    }
    time_format(INT64_C(1636074000123456), 0, text);
    assert_string_equal(text, "2021-11-05T01:00:00.123Z");
    time_format(INT64_C(1636074000123456), 420, text);
    assert_string_equal(text, "2021-11-05T08:00:00.123+07:00");
    time_format(-1, 0, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void
test_local_day(void **state)
{
    (void)state;
    assert_int_equal(day_of_time(0, 0), 0);
    assert_int_equal(day_of_time(-1, 0), -1);
    assert_int_equal(day_of_time(0, -1), -1);
    assert_int_equal(day_of_time(INT64_C(86400000000) - 1, 0), 0);
    assert_int_equal(day_of_time(INT64_C(61200000000), 420),
                     1); /* 17:00 UTC is midnight at +07:00 */
    assert_int_equal(day_of_time(INT64_C(61199999999), 420), 0);
    /* The ends of int64 are days too, and their text stays within its room. */
    char text[32];
    time_format(INT64_MAX, 840, text);
    time_format(INT64_MIN, -840, text);
    assert_true(day_of_time(INT64_MAX, 840) > DAY_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_far_days),
        cmocka_unit_test(test_week_up),
        cmocka_unit_test(test_finer_is_up_reversed),
        cmocka_unit_test(test_neighbours_touch),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_known_weeks),
        cmocka_unit_test(test_refused_periods),
        cmocka_unit_test(test_granularity_names),
        cmocka_unit_test(test_utc_offset),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_local_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
