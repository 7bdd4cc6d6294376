/* The proleptic Gregorian calendar: a day's number to its date and back, exact for every day that
 * the numbers hold. For period.h, which says what the days are used for. */
#ifndef COMMON_CALENDAR_H
#define COMMON_CALENDAR_H

#include <stdint.h>

struct date {
    int32_t year;
    uint32_t month; /* 1 to 12 */
    uint32_t day;   /* 1 to 31 */
};

/* Days since 1970-01-01. A day beyond its month's end counts on into the next. */
int32_t day_of_date(struct date date);
struct date date_of_day(int32_t day);

/* a / b rounded down, b > 0: the days and seconds before 1970 too. */
static inline int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

#endif
