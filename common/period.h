/* Days, and the periods that reports are about, written as DHIS2 writes them:
 *     20211105   2021W45   202111   2021Q4   2021
 * 2021-11-05 is read as a day too, and 2021W04 as 2021W4, which is how DHIS2 writes it (yyyyWn).
 * Weeks are ISO 8601's: Monday first, numbered by the year of their Thursday; a week counts in the
 * month, quarter and year of its Thursday. Calendar: proleptic Gregorian, years 1970 to 2199.
 * Source: DHIS2 developer guide, "Date and period format"; ISO 8601-1:2019, 4.2.2. */
#ifndef COMMON_PERIOD_H
#define COMMON_PERIOD_H

#include "common/err.h"
#include "common/slice.h"

/* Finer before coarser. The numbers are stored: never change one. */
enum granularity { GRAN_DAY = 1, GRAN_WEEK, GRAN_MONTH, GRAN_QUARTER, GRAN_YEAR };

struct period {
    enum granularity gran;
    uint32_t ordinal; /* 0 is the one that holds 1970-01-01; sorts as time does */
};

#define PERIOD_TEXT 12 /* room for any period's text with its zero */
#define DATE_TEXT 11   /* 2021-11-05 and its zero */
#define DAY_MIN 0      /* 1970-01-01 */
#define DAY_MAX 84005  /* 2199-12-31: days since 1970-01-01 */

enum err period_parse(struct slice text, struct period *period) MUST_CHECK; /* ERR_FORMAT */
void period_format(struct period period, char text[PERIOD_TEXT]);
bool period_equal(struct period a, struct period b);

/* Days since 1970-01-01, both inclusive. The first week begins on day -3, the last ends later than
 * DAY_MAX. */
int32_t period_first_day(struct period period);
int32_t period_last_day(struct period period);
/* A day outside the calendar (a clock that is wrong) counts as the nearest day inside. */
struct period period_of_day(enum granularity gran, int32_t day);
/* The coarser (or same) period that this one counts in. `gran` must not be finer. */
struct period period_up(struct period period, enum granularity gran);
/* All of them at once, by granularity: ordinals[g] is that of period_up(period, g), for `period`'s own
 * granularity and every coarser one; the finer ones are left as they are. */
void period_up_all(struct period period, uint32_t ordinals[GRAN_YEAR + 1]);
struct period period_next(struct period period);
/* The finer periods that count in `coarse`: first and last, inclusive. `gran` must not be
 * coarser. */
void period_finer(struct period coarse, enum granularity gran, struct period *first,
                  struct period *last);

const char *granularity_name(enum granularity gran); /* "day" ... "year" */
enum err granularity_parse(struct slice text, enum granularity *gran) MUST_CHECK;

/* 2021-11-05 */
enum err date_parse(struct slice text, int32_t *day) MUST_CHECK;
void date_format(int32_t day, char text[DATE_TEXT]);
/* "+07:00", "-03:30", "Z" to minutes, at most 14 hours, and back (7 bytes with the zero; 0 is
 * "Z") */
enum err utc_offset_parse(struct slice text, int32_t *minutes) MUST_CHECK;
void utc_offset_format(int32_t minutes, char text[7]);
/* The local day of a moment. */
int32_t day_of_time(int64_t time_us, int32_t offset_minutes);
/* 2021-11-05T08:00:00+07:00, seconds and their fraction optional, the offset not; written with
 * milliseconds: 2021-11-05T08:00:00.000+07:00, ending in Z where the offset is 0. */
enum err time_parse(struct slice text, int64_t *time_us) MUST_CHECK;
void time_format(int64_t time_us, int32_t offset_minutes, char text[32]);

#endif
