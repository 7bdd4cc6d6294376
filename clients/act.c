#include "clients/act.h"

#include "clients/results.h"

int
act_submit(struct contact *contact, struct slice unit, struct slice body, bool wait)
{
    struct outcomes outcomes;
    struct results results;
    results_begin(&results, contact->options, contact->options->verb, wait);
    outcomes_begin(&outcomes, contact, wait ? WANT_ALL : WANT_RECEIPTS, results_told, &results);
    outcomes_submit(&outcomes, unit, body, results_expect(&results, 1));
    outcomes_finish(&outcomes);
    int code = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    return code;
}
