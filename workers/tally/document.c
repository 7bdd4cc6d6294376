/* A nomination's documents: the array that it names them in. Whether they are there is
 * standing_document's to say. */
#include "common/text.h"
#include "proto/limits.h"
#include "workers/tally/council.h"

#define HASH_SIZE 32
#define DOCUMENT_PARTS 4

static bool
wrong(struct complaint *why, const char *detail)
{
    return complain(why, CODE_WRONG_TYPE, slice_text("documents"), "%s", detail);
}

static bool
name_check(struct slice name, struct complaint *why)
{
    if (!text_is_utf8(name)) {
        return complain(why, CODE_NOT_UTF8, slice_text("documents"), "%s", "name");
    }
    if (!text_is_clean(name)) {
        return complain(why, CODE_NOT_NFC, slice_text("documents"), "%s", "name");
    }
    if (text_trim(name).len == 0) {
        return complain(why, CODE_NOTHING_THERE, slice_text("documents"), "%s", "name");
    }
    return name.len <= NAME_MAX_BYTES || complain(why, CODE_TOO_LARGE, slice_text("documents"),
                                                  "name: %zu > %d", name.len, NAME_MAX_BYTES);
}

static bool
document_read(struct cursor *c, struct document *d, struct complaint *why)
{
    uint32_t parts;
    if (cursor_array(c, &parts) != ERR_OK || parts != DOCUMENT_PARTS) {
        return wrong(why, "[hash, kind, name, bytes]");
    }
    if (cursor_bytes(c, &d->hash) != ERR_OK || d->hash.len != HASH_SIZE) {
        return wrong(why, "hash ≠ bin 32");
    }
    if (cursor_text(c, &d->kind) != ERR_OK || cursor_text(c, &d->name) != ERR_OK) {
        return wrong(why, "kind, name ≠ str");
    }
    if (cursor_uint(c, &d->bytes) != ERR_OK || d->bytes == 0) {
        return wrong(why, "bytes ≠ uint");
    }
    if (d->bytes > FILE_BYTES_MAX) {
        return complain(why, CODE_TOO_LARGE, slice_text("documents"), "bytes: %llu > %u",
                        (unsigned long long)d->bytes, FILE_BYTES_MAX);
    }
    if (!code_is_valid(d->kind)) {
        return complain(why, CODE_CODE_INVALID, slice_text("documents"), "%.*s",
                        SLICE_ARG(d->kind));
    }
    return name_check(d->name, why);
}

static bool
is_new(const struct document *list, uint32_t count, struct complaint *why)
{
    for (uint32_t i = 0; i < count; i++) {
        if (slice_equal(list[i].hash, list[count].hash)) {
            return complain(why, CODE_DUPLICATE_KEY, list[count].name, "%s", "");
        }
    }
    return true;
}

bool
documents_read(struct slice raw, struct document *list, uint32_t *count, struct complaint *why)
{
    struct cursor c = cursor_of(raw);
    uint32_t n = 0;
    *count = 0;
    if (raw.len == 0) {
        return true;
    }
    if (cursor_array(&c, &n) != ERR_OK) {
        return wrong(why, "≠ array");
    }
    if (n > DOCUMENTS_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text("documents"), "%d", DOCUMENTS_MAX);
    }
    for (; *count < n; *count += 1) {
        if (!document_read(&c, &list[*count], why) || !is_new(list, *count, why)) {
            return false;
        }
    }
    return true;
}
