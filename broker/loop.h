/* The broker's process: the socket, the signals and the turn around the core. */
#ifndef BROKER_LOOP_H
#define BROKER_LOOP_H

#include "broker/journal.h"
#include "common/clock.h"
#include "proto/settings.h"

/* Runs until SIGTERM or SIGINT; gives the process's exit code (sysexits.h). `signals` is
 * proc_signals_open's. A broken environment at start ends the process inside, with a sentence. */
int loop_run(const struct settings *settings, struct journal *journal, struct clock *clock,
             int signals);

#endif
