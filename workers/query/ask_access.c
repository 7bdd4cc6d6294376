/* `access`: who may speak: every principal that was ever published, by name, with its roles, units and the
 * first digits of its keys; revoked ones without. Who may not see all sees itself. `start` is a
 * principal. One that is asked for by name has its keys whole, to be granted again with more. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/asker.h"

#define FINGERPRINT 16 /* digits of a key: enough to tell two by eye, and no use to a typist */

struct access_ask {
    struct ask *ask;
    uint32_t count; /* in the page */
    char next[CODE_MAX + 1];
};

static void
put_roles(struct buf *b, uint32_t roles)
{
    pack_cstr(b, "roles");
    pack_array(b, (uint32_t)__builtin_popcount(roles));
    for (unsigned role = 0; role < ACCESS_ROLE_COUNT; role++) {
        if ((roles & ACCESS_BIT(role)) != 0) {
            pack_cstr(b, access_role_name((enum access_role)role));
        }
    }
}

static void
put_keys(struct buf *b, const struct access_entry *entry, size_t digits)
{
    pack_cstr(b, "keys");
    pack_array(b, entry->key_count);
    for (uint32_t i = 0; i < entry->key_count; i++) {
        char text[ACCESS_KEY_TEXT];
        access_key_format(entry->keys[i], text);
        pack_text(b, slice_of(text, digits));
    }
}

/* Names and days are for people; what the hashes are is told only where the record is to be made
 * again with all that it has. */
static void
put_tokens(struct buf *b, const struct access_entry *entry, bool whole)
{
    pack_cstr(b, "tokens");
    pack_array(b, entry->token_count);
    for (uint32_t i = 0; i < entry->token_count; i++) {
        const struct access_token *token = &entry->tokens[i];
        char text[ACCESS_KEY_TEXT];
        access_key_format(token->hash, text);
        pack_map(b, 3);
        pack_key_text(b, "name", token->name);
        pack_key_int(b, "until", token->until);
        pack_key_text(b, "hash", slice_text(whole ? text : ""));
    }
    pack_key_bool(b, "has_password", entry->password.len > 0);
    pack_key_text(b, "password", whole ? entry->password : slice_text(""));
}

static void
put_principal(struct buf *b, const struct access_entry *entry, size_t digits, bool whole)
{
    pack_map(b, 9);
    pack_key_text(b, "principal", entry->principal);
    pack_key_text(b, "title", entry->title);
    put_roles(b, entry->roles);
    put_keys(b, entry, digits);
    pack_cstr(b, "units");
    pack_array(b, entry->unit_count);
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        pack_map(b, 2);
        pack_key_text(b, "unit", entry->units[i].code);
        pack_key_bool(b, "subtree", entry->units[i].subtree);
    }
    pack_cstr(b, "acts_for");
    pack_array(b, entry->acts_for_count);
    for (uint32_t i = 0; i < entry->acts_for_count; i++) {
        pack_text(b, entry->acts_for[i]);
    }
    put_tokens(b, entry, whole);
}

/* Who may publish access records must be able to keep what a record has. */
static bool
may_publish(const struct ask *ask)
{
    return ask->entry == NULL || (ask->entry->roles & ACCESS_BIT(ACCESS_OPERATOR)) != 0;
}

static void
put_all(struct access_ask *a, struct slice start)
{
    const struct access_table *table = a->ask->query->principals;
    struct buf *page = &a->ask->query->page;
    for (uint32_t i = 0; i < access_table_count(table); i++) {
        const struct access_entry *entry = access_table_at(table, i);
        if (slice_compare(entry->principal, start) < 0 ||
            (!a->ask->all && entry != a->ask->entry)) {
            continue;
        }
        if (page_full(page->len)) {
            memcpy(a->next, entry->principal.data, entry->principal.len); /* a code: it fits */
            return;
        }
        put_principal(page, entry, FINGERPRINT, false);
        a->count++;
    }
}

static bool
put_one(struct access_ask *a, struct slice principal)
{
    const struct access_entry *entry = access_table_find(a->ask->query->principals, principal);
    if (!a->ask->all && entry != a->ask->entry) {
        return asker_refuse(a->ask, principal); /* there or not: who may not see is not told */
    }
    if (entry == NULL) {
        return complain(a->ask->why, CODE_PRINCIPAL_UNKNOWN, principal, "%s", "");
    }
    put_principal(&a->ask->query->page, entry, ACCESS_KEY_TEXT - 1, may_publish(a->ask));
    a->count++;
    return true;
}

bool
ask_access(struct ask *ask)
{
    struct slice principal = {0}, start = {0};
    const struct arg args[] = {
        {"principal", ARG_TEXT, false, &principal},
        {"start", ARG_TEXT, false, &start},
    };
    struct access_ask a = {.ask = ask};
    if (!args_read(ask, args, sizeof args / sizeof args[0]) ||
        (principal.len > 0 && !put_one(&a, principal))) {
        return false;
    }
    if (principal.len == 0) {
        put_all(&a, start);
    }
    pack_map(ask->body, a.next[0] == '\0' ? 2 : 3);
    pack_key_uint(ask->body, "revision", ask->query->positions[0].access_revision);
    answer_key_list(ask->body, "principals", &ask->query->page, a.count);
    answer_next(ask->body, a.next);
    return true;
}
