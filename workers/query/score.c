/* The arithmetic of a score line: see score.h. A value against its target is one fraction of two
 * integers that are never divided before the points are multiplied in. */
#include "workers/query/score.h"

#include "proto/campaign_keys.h"
#include "proto/limits.h"

/* A sum of 2^17 units at the end of an int64: anything beyond is treated as this. */
#define VALUE_BITS 80
#define VALUE_MOST ((wide)1 << VALUE_BITS)
#define POPULATION_BITS 35
#define POINTS_BITS 20
#define PER_BITS 20
#define SCALE_BITS 20  /* 10^6 */
#define TARGET_BITS 60 /* 10^18 */
#define AT_BITS 10

_Static_assert(POPULATION_MAX < 1ull << POPULATION_BITS, "a population fits its bits");
_Static_assert(SCORE_POINTS_MAX <= 1u << POINTS_BITS, "points fit their bits");
_Static_assert(SCORE_PER_MAX <= 1u << PER_BITS && CAMPAIGN_TARGET_SCALE <= 1u << SCALE_BITS &&
                   SCORE_AT_MAX <= 1u << AT_BITS,
               "the factors fit their bits");
_Static_assert((wide)SCORE_TARGET_MAX *CAMPAIGN_TARGET_SCALE <= (wide)1 << TARGET_BITS,
               "a target fits its bits");
_Static_assert(VALUE_BITS + SCALE_BITS + PER_BITS + 7 <= 127, "value × 100 fits");
_Static_assert(TARGET_BITS + POPULATION_BITS + POINTS_BITS + 1 <= 126, "target × points fits");
_Static_assert(TARGET_BITS + POPULATION_BITS + AT_BITS <= 126, "target × at fits");
_Static_assert(CAMPAIGN_SCORES_MAX * 3ll * SCORE_POINTS_MAX <= INT32_MAX, "a total fits 32 bits");

/* value / target as num / den: both of the same scale, den ≥ 0; den 0: the target is 0. */
struct share {
    wide num, den;
};

static wide
value_within(wide value)
{
    return value > VALUE_MOST ? VALUE_MOST : value < -VALUE_MOST ? -VALUE_MOST : value;
}

static struct share
share_of(const struct score *line, const struct indicator *indicator,
         const struct score_facts *facts)
{
    wide per = line->per == 0 ? 1 : line->per;
    wide population = line->of == OF_POPULATION ? (wide)facts->population : 1;
    if (indicator == NULL) { /* percent of what was expected; no report counts beyond it */
        return (struct share){value_within(facts->value) * 100 * CAMPAIGN_TARGET_SCALE,
                              (wide)facts->expected * line->target};
    }
    wide scale = decimal_power(CAMPAIGN_TARGET_DECIMALS - indicator->decimals);
    return (struct share){value_within(facts->value) * scale * per, line->target * population};
}

wide
score_quotient(wide sum, wide count)
{
    wide whole = sum / count, rest = sum % count;
    wide size = rest < 0 ? -rest : rest;
    return size >= count - size ? whole + (sum < 0 ? -1 : 1) : whole;
}

/* points × num / den of positive numbers, no more than `most`. The whole part first, so that what is
 * multiplied stays small. */
static int64_t
points_of_share(int64_t points, wide num, wide den, int64_t most)
{
    wide whole = num / den;
    if (whole > most) { /* points are at least 1 */
        return most;
    }
    wide given = points * whole + score_quotient(points * (num % den), den);
    return given > most ? most : (int64_t)given;
}

static bool
less_is_better(const struct indicator *indicator)
{
    return indicator != NULL && indicator->direction == DIRECTION_DOWN;
}

static int64_t
linear_up(const struct score *line, struct share share, struct score_points *p)
{
    int64_t points = line->points, most = line->cap == 0 ? points : line->cap;
    if (share.den == 0) {
        return share.num >= 0 ? points : 0;
    }
    if (share.num <= 0) {
        return 0;
    }
    int64_t earned = points_of_share(points, share.num, share.den, most);
    p->capped = share.num > share.den && earned == most;
    return earned;
}

