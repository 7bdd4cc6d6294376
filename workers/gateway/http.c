/* libmicrohttpd's calls: a request is made of its headers, signs in, gets its body piece by piece, is answered.
 *
 * A request may be suspended only where libmicrohttpd calls again for the same thing: with a piece of the body
 * that was not taken, or at the body's end without a reply; so nothing waits while the headers are looked at.
 * A reply that is known before the body has come is kept until its end: in between none can be sent. */
#include "workers/gateway/request.h"

#include "common/check.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/answer_json.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
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
        r->gateway->woken = true;
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
    /* Without a name it would be asked with the gateway's own rights, which on this machine are all. */
    CHECK(self || r->principal[0] != '\0');
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

void
unauthorized(struct request *r)
{
    reply_error(
        r, MHD_HTTP_UNAUTHORIZED, "sign-in",
        "Cần đăng nhập, bằng token hay mật khẩu đúng; nếu đã đăng nhập thì phiên đã hết.",
        "Sign in, with a token or password that is good; where you had, the session has ended.");
}

static void on_hashed(void *owner, bool right);

/* True: the password is looked at first, elsewhere, or cannot be now; the answer is kept. */
static bool
hash_first(struct request *r, const struct answer *answer)
{
    struct gateway *g = r->gateway;
    char hash[PASSWORD_HASH_MAX + 1];
    if (!sign_in_hash(&r->credentials, answer, hash)) {
        return false;
    }
    buf_clear(&r->body);
    buf_slice(&r->body, answer->body);
    r->answer = *answer;
    r->answer.body = buf_slice_of(&r->body);
    r->hashing = hasher_ask(g->hasher, r->credentials.key, r->credentials.lockout.pair,
                            r->credentials.password, hash, on_hashed, r);
    if (r->hashing == NULL) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
                    "Đang có quá nhiều người đăng nhập; hãy thử lại sau.",
                    "Too many are signing in; try again later.");
        request_wake(r);
    }
    return true;
}

static void
on_signed(void *owner, const struct answer *answer)
{
    struct request *r = owner;
    int64_t now = clock_mono_ms(&r->gateway->clock);
    r->question = NULL;
    if (r->route->guard == SIGNING && answer->err == ERR_OK) {
        json_t *body = answer_json(answer->body);
        snprintf(r->password_hash, sizeof r->password_hash, "%s", json_text(body, "password"));
        json_decref(body);
    }
    /* Of many that came at once with the same password the first has shown that it is right. */
    const char *known = r->route->guard == SIGNING
                            ? NULL
                            : sign_in_known(&r->gateway->sign_ins, &r->credentials, now);
    if (known != NULL) {
        memcpy(r->principal, known, sizeof r->principal);
    } else if (hash_first(r, answer)) {
        return;
    } else if (answer->err == ERR_TIMEOUT) {
        reply_complaint(r, &answer->why);
    } else if (!sign_in_take(&r->gateway->sign_ins, &r->credentials, answer, now, r->principal)) {
        unauthorized(r);
    }
    request_wake(r);
}

static void
on_hashed(void *owner, bool right)
{
    struct request *r = owner;
    r->hashing = NULL;
    r->credentials.seen = right ? PASSWORD_RIGHT : PASSWORD_WRONG;
    on_signed(r, &r->answer);
}

static void
address_of(struct MHD_Connection *connection, char text[ADDRESS_TEXT])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    text[0] = '\0';
    if (address != NULL && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text,
                  ADDRESS_TEXT);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
                  ADDRESS_TEXT);
    }
}

/* Anybody may write X-Forwarded-For; its last entry is what the proxy itself added. */
void
request_address(const struct request *r, char text[ADDRESS_TEXT])
{
    const char *proxy = r->gateway->settings->gateway_proxy;
    address_of(r->connection, text);
    const char *told = request_header(r, "X-Forwarded-For");
    if (proxy[0] == '\0' || told == NULL || strcmp(text, proxy) != 0) {
        return;
    }
    const char *comma = strrchr(told, ',');
    told = comma == NULL ? told : comma + 1;
    snprintf(text, ADDRESS_TEXT, "%s", told + strspn(told, " "));
}

static void
locked_out(struct request *r, int64_t wait_ms)
{
    r->retry_s = (uint32_t)(wait_ms / 1000 + 1);
    reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "locked",
                "Sai mật khẩu quá nhiều lần; hãy thử lại sau.",
                "Too many wrong passwords; try again later.");
}

