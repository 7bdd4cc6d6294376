/* Dates, periods, offsets from UTC and moments as text. Reading takes what is written here and the
 * other spellings that period.h names, nothing else: what stands behind them is a mistake. */
#include "common/calendar.h"
#include "common/period.h"

#define YEAR_MIN 1970
#define YEAR_MAX 2199
#define DAY_US INT64_C(86400000000)
#define OFFSET_MAX (14 * 60) /* minutes: no place on earth is further from UTC */

/* Reads exactly `count` digits and moves past them. */
static bool
read_digits(struct slice *text, unsigned count, uint32_t *value)
{
    uint32_t v = 0;
    if (text->len < count) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        uint8_t c = text->data[i];
        if (c < '0' || c > '9') {
            return false;
        }
        v = v * 10 + (c - '0');
    }
    *text = slice_of(text->data + count, text->len - count);
    *value = v;
    return true;
}

static bool
read_char(struct slice *text, char c)
{
    if (text->len == 0 || text->data[0] != (uint8_t)c) {
        return false;
    }
    *text = slice_of(text->data + 1, text->len - 1);
    return true;
}

static char *
write_digits(char *at, uint32_t value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

/* 2021-11-05 with `separated`, 20211105 without. */
static bool
read_date(struct slice *text, bool separated, int32_t *day)
{
    uint32_t year;
    struct date date;
    if (!read_digits(text, 4, &year) || (separated && !read_char(text, '-')) ||
        !read_digits(text, 2, &date.month) || (separated && !read_char(text, '-')) ||
        !read_digits(text, 2, &date.day)) {
        return false;
    }
    date.year = (int32_t)year;
    if (year < YEAR_MIN || year > YEAR_MAX || date.month < 1 || date.month > 12 || date.day < 1) {
        return false;
    }
    *day = day_of_date(date);
    /* A day that its month does not have comes out in the month after. */
    return date_of_day(*day).month == date.month;
}

static char *
write_date(char *at, int32_t day, const char *separator)
{
    struct date date = date_of_day(day);
    size_t len = strlen(separator);
    at = write_digits(at, (uint32_t)date.year, 4);
    at = (char *)memcpy(at, separator, len) + len;
    at = write_digits(at, date.month, 2);
    at = (char *)memcpy(at, separator, len) + len;
    return write_digits(at, date.day, 2);
}

/* A week is named after the year of its Thursday. */
static int32_t
naming_day(struct period period)
{
    return period_first_day(period) + (period.gran == GRAN_WEEK ? 3 : 0);
}

/* W1 or W01 to W53, where the year has that week. */
static bool
read_week(struct slice text, uint32_t year, struct period *period)
{
    uint32_t week;
    if (!read_digits(&text, text.len == 1 ? 1 : 2, &week) || text.len != 0 || week < 1) {
        return false;
    }
    /* 4 January is always in week 1: the Thursday of its week is in the year. */
    struct period first = period_of_day(GRAN_WEEK, day_of_date((struct date){(int32_t)year, 1, 4}));
    *period = (struct period){GRAN_WEEK, first.ordinal + week - 1};
    return date_of_day(naming_day(*period)).year == (int32_t)year &&
           period_first_day(*period) <= DAY_MAX;
}

/* What stands behind the year: "", "11", "Q4" or "W45". */
static bool
read_in_year(struct slice text, uint32_t year, struct period *period)
{
    uint32_t years = year - YEAR_MIN;
    uint32_t n;
    if (text.len == 0) {
        *period = (struct period){GRAN_YEAR, years};
        return year <= YEAR_MAX;
    }
    if (read_char(&text, 'W')) {
        return read_week(text, year, period);
    }
    if (read_char(&text, 'Q')) {
        if (!read_digits(&text, 1, &n) || n < 1 || n > 4) {
            return false;
        }
        *period = (struct period){GRAN_QUARTER, years * 4 + n - 1};
    } else {
        if (!read_digits(&text, 2, &n) || n < 1 || n > 12) {
            return false;
        }
        *period = (struct period){GRAN_MONTH, years * 12 + n - 1};
    }
    return text.len == 0 && year <= YEAR_MAX;
}

enum err
period_parse(struct slice text, struct period *period)
{
    int32_t day;
    if (text.len == 8 || text.len == 10) {
        if (!read_date(&text, text.len == 10, &day)) {
            return ERR_FORMAT;
        }
        *period = (struct period){GRAN_DAY, (uint32_t)day};
        return ERR_OK;
    }
    uint32_t year;
    if (!read_digits(&text, 4, &year) || year < YEAR_MIN || !read_in_year(text, year, period)) {
        return ERR_FORMAT;
    }
    return ERR_OK;
}

void
period_format(struct period period, char text[PERIOD_TEXT])
{
    struct date date = date_of_day(naming_day(period));
    char *at = write_digits(text, (uint32_t)date.year, 4);
    if (period.gran == GRAN_DAY) {
        at = write_date(text, period_first_day(period), "");
    } else if (period.gran == GRAN_WEEK) {
        int32_t new_year = day_of_date((struct date){date.year, 1, 1});
        uint32_t week = (uint32_t)(naming_day(period) - new_year) / 7 + 1;
        *at++ = 'W';
        at = write_digits(at, week, week < 10 ? 1 : 2);
    } else if (period.gran == GRAN_MONTH) {
        at = write_digits(at, date.month, 2);
    } else if (period.gran == GRAN_QUARTER) {
        *at++ = 'Q';
        at = write_digits(at, (date.month - 1) / 3 + 1, 1);
    }
    *at = '\0';
}

enum err
date_parse(struct slice text, int32_t *day)
{
    return read_date(&text, true, day) && text.len == 0 ? ERR_OK : ERR_FORMAT;
}

void
date_format(int32_t day, char text[DATE_TEXT])
{
    *write_date(text, day, "-") = '\0';
}

enum err
utc_offset_parse(struct slice text, int32_t *minutes)
{
    if (slice_is(text, "Z")) {
        *minutes = 0;
        return ERR_OK;
    }
    bool west = read_char(&text, '-');
    uint32_t hour;
    uint32_t minute;
    if ((!west && !read_char(&text, '+')) || !read_digits(&text, 2, &hour) ||
        !read_char(&text, ':') || !read_digits(&text, 2, &minute) || text.len != 0 || minute > 59 ||
        hour * 60 + minute > OFFSET_MAX) {
        return ERR_FORMAT;
    }
    int32_t east = (int32_t)(hour * 60 + minute);
    *minutes = west ? -east : east;
    return ERR_OK;
}

void
utc_offset_format(int32_t minutes, char text[7])
{
    if (minutes == 0) {
        memcpy(text, "Z", 2);
        return;
    }
    uint32_t distance = (uint32_t)(minutes < 0 ? -minutes : minutes);
    text[0] = minutes < 0 ? '-' : '+';
    write_digits(text + 1, distance / 60, 2);
    text[3] = ':';
    write_digits(text + 4, distance % 60, 2);
    text[6] = '\0';
}

/* Whole seconds before the offset is added: the ends of int64 have no room for it. */
static int64_t
local_second(int64_t time_us, int32_t offset_minutes)
{
    return floor_div(time_us, 1000000) + (int64_t)offset_minutes * 60;
}

int32_t
day_of_time(int64_t time_us, int32_t offset_minutes)
{
    return (int32_t)floor_div(local_second(time_us, offset_minutes), 86400);
}

/* 08:00, 08:00:30 or 08:00:30.123456 to µs since midnight. */
static bool
read_clock(struct slice *text, int64_t *us)
{
    uint32_t hour;
    uint32_t minute;
    uint32_t second = 0;
    uint32_t fraction = 0;
    if (!read_digits(text, 2, &hour) || !read_char(text, ':') || !read_digits(text, 2, &minute) ||
        (read_char(text, ':') && !read_digits(text, 2, &second))) {
        return false;
    }
    if (read_char(text, '.')) {
        uint32_t digit;
        uint32_t unit = 100000;
        if (!read_digits(text, 1, &digit)) {
            return false;
        }
        do {
            fraction += digit * unit;
            unit /= 10;
        } while (unit > 0 && read_digits(text, 1, &digit));
    }
    *us = ((int64_t)hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    return hour <= 23 && minute <= 59 && second <= 59;
}

enum err
time_parse(struct slice text, int64_t *time_us)
{
    int32_t day;
    int64_t us;
    int32_t offset;
    if (!read_date(&text, true, &day) || !read_char(&text, 'T') || !read_clock(&text, &us) ||
        utc_offset_parse(text, &offset) != ERR_OK) {
        return ERR_FORMAT;
    }
    *time_us = day * DAY_US + us - (int64_t)offset * 60 * 1000000;
    return ERR_OK;
}

void
time_format(int64_t time_us, int32_t offset_minutes, char text[32])
{
    int64_t second = local_second(time_us, offset_minutes);
    int32_t day = day_of_time(time_us, offset_minutes);
    uint32_t in_day = (uint32_t)(second - (int64_t)day * 86400);
    uint32_t ms = (uint32_t)((time_us % 1000000 + 1000000) % 1000000 / 1000);
    char *at = write_date(text, day, "-");
    *at++ = 'T';
    at = write_digits(at, in_day / 3600, 2);
    *at++ = ':';
    at = write_digits(at, in_day / 60 % 60, 2);
    *at++ = ':';
    at = write_digits(at, in_day % 60, 2);
    *at++ = '.';
    at = write_digits(at, ms, 3);
    utc_offset_format(offset_minutes, at);
}
