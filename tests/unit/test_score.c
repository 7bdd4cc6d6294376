/* The arithmetic of score lines, by hand in tables: each method, every edge of rounding, targets of
 * 0, caps, bonuses and penalties; then random lines against the same sums done slowly, digit by
 * digit, and the widest numbers that a campaign can hold. */
#include "workers/query/score.h"

#include "proto/campaign_keys.h"
#include "proto/limits.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MILLION 1000000ll

static const struct indicator UP = {.direction = DIRECTION_UP};
static const struct indicator DOWN = {.direction = DIRECTION_DOWN};
static const struct indicator UP_1 = {.direction = DIRECTION_UP, .decimals = 1};

static struct score_points
points_of(const struct score *line, const struct indicator *indicator, wide value,
          uint64_t population)
{
    struct score_facts facts = {.has_value = true, .value = value, .population = population};
    struct score_points points;
    score_points_of(line, indicator, &facts, &points);
    return points;
}

static void
linear_by_hand(void **state)
{
    (void)state;
    static const struct {
        const struct indicator *indicator;
        uint32_t points, cap;
        int64_t target; /* millionths */
        int64_t value;
        int64_t earned;
    } ROWS[] = {
        {&UP, 1000, 0, 100 * MILLION, 50, 500},
        {&UP, 1000, 0, 100 * MILLION, 100, 1000},
        {&UP, 1000, 0, 100 * MILLION, 101, 1000},    /* without a cap, points are the most */
        {&UP, 1000, 1200, 100 * MILLION, 101, 1010}, /* with one, more counts */
        {&UP, 1000, 1200, 100 * MILLION, 120, 1200},
        {&UP, 1000, 1200, 100 * MILLION, 121, 1200},
        {&UP, 1000, 0, 3 * MILLION, 1, 333},    /* 3.333 */
        {&UP, 1000, 0, 3 * MILLION, 2, 667},    /* 6.666 */
        {&UP, 1000, 0, 400 * MILLION, 97, 243}, /* 2.425: half, away from zero */
        {&UP, 1, 0, 2 * MILLION, 1, 1},         /* 0.005 */
        {&UP, 1, 0, 2000001, 1, 0},             /* a little less than 0.005 */
        {&UP, 1000, 0, 12500000, 5, 400},       /* 5 of 12.5 */
        {&UP_1, 1000, 0, 12500000, 50, 400},    /* 5.0 of 12.5 */
        {&UP, 1000, 0, 100 * MILLION, 0, 0},
        {&UP, 1000, 0, 100 * MILLION, -7, 0}, /* never below 0 */
        {&UP, 1000, 1200, 0, 0, 1000},        /* a target of 0 is reached ... */
        {&UP, 1000, 1200, 0, 9, 1000},        /* ... and has no beyond */
        {&UP, 1000, 1200, 0, -1, 0},
        {&DOWN, 900, 0, 6 * MILLION, 0, 900},
        {&DOWN, 900, 0, 6 * MILLION, 6, 900},
        {&DOWN, 900, 0, 6 * MILLION, 7, 771}, /* 7.714 */
        {&DOWN, 900, 0, 6 * MILLION, 12, 450},
        {&DOWN, 1, 0, 6 * MILLION, 12, 1}, /* 0.005 */
        {&DOWN, 1, 0, 6 * MILLION, 13, 0},
        {&DOWN, 900, 0, 0, 0, 900},
        {&DOWN, 900, 0, 0, 1, 0},
        {&DOWN, 900, 0, 6 * MILLION, -3, 900},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct score line = {.method = METHOD_LINEAR,
                             .points = ROWS[i].points,
                             .cap = ROWS[i].cap,
                             .has_target = true,
                             .target = ROWS[i].target};
        int64_t earned = points_of(&line, ROWS[i].indicator, ROWS[i].value, 0).earned;
        if (earned != ROWS[i].earned) {
            fail_msg("row %zu: %lld, by hand %lld", i, (long long)earned,
                     (long long)ROWS[i].earned);
        }
    }
}

