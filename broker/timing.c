/* Rings and histograms, nothing that grows: see timing.h. */
#include "broker/core.h"

#include "common/mem.h"

#include <stdlib.h>

void
timing_init(struct broker *b)
{
    b->timing = (struct timing){.second = clock_mono_us(b->clock) / 1000000};
    b->timing.committed_us = mem_alloc(TIMING_BLOCKS * sizeof(*b->timing.committed_us));
}

void
timing_fini(struct timing *t)
{
    free(t->committed_us);
    t->committed_us = NULL;
}

/* Empties the seconds between the last record and now: they had none. */
static void
seconds_pass(struct timing *t, int64_t now)
{
    int64_t passed = now - t->second;
    for (int64_t i = 0; i < passed && i < TIMING_SECONDS; i++) {
        t->records[(now - i) % TIMING_SECONDS] = 0;
    }
    t->second = now;
}

void
timing_receipts(struct broker *b, int64_t taken_us)
{
    histogram_add(&b->timing.receipts, clock_mono_us(b->clock) - taken_us, 1);
}

void
timing_block(struct broker *b, uint64_t number, uint32_t records)
{
    struct timing *t = &b->timing;
    int64_t now_us = clock_mono_us(b->clock);
    if (t->begin == 0) {
        t->begin = t->first = number;
    }
    t->newest = number;
    if (t->newest - t->first >= TIMING_BLOCKS) {
        t->first = t->newest - TIMING_BLOCKS + 1;
    }
    t->committed_us[number % TIMING_BLOCKS] = now_us;
    seconds_pass(t, now_us / 1000000);
    t->records[t->second % TIMING_SECONDS] += records;
}

/* Blocks of before this start are not counted: how long they waited for a broker to begin says nothing of
 * how far the workers are behind. */
void
timing_passed(struct broker *b, uint64_t from, uint64_t to)
{
    struct timing *t = &b->timing;
    int64_t now_us = clock_mono_us(b->clock);
    uint64_t n = from + 1 > t->begin ? from + 1 : t->begin;
    if (t->begin == 0) {
        return;
    }
    if (n < t->first && n <= to) {
        uint64_t lost = (to < t->first ? to + 1 : t->first) - n;
        histogram_add(&t->lag, now_us - t->committed_us[t->first % TIMING_BLOCKS], lost);
        n += lost;
    }
    for (; n <= to && n <= t->newest; n++) {
        histogram_add(&t->lag, now_us - t->committed_us[n % TIMING_BLOCKS], 1);
    }
}

int64_t
timing_age_ms(const struct broker *b, uint64_t number)
{
    const struct timing *t = &b->timing;
    if (t->begin == 0 || number < t->first || number > t->newest) {
        return -1;
    }
    return (clock_mono_us(b->clock) - t->committed_us[number % TIMING_BLOCKS]) / 1000;
}

uint64_t
timing_records(const struct broker *b, unsigned seconds)
{
    const struct timing *t = &b->timing;
    int64_t now = clock_mono_us(b->clock) / 1000000;
    uint64_t records = 0;
    for (int64_t s = now - seconds; s < now; s++) {
        if (s >= 0 && s <= t->second && s > t->second - TIMING_SECONDS) {
            records += t->records[s % TIMING_SECONDS];
        }
    }
    return records;
}
