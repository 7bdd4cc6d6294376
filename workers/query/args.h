/* The arguments of a question: a map with text keys. An argument that the question does not have,
 * has twice or has in another type is refused (query-invalid): it would have been meant. Nil is
 * absent. */
#ifndef QUERY_ARGS_H
#define QUERY_ARGS_H

#include "workers/query/ask.h"

struct texts {
    struct slice *items;
    uint32_t count;
};

enum arg_kind {
    ARG_TEXT,  /* struct slice; empty where absent */
    ARG_BOOL,  /* bool */
    ARG_UINT,  /* uint64_t */
    ARG_TEXTS, /* struct texts, in the arena */
    ARG_ARRAY, /* struct slice: the whole array, for the question to read */
};

struct arg {
    const char *name;
    enum arg_kind kind;
    bool required;
    void *to;
};

/* Fills what the arguments point at; they end with the answer. */
bool args_read(struct ask *ask, const struct arg *args, uint32_t count);

/* Cuts "20211105:00001" at its first colon: the shape of every `start`. */
bool start_split(struct slice start, struct slice *before, struct slice *after);

#endif