static void
thresholds_and_bonuses(void **state)
{
    (void)state;
    static const struct {
        const struct indicator *indicator;
        int64_t target, value;
        uint32_t at;
        int64_t earned, bonus;
    } ROWS[] = {
        {&UP, 10 * MILLION, 9, 100, 0, 0},
        {&UP, 10 * MILLION, 10, 100, 500, 50},
        {&UP, 10 * MILLION, 11, 120, 500, 0},
        {&UP, 10 * MILLION, 12, 120, 500, 50},
        {&UP_1, 10 * MILLION, 99, 100, 0, 0},
        {&UP_1, 10 * MILLION, 100, 100, 500, 50},
        {&UP, 0, 0, 100, 500, 0},
        {&UP, 0, -1, 100, 0, 0},
        {&DOWN, 10 * MILLION, 10, 50, 500, 0},
        {&DOWN, 10 * MILLION, 11, 50, 0, 0},
        {&DOWN, 10 * MILLION, 5, 50, 500, 50},
        {&DOWN, 10 * MILLION, 6, 50, 500, 0},
        {&DOWN, 0, 0, 50, 500, 0},
        {&DOWN, 0, 1, 50, 0, 0},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct score line = {.method = METHOD_THRESHOLD,
                             .points = 500,
                             .has_target = true,
                             .target = ROWS[i].target,
                             .bonus_points = 50,
                             .bonus_at = ROWS[i].at};
        struct score_points p = points_of(&line, ROWS[i].indicator, ROWS[i].value, 0);
        if (p.earned != ROWS[i].earned || p.bonus != ROWS[i].bonus) {
            fail_msg("row %zu: %lld + %lld", i, (long long)p.earned, (long long)p.bonus);
        }
    }
}

static void
places(void **state)
{
    (void)state;
    static const struct {
        uint32_t points, place, places;
        int64_t earned;
    } ROWS[] = {{1000, 1, 1, 1000}, {1000, 1, 5, 1000}, {1000, 2, 5, 800}, {1000, 5, 5, 200},
                {1000, 3, 3, 333},  {1000, 2, 3, 667},  {1, 2, 2, 1},      {1, 3, 3, 0}};
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct score line = {.method = METHOD_RANK, .points = ROWS[i].points};
        struct score_facts facts = {
            .has_value = true, .place = ROWS[i].place, .places = ROWS[i].places};
        struct score_points p;
        score_points_of(&line, &UP, &facts, &p);
        assert_int_equal(p.earned, ROWS[i].earned);
    }
}

static void
penalties(void **state)
{
    (void)state;
    static const struct {
        uint32_t late, missing, most; /* each */
        uint64_t lates, missings;
        bool has_value;
        int64_t penalty, points;
    } ROWS[] = {
        {25, 50, 0, 2, 3, true, 200, 800},
        {25, 50, 0, 40, 0, true, 1000, 0},       /* no more than was earned */
        {25, 50, 1500, 80, 0, true, 1500, -500}, /* or than is said */
        {25, 50, 150, 2, 3, true, 150, 850},
        {25, 50, 0, 2, 3, false, 0, 0}, /* nothing was earned */
        {25, 50, 150, 2, 3, false, 150, -150},
        {0, 50, 0, 9, 1, true, 50, 950},
        {1000000, 1000000, 1000000, UINT64_MAX, UINT64_MAX, true, 1000000, -999000},
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct score line = {.method = METHOD_THRESHOLD,
                             .points = 1000,
                             .has_target = true,
                             .late = ROWS[i].late,
                             .missing = ROWS[i].missing,
                             .penalty_most = ROWS[i].most};
        struct score_facts facts = {
            .has_value = ROWS[i].has_value, .late = ROWS[i].lates, .missing = ROWS[i].missings};
        struct score_points p;
        score_points_of(&line, &UP, &facts, &p);
        assert_int_equal(p.penalty, ROWS[i].penalty);
        assert_int_equal(p.points, ROWS[i].points);
    }
}

static void
targets_of_a_population(void **state)
{
    (void)state;
    struct score line = {.method = METHOD_LINEAR,
                         .points = 1000,
                         .has_target = true,
                         .target = 2500000,
                         .per = 1000,
                         .of = OF_POPULATION};
    wide target;
    assert_int_equal(points_of(&line, &UP, 5, 4000).earned, 500); /* 2.5 per 1,000: 10 */
    assert_int_equal(points_of(&line, &UP, 1, 1).earned, 1000);   /* 0.0025 */
    struct score_points none = points_of(&line, &UP, 5, 0);
    assert_int_equal(none.state, SCORE_NO_POPULATION);
    assert_int_equal(none.points, 0);
    struct score_facts facts = {.population = 4001};
    assert_true(score_target(&line, &facts, &target));
    assert_true(target == 10002500);
    facts.population = 0;
    assert_false(score_target(&line, &facts, &target));
}

static void
shares_of_reports(void **state)
{
    (void)state;
    struct score line = {
        .method = METHOD_LINEAR, .points = 600, .has_target = true, .target = 90 * MILLION};
    struct score_facts a = {.has_value = true, .value = 2, .expected = 3};
    struct score_facts b = {.has_value = true, .value = 4, .expected = 6};
    struct score_facts c = {.has_value = true, .value = 5, .expected = 6};
    struct score_points p;
    score_points_of(&line, NULL, &a, &p);
    assert_int_equal(p.earned, 444); /* 6 × 66.67 % ÷ 90 % = 4.444 */
    score_points_of(&line, NULL, &c, &p);
    assert_int_equal(p.earned, 556);
    assert_true(score_shown(NULL, &a) == 6667);
    assert_int_equal(score_better(NULL, &a, &b), 0);
    assert_true(score_better(NULL, &c, &a) < 0);
    struct score_facts d = {.has_value = true, .value = 4}, e = {.has_value = true, .value = 5};
    assert_true(score_better(&UP, &e, &d) < 0);
    assert_true(score_better(&DOWN, &e, &d) > 0);
}

