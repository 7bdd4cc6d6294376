/* Scores, awards and stages of a campaign: every key through file and record and back, and every
 * mistake with its line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "clients/campaign_yaml.h"
#include "proto/pack.h"
#include "tests/lib/told.h"

static struct arena *arena;
static struct told told;

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

/* 18 lines: what a test adds begins on line 19. */
#define BEFORE                                                                                     \
    "campaign: c\ntitle: T\nwindow: {from: 2021-08-31, to: 2022-12-31}\nutc_offset: +07:00\n"      \
    "themes:\n  - {code: t, title: Theme}\n"                                                       \
    "indicators:\n"                                                                                \
    "  - {code: a, theme: t, title: A, type: decimal, decimals: 2, over_time: sum, over_units: "   \
    "sum, direction: up}\n"                                                                        \
    "  - {code: b, theme: t, title: B, type: integer, over_time: sum, over_units: sum, "           \
    "direction: down}\n"                                                                           \
    "  - {code: c, theme: t, title: C, type: integer, over_time: sum, over_units: sum}\n"          \
    "  - {code: d, theme: t, title: D, type: integer, over_time: sum, over_units: sum, "           \
    "direction: up}\n"                                                                             \
    "  - {code: e, theme: t, title: E, type: integer, over_time: sum, over_units: sum, "           \
    "direction: up}\n"                                                                             \
    "forms:\n"                                                                                     \
    "  - {code: f, title: F, period: day, indicators: [a, b, c, d]}\n"                             \
    "  - {code: g, title: G, period: week, indicators: [d]}\n"                                     \
    "# a comment\n# another\n# a third\n"
#define FIRST_LINE 19

static uint32_t
read_text(const char *text, struct campaign *campaign)
{
    uint32_t mistakes = campaign_yaml_read(slice_text(text), arena, campaign, &told.complaints);
    assert_int_equal(mistakes, told.count);
    return mistakes;
}

static const char WHOLE[] = BEFORE
    "scores:\n"
    "  - code: one\n"
    "    title: {vi: Một, en: One}\n"
    "    indicator: a\n"
    "    levels: [commune]\n"
    "    blocs: [x, y]\n"
    "    method: linear\n"
    "    points: 12.5\n"
    "    target: {value: 2.5, per: 1000, of: population}\n"
    "    cap: 15\n"
    "    bonus: {points: 0.25, at: 120}\n"
    "    penalty: {late: 0.5, missing: 1, most: 3}\n"
    "  - {code: two, title: Two, indicator: d, form: g, method: rank, points: 3}\n"
    "  - {code: three, title: Three, completeness: f, method: linear, points: 4}\n"
    "  - {code: four, title: Four, timeliness: g, method: threshold, points: 5, target: 80}\n"
    "  - {code: five, title: Five, indicator: b, method: threshold, points: 6, target: 0}\n"
    "awards:\n"
    "  - {code: paper, title: Giấy khen, subject: [collective, individual], level: commune, "
    "simplified: true}\n"
    "  - {code: title, title: Chiến sĩ, subject: [household], level: prime-minister, quota: 7, "
    "vote: {percent: 90, base: total, quorum: 75, secret: true, written: true}}\n"
    "stages: {submitted: 3, in-review: 10}\n";

static void
assert_whole(const struct campaign *c)
{
    const struct score *one = &c->scores[0];
    assert_int_equal(c->score_count, 5);
    assert_true(slice_is(one->title.vi, "Một") && slice_is(one->title.en, "One"));
    assert_int_equal(one->measure, MEASURE_INDICATOR);
    assert_int_equal(one->indicator, 0);
    assert_int_equal(one->form, 0);
    assert_int_equal(one->levels.count, 1);
    assert_int_equal(one->blocs.count, 2);
    assert_int_equal(one->points, 1250);
    assert_true(one->has_target);
    assert_int_equal(one->target, 2500000);
    assert_int_equal(one->per, 1000);
    assert_int_equal(one->of, OF_POPULATION);
    assert_int_equal(one->cap, 1500);
    assert_int_equal(one->bonus_points, 25);
    assert_int_equal(one->bonus_at, 120);
    assert_int_equal(one->late, 50);
    assert_int_equal(one->missing, 100);
    assert_int_equal(one->penalty_most, 300);
    assert_int_equal(c->scores[1].form, 1);
    assert_false(c->scores[1].has_target);
    assert_int_equal(c->scores[2].measure, MEASURE_COMPLETENESS);
    assert_int_equal(c->scores[2].target, 100000000);
    assert_int_equal(c->scores[3].measure, MEASURE_TIMELINESS);
    assert_int_equal(c->scores[3].target, 80000000);
    assert_true(c->scores[4].has_target);
    assert_int_equal(c->scores[4].target, 0);
    assert_int_equal(c->award_count, 2);
    assert_int_equal(c->awards[0].subjects, FOR_COLLECTIVE | FOR_INDIVIDUAL);
    assert_int_equal(c->awards[0].level, AWARD_COMMUNE);
    assert_true(c->awards[0].simplified);
    assert_int_equal(c->awards[0].percent, 0);
    assert_int_equal(c->awards[1].subjects, FOR_HOUSEHOLD);
    assert_int_equal(c->awards[1].level, AWARD_PRIME_MINISTER);
    assert_int_equal(c->awards[1].quota, 7);
    assert_int_equal(c->awards[1].percent, 90);
    assert_int_equal(c->awards[1].base, BASE_TOTAL);
    assert_int_equal(c->awards[1].quorum, 75);
    assert_true(c->awards[1].secret && c->awards[1].written);
    assert_int_equal(c->stages.submitted, 3);
    assert_int_equal(c->stages.in_review, 10);
    assert_int_equal(c->stages.verified, 0);
}

