/* `thidua outbox run`: the process that sends an outbox. One at a time, by its lock. */
#ifndef CLIENTS_OUTBOX_RUN_H
#define CLIENTS_OUTBOX_RUN_H

#include "clients/outbox_place.h"

/* Until SIGTERM; with `once`, until all is sent and judged or the line gives way. The exit code: 0;
 * with `once` EX_UNAVAILABLE or EX_NOPERM: entries still wait; EX_TEMPFAIL: verdicts do. */
int outbox_run(const struct outbox_place *place, const struct options *options, bool once);
/* Whether one runs. */
bool outbox_runs(const struct outbox_place *place);

#endif
