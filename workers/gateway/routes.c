/* The table, and finding in it. */
#include "workers/gateway/routes.h"

#include <stddef.h>
#include <string.h>

#define ID "/{id}"
#define API "/api"
#define VERSION_DIGITS 3

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

/* DHIS2's clients put a version into their addresses: /api/38/dataValueSets. What stands behind it; NULL: none. */
static const char *
behind_version(const char *path)
{
    const char *rest = path + strlen(API);
    if (strncmp(path, API, strlen(API)) != 0 || rest[0] != '/') {
        return NULL;
    }
    size_t digits = strspn(rest + 1, "0123456789");
    return digits > 0 && digits <= VERSION_DIGITS && rest[1 + digits] == '/' ? rest + 1 + digits
                                                                             : NULL;
}

static bool
names(const char *wanted, const char *path, const char *behind)
{
    return path_is(wanted, path) || (behind != NULL && strncmp(wanted, API "/", 5) == 0 &&
                                     path_is(wanted + strlen(API), behind));
}

const struct route *
route_find(const char *method, const char *path, bool *other)
{
    const char *behind = behind_version(path);
    *other = false;
    for (unsigned i = 0; i < ROUTE_COUNT; i++) {
        if (names(ROUTES[i].path, path, behind)) {
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
