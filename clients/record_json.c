/* Walks a record's layout over its decoded struct. */
#include "clients/record_json.h"

#include "clients/answers.h"
#include "clients/words.h"
#include "common/mem.h"
#include "proto/records.h"

#include <stdlib.h>

static json_t *
unreadable(const struct complaint *why)
{
    char sentence[512];
    complaint_sentence(why, words_language(), sentence, sizeof sentence);
    return json_pack("{s:n, s:s, s:s}", "type", "code", code_text(why->code), "sentence", sentence);
}

static json_t *
hex_json(struct slice bytes)
{
    char hex[2 * 64 + 1] = "";
    for (size_t i = 0; i < bytes.len && i < 64; i++) {
        snprintf(hex + 2 * i, 3, "%02x", bytes.data[i]);
    }
    return json_string(hex);
}

/* NULL where the field is absent. */
static json_t *
field_json(const struct field *field, const void *at)
{
    const struct slice *bytes = at;
    switch ((enum field_kind)field->kind) {
    case FIELD_UINT:
        return *(const uint64_t *)at == 0 ? NULL
                                          : json_integer((json_int_t) * (const uint64_t *)at);
    case FIELD_BOOL:
        return *(const bool *)at ? json_true() : NULL;
    case FIELD_TEXT:
    case FIELD_CODE:
        return bytes->len == 0 ? NULL : json_stringn((const char *)bytes->data, bytes->len);
    case FIELD_BYTES:
        return bytes->len == 0 ? NULL : hex_json(*bytes);
    case FIELD_RAW:
        return bytes->len == 0 ? NULL : answer_json(*bytes);
    }
    return NULL;
}

json_t *
record_json(struct slice body)
{
    uint64_t type = 0;
    struct complaint why;
    const struct layout *layout = layout_peek(body, &type) ? record_layout(type) : NULL;
    if (layout == NULL) {
        complain(&why, CODE_TYPE_UNKNOWN, slice_text("type"), "%llu", (unsigned long long)type);
        return unreadable(&why);
    }
    void *record = mem_alloc(layout->size);
    json_t *shown;
    if (layout_decode(layout, body, record, &why)) {
        shown = json_pack("{s:s}", "type", layout->name);
        for (unsigned i = 0; i < layout->count; i++) {
            const struct field *field = &layout->fields[i];
            json_t *value = field_json(field, (const char *)record + field->offset);
            if (value != NULL) {
                json_object_set_new(shown, field->name, value);
            }
        }
    } else {
        shown = unreadable(&why);
    }
    free(record);
    return shown;
}

struct slice
answer_bytes(struct slice answer, const char *key)
{
    struct cursor c = cursor_of(answer);
    struct slice name, bytes;
    uint32_t n;
    if (cursor_map(&c, &n) != ERR_OK) {
        return slice_of(NULL, 0);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (cursor_text(&c, &name) != ERR_OK) {
            break;
        }
        if (slice_is(name, key)) {
            return cursor_bytes(&c, &bytes) == ERR_OK ? bytes : slice_of(NULL, 0);
        }
        if (cursor_skip(&c) != ERR_OK) {
            break;
        }
    }
    return slice_of(NULL, 0);
}
