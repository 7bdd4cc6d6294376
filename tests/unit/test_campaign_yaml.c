/* campaign.yaml: every key, every mistake of a file in one run with its place, and files that are made to
 * do harm. The shipped campaign and units are checked here too. Runs in the checkout's root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "clients/campaign_yaml.h"
#include "clients/limits.h"
#include "clients/units_csv.h"
#include "common/file.h"
#include "tests/lib/told.h"

static struct arena *arena;
static struct told told;
static struct campaign campaign;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    told_begin(&told);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static uint32_t
read_slice(struct slice text)
{
    uint32_t mistakes = campaign_yaml_read(text, arena, &campaign, &told.complaints);
    assert_int_equal(mistakes, told.count);
    return mistakes;
}

static uint32_t
read_text(const char *text)
{
    return read_slice(slice_text(text));
}

/* One mistake, there and nowhere else. */
static void
assert_only(enum code code, uint32_t line, uint32_t column)
{
    if (told.count != 1 || told.list[0].code != code) {
        told_print(&told);
    }
    assert_int_equal(told.count, 1);
    assert_string_equal(code_text(told.list[0].code), code_text(code));
    assert_int_equal(told.list[0].line, line);
    assert_int_equal(told.list[0].column, column);
}

#define HEAD                                                                                       \
    "campaign: c\ntitle: T\nwindow: {from: 2021-08-31, to: 2022-12-31}\nutc_offset: +07:00\n"      \
    "themes:\n  - {code: t, title: Theme}\n"
#define INDICATORS                                                                                 \
    "indicators:\n"                                                                                \
    "  - {code: a, theme: t, title: A, type: integer, over_time: sum, over_units: sum}\n"          \
    "  - {code: b, theme: t, title: B, type: integer, over_time: sum, over_units: sum}\n"
#define FORMS "forms:\n  - {code: f, title: F, period: day, indicators: [a, b]}\n"

static void
every_key(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("campaign: c\n"
                  "title: {vi: \"Phong trào\", en: Campaign}\n"
                  "decision: 09/KH\n"
                  "window: {to: 2022-12-31, from: 2021-08-31}\n"
                  "utc_offset: \"+07:00\"\n"
                  "themes:\n"
                  "  - {code: t, title: {vi: \"Chủ đề\"}}\n"
                  "indicators:\n"
                  "  - code: p\n"
                  "    min: 0.5\n" /* before the decimals that scale it */
                  "    max: 100\n"
                  "    theme: t\n"
                  "    title: P\n"
                  "    type: percent\n"
                  "    decimals: 1\n"
                  "    over_time: last\n"
                  "    over_units: mean\n"
                  "    direction: down\n"
                  "  - {code: y, theme: t, title: Y, type: flag, over_time: max, over_units: sum}\n"
                  "forms:\n"
                  "  - code: f\n"
                  "    title: F\n"
                  "    period: week\n"
                  "    levels: [commune]\n"
                  "    kinds: [phuong]\n"
                  "    units: [\"001\"]\n"
                  "    sources: [office, other]\n"
                  "    indicators: [p, y]\n"
                  "    required: [y]\n"
                  "    due: 1\n"
                  "    expires: 30\n"
                  "rules:\n"
                  "  - {code: r, form: f, left: [p], op: \"!=\", right: [y], severity: warn}\n"
                  "  - {code: s, form: f, exclusive: [p, y], severity: reject}\n"
                  "scores: []\n"
                  "awards:\n"),
        0);
    const struct indicator *p = &campaign.indicators[0];
    assert_true(slice_is(campaign.title.vi, "Phong trào"));
    assert_true(slice_is(campaign.title.en, "Campaign"));
    assert_true(slice_is(campaign.themes[0].title.en, "Chủ đề"));
    assert_true(slice_is(campaign.decision, "09/KH"));
    assert_int_equal(campaign.utc_offset_minutes, 420);
    assert_true(p->has_min && p->has_max);
    assert_int_equal(p->min, 5);
    assert_int_equal(p->max, 1000);
    assert_int_equal(p->direction, DIRECTION_DOWN);
    assert_int_equal(p->theme, 0);
    assert_int_equal(campaign.indicators[1].max, 1); /* a flag's, without being said */
    const struct form *f = &campaign.forms[0];
    assert_int_equal(f->period, GRAN_WEEK);
    assert_int_equal(f->units.count, 1);
    assert_int_equal(f->sources.count, 2);
    assert_int_equal(f->required.index[0], 1);
    assert_int_equal(f->due, 1);
    assert_int_equal(f->expires, 30);
    assert_int_equal(campaign.rules[0].kind, RULE_NE);
    assert_int_equal(campaign.rules[0].severity, SEVERITY_WARN);
    assert_int_equal(campaign.rules[1].kind, RULE_EXCLUSIVE);
    assert_int_equal(campaign.rules[1].left.index[1], 1);
}

