/* The walk over a layout, both ways. Decoding holds that
 *   1. type and version are looked at before anything else, wherever they stand: a newer version
 * may have changed what the other keys are, so that it must be told as such;
 *   2. each known key is there at most once, each required one once;
 *   3. what is written to *out has the type and the limit of its field; slices point into the
 * input. Details in complaints are figures and words of msgpack, the same in every language. */
#include "proto/fields.h"

#include "common/check.h"
#include "common/text.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <inttypes.h>
#include <stdio.h>

#define KEY_TYPE 0
#define KEY_VERSION 1
#define KEYS_SEEN 64 /* keys that fit the set of seen ones; tables have none beyond it */

/* One decoding: where we are, and where complaints go. */
struct decoding {
    const struct layout *layout;
    struct slice in;
    struct cursor c;
    struct complaint *why;
};

static const char *
kind_name(enum kind kind)
{
    static const char *const names[] = {
        [KIND_NONE] = "none",   [KIND_NIL] = "nil",     [KIND_BOOL] = "bool", [KIND_UINT] = "uint",
        [KIND_INT] = "int",     [KIND_FLOAT] = "float", [KIND_TEXT] = "str",  [KIND_BYTES] = "bin",
        [KIND_ARRAY] = "array", [KIND_MAP] = "map",     [KIND_EXT] = "ext",
    };
    return names[kind];
}

/* The next object is not of the wanted kind, or is no object at all. */
static bool
complain_object(struct decoding *d, const char *subject, enum kind wanted)
{
    enum kind found = cursor_kind(&d->c);
    if (found == KIND_NONE || found == wanted) {
        return complain(d->why, CODE_MALFORMED, slice_text(subject), "msgpack, byte %zu",
                        (size_t)(d->c.at - d->in.data));
    }
    return complain(d->why, CODE_WRONG_TYPE, slice_text(subject), "%s ≠ %s", kind_name(found),
                    kind_name(wanted));
}

static bool
complain_skip(struct decoding *d, const char *subject, enum err err)
{
    if (err == ERR_LIMIT) {
        return complain(d->why, CODE_TOO_DEEP, slice_text(subject), "> %d", DEPTH_MAX);
    }
    return complain_object(d, subject, cursor_kind(&d->c));
}

static bool
object_skip(struct decoding *d, const char *subject)
{
    enum err err = cursor_skip(&d->c);
    return err == ERR_OK || complain_skip(d, subject, err);
}

static bool
complain_large(struct decoding *d, const struct field *f, uint64_t found)
{
    return complain(d->why, CODE_TOO_LARGE, slice_text(f->name), "%s: %" PRIu64 " > %" PRIu64,
                    f->name, found, f->limit);
}

/* ---- the head: type and version ---- */

/* Finds `key`, an integer one, from the start; the cursor then stands at its value. *found is false
 * where the map ends without it. */
static bool
key_seek(struct decoding *d, uint64_t key, bool *found)
{
    uint32_t n;
    d->c = cursor_of(d->in);
    *found = false;
    if (cursor_map(&d->c, &n) != ERR_OK) {
        return complain_object(d, d->layout->name, KIND_MAP);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t k;
        if (cursor_uint(&d->c, &k) == ERR_OK) {
            if (k == key) {
                *found = true;
                return true;
            }
        } else if (!object_skip(d, d->layout->name)) {
            return false;
        }
        if (!object_skip(d, d->layout->name)) {
            return false;
        }
    }
    return true;
}

static bool
head_value(struct decoding *d, uint64_t key, const char *name, uint64_t *value)
{
    bool found;
    if (!key_seek(d, key, &found)) {
        return false;
    }
    if (!found) {
        return complain(d->why, CODE_MISSING_FIELD, slice_text(name), "%s", d->layout->name);
    }
    return cursor_uint(&d->c, value) == ERR_OK || complain_object(d, name, KIND_UINT);
}

static bool
head_check(struct decoding *d)
{
    uint64_t type;
    uint64_t version;
    if (!head_value(d, KEY_TYPE, "type", &type)) {
        return false;
    }
    if (type != d->layout->type) {
        return complain(d->why, CODE_TYPE_UNKNOWN, slice_text(d->layout->name), "%" PRIu64, type);
    }
    if (d->layout->version == 0) {
        return true;
    }
    if (!head_value(d, KEY_VERSION, "version", &version)) {
        return false;
    }
    if (version == 0 || version > d->layout->version) {
        return complain(d->why, CODE_VERSION_UNKNOWN, slice_text(d->layout->name), "%" PRIu64,
                        version);
    }
    return true;
}

