/* Random registries with dated moves, random campaigns and random reports, corrections, withdrawals
 * and merges of two sources, with a second registry and a second revision of the campaign in
 * between: every verdict, and every `tally`, `completeness`, `missing` and `export`, must be what
 * the oracle (tests/lib/oracle.h) works out from nothing. ORACLE_SEED and ORACLE_RUNS, from the
 * environment, look further; a failure prints the seed that repeats it. */
#include "tests/lib/oracle.h"
#include "tests/lib/query_site.h"

#include "common/check.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define RUNS_DEFAULT 6
#define BLOCKS 12
#define RECORDS 30 /* a block */

struct game {
    uint64_t seed, dice;
    struct oracle oracle;
    struct query_site site;
    struct arena *arena;
    uint8_t merges; /* ULIDs so far */
};

static uint32_t
roll(struct game *g, uint32_t sides)
{
    g->dice ^= g->dice << 13;
    g->dice ^= g->dice >> 7;
    g->dice ^= g->dice << 17;
    return (uint32_t)(g->dice >> 11) % sides;
}

static bool
often(struct game *g, uint32_t percent)
{
    return roll(g, 100) < percent;
}

static void
expect_equal(const struct game *g, const char *what, const char *found, const char *wanted)
{
    if (strcmp(found, wanted) != 0) {
        fail_msg("seed %" PRIu64 ": %s\n  found  %s\n  wanted %s", g->seed, what, found, wanted);
    }
}

/* ---- units ---- */

static bool
holds(const struct oracle_row *rows, uint32_t count, int32_t parent, const struct oracle_row *row)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].unit == parent && rows[i].from <= row->from && row->to <= rows[i].to) {
            return true;
        }
    }
    return false;
}

/* A parent among the units before it that is there on all its days: the first always is. */
static int32_t
any_parent(struct game *g, const struct oracle_row *rows, uint32_t count,
           const struct oracle_row *row)
{
    int32_t parent = (int32_t)roll(g, row->unit < 4 ? 1 : 5);
    return parent < row->unit && holds(rows, count, parent, row) ? parent : 0;
}

/* One to three rows: it moves, it changes its level, it is away for some days, it ends. */
static uint32_t
any_unit(struct game *g, int32_t unit, struct oracle_row *rows, uint32_t count)
{
    static const char *const NAMES[] = {"first", "second", "third"};
    const struct oracle *o = &g->oracle;
    int32_t from = often(g, 20) ? o->from + (int32_t)roll(g, 30) : DAY_MIN;
    for (uint32_t version = 0; version < 3; version++) {
        int32_t day = o->from + (int32_t)roll(g, (uint32_t)(o->to - o->from + 1));
        bool last = version == 2 || unit == 0 || often(g, 50) || day < from;
        const char *level = unit == 0 ? "city" : unit < 4 || often(g, 10) ? "district" : "commune";
        struct oracle_row row = {unit, -1, from, last ? DAY_MAX : day, level, NAMES[version]};
        if (unit == 0) {
            row.from = DAY_MIN;
        } else if (last && often(g, 20) && day >= from) {
            row.to = day;
        }
        row.parent = unit == 0 ? -1 : any_parent(g, rows, count, &row);
        rows[count++] = row;
        from = day + 1 + (often(g, 30) ? (int32_t)roll(g, 9) : 0);
        if (last || from > DAY_MAX) {
            break;
        }
    }
    return count;
}

static void
publish_units(struct game *g, const struct oracle_row *rows, uint32_t count)
{
    struct unit_row *out = ARENA_ARRAY(g->arena, struct unit_row, count);
    for (uint32_t i = 0; i < count; i++) {
        char code[8], parent[8] = "";
        oracle_unit_code(rows[i].unit, code);
        if (rows[i].parent >= 0) {
            oracle_unit_code(rows[i].parent, parent);
        }
        out[i] = (struct unit_row){
            .code = slice_text(arena_text(g->arena, slice_text(code))),
            .parent = slice_text(arena_text(g->arena, slice_text(parent))),
            .level = slice_text(rows[i].level),
            .name = slice_text(rows[i].name),
            .from = rows[i].from,
            .to = rows[i].to,
        };
    }
    site_units(&g->site, out, count);
    oracle_publish(&g->oracle, rows, count);
}

/* `leave_out`: one of the last units is not in the file. */
static void
any_registry(struct game *g, bool leave_out)
{
    struct oracle_row rows[ORACLE_ROWS];
    uint32_t count = 0;
    int32_t gone = leave_out ? 5 + (int32_t)roll(g, ORACLE_UNITS - 5) : -1;
    for (int32_t unit = 0; unit < ORACLE_UNITS; unit++) {
        if (unit != gone) {
            count = any_unit(g, unit, rows, count);
        }
    }
    publish_units(g, rows, count);
}

