/* Scaled integers: reading, writing and rounding, at the ends of their ranges too. */
#include "common/decimal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static void
check_parse(const char *text, unsigned decimals, enum err err, int64_t expected)
{
    int64_t value = 0;
    enum err got = decimal_parse(slice_text(text), decimals, &value);
    if (got != err || (err == ERR_OK && value != expected)) {
        fail_msg("“%s” at %u: %s, %lld", text, decimals, err_name(got), (long long)value);
    }
}

static void
test_parse(void **state)
{
    (void)state;
    check_parse("0", 0, ERR_OK, 0);
    check_parse("-0", 0, ERR_OK, 0);
    check_parse("007", 0, ERR_OK, 7);
    check_parse("12.5", 1, ERR_OK, 125);
    check_parse("-12.50", 1, ERR_OK, -125);
    check_parse("12", 3, ERR_OK, 12000);
    check_parse("0.000001", 6, ERR_OK, 1);
    check_parse("12.0000000000000000000000000000000000000000000", 0, ERR_OK, 12);
    check_parse("9223372036854775807", 0, ERR_OK, INT64_MAX);
    check_parse("-9223372036854775808", 0, ERR_OK, INT64_MIN);
    check_parse("9223372036854.775807", 6, ERR_OK, INT64_MAX);
}

static void
test_parse_refuses(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "-",   ".",    "5.",    ".5",  "+5",
                                        "1e3",  " 1",  "1 ",   "1,5",   "--1", "1.2.3",
                                        "1.-2", "0x1", "1.5x", "12.5 ", "١"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        check_parse(wrong[i], 1, ERR_FORMAT, 0);
    }
    int64_t value;
    assert_int_equal(decimal_parse(slice_of(NULL, 0), 0, &value), ERR_FORMAT);
    assert_int_equal(decimal_parse(slice_of("1\0", 2), 0, &value), ERR_FORMAT);
    check_parse("12.55", 1, ERR_FRACTION, 0);
    check_parse("12.5", 0, ERR_FRACTION, 0);
    check_parse("9223372036854775808", 0, ERR_RANGE, 0);
    check_parse("-9223372036854775809", 0, ERR_RANGE, 0);
    check_parse("9223372036854775807", 1, ERR_RANGE, 0);
    check_parse("99999999999999999999999999999999999999999999999999999999", 6, ERR_RANGE, 0);
    check_parse("99999999999999999999999999999999999999999999999999999999x", 6, ERR_FORMAT, 0);
    check_parse("1", DECIMALS_MAX + 1, ERR_RANGE, 0);
}

static void
check_format(wide value, unsigned decimals, const char *expected)
{
    char text[DECIMAL_TEXT];
    size_t len = decimal_format(value, decimals, text);
    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(expected));
}

static void
test_format(void **state)
{
    (void)state;
    check_format(0, 0, "0");
    check_format(0, 6, "0");
    check_format(125, 1, "12.5");
    check_format(120, 1, "12");
    check_format(-5, 1, "-0.5");
    check_format(5, 3, "0.005");
    check_format(-100, 2, "-1");
    check_format(1000000, 0, "1000000");
    check_format(INT64_MIN, 6, "-9223372036854.775808");
    const wide most = (((wide)1 << 126) - 1) * 2 + 1;
    check_format(most, 6, "170141183460469231731687303715884.105727");
    check_format(-most - 1, 0, "-170141183460469231731687303715884105728");
}

static void
test_format_reads_back(void **state)
{
    (void)state;
    for (unsigned decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
        for (int64_t v = -2100; v <= 2100; v += 7) {
            char text[DECIMAL_TEXT];
            int64_t value;
            decimal_format(v, decimals, text);
            assert_int_equal(decimal_parse(slice_text(text), decimals, &value), ERR_OK);
            assert_true(value == v);
        }
    }
}

static void
test_scale(void **state)
{
    (void)state;
    int64_t value;
    assert_int_equal(decimal_scale(12, 2, &value), ERR_OK);
    assert_true(value == 1200);
    assert_int_equal(decimal_scale(INT64_MIN, 0, &value), ERR_OK);
    assert_true(value == INT64_MIN);
    assert_int_equal(decimal_scale(INT64_MAX / 10 + 1, 1, &value), ERR_RANGE);
    assert_int_equal(decimal_scale(INT64_MIN, 6, &value), ERR_RANGE);
    assert_int_equal(decimal_scale(1, DECIMALS_MAX + 1, &value), ERR_RANGE);
    assert_true(decimal_power(6) == 1000000);
}

/* Half away from zero, told by comparing twice the distance: |2 (mean * count - sum)| <= count, and
 * a tie lies outside. */
static void
test_mean(void **state)
{
    (void)state;
    for (int64_t sum = -200; sum <= 200; sum++) {
        for (int64_t count = 1; count <= 40; count++) {
            int64_t mean = (int64_t)decimal_mean(sum, (uint64_t)count);
            int64_t twice = 2 * (mean * count - sum);
            bool outwards = sum < 0 ? twice <= 0 : twice >= 0;
            assert_true(twice >= -count && twice <= count);
            assert_true((twice != count && twice != -count) || outwards);
        }
    }
    assert_true(decimal_mean(5, 2) == 3 && decimal_mean(-5, 2) == -3);
    const wide most = (((wide)1 << 126) - 1) * 2 + 1;
    assert_true(decimal_mean(most, 1) == most && decimal_mean(-most - 1, 1) == -most - 1);
    assert_true(decimal_mean((wide)UINT64_MAX, UINT64_MAX) == 1);
    assert_true(decimal_mean((wide)UINT64_MAX / 2, UINT64_MAX) == 0);
    assert_true(decimal_mean((wide)UINT64_MAX / 2 + 1, UINT64_MAX) == 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),  cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_format), cmocka_unit_test(test_format_reads_back),
        cmocka_unit_test(test_scale),  cmocka_unit_test(test_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
