/* A campaign as a record carries it: what is encoded comes back, hostile bytes are told, what must never
 * change under a code does not, and what others ask of a campaign is answered. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "clients/campaign_yaml.h"
#include "proto/cursor.h"
#include "proto/limits.h"
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

static const char SMALL[] =
    "campaign: c\n"
    "title: {vi: \"Phong trào\", en: Campaign}\n"
    "decision: 09/KH\n"
    "window: {from: 2021-08-31, to: 2022-12-31}\n"
    "utc_offset: \"-03:30\"\n"
    "themes: [{code: t, title: T}]\n"
    "indicators:\n"
    "  - {code: a, theme: t, title: A, type: integer, over_time: sum, over_units: sum, min: -5}\n"
    "  - {code: b, theme: t, title: B, type: decimal, decimals: 3, over_time: mean, over_units: "
    "max, max: 1.125, direction: up}\n"
    "  - {code: y, theme: t, title: Y, type: flag, over_time: last, over_units: sum}\n"
    "forms:\n"
    "  - {code: f, title: F, period: day, levels: [commune], kinds: [xa], units: [\"001\"], "
    "indicators: [b, a, y], required: [a], due: 0, expires: 30}\n"
    "  - {code: g, title: G, period: quarter, indicators: [y]}\n"
    "rules:\n"
    "  - {code: r, form: f, left: [a, b], op: \">=\", right: [y], severity: reject}\n"
    "  - {code: s, form: f, together: [a, b], severity: warn}\n"
    "  - {code: x, form: f, exclusive: [a, y], severity: warn}\n";

static struct campaign
small(void)
{
    struct campaign campaign;
    uint32_t mistakes = campaign_yaml_read(slice_text(SMALL), arena, &campaign, &told.complaints);
    told_print(&told);
    assert_int_equal(mistakes, 0);
    return campaign;
}

static void
assert_decode_fails(const struct buf *bytes, enum code code)
{
    struct campaign campaign;
    struct complaint why = {0};
    assert_false(campaign_decode(buf_slice_of(bytes), arena, &campaign, &why));
    assert_string_equal(code_text(why.code), code_text(code));
}

static void
round_trip(void **state)
{
    (void)state;
    struct campaign first = small(), back;
    struct buf one = BUF_EMPTY, two = BUF_EMPTY;
    struct complaint why = {0};
    campaign_encode(&first, &one);
    assert_true(campaign_decode(buf_slice_of(&one), arena, &back, &why));
    campaign_encode(&back, &two);
    assert_true(slice_equal(buf_slice_of(&one), buf_slice_of(&two)));
    assert_int_equal(campaign_check(&back, &told.complaints), 0);

    assert_int_equal(back.utc_offset_minutes, -210);
    assert_int_equal(back.from, first.from);
    assert_int_equal(back.to, first.to);
    assert_int_equal(back.indicators[0].min, -5);
    assert_false(back.indicators[0].has_max);
    assert_int_equal(back.indicators[1].max, 1125);
    assert_int_equal(back.indicators[1].decimals, 3);
    assert_int_equal(back.indicators[1].over_units, OVER_MAX);
    assert_int_equal(back.indicators[1].direction, DIRECTION_UP);
    assert_int_equal(back.forms[0].indicators.index[0], 1);
    assert_int_equal(back.forms[0].due, 0);
    assert_int_equal(back.forms[1].due, -1);
    assert_int_equal(back.forms[1].sources.count, 1);
    assert_int_equal(back.rules[0].kind, RULE_GE);
    assert_int_equal(back.rules[0].left.count, 2);
    assert_int_equal(back.rules[1].kind, RULE_TOGETHER);
    assert_int_equal(back.rules[2].kind, RULE_EXCLUSIVE);
    assert_int_equal(back.rules[2].left.index[1], 2);
    assert_int_equal(back.rules[2].right.count, 0);
    buf_fini(&one);
    buf_fini(&two);
}

static void
hostile_bytes_are_told(void **state)
{
    (void)state;
    static const uint8_t CHANGES[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xc0, 0xc1, 0xc6,
                                      0xcb, 0xcf, 0xd3, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff};
    struct campaign campaign = small(), back;
    struct buf bytes = BUF_EMPTY;
    struct complaint why = {0};
    struct arena *scratch = arena_new();
    campaign_encode(&campaign, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_false(campaign_decode(slice_of(bytes.data, len), scratch, &back, &why));
        assert_int_not_equal(why.code, CODE_NONE);
    }
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t kept = bytes.data[i];
        for (size_t j = 0; j < sizeof(CHANGES); j++) {
            bytes.data[i] = CHANGES[j];
            if (campaign_decode(buf_slice_of(&bytes), scratch, &back, &why)) {
                (void)campaign_check(&back, &told.complaints);
            }
        }
        bytes.data[i] = kept;
        arena_reset(scratch);
    }
    buf_byte(&bytes, 0xc0);
    assert_decode_fails(&bytes, CODE_MALFORMED);
    arena_free(&scratch);
    buf_fini(&bytes);
}

static void
counts_are_held_against_limits(void **state)
{
    (void)state;
    struct buf bytes = BUF_EMPTY;
    pack_map(&bytes, 1);
    pack_cstr(&bytes, "themes");
    pack_array(&bytes, CAMPAIGN_THEMES_MAX + 1);
    for (uint32_t i = 0; i <= CAMPAIGN_THEMES_MAX; i++) {
        pack_map(&bytes, 0);
    }
    assert_decode_fails(&bytes, CODE_TOO_MANY);
    buf_fini(&bytes);
}

static void
keys_unknown_missing_and_twice(void **state)
{
    (void)state;
    struct buf bytes = BUF_EMPTY;
    pack_map(&bytes, 2);
    pack_cstr(&bytes, "of-next-year"); /* skipped */
    pack_array(&bytes, 1);
    pack_map(&bytes, 0);
    pack_key_text(&bytes, "campaign", slice_text("c"));
    assert_decode_fails(&bytes, CODE_KEY_MISSING);

    buf_clear(&bytes);
    pack_map(&bytes, 2);
    pack_key_text(&bytes, "campaign", slice_text("c"));
    pack_key_text(&bytes, "campaign", slice_text("c"));
    assert_decode_fails(&bytes, CODE_DUPLICATE_KEY);

    buf_clear(&bytes);
    pack_map(&bytes, 1);
    pack_key_uint(&bytes, "campaign", 1);
    assert_decode_fails(&bytes, CODE_WRONG_TYPE);

    buf_clear(&bytes);
    pack_map(&bytes, 1);
    pack_cstr(&bytes, "scores");
    pack_array(&bytes, 1);
    pack_uint(&bytes, 1);
    assert_decode_fails(&bytes, CODE_WRONG_TYPE);
    buf_fini(&bytes);
}

