/* Borrowed bytes: whoever hands out a slice says when it ends (the turn, the transaction). */
#ifndef COMMON_SLICE_H
#define COMMON_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *data;
    size_t len;
};

static inline struct slice
slice_of(const void *data, size_t len)
{
    return (struct slice){data, len};
}

static inline struct slice
slice_text(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_text(text));
}

/* Byte order, a shorter one before what it is a prefix of: LMDB's order of keys. */
static inline int
slice_compare(struct slice a, struct slice b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* For printf: "%.*s", SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).len, (const char *)(s).data

#endif
