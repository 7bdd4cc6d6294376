/* One file through `thidua import` or `submit`, in a process of its own: what goes wrong there ends with it, and its
 * words and its report are gathered. */
#ifndef CLIENTS_WATCH_RUN_H
#define CLIENTS_WATCH_RUN_H

#include "clients/options.h"
#include "clients/watch_folder.h"

struct watch_import {
    const struct options *options;
    const char *form, *layout, *source, *map, *unit_column, *period_column; /* NULL: not given */
};

/* The process's exit code (128 + a signal's number where one ended it); -1: `signals` told us to end, and it was ended
 * too. *report: a new reference. `errors` is a path for all errors of an import. */
int watch_run(const struct watch_folder *w, const struct watch_import *import,
              const struct watch_file *file, const char *errors, int signals, json_t **report);

#endif
