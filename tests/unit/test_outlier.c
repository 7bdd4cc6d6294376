/* outlier_is against its definition, worked out the long way, over many small series: near the limit,
 * where the short way must not be wrong by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/decimal.h"
#include "workers/tally/limits.h"
#include "workers/tally/near.h"
#include "workers/tally/outlier.h"

#include <stdlib.h>
#include <string.h>

#define SERIES 200000

static int
order(const void *a, const void *b)
{
    wide x = *(const wide *)a, y = *(const wide *)b;
    return (x > y) - (x < y);
}

/* Twice the median. */
static wide
median2(wide *values, uint32_t count)
{
    qsort(values, count, sizeof(*values), order);
    return values[(count - 1) / 2] + values[count / 2];
}

static bool
by_definition(int64_t value, const int64_t *series, uint32_t count)
{
    wide values[OUTLIER_SERIES], off2[OUTLIER_SERIES];
    for (uint32_t i = 0; i < count; i++) {
        values[i] = series[i];
    }
    wide middle2 = median2(values, count);
    for (uint32_t i = 0; i < count; i++) {
        wide d = 2 * (wide)series[i] - middle2;
        off2[i] = d < 0 ? -d : d;
    }
    wide mad4 = median2(off2, count);
    wide own2 = 2 * (wide)value - middle2;
    own2 = own2 < 0 ? -own2 : own2;
    return count >= OUTLIER_LEAST && mad4 != 0 && 2 * own2 > OUTLIER_MADS * mad4;
}

static void
test_as_defined(void **unused)
{
    (void)unused;
    uint64_t random = 20210923; /* xorshift64: the same run on every machine */
    uint32_t found = 0;
    for (int n = 0; n < SERIES; n++) {
        int64_t series[OUTLIER_SERIES], copy[OUTLIER_SERIES], value = 0;
        uint32_t count = 1 + (uint32_t)n % OUTLIER_SERIES;
        int64_t span = 1 + n % 17;
        for (uint32_t i = 0; i <= count; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            int64_t drawn = (int64_t)(random >> 33);
            if (i < count) {
                copy[i] = series[i] = drawn % span - span / 2;
            } else {
                value = drawn % (6 * span) - 3 * span;
            }
        }
        bool outlier = by_definition(value, copy, count);
        found += outlier;
        assert_int_equal(outlier_is(value, series, count), outlier);
    }
    assert_true(found > SERIES / 100 && found < SERIES / 2);
}

static void
test_widest_numbers(void **unused)
{
    (void)unused;
    int64_t series[OUTLIER_SERIES], copy[OUTLIER_SERIES];
    for (uint32_t i = 0; i < OUTLIER_SERIES; i++) {
        copy[i] = series[i] = i % 2 == 0 ? INT64_MIN : INT64_MAX;
    }
    assert_int_equal(outlier_is(INT64_MAX, series, OUTLIER_SERIES),
                     by_definition(INT64_MAX, copy, OUTLIER_SERIES));
    for (uint32_t i = 0; i < OUTLIER_SERIES; i++) {
        series[i] = INT64_MAX - (int64_t)i;
    }
    assert_true(outlier_is(INT64_MIN, series, OUTLIER_SERIES));
}

static uint64_t
draw(uint64_t *random, uint64_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random % below;
}

/* A proof is right whatever the guess: made of this series, of another one, or anything. */
static void
test_nearness_is_proved(void **unused)
{
    (void)unused;
    uint64_t random = 20211123;
    struct guess guess = {0, 0};
    uint32_t proved = 0, missed = 0;
    for (int n = 0; n < SERIES; n++) {
        int64_t series[OUTLIER_SERIES];
        uint32_t count =
            OUTLIER_LEAST + (uint32_t)draw(&random, OUTLIER_SERIES - OUTLIER_LEAST + 1);
        uint64_t span = 1 + draw(&random, 17);
        int64_t base = n % 8 == 0 ? INT64_MAX - 17 : n % 8 == 1 ? INT64_MIN : 0;
        for (uint32_t i = 0; i < count; i++) {
            series[i] = base + (int64_t)draw(&random, span);
        }
        int64_t value = (int64_t)draw(&random, 4 * span) - (int64_t)span;
        int64_t copy[OUTLIER_SERIES];
        memcpy(copy, series, sizeof(copy));
        if (n % 3 == 0) {
            guess = (struct guess){(int64_t)draw(&random, span) - 2, (int64_t)draw(&random, span)};
        } else if (n % 3 == 1) {
            guess = guess_make(copy, count);
        }
        struct near near = {0};
        bool proof = near_begin(&near, guess, value);
        near_add(&near, series, 1, count / 2);
        near_add(&near, series + count / 2, 1, count - count / 2);
        proof = proof && near_end(&near, count) == NEAR_PROVED;
        bool outlier = by_definition(value, series, count);
        assert_false(proof && outlier);
        proved += proof;
        missed += !proof && !outlier;
    }
    assert_true(proved > SERIES / 10 && missed > SERIES / 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_defined),
        cmocka_unit_test(test_nearness_is_proved),
        cmocka_unit_test(test_widest_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
