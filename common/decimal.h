/* Numbers as scaled integers: 12.5 with one decimal is 125. No floating point anywhere, so that a
 * replay on another machine gives the same bits. */
#ifndef COMMON_DECIMAL_H
#define COMMON_DECIMAL_H

#include "common/err.h"
#include "common/slice.h"

typedef __int128 wide; /* sums over units and rules: cannot overflow from 2^63 terms of int64 */

#define DECIMALS_MAX 6
#define DECIMAL_TEXT 48 /* room for any wide with sign, point and zero */

/* "-12.50" at `decimals` 1 gives -125. `decimals` above DECIMALS_MAX is ERR_RANGE here, as it may
 * come from a file, and CHECKed by the others. ERR_FORMAT: not a number (no exponent, no spaces, no
 * group separators); ERR_FRACTION: digits other than 0 beyond `decimals`; ERR_RANGE: beyond
 * int64. */
enum err decimal_parse(struct slice text, unsigned decimals, int64_t *value) MUST_CHECK;
/* A whole number scaled by 10^decimals; ERR_RANGE. */
enum err decimal_scale(int64_t whole, unsigned decimals, int64_t *value) MUST_CHECK;
/* Shortest exact text: 125 at 1 is "12.5", 120 at 1 is "12". Returns its length. */
size_t decimal_format(wide value, unsigned decimals, char text[DECIMAL_TEXT]);
/* sum / count, rounded half away from zero; count > 0. */
wide decimal_mean(wide sum, uint64_t count);
wide decimal_power(unsigned decimals); /* 10^decimals */

#endif