static void
what_goes_without_saying(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD INDICATORS FORMS "rules:\n"), 0);
    assert_true(slice_is(campaign.forms[0].sources.codes[0], "office"));
    assert_int_equal(campaign.forms[0].due, -1);
    assert_int_equal(campaign.forms[0].expires, -1);
    assert_int_equal(campaign.rule_count, 0);
    assert_true(slice_is(campaign.title.en, "T"));
    assert_false(campaign.indicators[0].has_min);
}

static void
decomposed_titles_are_composed(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(HEAD INDICATORS
                  "forms:\n  - {code: f, title: Ha\xcc\x80, period: day, indicators: [a]}\n"),
        0);
    assert_true(slice_is(campaign.forms[0].title.vi, "Hà"));
}

static void
syntax(void **state)
{
    (void)state;
    read_text("campaign: c\ntitle: [a, b\nwindow: x\n");
    assert_int_equal(told.count, 1);
    assert_int_equal(told.list[0].code, CODE_SYNTAX);
    assert_int_equal(told.list[0].line, 3);
    assert_true(told.list[0].column > 0);
}

static void
bytes_that_are_no_text(void **state)
{
    (void)state;
    read_text("campaign: c\ntitle: \xff\n");
    assert_only(CODE_NOT_UTF8, 2, 8);
}

static void
control_characters(void **state)
{
    (void)state;
    read_text("campaign: c\ntitle: a\x01\n");
    assert_int_equal(told_times(&told, CODE_SYNTAX, 2), 1);
}

static void
anchors_are_refused(void **state)
{
    (void)state;
    read_text("campaign: c\n"
              "themes: &t [x, x, x, x]\n"
              "rules: [*t, *t]\n");
    assert_only(CODE_YAML_ALIAS, 2, 9);
}

static void
depth_is_bounded(void **state)
{
    (void)state;
    char text[2048];
    memset(text, '[', sizeof(text));
    read_slice(slice_of(text, sizeof(text)));
    assert_only(CODE_TOO_DEEP, 1, CAMPAIGN_FILE_DEPTH_MAX + 1);
}

static void
length_is_bounded(void **state)
{
    (void)state;
    char *text = arena_alloc(arena, CAMPAIGN_FILE_MAX + 1);
    memset(text, '#', CAMPAIGN_FILE_MAX + 1);
    read_slice(slice_of(text, CAMPAIGN_FILE_MAX + 1));
    assert_only(CODE_TOO_LARGE, 0, 0);
}

static void
not_a_campaign_at_all(void **state)
{
    (void)state;
    read_text("");
    assert_only(CODE_NOTHING_THERE, 1, 1);
    told_begin(&told);
    read_text("- a\n- b\n");
    assert_only(CODE_SHAPE_INVALID, 1, 1);
    told_begin(&told);
    read_text("a: b\n---\nc: d\n");
    assert_only(CODE_SYNTAX, 2, 1);
}

static void
every_key_that_is_missing(void **state)
{
    (void)state;
    read_text("{}\n");
    assert_int_equal(told_times(&told, CODE_KEY_MISSING, 1), 7);
    assert_int_equal(told.count, 7);
}

