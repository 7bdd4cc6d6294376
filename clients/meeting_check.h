/* Recounting a meeting from what stands in it, believing nobody: neither the state machine's sums nor
 * the teller's. */
#ifndef CLIENTS_MEETING_CHECK_H
#define CLIENTS_MEETING_CHECK_H

#include "clients/contact.h"

/* Prints a line a nomination, or with --json one object; 0, or EX_DATAERR where any count is not what
 * the votes say. */
int meeting_check(struct contact *contact, const char *meeting);

#endif