/* ---- campaigns ---- */

static void
any_form(struct game *g, uint32_t at)
{
    static const char *const LEVELS[] = {"commune", "commune", "district", NULL};
    struct oracle_form *form = &g->oracle.forms[at];
    *form = (struct oracle_form){
        .live = true,
        .gran = at == 0 ? GRAN_DAY : (enum granularity)(GRAN_DAY + roll(g, 4)),
        .level = LEVELS[roll(g, 4)],
        .due = often(g, 70) ? (int32_t)roll(g, 6) : -1,
        .expires = often(g, 40) ? 8 + (int32_t)roll(g, 30) : -1,
    };
    snprintf(form->code, sizeof(form->code), "f%u", at);
    for (uint32_t n = at; form->ask_count < 6; n += 1 + roll(g, 5)) {
        uint32_t indicator = n % ORACLE_INDICATORS;
        bool has = false;
        for (uint32_t k = 0; k < form->ask_count; k++) {
            has = has || form->asks[k] == indicator;
        }
        if (!has) {
            form->asks[form->ask_count++] = indicator;
            form->required[indicator] = often(g, 25);
        }
    }
    form->source_count = 1 + roll(g, 2);
    form->sources[0] = roll(g, 2);
    form->sources[1] = 1 - form->sources[0];
}

/* A form loses an indicator, the whole campaign does, sources change places or one goes. */
static void
revise_form(struct game *g, uint32_t at)
{
    struct oracle_form *form = &g->oracle.forms[at];
    uint32_t first = form->sources[0];
    if (often(g, 40)) {
        form->required[form->asks[--form->ask_count]] = false;
    }
    if (often(g, 40)) {
        form->sources[0] = form->sources[1];
        form->sources[1] = first;
    }
    form->source_count = often(g, 30) ? 3 - form->source_count : form->source_count;
    form->due = often(g, 20) ? (int32_t)roll(g, 6) : form->due;
    form->live = at == 0 || often(g, 85);
}

static void
revise_campaign(struct game *g)
{
    uint32_t gone = roll(g, ORACLE_INDICATORS);
    g->oracle.has_indicator[gone] = false;
    for (uint32_t i = 0; i < ORACLE_FORMS; i++) {
        struct oracle_form *form = &g->oracle.forms[i];
        revise_form(g, i);
        for (uint32_t k = 0; k < form->ask_count; k++) {
            if (form->asks[k] == gone) {
                form->required[gone] = false;
                form->asks[k] = form->asks[--form->ask_count];
                break;
            }
        }
    }
}

static struct slice
kept(struct game *g, const char *text)
{
    return slice_text(arena_text(g->arena, slice_text(text)));
}

static void
indicators_fill(struct game *g, struct campaign *c)
{
    c->indicators = ARENA_ARRAY(g->arena, struct indicator, ORACLE_INDICATORS);
    for (uint32_t n = 0; n < ORACLE_INDICATORS; n++) {
        char code[8];
        oracle_indicator_code(n, code);
        if (g->oracle.has_indicator[n]) {
            c->indicators[c->indicator_count++] = (struct indicator){
                .code = kept(g, code),
                .theme_code = slice_text("all"),
                .title = {slice_text("t"), slice_text("t")},
                .type = oracle_decimals(n) > 0 ? TYPE_DECIMAL : TYPE_INTEGER,
                .decimals = oracle_decimals(n),
                .over_time = oracle_over_time(n),
                .over_units = oracle_over_units(n),
            };
        }
    }
}

static void
form_fill(struct game *g, const struct oracle_form *from, struct form *form)
{
    *form = (struct form){
        .code = kept(g, from->code),
        .title = {slice_text("t"), slice_text("t")},
        .period = from->gran,
        .due = from->due,
        .expires = from->expires,
    };
    form->indicators.codes = ARENA_ARRAY(g->arena, struct slice, from->ask_count);
    struct slice *required = ARENA_ARRAY(g->arena, struct slice, from->ask_count);
    for (uint32_t k = 0; k < from->ask_count; k++) {
        char code[8];
        oracle_indicator_code(from->asks[k], code);
        form->indicators.codes[form->indicators.count++] = kept(g, code);
        if (from->required[from->asks[k]]) {
            required[form->required.count++] = kept(g, code);
        }
    }
    form->required.codes = form->required.count > 0 ? required : NULL;
    form->sources.codes = ARENA_ARRAY(g->arena, struct slice, ORACLE_SOURCES);
    for (uint32_t k = 0; k < from->source_count; k++) {
        form->sources.codes[form->sources.count++] =
            slice_text(ORACLE_SOURCE_CODES[from->sources[k]]);
    }
    if (from->level != NULL) {
        form->levels.codes = ARENA_NEW(g->arena, struct slice);
        form->levels.codes[form->levels.count++] = slice_text(from->level);
    }
}

