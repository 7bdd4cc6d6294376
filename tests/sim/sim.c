/* What all parts of a run share: its counts, its violation, its trace. */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>

struct sim *the_sim;

const char *const COUNT_WORDS[COUNT_COUNT] = {
#define FAULT(name, words) [FAULT_##name] = words,
#define SENT(name, words) [SENT_##name] = words,
#define CAME(name, words) [CAME_##name] = words,
#include "tests/sim/counts.def"
#undef FAULT
#undef SENT
#undef CAME
};

void
sim_count(enum count what)
{
    the_sim->stats->counts[what]++;
}

void
sim_violation(const char *format, ...)
{
    struct sim *s = the_sim;
    if (s->failed) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(s->why, sizeof(s->why), format, args);
    va_end(args);
    s->failed = true;
    sim_trace("VIOLATION %s", s->why);
}

void
sim_trace(const char *format, ...)
{
    const struct sim *s = the_sim;
    if (!s->trace) {
        return;
    }
    va_list args;
    va_start(args, format);
    printf("%10.3f  ", (double)s->now_us / 1e6);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

bool
sim_may(enum count fault)
{
    return !the_sim->healing && (the_sim->fault_kinds >> fault & 1) != 0;
}
