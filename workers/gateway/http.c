/* libmicrohttpd's calls: a request is made of its headers, signs in, gets its body piece by piece, is answered.
 *
 * A request may be suspended only where libmicrohttpd calls again for the same thing: with a piece of the body
 * that was not taken, or at the body's end without a reply; so nothing waits while the headers are looked at.
 * A reply that is known before the body has come is kept until its end: in between none can be sent. */
#include "workers/gateway/request.h"

#include "common/mem.h"
#include "common/text.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* ---- what a request says ---- */

const char *
request_argument(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *
request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

bool
request_switch(const struct request *r, const char *name)
{
    const char *value = request_argument(r, name);
    return value != NULL && strcmp(value, "true") == 0;
}

/* ---- waiting ---- */

void
request_wait(struct request *r)
{
    r->suspended = true;
    LIST_INSERT_HEAD(&r->gateway->suspended, r, next);
    MHD_suspend_connection(r->connection);
}

void
request_wake(void *request)
{
    struct request *r = request;
    if (r->suspended) {
        r->suspended = false;
        LIST_REMOVE(r, next);
        MHD_resume_connection(r->connection);
    }
}

void
requests_wake(struct gateway *gateway)
{
    while (!LIST_EMPTY(&gateway->suspended)) {
        request_wake(LIST_FIRST(&gateway->suspended));
    }
}

static void
on_answer(void *owner, const struct answer *answer)
{
    struct request *r = owner;
    r->question = NULL;
    r->asked = answer->err == ERR_OK ? ANSWERED : REFUSED;
    r->answer = *answer;
    buf_clear(&r->body);
    if (answer->err == ERR_OK) {
        buf_slice(&r->body, answer->body);
    }
    r->answer.body = buf_slice_of(&r->body);
    request_wake(r);
}

void
request_ask(struct request *r, const char *name, struct slice args, uint64_t after, bool self)
{
    struct slice principal = self ? slice_of(NULL, 0) : slice_text(r->principal);
    r->question = links_ask(&r->gateway->links, name, principal, args, after, on_answer, r);
    if (r->question == NULL) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Cổng đang bận; hãy thử lại sau.",
                    "The gateway is busy; try again later.");
        return;
    }
    r->asked = ASKED;
}

/* ---- signing in ---- */

static void
unauthorized(struct request *r)
{
    reply_error(
        r, MHD_HTTP_UNAUTHORIZED, "sign-in",
        "Cần đăng nhập: Authorization: ApiToken td_…, hoặc Basic, với token hay mật khẩu đúng.",
        "Sign in: Authorization: ApiToken td_…, or Basic, with a token or password that is good.");
}

static void
on_signed(void *owner, const struct answer *answer)
{
    struct request *r = owner;
    int64_t now = clock_mono_ms(&r->gateway->clock);
    r->question = NULL;
    if (answer->err == ERR_TIMEOUT) {
        reply_complaint(r, &answer->why);
    } else if (!sign_in_take(&r->gateway->sign_ins, &r->credentials, answer, now, r->principal)) {
        unauthorized(r);
    }
    request_wake(r);
}

static const char *
address_of(struct MHD_Connection *connection, char text[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    text[0] = '\0';
    if (address != NULL && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text,
                  INET6_ADDRSTRLEN);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
                  INET6_ADDRSTRLEN);
    }
    return text;
}

/* From the headers alone: known lately, to be asked for, or refused. */
static void
credentials_take(struct request *r)
{
    struct gateway *g = r->gateway;
    char address[INET6_ADDRSTRLEN];
    const char *header = request_header(r, MHD_HTTP_HEADER_AUTHORIZATION);
    int64_t now = clock_mono_ms(&g->clock);
    if (header == NULL || !credentials_read(&g->sign_ins, header,
                                            address_of(r->connection, address), &r->credentials)) {
        unauthorized(r);
        return;
    }
    int64_t locked = sign_in_locked_ms(&g->sign_ins, &r->credentials, now);
    const char *known = sign_in_known(&g->sign_ins, &r->credentials, now);
    if (locked > 0) {
        r->retry_s = (uint32_t)(locked / 1000 + 1);
        reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "locked",
                    "Sai mật khẩu quá nhiều lần; hãy thử lại sau.",
                    "Too many wrong passwords; try again later.");
    } else if (known != NULL) {
        memcpy(r->principal, known, sizeof r->principal);
    }
}

