/* Proofs of nearness: see near.h. */
#include "workers/tally/near.h"

#include "workers/tally/limits.h"
#include "workers/tally/outlier.h"

/* Sums and differences of two such numbers, and five of them, fit 64 bits. */
#define SMALL ((int64_t)1 << 58)

/* A guess reaches one place further to either side of the middle for so many values: a wider one stays
 * right for more new days, a narrower one proves more values near. */
#define GUESS_STEP 12

static bool
is_small(int64_t value)
{
    return value > -SMALL && value < SMALL;
}

bool
near_begin(struct near *near, struct guess guess, int64_t value)
{
    if (!is_small(guess.low) || !is_small(guess.high) || !is_small(value) ||
        guess.low > guess.high) {
        return false;
    }
    int64_t over = value - guess.low, under = guess.high - value;
    int64_t reach = over > under ? over : under; /* never negative: low <= high */
    int64_t fifth = (reach + OUTLIER_MADS - 1) / OUTLIER_MADS;
    *near = (struct near){.low = guess.low, .high = guess.high};
    if (fifth > 0) {
        near->inner_from = guess.low - fifth + 1;
        near->inner_width = (uint64_t)(guess.high + fifth - near->inner_from);
    }
    return true;
}

/* Without branches: which values are near is as good as random. The subtraction wraps, as unsigned ones
 * do, and what is outside of the interval comes out beyond its width, also at the ends of 64 bits. */
void
near_add(struct near *near, const int64_t *values, uint32_t stride, uint32_t count)
{
    uint32_t below = 0, above = 0, inner = 0;
    for (uint32_t i = 0; i < count; i++, values += stride) {
        below += *values < near->low;
        above += *values > near->high;
        inner += (uint64_t)*values - (uint64_t)near->inner_from < near->inner_width;
    }
    near->below += below;
    near->above += above;
    near->inner += inner;
}

enum nearness
near_end(const struct near *near, uint32_t count)
{
    uint32_t lower = (count - 1) / 2;
    if (count == 0 || near->below > lower || near->above > lower) {
        return NEAR_STALE;
    }
    return near->inner <= lower ? NEAR_PROVED : NEAR_OPEN;
}

struct guess
guess_make(int64_t *values, uint32_t count)
{
    if (count == 0) {
        return (struct guess){0};
    }
    values_sort(values, count);
    uint32_t slack = count / GUESS_STEP;
    return (struct guess){values[(count - 1) / 2 - slack], values[count / 2 + slack]};
}