/* ---- slowly ---- */

static uint64_t
dice(uint64_t *seed, uint64_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % below;
}

/* points × num / den by looking for the greatest whole that fits, then at the rest: no division. */
static int64_t
slowly(int64_t points, wide num, wide den, int64_t most)
{
    int64_t low = 0, high = most + 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (middle * den <= points * num) {
            low = middle;
        } else {
            high = middle;
        }
    }
    bool up = 2 * (points * num - low * den) >= den;
    return low + up > most ? most : low + up;
}

static void
random_lines_against_slow_sums(void **state)
{
    (void)state;
    uint64_t seed = 20211104;
    for (int i = 0; i < 200000; i++) {
        uint64_t start = seed;
        uint32_t points = 1 + (uint32_t)dice(&seed, 3000);
        bool down = dice(&seed, 2);
        struct score line = {.method = METHOD_LINEAR, .points = points, .has_target = true};
        line.cap = down || dice(&seed, 2) ? 0 : points + (uint32_t)dice(&seed, 2000);
        line.target = (int64_t)(1 + dice(&seed, 4000)) * (dice(&seed, 2) ? MILLION : 12500);
        line.per = dice(&seed, 2) ? 0 : 1 + (uint32_t)dice(&seed, 2000);
        line.of = line.per == 0 ? 0 : OF_POPULATION;
        struct indicator indicator = {.direction = down ? DIRECTION_DOWN : DIRECTION_UP,
                                      .decimals = (uint8_t)dice(&seed, 4)};
        uint64_t population = 1 + dice(&seed, 50000);
        int64_t value = (int64_t)dice(&seed, 100000);
        wide num = value * decimal_power(6 - indicator.decimals) * (line.per ? line.per : 1);
        wide den = (wide)line.target * (line.per ? population : 1);
        int64_t most = line.cap ? line.cap : points;
        int64_t wanted = !down        ? slowly(points, num, den, most)
                         : num <= den ? points
                                      : slowly(points, den, num, points);
        int64_t got = points_of(&line, &indicator, value, population).points;
        if (got != wanted) {
            fail_msg("seed %llu: %lld, slowly %lld", (unsigned long long)start, (long long)got,
                     (long long)wanted);
        }
    }
}

/* UBSan watches: nothing that passes campaign_check may overflow. */
static void
widest_numbers(void **state)
{
    (void)state;
    static const wide VALUES[] = {
        0, 1, INT64_MAX, INT64_MIN, (wide)INT64_MAX << 32, (wide)1 << 126, -((wide)1 << 126)};
    static const struct indicator SIX = {.direction = DIRECTION_UP, .decimals = 6};
    static const struct indicator *const INDICATORS[] = {&UP, &DOWN, &SIX};
    for (int shape = 0; shape < 8; shape++) {
        struct score line = {.method = METHOD_LINEAR,
                             .points = SCORE_POINTS_MAX,
                             .cap = SCORE_POINTS_MAX,
                             .has_target = true,
                             .target = shape & 1 ? SCORE_TARGET_MAX * MILLION : 1,
                             .per = shape & 2 ? SCORE_PER_MAX : 1,
                             .of = OF_POPULATION,
                             .bonus_points = SCORE_POINTS_MAX,
                             .bonus_at = SCORE_AT_MAX};
        uint64_t population = shape & 4 ? POPULATION_MAX : 1;
        for (size_t v = 0; v < COUNT(VALUES); v++) {
            for (size_t i = 0; i < COUNT(INDICATORS); i++) {
                struct score_points p = points_of(&line, INDICATORS[i], VALUES[v], population);
                assert_in_range(p.points, 0, 2 * SCORE_POINTS_MAX);
            }
        }
    }
    struct score line = {.method = METHOD_LINEAR,
                         .points = SCORE_POINTS_MAX,
                         .has_target = true,
                         .target = SCORE_TARGET_MAX * MILLION,
                         .per = 1,
                         .of = OF_POPULATION};
    /* a third of the target, all of it at the limits */
    wide third = (wide)SCORE_TARGET_MAX * POPULATION_MAX / 3;
    assert_int_equal(points_of(&line, &UP, third, POPULATION_MAX).points, 333333);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_by_hand),
        cmocka_unit_test(thresholds_and_bonuses),
        cmocka_unit_test(places),
        cmocka_unit_test(penalties),
        cmocka_unit_test(targets_of_a_population),
        cmocka_unit_test(shares_of_reports),
        cmocka_unit_test(random_lines_against_slow_sums),
        cmocka_unit_test(widest_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
