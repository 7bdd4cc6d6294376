/* Periods: what they hold, what they count in. Their text: period_text.c.
 *
 * Invariants: ordinals count from the period that holds 1970-01-01. Week w runs from Monday 7w - 3
 * to Sunday 7w + 3; 1970-01-01 was a Thursday, so the Thursday that decides where week w counts is
 * day 7w. Only week 0 reaches below DAY_MIN, only the last week above DAY_MAX. */
#include "common/period.h"
#include "common/calendar.h"
#include "common/check.h"

#define YEAR_FIRST 1970 /* of the ordinals */

static int32_t
first_day_of_month(int32_t months_since_1970)
{
    return day_of_date((struct date){YEAR_FIRST + months_since_1970 / 12,
                                     (uint32_t)(months_since_1970 % 12) + 1, 1});
}

/* For days of the calendar and of its first and last week. */
static struct period
period_at_date(enum granularity gran, int32_t day, struct date date)
{
    uint32_t years = (uint32_t)(date.year - YEAR_FIRST);
    switch (gran) {
    case GRAN_DAY:
        return (struct period){gran, (uint32_t)day};
    case GRAN_WEEK:
        return (struct period){gran, (uint32_t)(day + 3) / 7};
    case GRAN_MONTH:
        return (struct period){gran, years * 12 + date.month - 1};
    case GRAN_QUARTER:
        return (struct period){gran, years * 4 + (date.month - 1) / 3};
    case GRAN_YEAR:
        return (struct period){gran, years};
    }
    CHECK(!"a granularity");
}

static struct period
period_at(enum granularity gran, int32_t day)
{
    return period_at_date(gran, day, date_of_day(day));
}

struct period
period_of_day(enum granularity gran, int32_t day)
{
    return period_at(gran, day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : day);
}

/* Of the period that begins `n` periods after this one. */
static int32_t
first_day_after(struct period period, uint32_t n)
{
    int32_t ordinal = (int32_t)(period.ordinal + n);
    switch (period.gran) {
    case GRAN_DAY:
        return ordinal;
    case GRAN_WEEK:
        return ordinal * 7 - 3;
    case GRAN_MONTH:
        return first_day_of_month(ordinal);
    case GRAN_QUARTER:
        return first_day_of_month(ordinal * 3);
    case GRAN_YEAR:
        return first_day_of_month(ordinal * 12);
    }
    CHECK(!"a granularity");
}

int32_t
period_first_day(struct period period)
{
    return first_day_after(period, 0);
}

int32_t
period_last_day(struct period period)
{
    return first_day_after(period, 1) - 1;
}

/* The day by which a period counts in coarser ones. */
static int32_t
deciding_day(struct period period)
{
    return period.gran == GRAN_WEEK ? (int32_t)period.ordinal * 7 : period_first_day(period);
}

struct period
period_up(struct period period, enum granularity gran)
{
    CHECK(gran >= period.gran);
    return gran == period.gran ? period : period_at(gran, deciding_day(period));
}

void
period_up_all(struct period period, uint32_t ordinals[GRAN_YEAR + 1])
{
    int32_t day = deciding_day(period);
    struct date date = date_of_day(day);
    ordinals[period.gran] = period.ordinal;
    for (int gran = period.gran + 1; gran <= GRAN_YEAR; gran++) {
        ordinals[gran] = period_at_date((enum granularity)gran, day, date).ordinal;
    }
}

struct period
period_next(struct period period)
{
    return (struct period){period.gran, period.ordinal + 1};
}

void
period_finer(struct period coarse, enum granularity gran, struct period *first, struct period *last)
{
    CHECK(gran <= coarse.gran);
    int32_t from = period_first_day(coarse);
    int32_t to = period_last_day(coarse);
    if (gran == coarse.gran) {
        *first = *last = coarse;
    } else if (gran == GRAN_WEEK) {
        /* The weeks whose Thursdays, the multiples of 7, lie within. */
        *first = (struct period){gran, (uint32_t)(from + 6) / 7};
        *last = (struct period){gran, (uint32_t)to / 7};
    } else {
        *first = period_at(gran, from < DAY_MIN ? DAY_MIN : from);
        *last = period_at(gran, to);
    }
}

bool
period_equal(struct period a, struct period b)
{
    return a.gran == b.gran && a.ordinal == b.ordinal;
}

static const char *const granularity_names[] = {
    [GRAN_DAY] = "day",         [GRAN_WEEK] = "week", [GRAN_MONTH] = "month",
    [GRAN_QUARTER] = "quarter", [GRAN_YEAR] = "year",
};

const char *
granularity_name(enum granularity gran)
{
    CHECK(gran >= GRAN_DAY && gran <= GRAN_YEAR);
    return granularity_names[gran];
}

enum err
granularity_parse(struct slice text, enum granularity *gran)
{
    for (enum granularity g = GRAN_DAY; g <= GRAN_YEAR; g++) {
        if (slice_is(text, granularity_names[g])) {
            *gran = g;
            return ERR_OK;
        }
    }
    return ERR_FORMAT;
}