/* From the headers alone: known lately, to be asked for, or refused. */
static void
credentials_take(struct request *r)
{
    struct gateway *g = r->gateway;
    char address[ADDRESS_TEXT];
    const char *header = request_header(r, MHD_HTTP_HEADER_AUTHORIZATION);
    int64_t now = clock_mono_ms(&g->clock);
    request_address(r, address);
    if (header == NULL ? !session_take(r)
                       : !credentials_read(&g->sign_ins, header, address, &r->credentials)) {
        if (r->status == 0) {
            unauthorized(r);
        }
        return;
    }
    if (r->login.tag != 0) {
        return;
    }
    int64_t locked = sign_in_locked_ms(&g->sign_ins, &r->credentials, now);
    const char *known = sign_in_known(&g->sign_ins, &r->credentials, now);
    if (locked > 0) {
        locked_out(r, locked);
    } else if (known != NULL) {
        memcpy(r->principal, known, sizeof r->principal);
    }
}

/* The same from the body. The cache is not asked: a session must know what the password hashes to. */
static void
credentials_gather(struct request *r)
{
    struct gateway *g = r->gateway;
    if (!same_site(r) || !session_credentials(r)) {
        return;
    }
    int64_t locked = sign_in_locked_ms(&g->sign_ins, &r->credentials, clock_mono_ms(&g->clock));
    if (locked > 0) {
        locked_out(r, locked);
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
    if (r->login.tag != 0) {
        return session_is_good(r);
    }
    if (r->route->guard == SIGNING && !r->credentials.basic) {
        credentials_gather(r);
        if (r->status != 0) {
            return false;
        }
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

/* True: it is a page of the console, or leads to one. */
static bool
page_take(struct request *r, const char *method)
{
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        return false;
    }
    r->page = pages_find(&r->gateway->pages, r->path);
    if (strcmp(r->path, "/") == 0 || strcmp(r->path, "/console") == 0) {
        r->location = PAGES_AT;
    }
    r->status = r->page != NULL ? MHD_HTTP_OK : r->location != NULL ? MHD_HTTP_FOUND : 0;
    return r->status != 0;
}

static void
request_begin(struct request *r, const char *method)
{
    bool other, clean = text_is_clean(slice_text(r->path));
    r->gateway->requests++;
    r->language = language_of(r);
    if (page_take(r, method)) {
        return;
    }
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

static size_t
body_limit(const struct request *r)
{
    return r->route->guard == SIGNING            ? SIGN_IN_BYTES_MAX
           : r->route->handle == handle_file_new ? FILE_BYTES_MAX
                                                 : ACT_BYTES_MAX;
}

/* Into memory: what all requests hold together is bounded, and whoever holds some has signed in. */
static void
body_gather(struct request *r, const char *data, size_t *size)
{
    struct gateway *g = r->gateway;
    if (r->in.len + *size > body_limit(r)) {
        reply_error(r, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "Nội dung quá dài.",
                    "The body is too long.");
    } else if (g->gathered + *size > GATHERED_BYTES_MAX) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Cổng đang bận; hãy thử lại sau.",
                    "The gateway is busy; try again later.");
    } else {
        buf_put(&r->in, data, *size);
        g->gathered += *size;
    }
    *size = 0;
}

/* The body: an import takes it piece by piece, an act wants it whole, of whoever has signed in or is about to;
 * others' means nothing and is passed over, so that nobody fills memory by asking for /healthz. */
static void
body_take(struct request *r, const char *data, size_t *size)
{
    if (r->route->guard == OPEN || strcmp(r->route->method, "POST") != 0) {
        *size = 0;
        return;
    }
    if (!r->route->body) {
        body_gather(r, data, size);
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

static bool
has_body(const struct request *r)
{
    const char *length = request_header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return request_header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL ||
           (length != NULL && strcmp(length, "0") != 0);
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
        /* Told before the body is there, which then ends the connection; without one it can go on. */
        return r->status != 0 && has_body(r) ? reply_send(r) : MHD_YES;
    }
    if (*size > 0) {
        if (r->status != 0) {
            *size = 0;
        } else if (r->route->guard == SIGNING || signed_in(r)) {
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
        hash_wait_forget(r->hashing);
        import_free(&r->import);
        values_end(r);
        act_request_free(&r->act);
        credentials_wipe(&r->credentials);
        g->gathered -= r->in.len;
        sodium_memzero(r->in.data, r->in.len); /* it may have been a password, or a ballot */
        buf_fini(&r->in);
        buf_fini(&r->body);
        free(r);
    }
    *request = NULL;
}
