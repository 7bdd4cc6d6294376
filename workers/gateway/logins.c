/* People's sessions: a table of fixed size, found by a keyed hash of the cookie. */
#include "workers/gateway/logins.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

void
logins_init(struct logins *s)
{
    memset(s, 0, sizeof *s);
    randombytes_buf(s->secret, sizeof s->secret);
}

static void
keyed(const struct logins *s, const void *bytes, size_t len, uint8_t hash[LOGIN_HASH])
{
    crypto_generichash(hash, LOGIN_HASH, bytes, len, s->secret, sizeof s->secret);
}

static uint64_t
tag_of(const uint8_t hash[LOGIN_HASH])
{
    uint64_t tag;
    memcpy(&tag, hash, sizeof tag);
    return tag == 0 ? 1 : tag;
}

static void
drop(struct logins *s, unsigned at)
{
    sodium_memzero(&s->list[at], sizeof s->list[at]);
    s->tags[at] = 0;
    s->count--;
}

static bool
is_over(const struct login *login, int64_t now_ms)
{
    return now_ms - login->used_ms >= LOGIN_IDLE_MS || now_ms - login->begun_ms >= LOGIN_LIFE_MS;
}

/* A free place: one whose session is over, the principal's own that was used longest ago where it has its share,
 * or, where all are taken, anybody's. */
static unsigned
place(struct logins *s, const char *principal, int64_t now_ms)
{
    unsigned own = 0, own_at = 0, any_at = 0, empty = LOGINS_MAX;
    for (unsigned i = 0; i < LOGINS_MAX; i++) {
        const struct login *each = &s->list[i];
        if (s->tags[i] != 0 && is_over(each, now_ms)) {
            drop(s, i);
        }
        if (s->tags[i] == 0) {
            empty = i;
            continue;
        }
        any_at = s->tags[any_at] == 0 || each->used_ms < s->list[any_at].used_ms ? i : any_at;
        if (strcmp(each->principal, principal) == 0) {
            own_at = own == 0 || each->used_ms < s->list[own_at].used_ms ? i : own_at;
            own++;
        }
    }
    unsigned at = own >= LOGINS_EACH ? own_at : empty < LOGINS_MAX ? empty : any_at;
    if (s->tags[at] != 0) {
        drop(s, at);
    }
    return at;
}

struct login_id
logins_begin(struct logins *s, const char *principal, const char *password, int64_t now_ms,
             char cookie[LOGIN_TEXT])
{
    uint8_t token[LOGIN_TOKEN];
    unsigned at = place(s, principal, now_ms);
    struct login *login = &s->list[at];
    randombytes_buf(token, sizeof token);
    sodium_bin2base64(cookie, LOGIN_TEXT, token, sizeof token,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(token, sizeof token);
    *login = (struct login){.begun_ms = now_ms, .used_ms = now_ms, .confirmed_ms = now_ms};
    snprintf(login->principal, sizeof login->principal, "%s", principal);
    keyed(s, cookie, strlen(cookie), login->hash);
    keyed(s, password, strlen(password), login->password);
    s->tags[at] = tag_of(login->hash);
    s->count++;
    return (struct login_id){at, s->tags[at]};
}

struct login *
logins_at(struct logins *s, struct login_id id, int64_t now_ms)
{
    if (id.tag == 0 || id.at >= LOGINS_MAX || s->tags[id.at] != id.tag) {
        return NULL;
    }
    if (is_over(&s->list[id.at], now_ms)) {
        drop(s, id.at);
        return NULL;
    }
    return &s->list[id.at];
}

struct login_id
logins_find(struct logins *s, const char *cookie, int64_t now_ms)
{
    uint8_t hash[LOGIN_HASH];
    size_t len = strnlen(cookie, LOGIN_TEXT);
    if (len != LOGIN_TEXT - 1) {
        return (struct login_id){0};
    }
    keyed(s, cookie, len, hash);
    uint64_t tag = tag_of(hash);
    for (unsigned i = 0; i < LOGINS_MAX; i++) {
        struct login_id id = {i, tag};
        if (s->tags[i] == tag && sodium_memcmp(s->list[i].hash, hash, sizeof hash) == 0 &&
            logins_at(s, id, now_ms) != NULL) {
            return id;
        }
    }
    return (struct login_id){0};
}

void
logins_end(struct logins *s, struct login_id id)
{
    if (id.tag != 0 && id.at < LOGINS_MAX && s->tags[id.at] == id.tag) {
        drop(s, id.at);
    }
}

bool
logins_confirm(struct logins *s, struct login_id id, const char *password, int64_t now_ms)
{
    uint8_t hash[LOGIN_HASH];
    struct login *login = logins_at(s, id, now_ms);
    keyed(s, password, strlen(password), hash);
    if (login == NULL || password[0] == '\0' ||
        sodium_memcmp(login->password, hash, sizeof hash) != 0) {
        logins_end(s, id);
        return false;
    }
    login->confirmed_ms = now_ms;
    return true;
}

bool
logins_is_confirmed(const struct login *login, int64_t now_ms)
{
    return now_ms - login->confirmed_ms < SIGN_IN_MS;
}

void
logins_csrf(const struct logins *s, struct login_id id, char text[LOGIN_CSRF])
{
    uint8_t bytes[LOGIN_HASH + 4], hash[LOGIN_HASH];
    memcpy(bytes, s->list[id.at].hash, LOGIN_HASH);
    memcpy(bytes + LOGIN_HASH, "csrf", 4);
    keyed(s, bytes, sizeof bytes, hash);
    sodium_bin2hex(text, LOGIN_CSRF, hash, sizeof hash);
}

bool
logins_csrf_is(const struct logins *s, struct login_id id, const char *text)
{
    char wanted[LOGIN_CSRF];
    logins_csrf(s, id, wanted);
    return strlen(text) == LOGIN_CSRF - 1 && sodium_memcmp(wanted, text, LOGIN_CSRF - 1) == 0;
}