static void
the_campaigns_own_mistakes_have_places(void **state)
{
    (void)state;
    read_text("campaign: \"Đợt 1\"\ntitle: \"\"\nwindow: {from: 2022-01-01, to: 2021-01-01}\n"
              "utc_offset: \"+15:00\"\nthemes: []\n" INDICATORS FORMS);
    assert_int_equal(told_times(&told, CODE_CODE_INVALID, 1), 1);
    assert_int_equal(told_times(&told, CODE_NOTHING_THERE, 2), 1);
    assert_int_equal(told_times(&told, CODE_DATE_ORDER, 3), 1);
    assert_int_equal(told_times(&told, CODE_NOTHING_THERE, 5), 1);
    assert_int_equal(told_times(&told, CODE_REFERENCE_UNKNOWN, 7), 1);
}

/* ---- twenty mistakes ---- */

static const char TWENTY[] = HEAD   /* 1 to 6 */
    "  - {code: t, title: Again}\n" /* 7 */
    "indicators:\n"                 /* 8 */
    "  - {code: a, theme: none, title: A, type: integer, over_time: sum, over_units: sum}\n" /* 9 */
    "  - {code: b, theme: t, title: B, type: number, over_time: sum, over_units: sum}\n" /* 10 */
    "  - {code: c, theme: t, title: C, type: integer, decimals: 2, over_time: sum, over_units: "
    "sum}\n"
    "  - {code: d, theme: t, title: D, type: percent, over_time: sum, over_units: last}\n" /* 12 */
    "  - {code: e, theme: t, title: E, type: integer, over_time: sum, over_units: sum, min: 5, "
    "max: 1}\n"
    "  - {code: g, theme: t, title: G, type: integer, over_time: sum, over_units: sum, min: 0.5}\n"
    "  - {code: h, theme: t, title: {en: H}, type: flag, over_time: sum, over_units: sum, max: 7}\n"
    "  - {theme: t, title: I, type: integer, over_time: sum, over_units: sum, unit: x}\n"   /* 16 */
    "forms:\n"                                                                              /* 17 */
    "  - {code: f, title: F, period: fortnight, indicators: [a, c, zz]}\n"                  /* 18 */
    "  - {code: k, title: K, period: day, indicators: [a, c], required: [e], due: -1}\n"    /* 19 */
    "  - {code: l, title: L, period: day, indicators: [], sources: [x, x]}\n"               /* 20 */
    "  - {code: m, title: M, period: day, indicators: a, levels: [Phường], expires: 1.5}\n" /* 21 */
    "rules:\n"                                                                              /* 22 */
    "  - {code: r, form: k, left: [a], op: \"=>\", right: [c], severity: reject}\n"         /* 23 */
    "  - {code: r, form: k, left: [e], op: \"=\", right: [c], severity: reject}\n"          /* 24 */
    "  - {code: s, form: zz, left: [a], op: \"=\", right: [c], severity: stop}\n"           /* 25 */
    "  - {code: u, form: k, left: [a], together: [a, c], severity: warn}\n"                 /* 26 */
    "  - {code: v, form: k, together: [a], severity: warn}\n"                               /* 27 */
    "  - {code: w, form: k, left: [a], op: \"=\", severity: warn, code: w}\n"               /* 28 */
    "scores: [1]\n"                                                                         /* 29 */
    "colour: red\n";                                                                        /* 30 */

