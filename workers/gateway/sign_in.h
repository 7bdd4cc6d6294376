/* Who asks: `Authorization: ApiToken td_…` (DHIS2's own form) or Basic. The broker's side knows tokens and
 * passwords by their hashes only (the query sign-in); whoever was let in lately is remembered for SIGN_IN_MS, by
 * a keyed hash of what it showed. Wrong passwords are counted (lockouts.h). People's sessions begin with
 * a password too, and go on with a cookie (logins.h). */
#ifndef GATEWAY_SIGN_IN_H
#define GATEWAY_SIGN_IN_H

#include "workers/gateway/links.h"
#include "workers/gateway/lockouts.h"

#define SIGN_IN_KEY 32

struct sign_ins {
    uint8_t secret[SIGN_IN_KEY]; /* of this start */
    struct {
        uint8_t key[SIGN_IN_KEY];
        char principal[CODE_MAX + 1];
        int64_t until_ms;
    } known[SIGN_IN_SLOTS];
    struct lockouts lockouts;
};

/* What somebody showed. */
struct credentials {
    bool basic;
    char principal[CODE_MAX + 1]; /* Basic: whom it says it is */
    char password[IMPORT_FIELD_MAX + 1];
    char token_hash[2 * SIGN_IN_KEY + 1]; /* hexadecimal */
    uint8_t key[SIGN_IN_KEY];             /* of the cache */
    struct lockout_keys lockout;
};

void sign_ins_init(struct sign_ins *s);
/* False: the header is neither. */
bool credentials_read(const struct sign_ins *s, const char *header, const char *address,
                      struct credentials *out);
/* The same of a principal and a password that came otherwise; false: they cannot be. */
bool credentials_of(const struct sign_ins *s, const char *principal, const char *password,
                    const char *address, struct credentials *out);
void credentials_wipe(struct credentials *c);
/* NULL: not known, or not any longer. */
const char *sign_in_known(const struct sign_ins *s, const struct credentials *c, int64_t now_ms);
/* How long whoever shows this must wait; 0: not at all. */
int64_t sign_in_locked_ms(const struct sign_ins *s, const struct credentials *c, int64_t now_ms);
/* The arguments of the query sign-in. */
void sign_in_ask(const struct credentials *c, struct buf *args);
/* Its answer, compared with what was shown: true, and `principal` is who that is. Remembers either way. */
bool sign_in_take(struct sign_ins *s, const struct credentials *c, const struct answer *answer,
                  int64_t now_ms, char principal[CODE_MAX + 1]);

#endif
