/* The death is the signal's own, whatever handler a sanitizer has put there: what is tested is how
 * the parent sees it. */
#include "workers/tally/hook.h"

#include <signal.h>
#include <stdlib.h>

struct hook
hook_of_environment(void)
{
    const char *unit = getenv("THIDUA_TEST_CRASH_UNIT");
    return (struct hook){.crash_unit = unit == NULL || unit[0] == '\0' ? NULL : unit};
}

void
hook_try(const struct hook *hook, struct slice unit)
{
    if (hook->crash_unit != NULL && slice_is(unit, hook->crash_unit)) {
        (void)!signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    }
}