static void
publish_campaign(struct game *g)
{
    struct campaign *c = ARENA_NEW(g->arena, struct campaign);
    *c = (struct campaign){
        .code = slice_text("oracle"),
        .title = {slice_text("t"), slice_text("t")},
        .from = g->oracle.from,
        .to = g->oracle.to,
        .utc_offset_minutes = 7 * 60,
        .themes = ARENA_NEW(g->arena, struct theme),
        .theme_count = 1,
        .forms = ARENA_ARRAY(g->arena, struct form, ORACLE_FORMS),
    };
    c->themes[0] = (struct theme){.code = slice_text("all"), .title = c->title};
    indicators_fill(g, c);
    for (uint32_t i = 0; i < ORACLE_FORMS; i++) {
        if (g->oracle.forms[i].live) {
            form_fill(g, &g->oracle.forms[i], &c->forms[c->form_count++]);
        }
    }
    campaign_link(c, g->arena);
    site_campaign(&g->site, c);
}

/* ---- reports ---- */

static int64_t
any_value(struct game *g)
{
    if (often(g, 1)) {
        return often(g, 50) ? INT64_MAX - roll(g, 3) : INT64_MIN + roll(g, 3);
    }
    return (int64_t)roll(g, 40) - 10;
}

/* Of a form and about a period that are mostly right. */
static struct oracle_report
any_report(struct game *g)
{
    const struct oracle *o = &g->oracle;
    struct oracle_report r = {.form = roll(g, ORACLE_FORMS),
                              .unit = (int32_t)roll(g, ORACLE_UNITS)};
    const struct oracle_form *form = &o->forms[r.form];
    int32_t day = o->today - (int32_t)roll(g, often(g, 80) ? 8 : 40) + (int32_t)roll(g, 2);
    for (uint32_t i = 0; i < o->days.count; i++) {
        const struct oracle_period *p = &o->days.periods[i];
        bool right = p->gran == form->gran && p->first <= day && day <= p->last;
        r.period = right || r.period == 0 ? i : r.period;
    }
    r.source = form->sources[roll(g, often(g, 95) ? form->source_count : 2)];
    r.revision = often(g, 80) ? 1 + roll(g, 5) : UINT64_C(20000000000000) + roll(g, 5);
    r.withdrawn = often(g, 12);
    r.merge = !r.withdrawn && often(g, 25);
    for (uint32_t k = 0; !r.withdrawn && k < form->ask_count; k++) {
        uint32_t n = form->asks[k];
        r.named[n] = !r.merge || often(g, 40);
        r.values.has[n] = r.named[n] && often(g, 75);
        r.values.value[n] = r.values.has[n] ? any_value(g) : 0;
    }
    return r;
}

static void
value_pack(uint32_t indicator, const struct oracle_values *values, struct buf *out)
{
    char text[DECIMAL_TEXT];
    if (!values->has[indicator]) {
        pack_nil(out);
    } else if (oracle_decimals(indicator) == 0) {
        pack_int(out, values->value[indicator]);
    } else {
        decimal_format(values->value[indicator], oracle_decimals(indicator), text);
        pack_cstr(out, text);
    }
}

static void
values_pack(const struct oracle_report *r, struct buf *out)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < ORACLE_INDICATORS; n++) {
        count += r->named[n];
    }
    pack_map(out, count);
    for (uint32_t n = 0; n < ORACLE_INDICATORS; n++) {
        char code[8];
        if (r->named[n]) {
            oracle_indicator_code(n, code);
            pack_cstr(out, code);
            value_pack(n, &r->values, out);
        }
    }
}

