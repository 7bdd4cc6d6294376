/* The table, and finding in it. */
#include "workers/gateway/routes.h"

#include <stddef.h>
#include <string.h>

#define ID "/{id}"

const struct route ROUTES[] = {
#define ROUTE(method, path, guard, query, arguments, handle, body, vi, en)                         \
    {method, path, guard, query, arguments, handle, body, vi, en},
#include "workers/gateway/routes.def"
#undef ROUTE
};
const unsigned ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES;

static bool
path_is(const char *wanted, const char *path)
{
    size_t len = strlen(wanted);
    size_t stem =
        len > strlen(ID) && strcmp(wanted + len - strlen(ID), ID) == 0 ? len - strlen(ID) + 1 : 0;
    if (stem == 0) {
        return strcmp(wanted, path) == 0;
    }
    return strncmp(wanted, path, stem) == 0 && path[stem] != '\0' &&
           strchr(path + stem, '/') == NULL;
}

const struct route *
route_find(const char *method, const char *path, bool *other)
{
    *other = false;
    for (unsigned i = 0; i < ROUTE_COUNT; i++) {
        if (path_is(ROUTES[i].path, path)) {
            /* HEAD is GET without the body, which libmicrohttpd leaves out. */
            const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
            if (strcmp(ROUTES[i].method, wanted) == 0) {
                return &ROUTES[i];
            }
            *other = true;
        }
    }
    return NULL;
}