bool
layout_peek(struct slice in, uint64_t *type)
{
    static const struct layout any = {.name = "type"};
    struct complaint why;
    struct decoding d = {&any, in, {0}, &why};
    return head_value(&d, KEY_TYPE, "type", type);
}

/* ---- one field each ---- */

typedef bool field_read_fn(struct decoding *d, const struct field *f, void *to);

static bool
uint_read(struct decoding *d, const struct field *f, void *to)
{
    uint64_t *v = to;
    if (cursor_uint(&d->c, v) != ERR_OK) {
        return complain_object(d, f->name, KIND_UINT);
    }
    return *v <= f->limit || complain_large(d, f, *v);
}

static bool
bool_read(struct decoding *d, const struct field *f, void *to)
{
    return cursor_bool(&d->c, to) == ERR_OK || complain_object(d, f->name, KIND_BOOL);
}

static bool
text_read(struct decoding *d, const struct field *f, void *to)
{
    struct slice *v = to;
    if (cursor_text(&d->c, v) != ERR_OK) {
        return complain_object(d, f->name, KIND_TEXT);
    }
    if (v->len > f->limit) {
        return complain_large(d, f, v->len);
    }
    if (text_is_clean(*v)) {
        return true;
    }
    if (!text_is_utf8(*v)) {
        return complain(d->why, CODE_NOT_UTF8, slice_text(f->name), "%.*s", SLICE_ARG(*v));
    }
    for (size_t i = 0; i < v->len; i++) {
        uint8_t c = v->data[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) {
            return complain(d->why, CODE_CONTROL_CHARACTER, slice_text(f->name), "U+%04X", c);
        }
    }
    return complain(d->why, CODE_NOT_NFC, slice_text(f->name), "%.*s", SLICE_ARG(*v));
}

static bool
code_read(struct decoding *d, const struct field *f, void *to)
{
    struct slice *v = to;
    if (cursor_text(&d->c, v) != ERR_OK) {
        return complain_object(d, f->name, KIND_TEXT);
    }
    /* An optional code that is empty says the same as one that is absent. */
    if (code_is_valid(*v) || (v->len == 0 && !f->required)) {
        return true;
    }
    return complain(d->why, CODE_CODE_INVALID, slice_text(f->name), "%.*s", SLICE_ARG(*v));
}

static bool
bytes_read(struct decoding *d, const struct field *f, void *to)
{
    struct slice *v = to;
    if (cursor_bytes(&d->c, v) != ERR_OK) {
        return complain_object(d, f->name, KIND_BYTES);
    }
    return v->len <= f->limit || complain_large(d, f, v->len);
}

static bool
raw_read(struct decoding *d, const struct field *f, void *to)
{
    struct slice *v = to;
    enum err err = cursor_raw(&d->c, v);
    if (err != ERR_OK) {
        return complain_skip(d, f->name, err);
    }
    return v->len <= f->limit || complain_large(d, f, v->len);
}

static field_read_fn *const readers[] = {
    [FIELD_UINT] = uint_read, [FIELD_BOOL] = bool_read,   [FIELD_TEXT] = text_read,
    [FIELD_CODE] = code_read, [FIELD_BYTES] = bytes_read, [FIELD_RAW] = raw_read,
};

/* ---- the whole ---- */

static const struct field *
field_of_key(const struct layout *layout, uint64_t key)
{
    for (unsigned i = 0; i < layout->count; i++) {
        if (layout->fields[i].key == key) {
            return &layout->fields[i];
        }
    }
    return NULL;
}

static bool
complain_twice(struct decoding *d, const struct field *f, uint64_t key)
{
    char number[24];
    snprintf(number, sizeof(number), "%" PRIu64, key);
    return complain(d->why, CODE_DUPLICATE_KEY, slice_text(f != NULL ? f->name : number),
                    "%" PRIu64, key);
}

