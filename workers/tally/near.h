/* A proof that a value is near what is usual, without working out what is usual: from a guess where the
 * median lies, which the values themselves must confirm. A wrong guess proves nothing and costs one
 * look at each value; so guesses may be kept, be stale, be anything: no answer rests on them.
 *
 * With n values, lower = (n - 1) / 2 and a guess [low, high], a value v is surely no outlier (outlier.h)
 *   1. where at most `lower` values are below low and at most `lower` are above high: then both middle
 *      ones, and so the median, are in [low, high], and v is at most r = max(v - low, high - v) from it;
 *   2. and at most `lower` values are nearer to that median than r / OUTLIER_MADS, that is, in
 *      (low - r / OUTLIER_MADS, high + r / OUTLIER_MADS): then the middle deviations, and so their
 *      median, are at least that much.
 * Whole numbers only; a fifth is rounded up, which makes the interval wider and the proof harder. */
#ifndef TALLY_NEAR_H
#define TALLY_NEAR_H

#include <stdbool.h>
#include <stdint.h>

struct guess {
    int64_t low, high;
};

/* A proof on its way. */
struct near {
    int64_t low, high;            /* of the guess */
    int64_t inner_from;           /* the interval of 2. */
    uint64_t inner_width;         /* how many whole numbers are in it */
    uint32_t below, above, inner; /* values seen so far */
};

/* False: numbers so large that nothing is proved here. */
bool near_begin(struct near *near, struct guess guess, int64_t value);
/* `count` values, each `stride` behind the one before. */
void near_add(struct near *near, const int64_t *values, uint32_t stride, uint32_t count);
/* Over all `count` values that were added. */
enum nearness {
    NEAR_PROVED,
    NEAR_OPEN,  /* not known, though the guess is right */
    NEAR_STALE, /* the guess is wrong: make another */
};
enum nearness near_end(const struct near *near, uint32_t count);

/* Where the median of values like these is going to be for a while. Reorders them. */
struct guess guess_make(int64_t *values, uint32_t count);

#endif