static int64_t
linear_down(const struct score *line, struct share share)
{
    if (share.num <= share.den) {
        return line->points;
    }
    return points_of_share(line->points, share.den, share.num, line->points);
}

static int64_t
earned_of(const struct score *line, bool down, struct share share, struct score_points *p)
{
    if (line->method == METHOD_LINEAR) {
        return down ? linear_down(line, share) : linear_up(line, share, p);
    }
    return p->reached ? line->points : 0;
}

/* Whether the value is at `at` percent of the target or better; of a target of 0 nothing is. */
static bool
share_reaches(struct share share, bool down, uint32_t at_percent)
{
    wide value = share.num * 100, at = share.den * at_percent;
    return share.den != 0 && (down ? value <= at : value >= at);
}

bool
score_reaches(const struct score *line, const struct indicator *indicator,
              const struct score_facts *facts, uint32_t at_percent)
{
    return share_reaches(share_of(line, indicator, facts), less_is_better(indicator), at_percent);
}

static void
method_points(const struct score *line, const struct indicator *indicator,
              const struct score_facts *facts, struct score_points *p)
{
    bool down = less_is_better(indicator);
    if (!facts->has_value) {
        p->state = SCORE_NO_VALUE;
    } else if (line->method == METHOD_RANK) {
        wide left = (wide)facts->places - facts->place + 1;
        p->earned = (int64_t)score_quotient(line->points * left, facts->places);
    } else if (line->of == OF_POPULATION && facts->population == 0) {
        p->state = SCORE_NO_POPULATION;
    } else {
        struct share share = share_of(line, indicator, facts);
        p->reached = down ? share.num <= share.den : share.num >= share.den;
        p->earned = earned_of(line, down, share, p);
        bool bonus = line->bonus_points > 0 && share_reaches(share, down, line->bonus_at);
        p->bonus = bonus ? line->bonus_points : 0;
    }
}

static int64_t
penalty_full(const struct score *line, const struct score_facts *facts)
{
    wide full = (wide)line->late * facts->late + (wide)line->missing * facts->missing;
    return full > INT64_MAX ? INT64_MAX : (int64_t)full;
}

void
score_points_of(const struct score *line, const struct indicator *indicator,
                const struct score_facts *facts, struct score_points *p)
{
    *p = (struct score_points){.state = SCORE_COUNTED};
    method_points(line, indicator, facts, p);
    int64_t most = line->penalty_most == 0 ? p->earned + p->bonus : line->penalty_most;
    p->penalty_full = penalty_full(line, facts);
    p->penalty = p->penalty_full > most ? most : p->penalty_full;
    p->points = p->earned + p->bonus - p->penalty;
}

int
score_better(const struct indicator *indicator, const struct score_facts *a,
             const struct score_facts *b)
{
    wide left = a->value, right = b->value;
    if (indicator == NULL) { /* fractions of reports, compared crosswise */
        left = a->value * (wide)b->expected;
        right = b->value * (wide)a->expected;
    }
    int order = (left < right) - (left > right);
    return less_is_better(indicator) ? -order : order;
}

wide
score_shown(const struct indicator *indicator, const struct score_facts *facts)
{
    if (indicator != NULL) {
        return facts->value;
    }
    return score_quotient(facts->value * 100 * decimal_power(SHARE_DECIMALS),
                          (wide)facts->expected);
}

bool
score_target(const struct score *line, const struct score_facts *facts, wide *target)
{
    if (!line->has_target || (line->of == OF_POPULATION && facts->population == 0)) {
        return false;
    }
    *target = line->of == OF_POPULATION
                  ? score_quotient(line->target * (wide)facts->population, line->per)
                  : line->target;
    return true;
}
