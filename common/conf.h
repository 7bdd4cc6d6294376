/* thidua.conf: `key = value` a line, lines that begin with # are comments, keys [a-z0-9_]. A key
 * that is unknown, stands twice or has no value is a mistake, told with its line in the user's
 * language. Every key is an option of the process too: `--key value`. */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include "common/err.h"
#include "common/slice.h"

struct conf_key {
    const char *name;
    enum { CONF_TEXT, CONF_NUMBER } kind;
    union {
        char *text; /* of `size` bytes */
        uint64_t *number;
    } to;
    size_t size;
    uint64_t min, max; /* numbers, inclusive; max at most INT64_MAX */
};

/* Reads `text` into `keys`. On a mistake ERR_FORMAT and one sentence with its line in `why`. */
enum err conf_read(struct slice text, const struct conf_key *keys, size_t n,
                   char why[256]) MUST_CHECK;
/* One key from the command line. */
enum err conf_set(const char *name, const char *value, const struct conf_key *keys, size_t n,
                  char why[256]) MUST_CHECK;

#endif
