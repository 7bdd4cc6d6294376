/* DATA/run/up.lock: held by the one `thidua up` that runs on a data directory (pidlock.h). */
#ifndef CLIENTS_UPLOCK_H
#define CLIENTS_UPLOCK_H

#include "common/err.h"

#include <stdbool.h>

/* The descriptor, close-on-exec, to be kept open. ERR_EXISTS: another `up` has it; ERR_IO: errno. */
enum err uplock_take(const char *data, int *fd) MUST_CHECK;
bool uplock_held(const char *data);

#endif
