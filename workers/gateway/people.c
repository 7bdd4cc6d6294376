/* People: sessions over HTTP. Signing in and out, the cookie, and what keeps another site's page from using it:
 * the cookie goes nowhere from a foreign page (SameSite=Strict); what writes must show a token that only our own
 * pages were told; and a browser that says where a request comes from must say: from here. */
#include "workers/gateway/request.h"

#include "proto/answer_json.h"
#include "proto/pack.h"
#include "proto/rights.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *
cookie_name(const struct gateway *g)
{
    /* A browser takes this prefix only over TLS, for this host alone and the path /. */
    return g->secure ? "__Host-thidua" : "thidua";
}

static void
cookie_set(struct request *r, const char *value, int64_t age_s)
{
    snprintf(r->cookie, sizeof r->cookie,
             "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", cookie_name(r->gateway),
             value, (long long)age_s, r->gateway->secure ? "; Secure" : "");
}

/* ---- where a request comes from ---- */

static void
cross_site(struct request *r)
{
    reply_error(r, MHD_HTTP_FORBIDDEN, "cross-site",
                "Yêu cầu này đến từ một trang khác; hãy mở lại bảng điều khiển.",
                "This request comes from another site's page; open the console again.");
}

/* scheme://host[:port] of this very server, as the browser names it. Where we are not told that browsers come over
 * TLS, they may all the same: a proxy that nobody has told us of. */
static bool
origin_is_ours(const struct request *r, const char *origin)
{
    const char *host = request_header(r, MHD_HTTP_HEADER_HOST);
    const char *rest = strncasecmp(origin, "https://", 8) == 0                         ? origin + 8
                       : !r->gateway->secure && strncasecmp(origin, "http://", 7) == 0 ? origin + 7
                                                                                       : NULL;
    return host != NULL && rest != NULL && strcasecmp(rest, host) == 0;
}

bool
same_site(struct request *r)
{
    const char *origin = request_header(r, "Origin"), *site = request_header(r, "Sec-Fetch-Site");
    bool ours = (origin == NULL || origin_is_ours(r, origin)) &&
                (site == NULL || strcmp(site, "same-origin") == 0);
    if (!ours) {
        cross_site(r);
    }
    return ours;
}

/* ---- a request with a session ---- */

static bool
may_write(struct request *r)
{
    const char *token = request_header(r, "X-CSRF-Token");
    if (strcmp(r->route->method, "GET") == 0) {
        return true;
    }
    if (!same_site(r)) {
        return false;
    }
    if (token == NULL || !logins_csrf_is(&r->gateway->logins, r->login, token)) {
        reply_error(r, MHD_HTTP_FORBIDDEN, "csrf",
                    "Thiếu X-CSRF-Token của phiên này; hãy tải lại trang.",
                    "This session's X-CSRF-Token is missing; load the page again.");
        return false;
    }
    return true;
}

bool
session_take(struct request *r)
{
    struct gateway *g = r->gateway;
    const char *cookie =
        MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, cookie_name(g));
    if (cookie == NULL) {
        return false;
    }
    r->login = logins_find(&g->logins, cookie, clock_mono_ms(&g->clock));
    if (r->login.tag == 0) {
        cookie_set(r, "", 0);
        return false;
    }
    return may_write(r);
}

static void
on_confirmed(void *owner, const struct answer *answer)
{
    struct request *r = owner;
    struct gateway *g = r->gateway;
    r->question = NULL;
    if (answer->err == ERR_TIMEOUT) {
        reply_complaint(r, &answer->why);
    } else {
        json_t *body = answer->err == ERR_OK ? answer_json(answer->body) : NULL;
        (void)logins_confirm(&g->logins, r->login, json_text(body, "password"),
                             clock_mono_ms(&g->clock));
        json_decref(body);
    }
    request_wake(r);
}

static void
confirm_ask(struct request *r, const struct login *login)
{
    struct buf args = BUF_EMPTY;
    pack_map(&args, 1);
    pack_key_text(&args, "principal", slice_text(login->principal));
    r->question = links_ask(&r->gateway->links, "sign-in", slice_of(NULL, 0), buf_slice_of(&args),
                            0, on_confirmed, r);
    buf_fini(&args);
    if (r->question == NULL) {
        reply_complaint(r, &(struct complaint){.code = CODE_NONE});
    } else {
        request_wait(r);
    }
}

bool
session_is_good(struct request *r)
{
    struct gateway *g = r->gateway;
    int64_t now = clock_mono_ms(&g->clock);
    struct login *login = logins_at(&g->logins, r->login, now);
    if (login == NULL) {
        cookie_set(r, "", 0);
        unauthorized(r);
        return false;
    }
    if (!logins_is_confirmed(login, now)) {
        if (r->question == NULL) {
            confirm_ask(r, login);
        } else {
            request_wait(r);
        }
        return false;
    }
    login->used_ms = now;
    memcpy(r->principal, login->principal, sizeof r->principal);
    return true;
}

