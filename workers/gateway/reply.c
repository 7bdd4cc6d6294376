/* Replies: JSON with an ETag on reads, gzip where it is worth it and wanted; errors in two languages. */
#include "workers/gateway/request.h"

#include "common/mem.h"
#include "proto/answer_json.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define ETAG_BYTES 16
#define JSON_TYPE "application/json; charset=utf-8"
#define STREAM_BLOCK (32u << 10) /* asked of a stream at once */
#define GZIP_WINDOW (15 + 16)    /* zlib's way of asking for gzip's header */

void
reply_json(struct request *r, unsigned status, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL) {
        mem_exhausted(1);
    }
    if (r->status == 0) {
        buf_clear(&r->body);
        buf_put(&r->body, text, strlen(text));
        r->type = JSON_TYPE;
        r->status = status;
        r->gateway->errors += status >= 500;
    }
    free(text);
    json_decref(body);
}

void
reply_error(struct request *r, unsigned status, const char *code, const char *vi, const char *en)
{
    if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        r->retry_s = r->retry_s == 0 ? RETRY_S : r->retry_s;
    }
    reply_json(r, status,
               json_pack("{s:s, s:i, s:s, s:s, s:s}", "httpStatus",
                         MHD_get_reason_phrase_for(status), "httpStatusCode", (int)status, "status",
                         "ERROR", "code", code, "message", r->language == LANGUAGE_VI ? vi : en));
}

void
reply_stream(struct request *r, const char *type, stream_fn *stream)
{
    r->stream = stream;
    r->type = type == NULL ? JSON_TYPE : type;
    r->status = MHD_HTTP_OK;
}

static unsigned
status_of(enum code code)
{
    switch (code) {
    case CODE_NOT_ALLOWED:
    case CODE_NOT_IN_ROLE:
        return MHD_HTTP_FORBIDDEN;
    case CODE_UNIT_UNKNOWN:
    case CODE_FORM_UNKNOWN:
    case CODE_CAMPAIGN_UNKNOWN:
    case CODE_RECEIPT_UNKNOWN:
    case CODE_BLOCK_UNKNOWN:
    case CODE_PRINCIPAL_UNKNOWN:
        return MHD_HTTP_NOT_FOUND;
    case CODE_BUSY:
    case CODE_NOT_READY:
    case CODE_QUERY_TIMEOUT:
    case CODE_SESSIONS_FULL:
    case CODE_KEY_REVOKED: /* the gateway's own: the caller can do nothing but come back */
    case CODE_HANDSHAKE_FAILED:
    case CODE_NONE: /* nobody answered */
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    default:
        return MHD_HTTP_BAD_REQUEST;
    }
}

void
reply_complaint(struct request *r, const struct complaint *why)
{
    struct complaint told = *why;
    char vi[512], en[512];
    if (told.code == CODE_NONE) {
        complain(&told, CODE_NOT_READY, slice_text(""), "%s", "");
    }
    complaint_sentence(&told, LANGUAGE_VI, vi, sizeof vi);
    complaint_sentence(&told, LANGUAGE_EN, en, sizeof en);
    reply_error(r, status_of(why->code), code_text(told.code), vi, en);
}

/* ---- sending ---- */

static void
etag_make(const struct buf *body, char etag[2 * ETAG_BYTES + 3])
{
    uint8_t hash[ETAG_BYTES];
    char hex[2 * ETAG_BYTES + 1];
    crypto_generichash(hash, sizeof hash, body->data, body->len, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    snprintf(etag, 2 * ETAG_BYTES + 3, "\"%s\"", hex);
}

/* False: no smaller. */
static bool
gzip(struct buf *body)
{
    z_stream z = {0};
    struct buf out = BUF_EMPTY;
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return false;
    }
    uLong room = deflateBound(&z, body->len);
    z.next_in = body->data;
    z.avail_in = (uInt)body->len;
    z.next_out = buf_reserve(&out, room);
    z.avail_out = (uInt)room;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < body->len;
    out.len = z.total_out;
    deflateEnd(&z);
    struct buf unused = done ? *body : out;
    *body = done ? out : *body;
    buf_fini(&unused);
    return done;
}

static bool
wants_gzip(const struct request *r)
{
    const char *accepted = request_header(r, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    return accepted != NULL && strstr(accepted, "gzip") != NULL && r->body.len >= GZIP_LEAST;
}

static void
headers_add(struct request *r, struct MHD_Response *response, const char *etag, bool zipped)
{
    char number[16];
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            etag[0] != '\0' ? "private, no-cache" : "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_VARY,
                            "Accept-Encoding, Accept-Language, Authorization");
    if (etag[0] != '\0') {
        MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, etag);
    }
    if (zipped) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    }
    if (r->retry_s > 0) {
        snprintf(number, sizeof number, "%u", (unsigned)r->retry_s);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, number);
    }
    if (r->status == MHD_HTTP_UNAUTHORIZED) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                                "Basic realm=\"Thi Dua\", charset=\"UTF-8\"");
    }
}

enum MHD_Result
reply_send(struct request *r)
{
    char etag[2 * ETAG_BYTES + 3] = "";
    const char *had = request_header(r, MHD_HTTP_HEADER_IF_NONE_MATCH);
    if (r->status == MHD_HTTP_OK && r->route != NULL && !r->route->body && r->stream == NULL) {
        etag_make(&r->body, etag);
        if (had != NULL && strstr(had, etag) != NULL) {
            r->status = MHD_HTTP_NOT_MODIFIED;
            buf_clear(&r->body);
        }
    }
    bool zipped = r->stream == NULL && wants_gzip(r) && gzip(&r->body);
    struct MHD_Response *response =
        r->stream != NULL
            ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, r->stream, r, NULL)
            : MHD_create_response_from_buffer(r->body.len, r->body.data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    headers_add(r, response, etag, zipped);
    enum MHD_Result queued = MHD_queue_response(r->connection, r->status, response);
    MHD_destroy_response(response);
    return queued;
}
