/* Replies: JSON with an ETag on reads, gzip where it is worth it and wanted; errors in two languages. */
#include "workers/gateway/request.h"
#include "workers/gateway/zip.h"

#include "common/mem.h"
#include "proto/answer_json.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define ETAG_BYTES 16
#define JSON_TYPE "application/json; charset=utf-8"
#define STREAM_BLOCK (32u << 10) /* asked of a stream at once */

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
reply_text(struct request *r, unsigned status, const char *type, struct buf *text)
{
    if (r->status == 0) {
        buf_fini(&r->body);
        r->body = *text;
        *text = BUF_EMPTY;
        r->type = type;
        r->status = status;
    }
    buf_fini(text);
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

static bool
wants_gzip(const struct request *r)
{
    const char *accepted = request_header(r, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    return accepted != NULL && strstr(accepted, "gzip") != NULL;
}

/* What a browser may do with it: nothing with data, and with the console's pages only what they bring along. */
static void
browser_headers_add(const struct request *r, struct MHD_Response *response)
{
    MHD_add_response_header(
        response, "Content-Security-Policy",
        r->page != NULL
            ? "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
              "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
              "base-uri 'none'"
            : "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
              "sandbox");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "X-Frame-Options", "DENY");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (r->gateway->secure) {
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    }
}

static void
download_headers_add(const struct request *r, struct MHD_Response *response)
{
    struct buf value = BUF_EMPTY;
    buf_printf(&value, "attachment; filename*=UTF-8''");
    for (const char *c = r->file_name; *c != '\0'; c++) {
        buf_printf(&value, isalnum((unsigned char)*c) ? "%c" : "%%%02X", (unsigned char)*c);
    }
    buf_byte(&value, '\0');
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                            (const char *)value.data);
    buf_fini(&value);
}

static void
headers_add(struct request *r, struct MHD_Response *response, const char *etag, bool zipped)
{
    char number[16];
    const struct {
        const char *name, *value; /* NULL, or empty: not sent */
    } each[] = {
        {MHD_HTTP_HEADER_CONTENT_TYPE, r->page != NULL ? r->page->type : r->type},
        {MHD_HTTP_HEADER_CACHE_CONTROL, etag[0] != '\0' ? "private, no-cache" : "no-store"},
        {MHD_HTTP_HEADER_VARY, "Accept-Encoding, Accept-Language, Authorization, Cookie"},
        {MHD_HTTP_HEADER_ETAG, etag},
        {MHD_HTTP_HEADER_CONTENT_ENCODING, zipped ? "gzip" : NULL},
        {MHD_HTTP_HEADER_LOCATION, r->location},
        {MHD_HTTP_HEADER_SET_COOKIE, r->cookie},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (each[i].value != NULL && each[i].value[0] != '\0') {
            MHD_add_response_header(response, each[i].name, each[i].value);
        }
    }
    browser_headers_add(r, response);
    if (r->file_name != NULL) {
        download_headers_add(r, response);
    }
    if (r->retry_s > 0) {
        snprintf(number, sizeof number, "%u", (unsigned)r->retry_s);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, number);
    }
    /* A browser that is told Basic asks with a window of its own; the console has a page for that. */
    if (r->status == MHD_HTTP_UNAUTHORIZED && request_header(r, "Sec-Fetch-Mode") == NULL) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                                "Basic realm=\"Thi Dua\", charset=\"UTF-8\"");
    }
}

static enum MHD_Result
response_queue(struct request *r, struct MHD_Response *response, const char *etag, bool zipped)
{
    if (response == NULL) {
        return MHD_NO;
    }
    headers_add(r, response, etag, zipped);
    enum MHD_Result queued = MHD_queue_response(r->connection, r->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* True: whoever asks has it already. */
static bool
etag_is_known(struct request *r, const char *etag)
{
    const char *had = request_header(r, MHD_HTTP_HEADER_IF_NONE_MATCH);
    if (had == NULL || strstr(had, etag) == NULL) {
        return false;
    }
    r->status = MHD_HTTP_NOT_MODIFIED;
    return true;
}

static enum MHD_Result
page_send(struct request *r)
{
    const struct page *page = r->page;
    bool known = etag_is_known(r, page->etag);
    bool zipped = !known && page->zipped.len > 0 && wants_gzip(r);
    const struct buf *body = zipped ? &page->zipped : &page->body;
    return response_queue(
        r,
        MHD_create_response_from_buffer(known ? 0 : body->len, body->data, MHD_RESPMEM_PERSISTENT),
        page->etag, zipped);
}

void
handle_events(struct request *r)
{
    struct gateway *g = r->gateway;
    r->events = events_open(&g->events, r->connection, r->login, r->principal,
                            request_header(r, "Last-Event-ID"));
    if (r->events == NULL) {
        reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "busy", "Đang có quá nhiều trang mở.",
                    "Too many pages are open.");
        return;
    }
    r->type = "text/event-stream; charset=utf-8";
    r->status = MHD_HTTP_OK;
}

enum MHD_Result
reply_send(struct request *r)
{
    char etag[2 * ETAG_BYTES + 3] = "";
    if (r->page != NULL) {
        return page_send(r);
    }
    if (r->events != NULL) {
        /* nginx would gather what should be told at once. */
        MHD_add_response_header(r->events, "X-Accel-Buffering", "no");
        return response_queue(r, r->events, "", false);
    }
    if (r->stream != NULL) {
        return response_queue(
            r,
            MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, r->stream, r, NULL),
            "", false);
    }
    if (r->status == MHD_HTTP_OK && r->route != NULL && strcmp(r->route->method, "GET") == 0 &&
        r->route->handle != handle_me) {
        etag_make(&r->body, etag);
        if (etag_is_known(r, etag)) {
            buf_clear(&r->body);
        }
    }
    bool zipped = r->body.len >= GZIP_LEAST && wants_gzip(r) && zip_bytes(&r->body);
    return response_queue(
        r, MHD_create_response_from_buffer(r->body.len, r->body.data, MHD_RESPMEM_MUST_COPY), etag,
        zipped);
}
