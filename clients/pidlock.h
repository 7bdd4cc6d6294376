/* A file that one process holds, with its pid inside. An open file description lock: it ends with the
 * process, however that ends, and others can look whether it is held without taking it for a moment
 * (which flock cannot, and which would make one that starts just then give up). */
#ifndef CLIENTS_PIDLOCK_H
#define CLIENTS_PIDLOCK_H

#include "common/err.h"

#include <stdbool.h>

/* The descriptor, close-on-exec, to be kept open. ERR_EXISTS: another process has it; ERR_IO: errno. */
enum err pidlock_take(const char *path, int *fd) MUST_CHECK;
bool pidlock_held(const char *path);

#endif
