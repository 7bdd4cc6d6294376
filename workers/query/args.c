/* See args.h. The details of complaints are types and names, the same in every language. */
#include "workers/query/args.h"

#include "proto/cursor.h"

#include <stdio.h>

static const char *const KIND_WORDS[] = {
    [ARG_TEXT] = "text",    [ARG_BOOL] = "bool",   [ARG_UINT] = "uint",
    [ARG_TEXTS] = "[text]", [ARG_ARRAY] = "[...]",
};

static bool
read_texts(struct ask *ask, struct cursor *c, struct texts *texts)
{
    uint32_t count;
    if (cursor_array(c, &count) != ERR_OK || count > CAMPAIGN_INDICATORS_MAX) {
        return false;
    }
    texts->items = ARENA_ARRAY(ask->query->arena, struct slice, count);
    texts->count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (cursor_text(c, &texts->items[i]) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool
read_one(struct ask *ask, struct cursor *c, const struct arg *arg)
{
    switch (arg->kind) {
    case ARG_TEXT:
        return cursor_text(c, arg->to) == ERR_OK;
    case ARG_BOOL:
        return cursor_bool(c, arg->to) == ERR_OK;
    case ARG_UINT:
        return cursor_uint(c, arg->to) == ERR_OK;
    case ARG_TEXTS:
        return read_texts(ask, c, arg->to);
    case ARG_ARRAY:
        return cursor_kind(c) == KIND_ARRAY && cursor_raw(c, arg->to) == ERR_OK;
    }
    return false;
}

static bool
complain_unknown(struct ask *ask, struct slice name, const struct arg *args, uint32_t count)
{
    char known[120] = "";
    size_t len = 0;
    for (uint32_t i = 0; i < count && len < sizeof known; i++) {
        len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", i == 0 ? "" : " | ",
                                args[i].name);
    }
    return complain(ask->why, CODE_QUERY_INVALID, name, "(%s)", known);
}

static bool
read_pair(struct ask *ask, struct cursor *c, const struct arg *args, uint32_t count, uint32_t *seen,
          uint32_t *given)
{
    struct slice name;
    if (cursor_text(c, &name) != ERR_OK) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("args"), "{text: ...}");
    }
    uint32_t i = 0;
    while (i < count && !slice_is(name, args[i].name)) {
        i++;
    }
    if (i == count) {
        return complain_unknown(ask, name, args, count);
    }
    if (*seen & 1u << i) {
        return complain(ask->why, CODE_QUERY_INVALID, name, "2 ×");
    }
    *seen |= 1u << i;
    if (cursor_nil(c) == ERR_OK) {
        return true;
    }
    *given |= 1u << i;
    return read_one(ask, c, &args[i]) ||
           complain(ask->why, CODE_QUERY_INVALID, name, "%s", KIND_WORDS[args[i].kind]);
}

bool
args_read(struct ask *ask, const struct arg *args, uint32_t count)
{
    struct cursor c = cursor_of(ask->args);
    uint32_t pairs = 0, seen = 0, given = 0;
    if (ask->args.len > 0 && cursor_map(&c, &pairs) != ERR_OK) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("args"), "{text: ...}");
    }
    for (uint32_t i = 0; i < pairs; i++) {
        if (!read_pair(ask, &c, args, count, &seen, &given)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].required && !(given & 1u << i)) {
            return complain(ask->why, CODE_QUERY_INVALID, slice_text(args[i].name), "nil");
        }
    }
    return true;
}

bool
start_split(struct slice start, struct slice *before, struct slice *after)
{
    const uint8_t *colon = start.len == 0 ? NULL : memchr(start.data, ':', start.len);
    if (colon == NULL) {
        return false;
    }
    *before = slice_of(start.data, (size_t)(colon - start.data));
    *after = slice_of(colon + 1, start.len - before->len - 1);
    return true;
}
