/* Reads: the arguments of the URL into a question, its answer out as JSON. */
#include "workers/gateway/request.h"

#include "common/text.h"
#include "proto/answer_json.h"
#include "proto/pack.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_ROOM 32

#define KINDS "?*#@%"

/* Cuts the next name off a route's arguments; *kind is its mark, or 0. */
static bool
name_next(const char **rest, char name[NAME_ROOM], char *kind)
{
    size_t len = strcspn(*rest, " " KINDS);
    if (len == 0 || len >= NAME_ROOM) {
        return false;
    }
    snprintf(name, NAME_ROOM, "%.*s", (int)len, *rest);
    *kind = (*rest)[len] != '\0' && (*rest)[len] != ' ' ? (*rest)[len] : 0;
    *rest += len + (*kind != 0);
    *rest += **rest == ' ';
    return true;
}

static void
list_pack(struct buf *out, const char *value)
{
    uint32_t count = 0;
    struct buf items = BUF_EMPTY;
    while (*value != '\0') {
        size_t len = strcspn(value, ",");
        pack_text(&items, slice_of(value, len));
        count++;
        value += len + (value[len] == ',');
    }
    pack_array(out, count);
    pack_raw(out, buf_slice_of(&items));
    buf_fini(&items);
}

/* What is no number goes on as text, for the one who answers to refuse. */
static void
number_pack(struct buf *out, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    if (digits > 0 && digits < 19 && value[digits] == '\0') {
        pack_uint(out, strtoull(value, NULL, 10));
    } else {
        pack_cstr(out, value);
    }
}

void
arguments_pack(const struct request *r, struct buf *args)
{
    const char *rest = r->route->arguments;
    char name[NAME_ROOM], kind;
    struct buf pairs = BUF_EMPTY;
    uint32_t count = 0;
    while (name_next(&rest, name, &kind)) {
        bool in_path = kind == '@' || kind == '%';
        const char *value = in_path ? strrchr(r->path, '/') + 1 : request_argument(r, name);
        if (value == NULL) {
            continue;
        }
        pack_cstr(&pairs, name);
        if (kind == '#' || kind == '%') {
            number_pack(&pairs, value);
        } else if (kind == '?') {
            pack_bool(&pairs, strcmp(value, "true") == 0);
        } else if (kind == '*') {
            list_pack(&pairs, value);
        } else {
            pack_cstr(&pairs, value);
        }
        count++;
    }
    pack_map(args, count);
    pack_raw(args, buf_slice_of(&pairs));
    buf_fini(&pairs);
}

/* `after=BLOCK.INDEX`: the answer knows that receipt. 0: not asked for. */
static uint64_t
after_of(const struct request *r)
{
    struct receipt receipt;
    const char *after = request_argument(r, "after");
    return after != NULL && receipt_parse(slice_text(after), &receipt) == ERR_OK ? receipt.block
                                                                                 : 0;
}

bool
request_answered(struct request *r)
{
    if (r->asked == REFUSED) {
        reply_complaint(r, &r->answer.why);
    } else if (r->asked == ASKED && r->status == 0) {
        request_wait(r);
    }
    return r->asked == ANSWERED;
}

void
answer_reply(struct request *r)
{
    json_t *body = answer_json(r->answer.body);
    json_object_set_new(body, "as_of", json_integer((json_int_t)r->answer.as_of));
    reply_json(r, MHD_HTTP_OK, body);
}

void
handle_read(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        struct buf args = BUF_EMPTY;
        arguments_pack(r, &args);
        request_ask(r, r->route->query, buf_slice_of(&args), after_of(r), false);
        buf_fini(&args);
    }
    if (request_answered(r)) {
        answer_reply(r);
    }
}

void
handle_public(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        struct buf args = BUF_EMPTY;
        arguments_pack(r, &args);
        request_ask(r, r->route->query, buf_slice_of(&args), after_of(r), true);
        buf_fini(&args);
    }
    if (request_answered(r)) {
        answer_reply(r);
    }
}

void
handle_receipt(struct request *r)
{
    struct receipt receipt;
    if (receipt_parse(slice_text(strrchr(r->path, '/') + 1), &receipt) != ERR_OK) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "receipt-unknown", "Không có biên nhận này.",
                    "There is no such receipt.");
        return;
    }
    if (r->asked == NOT_ASKED) {
        struct buf args = BUF_EMPTY;
        pack_map(&args, 2);
        pack_cstr(&args, "ranges");
        pack_array(&args, 1);
        pack_array(&args, 3);
        pack_uint(&args, receipt.block);
        pack_uint(&args, receipt.index);
        pack_uint(&args, 1);
        pack_key_bool(&args, "all", true);
        request_ask(r, r->route->query, buf_slice_of(&args), 0, false);
        buf_fini(&args);
    }
    if (request_answered(r)) {
        answer_reply(r);
    }
}

void
handle_health(struct request *r)
{
    reply_json(r, MHD_HTTP_OK, json_pack("{s:b}", "ok", true));
}

static void
status_ask(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        request_ask(r, r->route->query, slice_text("\x80"), 0, true);
    }
}

/* As the broker tells it, and the gateway beside. */
void
handle_status(struct request *r)
{
    struct gateway *g = r->gateway;
    if (r->asked == NOT_ASKED) {
        request_ask(r, r->route->query, slice_text("\x80"), 0, false);
    }
    if (!request_answered(r)) {
        return;
    }
    json_t *status = answer_json(r->answer.body);
    json_object_set_new(status, "gateway",
                        json_pack("{s:I, s:I, s:i, s:i, s:{s:I, s:i, s:i}}", "requests",
                                  (json_int_t)g->requests, "errors", (json_int_t)g->errors,
                                  "sessions", (int)g->logins.count, "streams", (int)g->events.count,
                                  "receipt_ms", "count", (json_int_t)g->postings.latencies, "p50",
                                  (int)postings_latency_ms(&g->postings, 50), "p99",
                                  (int)postings_latency_ms(&g->postings, 99)));
    json_object_set_new(status, "as_of", json_integer((json_int_t)r->answer.as_of));
    reply_json(r, MHD_HTTP_OK, status);
}

