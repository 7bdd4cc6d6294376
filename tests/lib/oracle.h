/* A second opinion: what the state machine and the query worker ought to say, worked out again from
 * the accepted reports by the plainest means: days counted one by one, periods known by their text
 * as the C library writes it, no tables, no differences, no codecs. Slow, and wrong in other ways
 * than what it judges.
 *
 *   oracle_days.c     the calendar: days, and the periods that they make
 *   oracle.c          units, the life of a report, what a unit's period holds
 *   oracle_answers.c  roll-ups, as the JSON that query_site.h prints */
#ifndef TESTS_LIB_ORACLE_H
#define TESTS_LIB_ORACLE_H

#include "common/buf.h"
#include "common/decimal.h"
#include "proto/campaign.h"

#define ORACLE_UNITS 14
#define ORACLE_ROWS 64
#define ORACLE_FORMS 5
#define ORACLE_INDICATORS 20 /* every over_time with every over_units */
#define ORACLE_SOURCES 2
#define ORACLE_DAYS 800
#define ORACLE_PERIODS 1200
#define ORACLE_REPORTS 4000

/* ---- the calendar: two years ---- */

struct oracle_period {
    enum granularity gran;
    int32_t first, last; /* days */
    char text[16];
    char up[GRAN_YEAR + 1][16]; /* the text of what it counts in, "" where that is finer */
};

struct oracle_days {
    struct oracle_period periods[ORACLE_PERIODS];
    uint32_t count;
};

void oracle_days_make(struct oracle_days *days, int32_t first_year);
/* 1970-01-01 is 0. */
int32_t oracle_day(int32_t year, int32_t month, int32_t day);
void oracle_date(int32_t day, char text[16]);

/* ---- what the oracle knows ---- */

struct oracle_row { /* of the registry */
    int32_t unit, parent, from, to;
    const char *level, *name;
};

struct oracle_form {
    char code[8];
    bool live; /* false: the campaign has left it out */
    enum granularity gran;
    const char *level; /* NULL: every unit */
    uint32_t asks[ORACLE_INDICATORS], ask_count;
    bool required[ORACLE_INDICATORS];
    uint32_t sources[ORACLE_SOURCES], source_count;
    int32_t due, expires;
};

struct oracle_values {
    bool has[ORACLE_INDICATORS];
    int64_t value[ORACLE_INDICATORS];
};

struct oracle_report {
    uint32_t form, period, source;
    int32_t unit;
    uint64_t revision;
    bool there, withdrawn, on_time, merge;
    bool named[ORACLE_INDICATORS]; /* of a merge */
    struct oracle_values values;
};

/* What a unit's period of a form holds, as of its last change. */
struct oracle_base {
    uint32_t form, period;
    int32_t unit;
    uint32_t received, on_time, complete, disagreements;
    struct oracle_values values;
};

struct oracle {
    struct oracle_days days;
    struct oracle_row rows[ORACLE_ROWS];
    uint32_t row_count;
    int8_t row_in[ORACLE_UNITS][ORACLE_PERIODS]; /* of the last day in it; -1: was not there */
    struct oracle_form forms[ORACLE_FORMS];
    bool has_indicator[ORACLE_INDICATORS]; /* the campaign still has it */
    int32_t from, to;                      /* the campaign's window */
    int32_t today;                         /* of the last block */
    struct oracle_report reports[ORACLE_REPORTS];
    uint32_t report_count;
    struct oracle_base bases[ORACLE_REPORTS];
    uint32_t base_count;
};

extern const char *const ORACLE_SOURCE_CODES[ORACLE_SOURCES];
void oracle_unit_code(int32_t unit, char text[8]);
void oracle_indicator_code(uint32_t indicator, char text[8]);
enum over oracle_over_time(uint32_t indicator);
enum over oracle_over_units(uint32_t indicator);
uint8_t oracle_decimals(uint32_t indicator);

/* The row of the unit's last day of these; NULL where it was not there. */
const struct oracle_row *oracle_row_in(const struct oracle *o, int32_t unit, int32_t first,
                                       int32_t last);
/* A registry published on `today`: who is not in it ends. */
void oracle_publish(struct oracle *o, const struct oracle_row *rows, uint32_t count);

/* What becomes of a report (a withdrawal where `withdrawn`) in a block of today, in a word. */
const char *oracle_apply(struct oracle *o, const struct oracle_report *in);

/* The answers, appended. Outliers are left out: their rule has its own test. */
void oracle_tally(const struct oracle *o, int32_t unit, uint32_t period, struct buf *out);
void oracle_completeness(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
                         struct buf *out);
/* unit -1: all. */
void oracle_missing(const struct oracle *o, int32_t unit, uint32_t form, uint32_t period,
                    struct buf *out);
void oracle_export(const struct oracle *o, int32_t unit, uint32_t form, uint32_t from, uint32_t to,
                   bool children, struct buf *out);

/* What answers are made of; oracle.c. */
bool oracle_counts_in(const struct oracle *o, uint32_t fine, uint32_t coarse);
bool oracle_asks(const struct oracle_form *form, const struct oracle_row *row);

#endif
