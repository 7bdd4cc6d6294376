/* Recounting a meeting from what stands in it, believing nobody: neither the state machine's sums nor
 * the teller's. */
#ifndef CLIENTS_MEETING_CHECK_H
#define CLIENTS_MEETING_CHECK_H

#include "clients/contact.h"

#include <jansson.h>

/* Of a meeting as the question `meeting` tells it, an object a nomination: nomination, yes, no, abstain,
 * spoilt, counted, right, wrong (the first that is, or ""). A new reference. */
json_t *meeting_recount(const json_t *meeting, bool *right);
/* Prints a line a nomination, or with --json one object; 0, or EX_DATAERR where any count is not what
 * the votes say. */
int meeting_check(struct contact *contact, const char *meeting);

#endif
