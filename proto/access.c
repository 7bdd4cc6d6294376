/* Access records: taken apart, put together, and the words in them. Decoding takes bytes from anyone:
 * counts are checked before anything is allocated, types before anything is read. A unit that is named
 * twice does no harm (the wider of the two counts); a key that stands twice is a slip, and told. */
#include "proto/access.h"

#include "common/period.h"
#include "common/text.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <sodium.h>

static const char *const ROLE_NAMES[ACCESS_ROLE_COUNT] = {
    [ACCESS_SUBMITTER] = "submitter", [ACCESS_INGEST] = "ingest",     [ACCESS_COUNCIL] = "council",
    [ACCESS_SECRETARY] = "secretary", [ACCESS_OPERATOR] = "operator", [ACCESS_AUDITOR] = "auditor",
    [ACCESS_GATEWAY] = "gateway",     [ACCESS_WORKER] = "worker",
};

const char *
access_role_name(enum access_role role)
{
    return (unsigned)role < ACCESS_ROLE_COUNT ? ROLE_NAMES[role] : "";
}

bool
access_role_parse(struct slice name, enum access_role *role)
{
    for (unsigned i = 0; i < ACCESS_ROLE_COUNT; i++) {
        if (slice_is(name, ROLE_NAMES[i])) {
            *role = (enum access_role)i;
            return true;
        }
    }
    return false;
}

/* ---- decoding ---- */

/* Opens the array of a field that may be absent: then it has no elements. */
static bool
list_open(struct slice field, const char *name, uint32_t most, struct cursor *c, uint32_t *n,
          struct complaint *why)
{
    *c = cursor_of(field);
    *n = 0;
    if (field.len == 0) {
        return true;
    }
    if (cursor_array(c, n) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text(name), "%s", "array");
    }
    return *n <= most || complain(why, CODE_TOO_MANY, slice_text(name), "%u", (unsigned)most);
}

static bool
keys_decode(struct slice field, struct access_entry *entry, struct complaint *why)
{
    struct cursor c;
    uint32_t n;
    if (!list_open(field, "keys", ACCESS_KEYS_MAX, &c, &n, why)) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice key;
        if (cursor_bytes(&c, &key) != ERR_OK || key.len != ACCESS_KEY_SIZE) {
            return complain(why, CODE_WRONG_TYPE, slice_text("keys"), "bin %d", ACCESS_KEY_SIZE);
        }
        memcpy(entry->keys[i], key.data, ACCESS_KEY_SIZE);
        if (i > 0 && memcmp(entry->keys[0], entry->keys[i], ACCESS_KEY_SIZE) == 0) {
            return complain(why, CODE_DUPLICATE_KEY, slice_text("keys"), "%s", "");
        }
    }
    entry->key_count = n;
    return true;
}

static bool
unit_decode(struct cursor *c, struct access_unit *unit, struct complaint *why)
{
    uint32_t cells = 0;
    if (cursor_array(c, &cells) != ERR_OK || cells != 2 || cursor_text(c, &unit->code) != ERR_OK ||
        cursor_bool(c, &unit->subtree) != ERR_OK) {
        return complain(why, CODE_WRONG_TYPE, slice_text("units"), "%s", "[[str, bool]…]");
    }
    return code_is_valid(unit->code) ||
           complain(why, CODE_CODE_INVALID, slice_text("units"), "%.*s", SLICE_ARG(unit->code));
}

static bool
units_of_record(struct slice field, struct arena *arena, struct access_entry *entry,
                struct complaint *why)
{
    struct cursor c;
    uint32_t n;
    if (!list_open(field, "units", ACCESS_UNITS_MAX, &c, &n, why)) {
        return false;
    }
    entry->units = ARENA_ARRAY(arena, struct access_unit, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (!unit_decode(&c, &entry->units[i], why)) {
            return false;
        }
    }
    entry->unit_count = n;
    return true;
}

