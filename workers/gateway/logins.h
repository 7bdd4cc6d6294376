/* People's sessions: who signed in with a password, by a cookie. Logins here, because a session is a connection of
 * the protocol (proto/PROTOCOL.md). In memory only: they end with the gateway.
 *
 * The cookie is LOGIN_TOKEN random bytes; kept is a hash of it keyed with this start's secret, so that
 * neither a dump nor the time a comparison takes gives one away. The CSRF token follows from that hash by
 * the same secret. What the password hashes to is remembered by its own hash: once it is another one, or
 * its principal has none any longer, the session ends (logins_confirm; asked anew every SIGN_IN_MS of use). */
#ifndef GATEWAY_LOGINS_H
#define GATEWAY_LOGINS_H

#include "common/slice.h"
#include "proto/limits.h"
#include "workers/gateway/limits.h"

#include <stdbool.h>

#define LOGIN_TOKEN 32
#define LOGIN_TEXT 44 /* the cookie: base64url, and a zero */
#define LOGIN_HASH 32

struct login {
    uint8_t hash[LOGIN_HASH];     /* of the cookie */
    uint8_t password[LOGIN_HASH]; /* of what the password hashes to */
    char principal[CODE_MAX + 1];
    int64_t begun_ms, used_ms, confirmed_ms; /* monotonic */
};

struct logins {
    uint8_t secret[LOGIN_HASH];
    uint64_t tags[LOGINS_MAX]; /* the hash's first bytes; 0: free */
    struct login list[LOGINS_MAX];
    unsigned count;
};

/* Which session, so that it can be looked at again later: another one in its place is another one. */
struct login_id {
    unsigned at;
    uint64_t tag; /* 0: none */
};

void logins_init(struct logins *s);
/* `password` is the hash that the right password has. Ends the principal's own that was used longest ago where it
 * has LOGINS_EACH, and anybody's where there are LOGINS_MAX. */
struct login_id logins_begin(struct logins *s, const char *principal, const char *password,
                             int64_t now_ms, char cookie[LOGIN_TEXT]);
/* No session where it is unknown, or has ended; ends it where it has been idle or there for too long. */
struct login_id logins_find(struct logins *s, const char *cookie, int64_t now_ms);
/* NULL: it has ended. */
struct login *logins_at(struct logins *s, struct login_id id, int64_t now_ms);
void logins_end(struct logins *s, struct login_id id);
/* What the principal's password hashes to by now, "" for none; false: the session has ended. */
bool logins_confirm(struct logins *s, struct login_id id, const char *password, int64_t now_ms);
bool logins_is_confirmed(const struct login *login, int64_t now_ms);

/* The CSRF token: hexadecimal. */
#define LOGIN_CSRF (2 * LOGIN_HASH + 1)
void logins_csrf(const struct logins *s, struct login_id id, char text[LOGIN_CSRF]);
bool logins_csrf_is(const struct logins *s, struct login_id id, const char *text);

#endif