static void
twenty_mistakes_in_one_run(void **state)
{
    (void)state;
    static const struct {
        enum code code;
        uint32_t line;
    } EXPECTED[] = {
        {CODE_DUPLICATE_CODE, 7},     {CODE_REFERENCE_UNKNOWN, 9},  {CODE_CHOICE_INVALID, 10},
        {CODE_NUMBER_INVALID, 11},    {CODE_CHOICE_INVALID, 12},    {CODE_VALUE_TOO_LOW, 13},
        {CODE_VALUE_FRACTION, 14},    {CODE_KEY_MISSING, 15},       {CODE_NUMBER_INVALID, 15},
        {CODE_KEY_MISSING, 16},       {CODE_KEY_UNKNOWN, 16},       {CODE_CHOICE_INVALID, 18},
        {CODE_REFERENCE_UNKNOWN, 18}, {CODE_INDICATOR_UNKNOWN, 19}, {CODE_NUMBER_INVALID, 19},
        {CODE_NOTHING_THERE, 20},     {CODE_DUPLICATE_CODE, 20},    {CODE_SHAPE_INVALID, 21},
        {CODE_CODE_INVALID, 21},      {CODE_VALUE_FRACTION, 21},    {CODE_CHOICE_INVALID, 23},
        {CODE_INDICATOR_UNKNOWN, 24}, {CODE_DUPLICATE_CODE, 24},    {CODE_REFERENCE_UNKNOWN, 25},
        {CODE_CHOICE_INVALID, 25},    {CODE_SHAPE_INVALID, 26},     {CODE_SHAPE_INVALID, 27},
        {CODE_SHAPE_INVALID, 28},     {CODE_DUPLICATE_KEY, 28},     {CODE_SHAPE_INVALID, 29},
        {CODE_KEY_UNKNOWN, 30},
    };
    size_t count = sizeof(EXPECTED) / sizeof(EXPECTED[0]);
    read_text(TWENTY);
    for (size_t i = 0; i < count; i++) {
        if (told_times(&told, EXPECTED[i].code, EXPECTED[i].line) != 1) {
            told_print(&told);
            fail_msg("%s on line %u", code_text(EXPECTED[i].code), EXPECTED[i].line);
        }
    }
    if (told.count != count) {
        told_print(&told);
    }
    assert_int_equal(told.count, count);
}

/* A file cut short anywhere, or with any byte changed, is told or read, never crashed on. */
static void
damaged_files(void **state)
{
    (void)state;
    char text[sizeof(TWENTY)];
    for (size_t len = 0; len < sizeof(TWENTY); len += 7) {
        (void)read_slice(slice_of(TWENTY, len));
        arena_reset(arena);
        told_begin(&told);
    }
    for (size_t i = 0; i < sizeof(TWENTY) - 1; i += 3) {
        memcpy(text, TWENTY, sizeof(TWENTY));
        text[i] = "[]{}:,-&*!|>'\"\n#"[i % 16];
        (void)read_slice(slice_of(text, sizeof(TWENTY) - 1));
        arena_reset(arena);
        told_begin(&told);
    }
}

/* ---- what is shipped ---- */

static void
shipped_campaign(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    assert_int_equal(file_read("deploy/hanoi/campaign.yaml", CAMPAIGN_FILE_MAX, &text), ERR_OK);
    read_slice(buf_slice_of(&text));
    told_print(&told);
    assert_int_equal(told.count, 0);
    assert_int_equal(campaign.theme_count, 6);
    assert_int_equal(campaign.utc_offset_minutes, 7 * 60);
    for (uint32_t i = 0; i < campaign.indicator_count; i++) {
        const struct title *title = &campaign.indicators[i].title;
        assert_false(slice_equal(title->vi, title->en)); /* both languages are there */
    }
    buf_fini(&text);
}

static void
shipped_units(void **state)
{
    (void)state;
    struct units units;
    uint32_t mistakes = 0, communes = 0, districts = 0;
    FILE *in = fopen("deploy/hanoi/units.csv", "r");
    assert_non_null(in);
    assert_int_equal(units_csv_read(in, arena, &units, &told.complaints, &mistakes), ERR_OK);
    fclose(in);
    told_print(&told);
    assert_int_equal(mistakes, 0);
    for (uint32_t i = 0; i < units.count; i++) {
        communes += slice_is(units.rows[i].level, "commune");
        districts += slice_is(units.rows[i].level, "district");
    }
    assert_int_equal(communes, 579);
    assert_int_equal(districts, 30);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_key),
        TEST(what_goes_without_saying),
        TEST(decomposed_titles_are_composed),
        TEST(syntax),
        TEST(bytes_that_are_no_text),
        TEST(control_characters),
        TEST(anchors_are_refused),
        TEST(depth_is_bounded),
        TEST(length_is_bounded),
        TEST(not_a_campaign_at_all),
        TEST(every_key_that_is_missing),
        TEST(the_campaigns_own_mistakes_have_places),
        TEST(twenty_mistakes_in_one_run),
        TEST(damaged_files),
        TEST(shipped_campaign),
        TEST(shipped_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
