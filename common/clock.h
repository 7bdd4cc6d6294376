/* Time, as an edge: the real clock in a process, one that tests step in the simulator.
 * Wall time is µs since 1970 UTC; monotonic time is ms, or µs where
 * what took how long is counted, from any start and never goes back. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*wall_us)(struct clock *clock);
    int64_t (*mono_us)(struct clock *clock);
    int64_t offset_us; /* added to the wall time: a drill's clock (`--clock`) */
    int64_t now_us;    /* the fake clock's own */
};

/* The system's clocks, the wall moved by offset_us. */
struct clock clock_real(int64_t offset_us);
/* Stands still at now_us until the test adds to `now_us`. */
struct clock clock_fake(int64_t now_us);

static inline int64_t
clock_wall_us(struct clock *clock)
{
    return clock->wall_us(clock);
}

static inline int64_t
clock_mono_us(struct clock *clock)
{
    return clock->mono_us(clock);
}

static inline int64_t
clock_mono_ms(struct clock *clock)
{
    return clock_mono_us(clock) / 1000;
}

#endif