void
handle_ready(struct request *r)
{
    status_ask(r);
    if (request_answered(r)) {
        json_t *status = answer_json(r->answer.body);
        bool ok = json_true_at(status, "ok");
        r->retry_s = ok ? 0 : RETRY_S;
        reply_json(
            r, ok ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
            json_pack("{s:b, s:O?}", "ok", ok, "problems", json_object_get(status, "problems")));
        json_decref(status);
    }
}

/* ---- /metrics ---- */

static void
metric(struct buf *out, const char *name, const char *kind, const char *help, json_int_t value)
{
    buf_printf(out,
               "# HELP thidua_%s %s\n# TYPE thidua_%s %s\nthidua_%s %" JSON_INTEGER_FORMAT "\n",
               name, help, name, kind, name, value);
}

static void
shards_write(struct buf *out, const json_t *shards)
{
    size_t i;
    json_t *shard;
    buf_printf(out, "# HELP thidua_shard_lag_blocks Blocks that a shard has not applied yet.\n"
                    "# TYPE thidua_shard_lag_blocks gauge\n");
    json_array_foreach(shards, i, shard)
    {
        buf_printf(out, "thidua_shard_lag_blocks{shard=\"%lld\"} %lld\n",
                   (long long)json_number(shard, "shard"),
                   (long long)json_number(shard, "lag_blocks"));
    }
}

void
handle_metrics(struct request *r)
{
    status_ask(r);
    if (!request_answered(r)) {
        return;
    }
    json_t *status = answer_json(r->answer.body), *count;
    const char *name;
    struct buf out = BUF_EMPTY;
    metric(&out, "up", "gauge", "1 where the broker has no problem.", json_true_at(status, "ok"));
    metric(&out, "journal_head", "gauge", "Number of the newest block.",
           json_number(status, "head"));
    metric(&out, "disk_free_bytes", "gauge", "Free bytes beside the journal.",
           json_number(status, "free_bytes"));
    metric(&out, "sessions", "gauge", "Sessions of the broker.", json_number(status, "sessions"));
    json_object_foreach(json_object_get(status, "counts"), name, count)
    {
        char whole[64];
        snprintf(whole, sizeof whole, "broker_%s_total", name);
        metric(&out, whole, "counter", "Counted by the broker since its start.",
               json_integer_value(count));
    }
    shards_write(&out, json_object_get(status, "shards"));
    metric(&out, "gateway_requests_total", "counter", "HTTP requests since the gateway's start.",
           (json_int_t)r->gateway->requests);
    metric(&out, "gateway_errors_total", "counter", "Answers of 500 and above.",
           (json_int_t)r->gateway->errors);
    metric(&out, "gateway_sessions", "gauge", "People who are signed in.",
           (json_int_t)r->gateway->logins.count);
    metric(&out, "gateway_streams", "gauge", "Streams of events that are open.",
           (json_int_t)r->gateway->events.count);
    metric(&out, "gateway_values_total", "counter", "Data values read from imports.",
           (json_int_t)r->gateway->imports.cells);
    json_decref(status);
    buf_fini(&r->body);
    r->body = out;
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    r->status = MHD_HTTP_OK;
}

/* ---- /openapi.json ---- */

static json_t *
parameters_of(const struct route *route)
{
    const char *rest = route->arguments;
    char name[NAME_ROOM], kind;
    json_t *list = json_array();
    while (name_next(&rest, name, &kind)) {
        if (kind == '@' || kind == '%') {
            continue; /* told below */
        }
        json_array_append_new(list, json_pack("{s:s, s:s, s:{s:s}}", "name", name, "in", "query",
                                              "schema", "type",
                                              kind == '?'   ? "boolean"
                                              : kind == '#' ? "integer"
                                                            : "string"));
    }
    if (strstr(route->path, "{id}") != NULL) {
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:{s:s}}", "name", "id", "in", "path",
                                        "required", true, "schema", "type", "string"));
    }
    return list;
}

void
handle_openapi(struct request *r)
{
    json_t *paths = json_object();
    for (unsigned i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = &ROUTES[i];
        char method[8] = "";
        for (size_t c = 0; route->method[c] != '\0' && c + 1 < sizeof method; c++) {
            method[c] = (char)tolower(route->method[c]);
        }
        json_t *path = json_object_get(paths, route->path);
        if (path == NULL) {
            path = json_object();
            json_object_set_new(paths, route->path, path);
        }
        json_object_set_new(
            path, method,
            json_pack("{s:s, s:o, s:o, s:{s:{s:s}}}", "summary",
                      r->language == LANGUAGE_VI ? route->vi : route->en, "parameters",
                      parameters_of(route), "security",
                      route->guard == SIGNED ? json_pack("[{s:[]}]", "token") : json_array(),
                      "responses", "200", "description", "OK"));
    }
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:{s:s, s:s}, s:o, s:{s:{s:{s:s, s:s, s:s}}}}", "openapi", "3.0.3",
                         "info", "title", "Thi Đua", "version", "1", "paths", paths, "components",
                         "securitySchemes", "token", "type", "apiKey", "in", "header", "name",
                         "Authorization"));
}
