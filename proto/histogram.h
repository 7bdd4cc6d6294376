/* How long something took, counted: fixed bounds, whole microseconds, nothing ever forgotten. The bounds are
 * the same everywhere, so that counts of several processes can be added, and steps of about 2.5 so that
 * an answer is never further off than that. */
#ifndef PROTO_HISTOGRAM_H
#define PROTO_HISTOGRAM_H

#include "common/buf.h"
#include "proto/cursor.h"

/* A sync of a good disk takes 100 µs; beyond a minute nobody asks how much beyond. */
#define HISTOGRAM_BOUNDS 18
#define HISTOGRAM_COUNTS (HISTOGRAM_BOUNDS + 1)

extern const uint64_t HISTOGRAM_BOUND_US[HISTOGRAM_BOUNDS];

struct histogram {
    uint64_t
        counts[HISTOGRAM_COUNTS]; /* up to and with each bound; the last is above all of them */
    uint64_t sum_us;
};

void histogram_add(struct histogram *h, int64_t took_us, uint64_t times);
uint64_t histogram_count(const struct histogram *h);
/* What came since `before`, an earlier state of the same counts; where it is not (its owner began anew) all
 * of it. */
struct histogram histogram_since(const struct histogram *now, const struct histogram *before);
/* So many of a thousand took no longer than this bound: INT64_MAX above the last one, -1 where nothing was
 * counted. */
int64_t histogram_quantile_us(const struct histogram *h, unsigned of_1000);

/* On the wire: [sum_us, count, …]. False: it is none; `h` is as it was. */
void histogram_pack(const struct histogram *h, struct buf *out);
bool histogram_read(struct cursor *c, struct histogram *h);

#endif
