/* The stated workload: see bench.h. Everything follows from a report's number, so that every run and
 * every machine sends the same bytes but for revisions. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "common/period.h"
#include "proto/pack.h"
#include "proto/records.h"

#include <inttypes.h>
#include <stdio.h>

#define DISTRICTS 30
#define LATER_DAYS 30
#define INDICATORS 8

static const char *const CODES[INDICATORS] = {
    "vaccine-doses-given-this-day",   "vaccine-first-doses-this-day",
    "vaccine-further-doses-this-day", "new-cases-found-this-day",
    "tests-carried-out-this-day",     "contacts-traced-this-day",
    "households-given-relief-today",  "volunteers-on-duty-today",
};

/* SplitMix64's finisher: neighbours become strangers. */
static uint64_t
mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static FILE *
file_in(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *out = fopen(path, "we");
    CHECK(out != NULL);
    return out;
}

static void
campaign_write(FILE *out)
{
    fputs("campaign: bench\n"
          "title: {vi: \"Đo tốc độ\", en: \"Bench\"}\n"
          "window: {from: 2019-01-01, to: 2022-12-31}\n"
          "utc_offset: \"+07:00\"\n"
          "themes:\n"
          "  - {code: all, title: {vi: \"Tất cả\", en: \"All\"}}\n"
          "indicators:\n",
          out);
    for (int i = 0; i < INDICATORS; i++) {
        fprintf(out,
                "  - {code: %s, theme: all, title: {vi: \"%s\", en: \"%s\"}, type: integer, "
                "over_time: %s, over_units: sum, min: 0}\n",
                CODES[i], CODES[i], CODES[i],
                i == INDICATORS - 1   ? "last"
                : i == INDICATORS - 2 ? "max"
                                      : "sum");
    }
    fputs("forms:\n"
          "  - code: commune-daily\n"
          "    title: {vi: \"Báo cáo ngày\", en: \"Daily report\"}\n"
          "    period: day\n"
          "    levels: [commune]\n"
          "    indicators: [",
          out);
    for (int i = 0; i < INDICATORS; i++) {
        fprintf(out, "%s%s", i > 0 ? ", " : "", CODES[i]);
    }
    fprintf(out,
            "]\n"
            "    required: [%s]\n"
            "rules:\n"
            "  - {code: doses, form: commune-daily, left: [%s, %s], op: \"=\", right: [%s], "
            "severity: reject}\n",
            CODES[0], CODES[1], CODES[2], CODES[0]);
}

static void
unit_code(uint64_t unit, char code[CODE_MAX + 1])
{
    snprintf(code, CODE_MAX + 1, "commune-%05" PRIu64, unit);
}

static void
units_write(FILE *out)
{
    fputs("code,parent,level,kind,bloc,name\ncity,,city,city,,City\n", out);
    for (int i = 0; i < DISTRICTS; i++) {
        fprintf(out, "d%02d,city,district,district,,District %d\n", i, i);
    }
    for (uint64_t i = 0; i < WORKLOAD_UNITS; i++) {
        char code[CODE_MAX + 1];
        unit_code(i, code);
        fprintf(out, "%s,d%02" PRIu64 ",commune,ward,,Commune %" PRIu64 "\n", code, i % DISTRICTS,
                i);
    }
}

void
workload_files(const char *folder)
{
    FILE *campaign = file_in(folder, "campaign.yaml");
    campaign_write(campaign);
    CHECK(fclose(campaign) == 0);
    FILE *units = file_in(folder, "units.csv");
    units_write(units);
    CHECK(fclose(units) == 0);
}

/* Which unit and day report n is about. The first reports of a day come in an order of their own
 * (a stride that shares no factor with the number of units), each position of the day decided by
 * its number alone: of 7,143 a tenth is of earlier days, 5,000 are first, the rest corrects. */
static void
subject_of(uint64_t n, uint64_t *unit, uint64_t *days)
{
    uint64_t day = n / WORKLOAD_DAY, at = n % WORKLOAD_DAY;
    uint64_t first_before = at * WORKLOAD_UNITS / WORKLOAD_DAY;
    bool first = (at + 1) * WORKLOAD_UNITS / WORKLOAD_DAY > first_before;
    uint64_t chance = mixed(n);
    *days = day;
    if (first) {
        *unit = first_before * 2311 % WORKLOAD_UNITS;
        return;
    }
    /* Not first: 30 of 100, ten of them of the days before. */
    if (chance % 3 == 0 || first_before == 0) {
        uint64_t back = 1 + chance / 3 % LATER_DAYS;
        *days = day > back ? day - back : 0;
        *unit = chance / 128 % WORKLOAD_UNITS;
        return;
    }
    *unit = chance / 128 % first_before * 2311 % WORKLOAD_UNITS;
}

static void
values_make(uint64_t n, uint64_t unit, struct buf *values)
{
    uint64_t base = 100 + unit % 900;
    uint64_t first = base + mixed(n) % base, further = base + mixed(n + 1) % base;
    pack_map(values, INDICATORS);
    pack_key_uint(values, CODES[0], first + further);
    pack_key_uint(values, CODES[1], first);
    pack_key_uint(values, CODES[2], further);
    for (uint64_t i = 3; i < INDICATORS; i++) {
        pack_key_uint(values, CODES[i], base + mixed(n * INDICATORS + i) % base);
    }
}

void
workload_report(uint64_t n, uint64_t revision, struct buf *body, char unit[CODE_MAX + 1])
{
    static struct buf values;
    static struct period first;
    struct period period;
    char text[PERIOD_TEXT];
    uint64_t number, days;
    if (first.gran != GRAN_DAY) {
        CHECK(period_parse(slice_text("20190201"), &first) == ERR_OK);
    }
    subject_of(n, &number, &days);
    unit_code(number, unit);
    period = first;
    period.ordinal += (uint32_t)days;
    period_format(period, text);
    buf_clear(&values);
    values_make(n, number, &values);
    struct record_report report = {
        .campaign = slice_text("bench"),
        .form = slice_text("commune-daily"),
        .unit = slice_text(unit),
        .period = slice_text(text),
        .revision = revision,
        .values = buf_slice_of(&values),
    };
    buf_clear(body);
    record_encode_report(&report, body);
}