/* Encodes it as its sender would: a record into the site's open block. */
static void
send_report(struct game *g, const struct oracle_report *r)
{
    struct buf values = BUF_EMPTY, body = BUF_EMPTY;
    uint8_t id[16] = {0};
    char unit[8];
    oracle_unit_code(r->unit, unit);
    memcpy(id, &g->dice, sizeof(g->dice));
    id[15] = ++g->merges;
    struct record_report report = {
        .form = slice_text(g->oracle.forms[r->form].code),
        .unit = slice_text(unit),
        .period = slice_text(g->oracle.days.periods[r->period].text),
        .source = slice_text(ORACLE_SOURCE_CODES[r->source]),
        .revision = r->merge ? 0 : r->revision,
        .merge = r->merge,
        .id = r->merge ? slice_of(id, sizeof(id)) : slice_of(NULL, 0),
    };
    if (r->withdrawn) {
        record_encode_withdrawal(&(struct record_withdrawal){.form = report.form,
                                                             .unit = report.unit,
                                                             .period = report.period,
                                                             .source = report.source,
                                                             .revision = r->revision},
                                 &body);
    } else {
        values_pack(r, &values);
        report.values = buf_slice_of(&values);
        record_encode_report(&report, &body);
    }
    CHECK(block_add(&g->site.block, slice_text("local"), report.unit, buf_slice_of(&body)));
    buf_fini(&values);
    buf_fini(&body);
}

static void
expect_verdict(struct game *g, uint32_t index, const struct oracle_report *r, const char *wanted)
{
    char args[64], one[32], what[128];
    snprintf(args, sizeof(args), "ranges=%" PRIu64 ":%u:1 all", g->site.number, index);
    snprintf(one, sizeof(one), "%s:1,", wanted);
    snprintf(what, sizeof(what), "verdict of %" PRIu64 ".%u: form %u unit %d period %s source %u",
             g->site.number, index, r->form, r->unit, g->oracle.days.periods[r->period].text,
             r->source);
    const char *found = site_ask(&g->site, "verdicts", args);
    if (strstr(found, one) == NULL) {
        expect_equal(g, what, found, wanted);
    }
}

static void
commit_on(struct game *g, int32_t day)
{
    char date[16];
    oracle_date(day, date);
    site_commit(&g->site, date);
}

/* The oracle judges after the block was sent, in the block's order. */
static void
play_block(struct game *g, int32_t day)
{
    struct oracle_report sent[RECORDS];
    g->oracle.today = day;
    for (uint32_t i = 0; i < RECORDS; i++) {
        sent[i] = i > 0 && often(g, 15) ? sent[roll(g, i)] : any_report(g);
        sent[i].revision += sent[i].merge ? 0 : roll(g, 2);
        send_report(g, &sent[i]);
    }
    commit_on(g, day);
    for (uint32_t i = 0; i < RECORDS; i++) {
        expect_verdict(g, i, &sent[i], oracle_apply(&g->oracle, &sent[i]));
    }
}

/* ---- looking ---- */

/* Without `outliers:N,`, of which the oracle knows nothing. */
static const char *
ask_without_outliers(struct game *g, const char *name, const char *args)
{
    char *text = arena_text(g->arena, slice_text(site_ask(&g->site, name, args)));
    for (char *at = strstr(text, "outliers:"); at != NULL; at = strstr(at, "outliers:")) {
        char *end = strchr(at, ',') + 1;
        memmove(at, end, strlen(end) + 1);
    }
    return text;
}

static void
compare(struct game *g, const char *name, const char *args, struct buf *wanted)
{
    char what[160];
    snprintf(what, sizeof(what), "%s %s", name, args);
    buf_byte(wanted, '\0');
    expect_equal(g, what, ask_without_outliers(g, name, args), (const char *)wanted->data);
    buf_clear(wanted);
}

static void
look_at_unit(struct game *g, int32_t unit, uint32_t period)
{
    const struct oracle *o = &g->oracle;
    const char *text = o->days.periods[period].text;
    struct buf wanted = BUF_EMPTY;
    char args[96];
    if (o->row_in[unit][period] < 0) {
        snprintf(args, sizeof(args), "unit=u%02d period=%s children", unit, text);
        buf_printf(&wanted, "unit-not-then|u%02d|%s", unit, text);
        compare(g, "tally", args, &wanted);
        buf_fini(&wanted);
        return;
    }
    snprintf(args, sizeof(args), "unit=u%02d period=%s children", unit, text);
    oracle_tally(o, unit, period, &wanted);
    compare(g, "tally", args, &wanted);
    for (uint32_t f = 0; f < ORACLE_FORMS; f++) {
        if (o->forms[f].live && o->forms[f].gran <= o->days.periods[period].gran) {
            snprintf(args, sizeof(args), "unit=u%02d form=f%u period=%s", unit, f, text);
            oracle_completeness(o, unit, f, period, &wanted);
            compare(g, "completeness", args, &wanted);
            oracle_missing(o, unit, f, period, &wanted);
            compare(g, "missing", args, &wanted);
        }
    }
    buf_fini(&wanted);
}