static bool
acts_for_decode(struct slice field, struct arena *arena, struct access_entry *entry,
                struct complaint *why)
{
    struct slice name = slice_text("acts_for");
    struct cursor c;
    uint32_t n;
    if (!list_open(field, "acts_for", ACCESS_ACTS_FOR_MAX, &c, &n, why)) {
        return false;
    }
    if (n > 0 && (entry->roles & ACCESS_BIT(ACCESS_GATEWAY)) == 0) {
        return complain(why, CODE_CHOICE_INVALID, name, "%s ≠ gateway", "roles");
    }
    entry->acts_for = ARENA_ARRAY(arena, struct slice, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        struct slice *whom = &entry->acts_for[i];
        if (cursor_text(&c, whom) != ERR_OK) {
            return complain(why, CODE_WRONG_TYPE, name, "%s", "[str…]");
        }
        if (!slice_is(*whom, "*") && !code_is_valid(*whom)) {
            return complain(why, CODE_CODE_INVALID, name, "%.*s", SLICE_ARG(*whom));
        }
    }
    entry->acts_for_count = n;
    return true;
}

static bool
token_decode(struct cursor *c, struct access_token *token, struct complaint *why)
{
    uint32_t cells = 0;
    uint64_t until;
    struct slice hash;
    if (cursor_array(c, &cells) != ERR_OK || cells != 3 || cursor_text(c, &token->name) != ERR_OK ||
        cursor_bytes(c, &hash) != ERR_OK || hash.len != ACCESS_TOKEN_HASH ||
        cursor_uint(c, &until) != ERR_OK || until > DAY_MAX) {
        return complain(why, CODE_WRONG_TYPE, slice_text("tokens"), "%s", "[[str, bin, uint]…]");
    }
    memcpy(token->hash, hash.data, ACCESS_TOKEN_HASH);
    token->until = (int32_t)until;
    return code_is_valid(token->name) ||
           complain(why, CODE_CODE_INVALID, slice_text("tokens"), "%.*s", SLICE_ARG(token->name));
}

static bool
tokens_decode(struct slice field, struct access_entry *entry, struct complaint *why)
{
    struct cursor c;
    uint32_t n;
    if (!list_open(field, "tokens", ACCESS_TOKENS_MAX, &c, &n, why)) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!token_decode(&c, &entry->tokens[i], why)) {
            return false;
        }
    }
    entry->token_count = n;
    return true;
}

/* Nothing but what libsodium writes: a gateway hands it to crypto_pwhash_str_verify as it is. */
static bool
password_check(struct slice password, struct complaint *why)
{
    static const char prefix[] = "$argon2id$";
    return password.len == 0 ||
           (password.len > sizeof prefix &&
            memcmp(password.data, prefix, sizeof prefix - 1) == 0) ||
           complain(why, CODE_WRONG_TYPE, slice_text("password"), "%s", "argon2id");
}

bool
access_decode(const struct record_access *record, struct arena *arena, struct access_entry *entry,
              struct complaint *why)
{
    *entry = (struct access_entry){
        .principal = record->principal, .title = record->title, .password = record->password};
    if (slice_is(record->principal, PRINCIPAL_LOCAL)) {
        return complain(why, CODE_CHOICE_INVALID, slice_text("principal"), "%s", PRINCIPAL_LOCAL);
    }
    /* All roles at once are those of "local", to which no unit is asked: nobody else's. */
    if ((record->roles & ~(uint64_t)ACCESS_ALL) != 0 || record->roles == ACCESS_ALL) {
        return complain(why, CODE_NUMBER_INVALID, slice_text("roles"), "%llu",
                        (unsigned long long)record->roles);
    }
    entry->roles = (uint32_t)record->roles;
    if (!keys_decode(record->keys, entry, why) ||
        !units_of_record(record->units, arena, entry, why) ||
        !acts_for_decode(record->acts_for, arena, entry, why) ||
        !tokens_decode(record->tokens, entry, why) || !password_check(record->password, why)) {
        return false;
    }
    if (entry->roles == 0) {
        entry->key_count = entry->unit_count = entry->token_count = 0;
        entry->password = slice_of(NULL, 0);
    }
    return true;
}