/* ---- signing in and out ---- */

bool
session_credentials(struct request *r)
{
    char address[ADDRESS_TEXT];
    const char *type = request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (type == NULL || strncasecmp(type, "application/json", strlen("application/json")) != 0) {
        reply_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media-type",
                    "Content-Type phải là application/json.",
                    "Content-Type must be application/json.");
        return false;
    }
    json_t *body = json_loadb((const char *)r->in.data, r->in.len, JSON_REJECT_DUPLICATES, NULL);
    request_address(r, address);
    bool good = credentials_of(&r->gateway->sign_ins, json_text(body, "principal"),
                               json_text(body, "password"), address, &r->credentials);
    json_decref(body);
    if (!good) {
        unauthorized(r);
    }
    return good;
}

/* Every question and record that roles can reach, for pages to leave out what would only be refused. */
/* clang-format off */
static const char *const QUESTIONS[] = {
#define RECORD_RIGHT(record, ...)
#define QUERY_RIGHT(name, ...) name,
#define SESSION_RIGHT(session, ...)
#include "proto/rights.def"
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT
};
static const struct {
    const char *name;
    uint64_t type;
} RECORDS[] = {
#define RECORD_RIGHT(record, ...) {#record, RECORD_##record},
#define QUERY_RIGHT(name, ...)
#define SESSION_RIGHT(session, ...)
#include "proto/rights.def"
#undef RECORD_RIGHT
#undef QUERY_RIGHT
#undef SESSION_RIGHT
};
/* clang-format on */

static uint32_t
roles_of(const json_t *names)
{
    uint32_t roles = 0;
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
            if (strcmp(json_string_value(name), access_role_name((enum access_role)role)) == 0) {
                roles |= ACCESS_BIT(role);
            }
        }
    }
    return roles;
}

static json_t *
may_json(const json_t *role_names)
{
    uint32_t roles = roles_of(role_names);
    json_t *may = json_array();
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
        if (rights_query(roles, slice_text(QUESTIONS[i])) != REACH_NONE) {
            json_array_append_new(may, json_string(QUESTIONS[i]));
        }
    }
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++) {
        if (rights_record(roles, RECORDS[i].type) != REACH_NONE) {
            json_array_append_new(may, json_string(RECORDS[i].name));
        }
    }
    return may;
}

/* `session` tells what only its own pages may know. */
static json_t *
me_json(struct request *r, const json_t *row)
{
    struct gateway *g = r->gateway;
    int64_t now = clock_mono_ms(&g->clock);
    const struct login *login = logins_at(&g->logins, r->login, now);
    json_t *me = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:s, s:I}", "principal", r->principal, "title",
        json_text(row, "title"), "roles", json_deep_copy(json_object_get(row, "roles")), "units",
        json_deep_copy(json_object_get(row, "units")), "may",
        may_json(json_object_get(row, "roles")), "lang", r->language == LANGUAGE_VI ? "vi" : "en",
        "time_us", (json_int_t)clock_wall_us(&g->clock));
    if (login != NULL) {
        char csrf[LOGIN_CSRF];
        int64_t left_ms = login->begun_ms + LOGIN_LIFE_MS - now;
        logins_csrf(&g->logins, r->login, csrf);
        json_object_set_new(me, "csrf", json_string(csrf));
        json_object_set_new(me, "idle_s", json_integer(LOGIN_IDLE_MS / 1000));
        json_object_set_new(me, "ends_us", json_integer(clock_wall_us(&g->clock) + left_ms * 1000));
    }
    return me;
}

/* The session begins once it is known who that is: nobody is let in who then cannot be told so. */
static void
session_begin(struct request *r)
{
    struct gateway *g = r->gateway;
    char cookie[LOGIN_TEXT];
    r->login =
        logins_begin(&g->logins, r->principal, r->password_hash, clock_mono_ms(&g->clock), cookie);
    cookie_set(r, cookie, LOGIN_LIFE_MS / 1000);
    sodium_memzero(cookie, sizeof cookie);
}

void
handle_me(struct request *r)
{
    if (r->asked == NOT_ASKED) {
        struct buf args = BUF_EMPTY;
        pack_map(&args, 1);
        pack_key_text(&args, "principal", slice_text(r->principal));
        request_ask(r, r->route->query, buf_slice_of(&args), 0, false);
        buf_fini(&args);
    }
    if (request_answered(r)) {
        json_t *body = answer_json(r->answer.body);
        if (r->route->guard == SIGNING) {
            session_begin(r);
        }
        reply_json(r, MHD_HTTP_OK,
                   me_json(r, json_array_get(json_object_get(body, "principals"), 0)));
        json_decref(body);
    }
}

void
handle_session_end(struct request *r)
{
    logins_end(&r->gateway->logins, r->login);
    cookie_set(r, "", 0);
    reply_json(r, MHD_HTTP_OK, json_pack("{s:b}", "ok", true));
}
