/* The oracle's calendar: the C library says what week, month and year a day is in. */
#include "tests/lib/oracle.h"

#include "common/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int32_t
oracle_day(int32_t year, int32_t month, int32_t day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    time_t t = timegm(&tm);
    return (int32_t)(t >= 0 ? t / 86400 : -((-t + 86399) / 86400));
}

static struct tm
tm_of(int32_t day)
{
    time_t t = (time_t)day * 86400;
    struct tm tm;
    CHECK(gmtime_r(&t, &tm) != NULL);
    return tm;
}

void
oracle_date(int32_t day, char text[16])
{
    struct tm tm = tm_of(day);
    CHECK(strftime(text, 16, "%Y-%m-%d", &tm) > 0);
}

static void
text_of(int32_t day, enum granularity gran, char text[16])
{
    struct tm tm = tm_of(day);
    char year[8], number[8];
    switch (gran) {
    case GRAN_DAY:
        CHECK(strftime(text, 16, "%Y%m%d", &tm) > 0);
        return;
    case GRAN_WEEK:
        CHECK(strftime(year, sizeof(year), "%G", &tm) > 0);
        CHECK(strftime(number, sizeof(number), "%V", &tm) > 0);
        snprintf(text, 16, "%sW%d", year, atoi(number));
        return;
    case GRAN_MONTH:
        CHECK(strftime(text, 16, "%Y%m", &tm) > 0);
        return;
    case GRAN_QUARTER:
        CHECK(strftime(year, sizeof(year), "%Y", &tm) > 0);
        snprintf(text, 16, "%sQ%c", year, '1' + tm.tm_mon / 3);
        return;
    case GRAN_YEAR:
        CHECK(strftime(text, 16, "%Y", &tm) > 0);
        return;
    }
    CHECK(!"a granularity");
}

/* A week counts where its Thursday does, everything else where any of its days does. */
static void
ups_fill(struct oracle_period *p)
{
    int32_t day = p->gran == GRAN_WEEK ? p->first + 3 : p->first;
    for (enum granularity gran = p->gran; gran <= GRAN_YEAR; gran++) {
        text_of(day, gran, p->up[gran]);
    }
}

static void
periods_of(struct oracle_days *days, enum granularity gran, int32_t first, int32_t last)
{
    uint32_t start = days->count;
    for (int32_t day = first; day <= last; day++) {
        char text[16];
        text_of(day, gran, text);
        struct oracle_period *before = days->count > start ? &days->periods[days->count - 1] : NULL;
        if (before != NULL && strcmp(before->text, text) == 0) {
            before->last = day;
            continue;
        }
        CHECK(days->count < ORACLE_PERIODS);
        struct oracle_period *p = &days->periods[days->count++];
        *p = (struct oracle_period){.gran = gran, .first = day, .last = day};
        snprintf(p->text, sizeof(p->text), "%s", text);
    }
    for (uint32_t i = start; i < days->count; i++) {
        ups_fill(&days->periods[i]);
    }
}

void
oracle_days_make(struct oracle_days *days, int32_t first_year)
{
    int32_t first = oracle_day(first_year, 1, 1), last = oracle_day(first_year + 1, 12, 31);
    int32_t monday = first, sunday = last;
    days->count = 0;
    /* Whole weeks, those whose Thursday is in the two years. */
    while (tm_of(monday).tm_wday != 1) {
        monday += tm_of(first).tm_wday >= 1 && tm_of(first).tm_wday <= 4 ? -1 : 1;
    }
    while (tm_of(sunday).tm_wday != 0) {
        sunday += tm_of(last).tm_wday >= 4 || tm_of(last).tm_wday == 0 ? 1 : -1;
    }
    for (enum granularity gran = GRAN_DAY; gran <= GRAN_YEAR; gran++) {
        bool week = gran == GRAN_WEEK;
        periods_of(days, gran, week ? monday : first, week ? sunday : last);
    }
}
