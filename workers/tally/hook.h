/* A hook for tests: lets the worker die by SIGSEGV when it is about to apply a record of one unit,
 * as a mistake in our own code would. Inert unless THIDUA_TEST_CRASH_UNIT is set. */
#ifndef TALLY_HOOK_H
#define TALLY_HOOK_H

#include "common/slice.h"

struct hook {
    const char *crash_unit; /* a unit's code; NULL: inert */
};

struct hook hook_of_environment(void);
/* A record of `unit` is about to be applied. */
void hook_try(const struct hook *hook, struct slice unit);

#endif
