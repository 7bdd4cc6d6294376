/* An answer of broker.status as Prometheus reads it: the text format 0.0.4, names by its rules (base units,
 * `_total` behind a counter). docs/METRICS.md lists every metric; a test keeps it true. Pure. */
#ifndef PROTO_METRICS_H
#define PROTO_METRICS_H

#include "common/buf.h"

#include <jansson.h>

/* Appends all that `status`, the answer as JSON, has. What an older broker does not tell is left out. */
void metrics_print(const json_t *status, struct buf *out);
/* One metric without labels, for what a process counts of its own. `type` is "counter" or "gauge". */
void metrics_print_one(struct buf *out, const char *name, const char *type, const char *help,
                       int64_t value);

#endif
