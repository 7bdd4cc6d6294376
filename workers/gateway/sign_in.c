/* Signing in: headers read, answers compared, both remembered. */
#include "workers/gateway/sign_in.h"

#include "common/text.h"
#include "proto/answer_json.h"
#include "proto/pack.h"

#include <sodium.h>
#include <stdio.h>
#include <strings.h>

#define TOKEN "ApiToken "
#define BASIC "Basic "

void
sign_ins_init(struct sign_ins *s)
{
    *s = (struct sign_ins){0};
    randombytes_buf(s->secret, sizeof s->secret);
}

static bool
basic_read(const char *text, struct credentials *c)
{
    char plain[CODE_MAX + IMPORT_FIELD_MAX + 2];
    size_t len;
    if (sodium_base642bin((uint8_t *)plain, sizeof plain - 1, text, strlen(text), NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return false;
    }
    plain[len] = '\0';
    char *colon = strchr(plain, ':');
    bool good = colon != NULL && colon - plain <= CODE_MAX && strlen(colon + 1) <= IMPORT_FIELD_MAX;
    if (good) {
        *colon = '\0';
        memcpy(c->principal, plain, (size_t)(colon - plain) + 1);
        snprintf(c->password, sizeof c->password, "%s", colon + 1);
    }
    sodium_memzero(plain, sizeof plain);
    return good && code_is_valid(slice_text(c->principal));
}

/* Never 0, which is an empty place. */
static uint64_t
lockout_key(const struct sign_ins *s, char what, const char *principal, const char *address)
{
    char text[CODE_MAX + 64];
    uint64_t key;
    int len = snprintf(text, sizeof text, "%c %s %s", what, principal, address);
    len = len < (int)sizeof text ? len : (int)sizeof text - 1;
    crypto_shorthash((uint8_t *)&key, (const uint8_t *)text, (size_t)len, s->secret);
    return key == 0 ? 1 : key;
}

/* By what it is remembered: the cache's key, of all that was shown, and the counts of wrong passwords. */
static void
known_by(const struct sign_ins *s, const char *shown, const char *address, struct credentials *c)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, s->secret, sizeof s->secret, sizeof c->key);
    crypto_generichash_update(&state, (const uint8_t *)c->principal, sizeof c->principal);
    crypto_generichash_update(&state, (const uint8_t *)shown, strlen(shown));
    crypto_generichash_final(&state, c->key, sizeof c->key);
    c->lockout = (struct lockout_keys){.pair = lockout_key(s, 'b', c->principal, address),
                                       .principal = lockout_key(s, 'p', c->principal, ""),
                                       .address = lockout_key(s, 'a', "", address)};
}

bool
credentials_read(const struct sign_ins *s, const char *header, const char *address,
                 struct credentials *out)
{
    *out = (struct credentials){0};
    if (strncasecmp(header, BASIC, strlen(BASIC)) == 0) {
        out->basic = true;
        if (!basic_read(header + strlen(BASIC), out)) {
            return false;
        }
    } else if (strncasecmp(header, TOKEN, strlen(TOKEN)) == 0) {
        uint8_t hash[SIGN_IN_KEY];
        const char *token = header + strlen(TOKEN);
        crypto_generichash(hash, sizeof hash, (const uint8_t *)token, strlen(token), NULL, 0);
        sodium_bin2hex(out->token_hash, sizeof out->token_hash, hash, sizeof hash);
    } else {
        return false;
    }
    known_by(s, header, address, out);
    return true;
}

bool
credentials_of(const struct sign_ins *s, const char *principal, const char *password,
               const char *address, struct credentials *out)
{
    *out = (struct credentials){.basic = true};
    if (!code_is_valid(slice_text(principal)) || strlen(password) > IMPORT_FIELD_MAX) {
        return false;
    }
    snprintf(out->principal, sizeof out->principal, "%s", principal);
    snprintf(out->password, sizeof out->password, "%s", password);
    known_by(s, password, address, out);
    return true;
}

void
credentials_wipe(struct credentials *c)
{
    sodium_memzero(c, sizeof *c);
}

static unsigned
known_slot(const struct credentials *c)
{
    uint32_t slot;
    memcpy(&slot, c->key, sizeof slot);
    return slot % SIGN_IN_SLOTS;
}

const char *
sign_in_known(const struct sign_ins *s, const struct credentials *c, int64_t now_ms)
{
    unsigned i = known_slot(c);
    bool known =
        sodium_memcmp(s->known[i].key, c->key, SIGN_IN_KEY) == 0 && s->known[i].until_ms > now_ms;
    return known ? s->known[i].principal : NULL;
}

int64_t
sign_in_locked_ms(const struct sign_ins *s, const struct credentials *c, int64_t now_ms)
{
    return c->basic ? lockouts_wait_ms(&s->lockouts, &c->lockout, now_ms) : 0;
}

void
sign_in_ask(const struct credentials *c, struct buf *args)
{
    pack_map(args, 1);
    if (c->basic) {
        pack_key_text(args, "principal", slice_text(c->principal));
    } else {
        pack_key_text(args, "token", slice_text(c->token_hash));
    }
}

static bool
password_is(const struct credentials *c, const char *hash)
{
    char stored[crypto_pwhash_STRBYTES] = "";
    if (strlen(hash) >= sizeof stored) {
        return false;
    }
    strcpy(stored, hash);
    return crypto_pwhash_str_verify(stored, c->password, strlen(c->password)) == 0;
}

bool
sign_in_take(struct sign_ins *s, const struct credentials *c, const struct answer *answer,
             int64_t now_ms, char principal[CODE_MAX + 1])
{
    json_t *body = answer->err == ERR_OK ? answer_json(answer->body) : NULL;
    const char *who = json_text(body, "principal");
    bool good = code_is_valid(slice_text(who)) &&
                (!c->basic || password_is(c, json_text(body, "password")));
    unsigned i = known_slot(c);
    if (good) {
        snprintf(principal, CODE_MAX + 1, "%s", who);
        memcpy(s->known[i].key, c->key, SIGN_IN_KEY);
        memcpy(s->known[i].principal, principal, CODE_MAX + 1);
        s->known[i].until_ms = now_ms + SIGN_IN_MS;
        if (c->basic) {
            lockouts_forget(&s->lockouts, &c->lockout);
        }
    } else if (c->basic) {
        lockouts_count(&s->lockouts, &c->lockout, now_ms);
    }
    json_decref(body);
    return good;
}
