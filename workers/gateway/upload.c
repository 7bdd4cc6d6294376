/* POST /api/file?unit=: a document, as records of its chunks. It is known by its hash: the same bytes again are the
 * same document, so that no key is needed to send it twice. */
#include "workers/gateway/act_request.h"

#include "common/text.h"
#include "proto/limits.h"

#include <sodium.h>

#define HASH_SIZE 32

static void
chunk_make(void *owner, uint32_t index, struct slice *unit, struct buf *body)
{
    struct request *r = owner;
    size_t at = (size_t)index * FILE_CHUNK_BYTES, left = r->in.len - at;
    struct record_file record = {
        .hash = r->act->identity,
        .unit = r->act->unit,
        .index = index,
        .size = r->in.len,
        .bytes = slice_of(r->in.data + at, left < FILE_CHUNK_BYTES ? left : FILE_CHUNK_BYTES),
    };
    *unit = slice_text("");
    record_encode_file(&record, body);
}

static bool
upload_begin(struct request *r)
{
    struct complaint why;
    const char *unit = request_argument(r, "unit");
    if (!act_type_is(r, "application/octet-stream")) {
        return false;
    }
    if (unit == NULL || !code_is_valid(slice_text(unit))) {
        complain(&why, CODE_CODE_INVALID, slice_text("unit"), "%.80s", unit == NULL ? "" : unit);
        reply_complaint(r, &why);
        return false;
    }
    if (r->in.len == 0) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "nothing-there", "Tài liệu trống.",
                    "The document is empty.");
        return false;
    }
    r->act = act_request_new();
    uint8_t *hash = arena_alloc(r->act->arena, HASH_SIZE);
    crypto_generichash(hash, HASH_SIZE, r->in.data, r->in.len, NULL, 0);
    r->act->identity = slice_of(hash, HASH_SIZE);
    r->act->unit = slice_text(unit);
    act_send(r, (uint32_t)((r->in.len + FILE_CHUNK_BYTES - 1) / FILE_CHUNK_BYTES), chunk_make);
    return r->act->posting != NULL;
}

void
handle_file_new(struct request *r)
{
    char hex[2 * HASH_SIZE + 1];
    if (r->act == NULL && !upload_begin(r)) {
        return;
    }
    sodium_bin2hex(hex, sizeof hex, r->act->identity.data, HASH_SIZE);
    act_answer(r, json_pack("{s:s, s:I}", "hash", hex, "bytes", (json_int_t)r->in.len));
}
