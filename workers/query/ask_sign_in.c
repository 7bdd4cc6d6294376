/* `sign-in`: whose token that is, by its hash, or what a principal's password hashes to; for gateways. The
 * gateway compares the password itself: Argon2 takes a tenth of a second, in which nobody else would be
 * answered here. Who is revoked has neither token nor password. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/snapshot.h"

static bool
token_is(const struct access_token *token, const uint8_t hash[ACCESS_TOKEN_HASH], int32_t day)
{
    return memcmp(token->hash, hash, ACCESS_TOKEN_HASH) == 0 &&
           (token->until == 0 || day <= token->until);
}

static const struct access_entry *
token_owner(const struct access_table *table, const uint8_t hash[ACCESS_TOKEN_HASH], int32_t day)
{
    for (uint32_t i = 0; i < access_table_count(table); i++) {
        const struct access_entry *entry = access_table_at(table, i);
        for (uint32_t t = 0; t < entry->token_count; t++) {
            if (token_is(&entry->tokens[t], hash, day)) {
                return entry;
            }
        }
    }
    return NULL;
}

bool
ask_sign_in(struct ask *ask)
{
    struct slice token = {0}, principal = {0};
    const struct arg args[] = {
        {"token", ARG_TEXT, false, &token},
        {"principal", ARG_TEXT, false, &principal},
    };
    const struct access_entry *entry;
    uint8_t hash[ACCESS_TOKEN_HASH];
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    if (principal.len > 0) {
        entry = access_table_find(ask->query->principals, principal);
        entry = entry != NULL && entry->password.len > 0 ? entry : NULL;
    } else if (access_key_parse(token, hash)) {
        entry = token_owner(ask->query->principals, hash, snapshot_day(ask->query, NULL));
    } else {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("token"), "%s", "hex64");
    }
    if (entry == NULL || entry->roles == 0) {
        return complain(ask->why, CODE_PRINCIPAL_UNKNOWN, principal, "%s", "");
    }
    pack_map(ask->body, 2);
    pack_key_text(ask->body, "principal", entry->principal);
    pack_key_text(ask->body, "password", entry->password);
    return true;
}
