/* The query process: a session with the broker, the shards' states opened for reading, one question
 * at a time. */
#ifndef QUERY_WORKER_H
#define QUERY_WORKER_H

#include "proto/settings.h"

/* Runs until SIGTERM or SIGINT; gives the exit code (sysexits.h). */
int query_worker_run(const struct settings *settings);

#endif
