/* The access query as an entry, and entries as records. */
#include "clients/access_book.h"

#include "clients/answers.h"
#include "clients/results.h"
#include "clients/words.h"
#include "common/clock.h"

#include <string.h>
#include <sysexits.h>

static struct slice
text_of(struct arena *arena, const char *text)
{
    return arena_copy(arena, slice_text(text == NULL ? "" : text));
}

static bool
roles_take(const json_t *list, struct access_entry *entry)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        enum access_role role;
        const char *name = json_string_value(item);
        if (name == NULL || !access_role_parse(slice_text(name), &role)) {
            return false; /* a newer site's: to publish what we understood would take it away */
        }
        entry->roles |= ACCESS_BIT(role);
    }
    return true;
}

static bool
keys_take(const json_t *list, struct access_entry *entry)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(item);
        if (text == NULL || entry->key_count == ACCESS_KEYS_MAX ||
            !access_key_parse(slice_text(text), entry->keys[entry->key_count])) {
            return false;
        }
        entry->key_count++;
    }
    return true;
}

static void
units_take(const json_t *list, struct arena *arena, struct access_entry *entry)
{
    size_t i;
    json_t *item;
    entry->units = ARENA_ARRAY(arena, struct access_unit, json_array_size(list) + 1);
    json_array_foreach(list, i, item)
    {
        entry->units[entry->unit_count++] = (struct access_unit){
            text_of(arena, json_text(item, "unit")), json_true_at(item, "subtree")};
    }
}

static void
acts_for_take(const json_t *list, struct arena *arena, struct access_entry *entry)
{
    size_t i;
    json_t *item;
    entry->acts_for = ARENA_ARRAY(arena, struct slice, json_array_size(list) + 1);
    json_array_foreach(list, i, item)
    {
        entry->acts_for[entry->acts_for_count++] = text_of(arena, json_string_value(item));
    }
}

static bool
tokens_take(const json_t *list, struct arena *arena, struct access_entry *entry)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        struct access_token *token = &entry->tokens[entry->token_count];
        if (entry->token_count == ACCESS_TOKENS_MAX ||
            !access_key_parse(slice_text(json_text(item, "hash")), token->hash)) {
            return false;
        }
        token->name = text_of(arena, json_text(item, "name"));
        token->until = (int32_t)json_number(item, "until");
        entry->token_count++;
    }
    return true;
}

static int
row_take(const json_t *row, struct arena *arena, struct access_entry *entry)
{
    entry->title = text_of(arena, json_text(row, "title"));
    units_take(json_object_get(row, "units"), arena, entry);
    acts_for_take(json_object_get(row, "acts_for"), arena, entry);
    entry->password = text_of(arena, json_text(row, "password"));
    if (!roles_take(json_object_get(row, "roles"), entry) ||
        !tokens_take(json_object_get(row, "tokens"), arena, entry) ||
        !keys_take(json_object_get(row, "keys"), entry)) {
        return say_code(EX_PROTOCOL,
                        tr("không đọc được quyền của “%.*s”; máy chủ có phiên bản khác?",
                           "the access of “%.*s” cannot be read; is the site of another version?"),
                        SLICE_ARG(entry->principal));
    }
    return 0;
}

int
access_book_find(struct contact *contact, const char *principal, struct arena *arena,
                 struct access_entry *entry, bool *found)
{
    struct question question = {0};
    struct slice body;
    struct complaint why;
    uint64_t as_of;
    *entry = (struct access_entry){.principal = text_of(arena, principal)};
    question_text(&question, "principal", principal);
    enum err err = client_query(contact->client, "access", question_args(&question), contact->after,
                                &body, &as_of, &why);
    question_fini(&question);
    *found = err == ERR_OK;
    if (err == ERR_REFUSED && why.code == CODE_PRINCIPAL_UNKNOWN) {
        return 0;
    }
    if (err != ERR_OK) {
        return contact_failed(contact, &why);
    }
    json_t *answer = answer_json(body);
    int code = row_take(json_array_get(json_object_get(answer, "principals"), 0), arena, entry);
    json_decref(answer);
    return code;
}

int
access_book_publish(struct contact *contact, const struct access_file *file, const char *name)
{
    struct outcomes outcomes;
    struct results results;
    struct clock clock = clock_real(0);
    results_begin(&results, contact->options, name, true);
    outcomes_begin(&outcomes, contact, WANT_ALL, results_told, &results);
    for (uint32_t i = 0; i < file->count; i++) {
        struct buf body = BUF_EMPTY;
        uint8_t id[16];
        ulid_new(clock_wall_us(&clock), id);
        access_encode(&file->lines[i].entry, id, &body);
        outcomes_submit(&outcomes, slice_text(""), buf_slice_of(&body),
                        results_expect(&results, file->lines[i].line));
        buf_fini(&body);
    }
    outcomes_finish(&outcomes);
    int code = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    return code;
}

int
access_book_put(struct contact *contact, const struct access_entry *entry)
{
    struct access_line line = {.entry = *entry, .line = 1};
    struct access_file file = {&line, 1};
    return access_book_publish(contact, &file, contact->options->verb);
}

/* ---- keys ---- */

bool
access_book_has_key(const struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE])
{
    for (uint32_t i = 0; i < entry->key_count; i++) {
        if (memcmp(entry->keys[i], key, ACCESS_KEY_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

bool
access_book_add_key(struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE])
{
    if (access_book_has_key(entry, key)) {
        return true;
    }
    if (entry->key_count == ACCESS_KEYS_MAX) {
        say(tr("“%.*s” đã có %d khóa; hãy bỏ một khóa trước (--drop-key).",
               "“%.*s” has %d keys already; drop one first (--drop-key)."),
            SLICE_ARG(entry->principal), ACCESS_KEYS_MAX);
        return false;
    }
    memcpy(entry->keys[entry->key_count++], key, ACCESS_KEY_SIZE);
    return true;
}

void
access_book_drop_key(struct access_entry *entry, const uint8_t key[ACCESS_KEY_SIZE])
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < entry->key_count; i++) {
        if (memcmp(entry->keys[i], key, ACCESS_KEY_SIZE) != 0) {
            memmove(entry->keys[kept++], entry->keys[i], ACCESS_KEY_SIZE);
        }
    }
    entry->key_count = kept;
}
