/* Telling the broker that a record killed its worker twice: see PROTOCOL.md, Quarantine. */
#ifndef TALLY_ACCUSE_H
#define TALLY_ACCUSE_H

#include "proto/settings.h"

/* `accusation` is RECEIPT:REASON, "18231.7:SIGSEGV". Gives the exit code, of sysexits.h:
 *    0 EX_OK          the broker has journalled it, now or before
 *   64 EX_USAGE       no accusation
 *   65 EX_DATAERR     the broker refuses; the log has its words
 *   69 EX_UNAVAILABLE no answer: try again
 *   75 EX_TEMPFAIL    a signal came first */
int accuse_run(const struct settings *settings, const char *accusation);

#endif