/* One key and its value; marks the key in *seen. */
static bool
pair_read(struct decoding *d, void *out, uint64_t *seen)
{
    uint64_t key;
    if (cursor_uint(&d->c, &key) != ERR_OK) {
        return object_skip(d, d->layout->name) && object_skip(d, d->layout->name);
    }
    const struct field *f = field_of_key(d->layout, key);
    if (key < KEYS_SEEN) {
        if ((*seen >> key & 1) != 0) {
            return complain_twice(d, f, key);
        }
        *seen |= (uint64_t)1 << key;
    }
    if (f == NULL) {
        return object_skip(d, d->layout->name);
    }
    return readers[f->kind](d, f, (char *)out + f->offset);
}

static bool
required_check(const struct decoding *d, uint64_t seen)
{
    for (unsigned i = 0; i < d->layout->count; i++) {
        const struct field *f = &d->layout->fields[i];
        if (f->required && (seen >> f->key & 1) == 0) {
            return complain(d->why, CODE_MISSING_FIELD, slice_text(f->name), "%s", d->layout->name);
        }
    }
    return true;
}

bool
layout_decode(const struct layout *layout, struct slice in, void *out, struct complaint *why)
{
    struct decoding d = {layout, in, cursor_of(in), why};
    memset(out, 0, layout->size);
    if (!head_check(&d)) {
        return false;
    }
    d.c = cursor_of(in);
    uint32_t n = 0;
    if (cursor_map(&d.c, &n) != ERR_OK) {
        return complain_object(&d, layout->name, KIND_MAP);
    }
    uint64_t seen = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!pair_read(&d, out, &seen)) {
            return false;
        }
    }
    if (!cursor_done(&d.c)) {
        return complain(why, CODE_MALFORMED, slice_text(layout->name), "msgpack, byte %zu",
                        (size_t)(d.c.at - in.data));
    }
    return required_check(&d, seen);
}

static bool
field_is_written(const struct field *f, const void *from)
{
    if (f->required) {
        return true;
    }
    switch ((enum field_kind)f->kind) {
    case FIELD_UINT:
        return *(const uint64_t *)from != 0;
    case FIELD_BOOL:
        return *(const bool *)from;
    default:
        return ((const struct slice *)from)->len != 0;
    }
}

bool
layout_fits(const struct layout *layout, const void *in, struct complaint *why)
{
    struct decoding d = {.layout = layout, .why = why};
    for (unsigned i = 0; i < layout->count; i++) {
        const struct field *f = &layout->fields[i];
        const void *from = (const char *)in + f->offset;
        uint64_t found = f->kind == FIELD_UINT   ? *(const uint64_t *)from
                         : f->kind == FIELD_BOOL ? 0
                                                 : ((const struct slice *)from)->len;
        if (found > f->limit) {
            return complain_large(&d, f, found);
        }
    }
    return true;
}

static void
field_write(const struct field *f, const void *from, struct buf *out)
{
    const struct slice *bytes = from;
    pack_uint(out, f->key);
    switch ((enum field_kind)f->kind) {
    case FIELD_UINT:
        CHECK(*(const uint64_t *)from <= f->limit);
        pack_uint(out, *(const uint64_t *)from);
        return;
    case FIELD_BOOL:
        pack_bool(out, *(const bool *)from);
        return;
    case FIELD_TEXT:
    case FIELD_CODE:
        CHECK(bytes->len <= f->limit);
        pack_text(out, *bytes);
        return;
    case FIELD_BYTES:
        CHECK(bytes->len <= f->limit);
        pack_bytes(out, *bytes);
        return;
    case FIELD_RAW:
        CHECK(bytes->len > 0 && bytes->len <= f->limit);
        pack_raw(out, *bytes);
        return;
    }
    CHECK(!"a field of no kind");
}

void
layout_encode(const struct layout *layout, const void *in, struct buf *out)
{
    const char *base = in;
    uint32_t n = layout->version == 0 ? 1 : 2;
    for (unsigned i = 0; i < layout->count; i++) {
        n += field_is_written(&layout->fields[i], base + layout->fields[i].offset);
    }
    pack_map(out, n);
    pack_uint(out, KEY_TYPE);
    pack_uint(out, layout->type);
    if (layout->version != 0) {
        pack_uint(out, KEY_VERSION);
        pack_uint(out, layout->version);
    }
    for (unsigned i = 0; i < layout->count; i++) {
        const struct field *f = &layout->fields[i];
        if (field_is_written(f, base + f->offset)) {
            field_write(f, base + f->offset, out);
        }
    }
}
