/* The names of enum err, for logs. */
#include "common/err.h"

#include <stddef.h>

const char *
err_name(enum err err)
{
    /* clang-format off */
    static const char *const names[] = {
        [ERR_OK] = "ok",
        [ERR_AGAIN] = "again",
        [ERR_TIMEOUT] = "timeout",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_EXISTS] = "exists",
        [ERR_CONFLICT] = "conflict",
        [ERR_FORMAT] = "format",
        [ERR_FRACTION] = "fraction",
        [ERR_RANGE] = "range",
        [ERR_LIMIT] = "limit",
        [ERR_VERSION] = "version",
        [ERR_CORRUPT] = "corrupt",
        [ERR_FULL] = "full",
        [ERR_IO] = "io",
        [ERR_CLOSED] = "closed",
        [ERR_REFUSED] = "refused",
    };
    /* clang-format on */
    size_t i = (size_t)err;
    return i < sizeof names / sizeof *names ? names[i] : "unknown";
}
