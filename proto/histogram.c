/* Counts by bounds: see histogram.h. */
#include "proto/histogram.h"

#include "proto/pack.h"

const uint64_t HISTOGRAM_BOUND_US[HISTOGRAM_BOUNDS] = {
    100,    250,    500,    1000,    2500,    5000,    10000,    25000,    50000,
    100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000, 60000000,
};

void
histogram_add(struct histogram *h, int64_t took_us, uint64_t times)
{
    uint64_t us = took_us < 0 ? 0 : (uint64_t)took_us;
    unsigned i = 0;
    while (i < HISTOGRAM_BOUNDS && us > HISTOGRAM_BOUND_US[i]) {
        i++;
    }
    h->counts[i] += times;
    h->sum_us += us * times;
}

uint64_t
histogram_count(const struct histogram *h)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        count += h->counts[i];
    }
    return count;
}

struct histogram
histogram_since(const struct histogram *now, const struct histogram *before)
{
    struct histogram since = *now;
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        if (now->counts[i] < before->counts[i]) {
            return *now;
        }
        since.counts[i] -= before->counts[i];
    }
    since.sum_us -= before->sum_us;
    return since;
}

int64_t
histogram_quantile_us(const struct histogram *h, unsigned of_1000)
{
    uint64_t count = histogram_count(h), below = 0;
    if (count == 0) {
        return -1;
    }
    for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
        below += h->counts[i];
        if (below >= count / 1000 * of_1000 + (count % 1000 * of_1000 + 999) / 1000) {
            return (int64_t)HISTOGRAM_BOUND_US[i];
        }
    }
    return INT64_MAX;
}

void
histogram_pack(const struct histogram *h, struct buf *out)
{
    pack_array(out, 1 + HISTOGRAM_COUNTS);
    pack_uint(out, h->sum_us);
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        pack_uint(out, h->counts[i]);
    }
}

bool
histogram_read(struct cursor *c, struct histogram *h)
{
    struct histogram read;
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK || n != 1 + HISTOGRAM_COUNTS ||
        cursor_uint(c, &read.sum_us) != ERR_OK) {
        return false;
    }
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        if (cursor_uint(c, &read.counts[i]) != ERR_OK) {
            return false;
        }
    }
    *h = read;
    return true;
}