/* A record may come from a client that checked nothing. */
static void
meaning_is_checked_without_lines(void **state)
{
    (void)state;
    struct campaign campaign = small();
    campaign.code = slice_text("Đợt 1");
    campaign.themes[0].title.vi = slice_of("\xff", 1);
    campaign.indicators[0].decimals = 9;
    campaign.indicators[2].max = 7;
    campaign.to = campaign.from - 1;
    campaign.utc_offset_minutes = UTC_OFFSET_MAX + 1;
    campaign.forms[0].expires = FORM_DAYS_MAX + 1;
    campaign.forms[0].required.codes[0] = slice_text("nobody");
    campaign.rules[0].form_code = slice_text("nobody");
    campaign_link(&campaign, arena);
    assert_int_equal(campaign_check(&campaign, &told.complaints), 9);
    assert_int_equal(told_times(&told, CODE_CODE_INVALID, 0), 1);
    assert_int_equal(told_times(&told, CODE_NOT_UTF8, 0), 1);
    assert_int_equal(told_times(&told, CODE_NUMBER_INVALID, 0), 4);
    assert_int_equal(told_times(&told, CODE_DATE_ORDER, 0), 1);
    assert_int_equal(told_times(&told, CODE_REFERENCE_UNKNOWN, 0), 2);
}

static void
meaning_never_changes_under_a_code(void **state)
{
    (void)state;
    struct campaign old = small(), new = small();
    struct complaint why = {0};
    new.indicators[0].title.en = slice_text("Another title");
    new.indicators[0].has_max = true;
    assert_true(campaign_may_follow(&old, &new, &why));
    new.indicators[1].over_time = OVER_SUM;
    assert_false(campaign_may_follow(&old, &new, &why));
    assert_int_equal(why.code, CODE_MEANING_CHANGED);
    assert_string_equal(why.subject, "b");
    assert_string_equal(why.detail, "over_time");
    new.indicators[1].code = slice_text("b2"); /* a new meaning has a new code */
    assert_true(campaign_may_follow(&old, &new, &why));
    new.forms[1].period = GRAN_YEAR;
    assert_false(campaign_may_follow(&old, &new, &why));
    assert_string_equal(why.detail, "period");
}

static void
changed(struct campaign *old, struct campaign *new, const char *detail)
{
    struct complaint why = {0};
    assert_false(campaign_may_follow(old, new, &why));
    assert_int_equal(why.code, CODE_MEANING_CHANGED);
    assert_string_equal(why.detail, detail);
}

static void
each_part_of_a_meaning(void **state)
{
    (void)state;
    struct campaign old = small(), new;
    struct indicator indicators[8];
    assert_true(old.indicator_count <= 8);
    new = old;
    new.indicators = indicators;
    for (int part = 0; part < 3; part++) {
        memcpy(indicators, old.indicators, old.indicator_count * sizeof indicators[0]);
        indicators[0].type = part == 0 ? TYPE_FLAG : indicators[0].type;
        indicators[0].decimals = (uint8_t)(indicators[0].decimals + (part == 1));
        indicators[0].over_units = part == 2 ? OVER_MIN : indicators[0].over_units;
        changed(&old, &new, (const char *[]){"type", "decimals", "over_units"}[part]);
    }
}

static void
questions(void **state)
{
    (void)state;
    struct campaign campaign = small();
    struct slice none = slice_text("");
    assert_int_equal(campaign_form(&campaign, slice_text("g")), 1);
    assert_int_equal(campaign_form(&campaign, slice_text("zz")), INDEX_NONE);
    assert_int_equal(campaign_indicator(&campaign, slice_text("y")), 2);
    assert_int_equal(campaign_indicator(&campaign, slice_text("f")), INDEX_NONE);
    const struct form *f = &campaign.forms[0];
    assert_true(form_asks(f, slice_text("9"), slice_text("commune"), none));
    assert_true(form_asks(f, slice_text("9"), slice_text("district"), slice_text("xa")));
    assert_true(form_asks(f, slice_text("001"), slice_text("district"), none));
    assert_false(form_asks(f, slice_text("002"), slice_text("district"), none));
    assert_true(form_asks(&campaign.forms[1], slice_text("002"), slice_text("district"), none));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(round_trip),
        TEST(hostile_bytes_are_told),
        TEST(counts_are_held_against_limits),
        TEST(keys_unknown_missing_and_twice),
        TEST(meaning_is_checked_without_lines),
        TEST(meaning_never_changes_under_a_code),
        TEST(each_part_of_a_meaning),
        TEST(questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
