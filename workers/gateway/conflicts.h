/* What was refused, as DHIS2 tells it: conflicts by code and object, each with the places of its values in the
 * body, counted from 0. Bounded: CONFLICTS_MAX, INDEXES_MAX; all are counted. */
#ifndef GATEWAY_CONFLICTS_H
#define GATEWAY_CONFLICTS_H

#include "proto/codes.h"

#include <jansson.h>

struct conflicts {
    json_t *by_object; /* "code|object" to the conflict; its order is that of coming */
    json_t *rejected;  /* places */
    uint64_t places;   /* told so far */
};

void conflicts_init(struct conflicts *conflicts);
void conflicts_fini(struct conflicts *conflicts);
/* `count` values at these places. */
void conflicts_add(struct conflicts *conflicts, const struct complaint *why, enum language language,
                   const uint32_t *places, uint32_t count);
/* New references. */
json_t *conflicts_list(const struct conflicts *conflicts);

#endif