static void
every_key_there_and_back(void **state)
{
    (void)state;
    struct campaign campaign, sent;
    struct complaint why = {0};
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    if (read_text(WHOLE, &campaign) != 0) {
        told_print(&told);
        fail();
    }
    assert_whole(&campaign);
    campaign_encode(&campaign, &once);
    assert_true(campaign_decode(buf_slice_of(&once), arena, &sent, &why));
    assert_whole(&sent);
    assert_int_equal(campaign_check(&sent, &told.complaints), 0);
    campaign_encode(&sent, &twice);
    assert_true(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    assert_true(score_asks(&sent.scores[0], slice_text("commune"), slice_text("")));
    assert_true(score_asks(&sent.scores[0], slice_text("city"), slice_text("y")));
    assert_false(score_asks(&sent.scores[0], slice_text("city"), slice_text("z")));
    assert_true(score_asks(&sent.scores[1], slice_text("city"), slice_text("")));
    buf_fini(&once);
    buf_fini(&twice);
}

/* One line each; every one has exactly this mistake. */
static const struct {
    const char *line;
    enum code code;
} WRONG[] = {
    {"{code: s, title: S, method: rank, points: 1}", CODE_SHAPE_INVALID},
    {"{code: s, title: S, indicator: a, timeliness: f, method: rank, points: 1}",
     CODE_SHAPE_INVALID},
    {"{code: s, title: S, completeness: f, form: f, method: linear, points: 1}",
     CODE_SHAPE_INVALID},
    {"{code: s, title: S, indicator: zz, method: rank, points: 1}", CODE_REFERENCE_UNKNOWN},
    {"{code: s, title: S, indicator: \"\", method: rank, points: 1}", CODE_NOTHING_THERE},
    {"{code: s, title: S, indicator: c, method: rank, points: 1}", CODE_KEY_MISSING},
    {"{code: s, title: S, indicator: d, method: rank, points: 1}", CODE_KEY_MISSING},
    {"{code: s, title: S, indicator: e, method: rank, points: 1}", CODE_KEY_MISSING},
    {"{code: s, title: S, indicator: d, form: zz, method: rank, points: 1}",
     CODE_REFERENCE_UNKNOWN},
    {"{code: s, title: S, indicator: a, form: g, method: rank, points: 1}", CODE_INDICATOR_UNKNOWN},
    {"{code: s, title: S, completeness: zz, method: linear, points: 1}", CODE_REFERENCE_UNKNOWN},
    {"{code: s, title: S, indicator: a, method: best, points: 1}", CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 1}", CODE_KEY_MISSING},
    {"{code: s, title: S, indicator: a, method: rank, points: 1, target: 5}", CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: rank, points: 0}", CODE_NUMBER_INVALID},
    {"{code: s, title: S, indicator: a, method: rank, points: 1.005}", CODE_VALUE_FRACTION},
    {"{code: s, title: S, indicator: a, method: rank, points: 10001}", CODE_NUMBER_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 1, target: {value: 5, per: 9}}",
     CODE_SHAPE_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 1, target: {value: 5, of: "
     "population}}",
     CODE_SHAPE_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 1, target: {value: 5, per: 9, of: "
     "dogs}}",
     CODE_CHOICE_INVALID},
    {"{code: s, title: S, completeness: f, method: linear, points: 1, target: {value: 5, per: 9, "
     "of: population}}",
     CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 1, target: many}",
     CODE_NUMBER_INVALID},
    {"{code: s, title: S, completeness: f, method: linear, points: 1, target: 101}",
     CODE_NUMBER_INVALID},
    {"{code: s, title: S, completeness: f, method: linear, points: 1, target: 0}",
     CODE_NUMBER_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 2, target: 5, cap: 1}",
     CODE_VALUE_TOO_LOW},
    {"{code: s, title: S, indicator: b, method: linear, points: 2, target: 5, cap: 3}",
     CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: threshold, points: 2, target: 5, cap: 3}",
     CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: rank, points: 2, bonus: {points: 1, at: 100}}",
     CODE_CHOICE_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 2, target: 5, bonus: {points: 1, "
     "at: 90}}",
     CODE_NUMBER_INVALID},
    {"{code: s, title: S, indicator: b, method: linear, points: 2, target: 5, bonus: {points: 1, "
     "at: 110}}",
     CODE_NUMBER_INVALID},
    {"{code: s, title: S, indicator: a, method: linear, points: 2, target: 5, bonus: {points: 1}}",
     CODE_KEY_MISSING},
    {"{code: s, title: S, indicator: a, method: rank, points: 2, levels: [x, x]}",
     CODE_DUPLICATE_CODE},
    {"{code: s, title: S, indicator: a, method: rank, points: 2, blocs: [\"Cụm 1\"]}",
     CODE_CODE_INVALID},
    {"{code: s, title: S, indicator: a, method: rank, points: 2, weight: 3}", CODE_KEY_UNKNOWN},
    {"{code: \"S 1\", title: S, indicator: a, method: rank, points: 2}", CODE_CODE_INVALID},
    {"{code: s, indicator: a, method: rank, points: 2}", CODE_KEY_MISSING},
};