static void
look_at_all(struct game *g, uint32_t period)
{
    const struct oracle *o = &g->oracle;
    struct buf wanted = BUF_EMPTY;
    char args[64];
    for (uint32_t f = 0; f < ORACLE_FORMS; f++) {
        if (o->forms[f].live && o->forms[f].gran <= o->days.periods[period].gran) {
            snprintf(args, sizeof(args), "form=f%u period=%s", f, o->days.periods[period].text);
            oracle_missing(o, -1, f, period, &wanted);
            compare(g, "missing", args, &wanted);
        }
    }
    buf_fini(&wanted);
}

static bool
near_window(const struct oracle *o, uint32_t period)
{
    const struct oracle_period *p = &o->days.periods[period];
    return p->last >= o->from - 3 && p->first <= o->to + 3;
}

static void
look_at_export(struct game *g, uint32_t form, int32_t unit, bool children)
{
    const struct oracle *o = &g->oracle;
    uint32_t from = UINT32_MAX, to = 0;
    bool there = false;
    for (uint32_t i = 0; i < o->days.count; i++) {
        if (o->days.periods[i].gran == o->forms[form].gran && near_window(o, i)) {
            from = from < i ? from : i;
            to = i;
            there = there || o->row_in[unit][i] >= 0;
        }
    }
    if (!there) {
        return;
    }
    struct buf wanted = BUF_EMPTY;
    char args[96];
    snprintf(args, sizeof(args), "unit=u%02d form=f%u from=%s to=%s%s", unit, form,
             o->days.periods[from].text, o->days.periods[to].text, children ? " children" : "");
    oracle_export(o, unit, form, from, to, children, &wanted);
    compare(g, "export", args, &wanted);
    buf_fini(&wanted);
}

static void
look_everywhere(struct game *g)
{
    const struct oracle *o = &g->oracle;
    for (uint32_t i = 0; i < o->days.count; i++) {
        bool coarse = o->days.periods[i].gran > GRAN_WEEK;
        if (!near_window(o, i)) {
            continue;
        }
        look_at_all(g, i);
        for (int32_t unit = 0; unit < ORACLE_UNITS; unit++) {
            if (coarse || unit == 0 || often(g, 25)) {
                look_at_unit(g, unit, i);
            }
        }
        arena_reset(g->arena);
    }
    for (uint32_t f = 0; f < ORACLE_FORMS; f++) {
        for (int32_t unit = 0; o->forms[f].live && unit < 5; unit++) {
            look_at_export(g, f, unit, unit % 2 == 0);
        }
    }
}

/* ---- a game ---- */

/* The turn of a year, with and without a leap day or a week 53, and both ends of the calendar. */
static void
any_window(struct game *g)
{
    static const int32_t YEARS[] = {2019, 2020, 2021, 2025, 1970, 2198};
    struct oracle *o = &g->oracle;
    int32_t year = YEARS[roll(g, 6)];
    oracle_days_make(&o->days, year);
    o->from = oracle_day(year + 1, 1, 1) - 10 - (int32_t)roll(g, 20);
    o->to = o->from + 45;
    if (year == 1970) {
        o->from = DAY_MIN;
        o->to = 45;
    } else if (year == 2198) {
        o->to = DAY_MAX;
        o->from = DAY_MAX - 45;
    }
}

static void
play(uint64_t seed)
{
    static struct game game;
    struct game *g = &game;
    *g = (struct game){.seed = seed, .dice = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    g->arena = arena_new();
    site_open(&g->site, 1 + roll(g, 3));
    any_window(g);
    memset(g->oracle.has_indicator, true, sizeof(g->oracle.has_indicator));
    for (uint32_t i = 0; i < ORACLE_FORMS; i++) {
        any_form(g, i);
    }
    g->oracle.today = g->oracle.from;
    publish_campaign(g);
    any_registry(g, false);
    commit_on(g, g->oracle.from);
    for (int32_t block = 1; block <= BLOCKS; block++) {
        if (block == 1 + BLOCKS / 2) {
            revise_campaign(g);
            publish_campaign(g);
            any_registry(g, true);
            commit_on(g, g->oracle.today);
            assert_int_equal(g->site.why.code, CODE_NONE);
        }
        play_block(g, g->oracle.from + block * 45 / BLOCKS);
    }
    look_everywhere(g);
    site_close(&g->site);
    arena_free(&g->arena);
}

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void
test_oracle(void **context)
{
    uint64_t seed = number_of("ORACLE_SEED", 1), runs = number_of("ORACLE_RUNS", RUNS_DEFAULT);
    (void)context;
    for (uint64_t i = 0; i < runs; i++) {
        play(seed + i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_oracle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
