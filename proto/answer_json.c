/* msgpack -> jansson. The cursor bounds depth (DEPTH_MAX) and counts, so the recursion is bounded. */
#include "proto/answer_json.h"

#include "common/buf.h"
#include "proto/cursor.h"

#include <inttypes.h>
#include <stdio.h>

#define ANSWER_DEPTH_MAX 32 /* own bound: the cursor's reads of headers do not count depth */

static json_t *value_json(struct cursor *c, unsigned depth);

static json_t *
uint_json(struct cursor *c)
{
    uint64_t v;
    char text[24];
    if (cursor_uint(c, &v) != ERR_OK) {
        return NULL;
    }
    if (v <= INT64_MAX) {
        return json_integer((json_int_t)v);
    }
    snprintf(text, sizeof text, "%" PRIu64, v);
    return json_string(text);
}

static json_t *
bytes_json(struct slice bytes)
{
    struct buf hex = BUF_EMPTY;
    for (size_t i = 0; i < bytes.len; i++) {
        buf_printf(&hex, "%02x", bytes.data[i]);
    }
    json_t *text = json_stringn(hex.len == 0 ? "" : (const char *)hex.data, hex.len);
    buf_fini(&hex);
    return text;
}

static json_t *
scalar_json(struct cursor *c, enum kind kind)
{
    bool flag;
    int64_t number;
    struct slice bytes;
    json_t *text;
    switch (kind) {
    case KIND_NIL:
        return cursor_nil(c) == ERR_OK ? json_null() : NULL;
    case KIND_BOOL:
        return cursor_bool(c, &flag) == ERR_OK ? json_boolean(flag) : NULL;
    case KIND_UINT:
        return uint_json(c);
    case KIND_INT:
        return cursor_int(c, &number) == ERR_OK ? json_integer(number) : NULL;
    case KIND_TEXT:
        if (cursor_text(c, &bytes) != ERR_OK) {
            return NULL;
        }
        text = json_stringn((const char *)bytes.data, bytes.len);
        return text == NULL ? json_null() : text;
    case KIND_BYTES:
        return cursor_bytes(c, &bytes) == ERR_OK ? bytes_json(bytes) : NULL;
    default:
        return NULL; /* no answer has floats or extensions */
    }
}

static json_t *
array_json(struct cursor *c, unsigned depth)
{
    uint32_t n;
    if (cursor_array(c, &n) != ERR_OK) {
        return NULL;
    }
    json_t *array = json_array();
    for (uint32_t i = 0; i < n; i++) {
        if (json_array_append_new(array, value_json(c, depth + 1)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *
map_json(struct cursor *c, unsigned depth)
{
    uint32_t n;
    if (cursor_map(c, &n) != ERR_OK) {
        return NULL;
    }
    json_t *object = json_object();
    for (uint32_t i = 0; i < n; i++) {
        struct slice key;
        char name[64];
        if (cursor_text(c, &key) != ERR_OK || key.len >= sizeof name) {
            json_decref(object);
            return NULL;
        }
        snprintf(name, sizeof name, "%.*s", SLICE_ARG(key));
        if (json_object_set_new(object, name, value_json(c, depth + 1)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* jansson's setters refuse a NULL value, so a failure below ends every level above it. */
static json_t *
value_json(struct cursor *c, unsigned depth)
{
    enum kind kind = cursor_kind(c);
    if (depth > ANSWER_DEPTH_MAX) {
        return NULL;
    }
    if (kind == KIND_ARRAY) {
        return array_json(c, depth);
    }
    return kind == KIND_MAP ? map_json(c, depth) : scalar_json(c, kind);
}

json_t *
answer_json(struct slice body)
{
    struct cursor c = cursor_of(body);
    json_t *value = value_json(&c, 0);
    if (value != NULL && !cursor_done(&c)) {
        json_decref(value);
        value = NULL;
    }
    return value;
}

const char *
json_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

int64_t
json_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool
json_true_at(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}