static const struct {
    const char *text;
    enum code code;
} WRONG_AWARDS[] = {
    {"awards:\n- {code: p, title: P, subject: [dog], level: city}\n", CODE_CHOICE_INVALID},
    {"awards:\n- {code: p, title: P, subject: [], level: city}\n", CODE_NOTHING_THERE},
    {"awards:\n- {code: p, title: P, subject: household, level: city}\n", CODE_SHAPE_INVALID},
    {"awards:\n- {code: p, title: P, subject: [household], level: world}\n", CODE_CHOICE_INVALID},
    {"awards:\n- {code: p, title: P, subject: [household], level: city, simplified: yes}\n",
     CODE_SHAPE_INVALID},
    {"awards:\n- {code: p, title: P, subject: [household], level: city, vote: {percent: 101, base: "
     "total}}\n",
     CODE_NUMBER_INVALID},
    {"awards:\n- {code: p, title: P, subject: [household], level: city, vote: {percent: 90}}\n",
     CODE_KEY_MISSING},
    {"awards:\n- {code: p, title: \"\", subject: [household], level: city}\n", CODE_NOTHING_THERE},
    {"stages:\n  {verified: 0}\n", CODE_NUMBER_INVALID},
    {"stages:\n  {decided: 5}\n", CODE_KEY_UNKNOWN},
};

static void
assert_one(const char *text, enum code code, uint32_t line)
{
    struct campaign campaign;
    told_begin(&told);
    read_text(text, &campaign);
    if (told.count != 1 || told_times(&told, code, line) != 1) {
        told_print(&told);
        fail_msg("wanted %s alone, on line %u:\n%s", code_text(code), line, text);
    }
}

static void
every_mistake_with_its_line(void **state)
{
    (void)state;
    char text[4096];
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        snprintf(text, sizeof text, "%sscores:\n  - %s\n", BEFORE, WRONG[i].line);
        assert_one(text, WRONG[i].code, FIRST_LINE + 1);
    }
    for (size_t i = 0; i < sizeof(WRONG_AWARDS) / sizeof(WRONG_AWARDS[0]); i++) {
        snprintf(text, sizeof text, "%s%s", BEFORE, WRONG_AWARDS[i].text);
        assert_one(text, WRONG_AWARDS[i].code, FIRST_LINE + 1);
    }
    snprintf(text, sizeof text,
             "%sscores:\n  - {code: s, title: S, indicator: a, method: rank, points: 1}\n"
             "  - {code: s, title: S, indicator: b, method: rank, points: 1}\n",
             BEFORE);
    assert_one(text, CODE_DUPLICATE_CODE, FIRST_LINE + 2);
}

static struct campaign sheet;

static void
assert_refused(void (*spoil)(struct score *s), enum code code)
{
    struct complaint why = {0};
    struct campaign sent;
    struct buf wire = BUF_EMPTY;
    struct score kept = sheet.scores[0];
    spoil(&sheet.scores[0]);
    campaign_encode(&sheet, &wire);
    sheet.scores[0] = kept;
    assert_false(campaign_decode(buf_slice_of(&wire), arena, &sent, &why));
    assert_string_equal(code_text(why.code), code_text(code));
    buf_fini(&wire);
}

static void
spoil_points(struct score *s)
{
    s->points = UINT32_MAX;
}

static void
spoil_target(struct score *s)
{
    s->target = INT64_MAX;
}

static void
spoil_negative(struct score *s)
{
    s->target = -1;
}

static void
spoil_measure(struct score *s)
{
    s->indicator_code = slice_of(NULL, 0);
}

/* What would overflow never gets in: the limits are the record's too. */
static void
records_beyond_the_limits(void **state)
{
    (void)state;
    assert_int_equal(read_text(WHOLE, &sheet), 0);
    assert_refused(spoil_points, CODE_NUMBER_INVALID);
    assert_refused(spoil_target, CODE_NUMBER_INVALID);
    assert_refused(spoil_negative, CODE_NUMBER_INVALID);
    assert_refused(spoil_measure, CODE_SHAPE_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_key_there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(every_mistake_with_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(records_beyond_the_limits, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