/* ---- encoding ---- */

static void
lists_encode(const struct access_entry *entry, struct buf *keys, struct buf *units,
             struct buf *acts_for)
{
    pack_array(keys, entry->key_count);
    for (uint32_t i = 0; i < entry->key_count; i++) {
        pack_bytes(keys, slice_of(entry->keys[i], ACCESS_KEY_SIZE));
    }
    pack_array(units, entry->unit_count);
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        pack_array(units, 2);
        pack_text(units, entry->units[i].code);
        pack_bool(units, entry->units[i].subtree);
    }
    pack_array(acts_for, entry->acts_for_count);
    for (uint32_t i = 0; i < entry->acts_for_count; i++) {
        pack_text(acts_for, entry->acts_for[i]);
    }
}

static void
tokens_encode(const struct access_entry *entry, struct buf *tokens)
{
    pack_array(tokens, entry->token_count);
    for (uint32_t i = 0; i < entry->token_count; i++) {
        pack_array(tokens, 3);
        pack_text(tokens, entry->tokens[i].name);
        pack_bytes(tokens, slice_of(entry->tokens[i].hash, ACCESS_TOKEN_HASH));
        pack_uint(tokens, (uint64_t)entry->tokens[i].until);
    }
}

static struct slice
list_or_absent(const struct buf *list, uint32_t count)
{
    return count == 0 ? slice_of(NULL, 0) : buf_slice_of(list);
}

void
access_encode(const struct access_entry *entry, const uint8_t id[16], struct buf *out)
{
    struct buf keys = BUF_EMPTY, units = BUF_EMPTY, acts_for = BUF_EMPTY, tokens = BUF_EMPTY;
    lists_encode(entry, &keys, &units, &acts_for);
    tokens_encode(entry, &tokens);
    struct record_access record = {
        .principal = entry->principal,
        .roles = entry->roles,
        .keys = list_or_absent(&keys, entry->key_count),
        .units = list_or_absent(&units, entry->unit_count),
        .acts_for = list_or_absent(&acts_for, entry->acts_for_count),
        .title = entry->title,
        .id = slice_of(id, 16),
        .tokens = list_or_absent(&tokens, entry->token_count),
        .password = entry->password,
    };
    record_encode_access(&record, out);
    buf_fini(&keys);
    buf_fini(&units);
    buf_fini(&acts_for);
    buf_fini(&tokens);
}

/* ---- words ---- */

void
principal_split(struct slice principal, struct slice *who, struct slice *via)
{
    const uint8_t *at = principal.len == 0 ? NULL : memchr(principal.data, '@', principal.len);
    *who = principal;
    *via = slice_of(NULL, 0);
    if (at != NULL) {
        *who = slice_of(principal.data, (size_t)(at - principal.data));
        *via = slice_of(at + 1, principal.len - who->len - 1);
    }
}

void
access_key_format(const uint8_t key[ACCESS_KEY_SIZE], char text[ACCESS_KEY_TEXT])
{
    sodium_bin2hex(text, ACCESS_KEY_TEXT, key, ACCESS_KEY_SIZE);
}

bool
access_key_parse(struct slice text, uint8_t key[ACCESS_KEY_SIZE])
{
    if (text.len != ACCESS_KEY_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i]; /* one spelling a key: libsodium would take A-F too */
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
            return false;
        }
    }
    size_t len;
    return sodium_hex2bin(key, ACCESS_KEY_SIZE, (const char *)text.data, text.len, NULL, &len,
                          NULL) == 0 &&
           len == ACCESS_KEY_SIZE;
}