/* True: signed in, or needless. False: a reply is there, or the answer is awaited. */
static bool
signed_in(struct request *r)
{
    if (r->status != 0) {
        return false;
    }
    if (r->route->guard == OPEN || r->principal[0] != '\0') {
        return true;
    }
    if (r->question == NULL) {
        struct buf args = BUF_EMPTY;
        sign_in_ask(&r->credentials, &args);
        r->question = links_ask(&r->gateway->links, "sign-in", slice_of(NULL, 0),
                                buf_slice_of(&args), 0, on_signed, r);
        buf_fini(&args);
    }
    if (r->question == NULL) {
        reply_complaint(r, &(struct complaint){.code = CODE_NONE});
    } else {
        request_wait(r);
    }
    return false;
}

/* ---- its life ---- */

static enum language
language_of(struct request *r)
{
    const char *wanted = request_header(r, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
    const char *vi = wanted == NULL ? NULL : strstr(wanted, "vi");
    const char *en = wanted == NULL ? NULL : strstr(wanted, "en");
    return vi != NULL && (en == NULL || vi < en) ? LANGUAGE_VI : LANGUAGE_EN;
}

static enum MHD_Result
argument_check(void *clean, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    bool good =
        text_is_clean(slice_text(name)) && (value == NULL || text_is_clean(slice_text(value)));
    *(bool *)clean = *(bool *)clean && good;
    return MHD_YES;
}

static void
request_begin(struct request *r, const char *method)
{
    bool other, clean = text_is_clean(slice_text(r->path));
    r->gateway->requests++;
    r->language = language_of(r);
    r->route = route_find(method, r->path, &other);
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, argument_check, &clean);
    if (!clean) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "not-utf8", "Địa chỉ không phải văn bản UTF-8 sạch.",
                    "The address is not clean UTF-8 text.");
    } else if (r->route == NULL && other) {
        reply_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method",
                    "Phương thức này không dùng được ở đây.", "This method cannot be used here.");
    } else if (r->route == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "path", "Không có địa chỉ này; xem /openapi.json.",
                    "There is no such address; see /openapi.json.");
    } else if (r->route->guard == SIGNED) {
        credentials_take(r);
    }
}

/* The body: only an import has one that means something; of the others it is passed over. */
static void
body_take(struct request *r, const char *data, size_t *size)
{
    if (!r->route->body || r->status != 0) {
        *size = 0;
        return;
    }
    r->route->handle(r); /* makes the import, or waits for what that needs */
    if (r->status != 0) {
        *size = 0;
    } else if (r->import != NULL && !r->suspended) {
        r->taken += *size;
        import_feed(r->import, slice_of(data, *size));
        *size = 0;
        if (r->taken > BODY_BYTES_MAX) {
            reply_error(r, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "Nội dung quá dài.",
                        "The body is too long.");
        }
    }
}

enum MHD_Result
http_handle(void *gateway, struct MHD_Connection *connection, const char *url, const char *method,
            const char *version, const char *data, size_t *size, void **request)
{
    struct request *r = *request;
    (void)version;
    if (r == NULL) {
        *request = r = mem_alloc(sizeof *r);
        r->gateway = gateway;
        r->connection = connection;
        r->path = url;
        visitor_asked(&r->gateway->visitors, connection);
        request_begin(r, method);
        return r->status != 0 ? reply_send(r) : MHD_YES;
    }
    if (*size > 0) {
        if (r->status != 0) {
            *size = 0;
        } else if (signed_in(r)) {
            body_take(r, data, size);
        } else if (r->status != 0) {
            *size = 0;
        }
        return MHD_YES;
    }
    if (r->status == 0 && signed_in(r)) {
        r->body_over = true;
        r->route->handle(r);
    }
    return r->status != 0 ? reply_send(r) : MHD_YES;
}

void
http_connection(void *gateway, struct MHD_Connection *connection, void **context,
                enum MHD_ConnectionNotificationCode what)
{
    struct gateway *g = gateway;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        visitor_came(&g->visitors, connection, context, clock_mono_ms(&g->clock));
    } else {
        visitor_went(&g->visitors, context);
    }
}

void
http_completed(void *gateway, struct MHD_Connection *connection, void **request,
               enum MHD_RequestTerminationCode how)
{
    struct gateway *g = gateway;
    struct request *r = *request;
    (void)how;
    visitor_answered(&g->visitors, connection, clock_mono_ms(&g->clock));
    if (r != NULL) {
        question_forget(r->question);
        import_free(&r->import);
        values_end(r);
        credentials_wipe(&r->credentials);
        buf_fini(&r->body);
        free(r);
    }
    *request = NULL;
}
