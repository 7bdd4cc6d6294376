/* The two clocks: the system's, and one that stands still until it is moved. */
#include "common/clock.h"

#include <time.h>

static int64_t
system_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t
real_wall_us(struct clock *clock)
{
    return system_us(CLOCK_REALTIME) + clock->offset_us;
}

static int64_t
real_mono_us(struct clock *clock)
{
    (void)clock; /* a drill moves the calendar, never the deadlines */
    return system_us(CLOCK_MONOTONIC);
}

static int64_t
fake_wall_us(struct clock *clock)
{
    return clock->now_us + clock->offset_us;
}

static int64_t
fake_mono_us(struct clock *clock)
{
    return clock->now_us;
}

struct clock
clock_real(int64_t offset_us)
{
    return (struct clock){.wall_us = real_wall_us, .mono_us = real_mono_us, .offset_us = offset_us};
}

struct clock
clock_fake(int64_t now_us)
{
    return (struct clock){.wall_us = fake_wall_us, .mono_us = fake_mono_us, .now_us = now_us};
}
