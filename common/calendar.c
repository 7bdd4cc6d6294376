/* Days and dates. Both ways count from 1 March: see days_before_month. */
#include "common/calendar.h"

#include <stdbool.h>

#define DAYS_OF_ERA 146097 /* 400 Gregorian years; after them leap years and weekdays repeat */
#define DAYS_OF_CENTURY 36524
#define DAYS_OF_FOUR_YEARS 1461
#define DAY_OF_EPOCH 719468 /* 1970-01-01, counted from 0000-03-01 */

/* The year is thought to begin on 1 March: a leap day is then the last day of its year, and the
 * lengths of the months before it (31 30 31 30 31, twice, 31) are a straight line's: 153 days in
 * five months. */
static int32_t
days_before_month(int32_t months_since_march)
{
    return (153 * months_since_march + 2) / 5;
}

int32_t
day_of_date(struct date date)
{
    bool after_february = date.month > 2;
    int32_t year = date.year - !after_february;
    int32_t month = (int32_t)date.month + (after_february ? -3 : 9);
    int32_t leap_days = (int32_t)(floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400));
    return year * 365 + leap_days + days_before_month(month) + (int32_t)date.day - 1 - DAY_OF_EPOCH;
}

static int32_t
at_most_3(int32_t n)
{
    return n > 3 ? 3 : n;
}

struct date
date_of_day(int32_t day)
{
    int64_t since = (int64_t)day + DAY_OF_EPOCH;
    int64_t era = floor_div(since, DAYS_OF_ERA);
    int32_t left = (int32_t)(since - era * DAYS_OF_ERA);
    /* An era is four centuries and a day, four years are four times a year and a day. That last
     * day, 29 February, would begin a fifth: it belongs to the fourth. */
    int32_t centuries = at_most_3(left / DAYS_OF_CENTURY);
    left -= centuries * DAYS_OF_CENTURY;
    int32_t fours = left / DAYS_OF_FOUR_YEARS;
    left -= fours * DAYS_OF_FOUR_YEARS;
    int32_t ones = at_most_3(left / 365);
    left -= ones * 365;

    int32_t month = (5 * left + 2) / 153; /* since March; days_before_month turned round */
    bool next_year = month >= 10;
    return (struct date){
        .year = (int32_t)(era * 400) + centuries * 100 + fours * 4 + ones + next_year,
        .month = (uint32_t)(month + (next_year ? -9 : 3)),
        .day = (uint32_t)(left - days_before_month(month) + 1),
    };
}
