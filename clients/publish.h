/* What `thidua units` and `thidua campaign` have in common: check a file, or check and publish
 * it. */
#ifndef CLIENTS_PUBLISH_H
#define CLIENTS_PUBLISH_H

#include "clients/options.h"
#include "common/arena.h"
#include "common/buf.h"

#include <jansson.h>

/* What differs. Both give 0 or the exit code, after the reason was told. */
struct publication {
    /* As the readers of files.h; keeps what it read in `arena` and at *held, and one line about it
     * in `summary`. */
    int (*read)(const char *path, struct arena *arena, void *held, json_t *mistakes,
                char summary[160]);
    int (*encode)(const void *held, struct buf *out);
    void *held;
};

/* `check FILE` or `publish FILE`. */
int publish_run(const struct publication *publication, const struct options *options);

#endif
