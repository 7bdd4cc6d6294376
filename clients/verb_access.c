/* thidua access: who may speak. `check` and `publish` take a file in which each principal stands whole; `grant`
 * adds to what is in force; `revoke` takes all away; `token` and `password` are for the gateway; `list` shows it. A change of one principal is a
 * record with all of it: two operators who change the same one at once overwrite each other, which the
 * list shows. */
#include "clients/access_book.h"
#include "clients/access_token.h"
#include "clients/answers.h"
#include "clients/files.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/text.h"
#include "proto/curve.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct grant {
    struct option_list roles, units, public_keys, drop_keys, acts_for;
    const char *title, *public_key_of;
    const char *name, *until; /* of a token */
};

/* ---- the file ---- */

static int
check_show(const char *name, json_t *mistakes, int code)
{
    int shown = json_show(
        json_pack("{s:s, s:b, s:O}", "file", name, "ok", code == 0, "mistakes", mistakes));
    return code != 0 ? code : shown;
}

static int
file_publish(const struct options *o, const struct access_file *file)
{
    struct contact contact;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = access_book_publish(&contact, file, o->args[1]);
        contact_close(&contact);
    }
    return code;
}

static int
file_run(const struct options *o, bool publish)
{
    struct arena *arena = arena_new();
    struct access_file file;
    json_t *mistakes = o->json ? json_array() : NULL;
    int code = access_file_read(o->args[1], arena, &file, mistakes);
    bool checked = code == 0 || code == EX_DATAERR;
    if (o->json && checked && (!publish || code != 0)) {
        code = check_show(o->args[1], mistakes, code);
    } else if (code == 0 && !o->quiet) {
        say(tr("%s: %u chủ thể; không có lỗi.", "%s: %u principals; no mistakes."), o->args[1],
            file.count);
    }
    if (code == 0 && publish) {
        code = file_publish(o, &file);
    }
    json_decref(mistakes);
    arena_free(&arena);
    return code;
}

/* ---- grant ---- */

static int
mistyped(const char *option, const char *value)
{
    return say_code(EX_USAGE, tr("--%s: không hiểu “%s”.", "--%s: “%s” is none."), option, value);
}

static int
roles_add(const struct option_list *list, struct access_entry *entry)
{
    for (size_t i = 0; i < list->count; i++) {
        enum access_role role;
        if (!access_role_parse(slice_text(list->items[i]), &role)) {
            return mistyped("role", list->items[i]);
        }
        entry->roles |= ACCESS_BIT(role);
    }
    return 0;
}

/* Named again, a unit is as wide as it is named now. */
static void
unit_add(struct access_entry *entry, struct access_unit unit)
{
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        if (slice_equal(entry->units[i].code, unit.code)) {
            entry->units[i].subtree = unit.subtree;
            return;
        }
    }
    entry->units[entry->unit_count++] = unit;
}

static int
units_add(const struct option_list *list, struct arena *arena, struct access_entry *entry)
{
    struct access_unit *units =
        ARENA_ARRAY(arena, struct access_unit, entry->unit_count + list->count + 1);
    if (entry->unit_count > 0) {
        memcpy(units, entry->units, entry->unit_count * sizeof *units);
    }
    entry->units = units;
    for (size_t i = 0; i < list->count; i++) {
        struct access_unit unit;
        if (!access_unit_parse(slice_text(list->items[i]), &unit)) {
            return mistyped("unit", list->items[i]);
        }
        unit_add(entry, unit);
    }
    return entry->unit_count <= ACCESS_UNITS_MAX
               ? 0
               : say_code(EX_USAGE, tr("quá %d đơn vị.", "more than %d units."), ACCESS_UNITS_MAX);
}

static bool
acts_for_has(const struct access_entry *entry, const char *principal)
{
    for (uint32_t i = 0; i < entry->acts_for_count; i++) {
        if (slice_is(entry->acts_for[i], principal)) {
            return true;
        }
    }
    return false;
}

static int
acts_for_add(const struct option_list *list, struct arena *arena, struct access_entry *entry)
{
    struct slice *acts_for =
        ARENA_ARRAY(arena, struct slice, entry->acts_for_count + list->count + 1);
    if (entry->acts_for_count > 0) {
        memcpy(acts_for, entry->acts_for, entry->acts_for_count * sizeof *acts_for);
    }
    entry->acts_for = acts_for;
    for (size_t i = 0; i < list->count; i++) {
        struct slice principal = slice_text(list->items[i]);
        if (!slice_is(principal, "*") && !code_is_valid(principal)) {
            return mistyped("acts-for", list->items[i]);
        }
        if (!acts_for_has(entry, list->items[i])) {
            acts_for[entry->acts_for_count++] = principal;
        }
    }
    return entry->acts_for_count <= ACCESS_ACTS_FOR_MAX
               ? 0
               : say_code(EX_USAGE,
                          tr("quá %d chủ thể; hãy dùng “*”.", "more than %d principals; use “*”."),
                          ACCESS_ACTS_FOR_MAX);
}

/* Dropped before others are added: two are the most. */
static int
keys_change(const struct grant *g, struct access_entry *entry)
{
    uint8_t key[ACCESS_KEY_SIZE];
    struct curve_key file;
    char why[256];
    for (size_t i = 0; i < g->drop_keys.count; i++) {
        if (!access_key_parse(slice_text(g->drop_keys.items[i]), key)) {
            return mistyped("drop-key", g->drop_keys.items[i]);
        }
        access_book_drop_key(entry, key);
    }
    for (size_t i = 0; i < g->public_keys.count; i++) {
        if (!access_key_parse(slice_text(g->public_keys.items[i]), key)) {
            return mistyped("public-key", g->public_keys.items[i]);
        }
        if (!access_book_add_key(entry, key)) {
            return EX_USAGE;
        }
    }
    if (g->public_key_of == NULL) {
        return 0;
    }
    if (curve_key_read(g->public_key_of, &file, why) != ERR_OK) {
        return say_code(EX_NOINPUT, "%s", why);
    }
    bool added = access_book_add_key(entry, file.public_key);
    curve_key_wipe(&file);
    return added ? 0 : EX_USAGE;
}

static int
grant_fill(const struct grant *g, struct arena *arena, struct access_entry *entry)
{
    int code = roles_add(&g->roles, entry);
    code = code == 0 ? units_add(&g->units, arena, entry) : code;
    code = code == 0 ? acts_for_add(&g->acts_for, arena, entry) : code;
    code = code == 0 ? keys_change(g, entry) : code;
    if (code == 0 && g->title != NULL) {
        struct slice title = slice_text(g->title);
        title = text_is_utf8(title) ? text_nfc(arena, title) : title;
        if (!text_is_clean(title) || title.len > NAME_MAX_BYTES) {
            return mistyped("title", "…");
        }
        entry->title = title;
    }
    if (code == 0 && entry->roles == 0) {
        return say_code(EX_USAGE, tr("cần ít nhất một --role.", "at least one --role is needed."));
    }
    return code;
}

/* Opens, looks the principal up, lets `change` have its entry, publishes what it made. */
static int
principal_change(const struct options *o, const struct grant *grant)
{
    struct arena *arena = arena_new();
    struct contact contact;
    struct access_entry entry;
    bool found;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = access_book_find(&contact, o->args[1], arena, &entry, &found);
        if (code == 0 && grant != NULL) {
            code = grant_fill(grant, arena, &entry);
        } else if (code == 0) {
            /* The title stays, so that the list still says who that was. */
            entry = (struct access_entry){.principal = entry.principal, .title = entry.title};
            code = found ? 0
                         : say_code(EX_DATAERR,
                                    tr("không có chủ thể “%s”.", "there is no principal “%s”."),
                                    o->args[1]);
        }
        code = code == 0 ? access_book_put(&contact, &entry) : code;
        contact_close(&contact);
    }
    arena_free(&arena);
    return code;
}

/* ---- tokens and the password ---- */

/* What is in force, changed by `args`: "token new P", "token revoke P", "password P". */
static int
secret_change(const struct options *o, const struct grant *g, struct access_entry *entry,
              char token[TOKEN_TEXT], char hash[PASSWORD_HASH_MAX + 1])
{
    if (entry->roles == 0) {
        return say_code(EX_DATAERR,
                        tr("“%.*s” không có vai trò nào; hãy cấp trước (access grant).",
                           "“%.*s” has no role; grant one first (access grant)."),
                        SLICE_ARG(entry->principal));
    }
    if (strcmp(o->args[0], "password") == 0) {
        return password_take(entry, hash);
    }
    return strcmp(o->args[1], "new") == 0 ? token_make(entry, g->name, g->until, token)
                                          : token_revoke(entry, g->name);
}

static int
secret_run(const struct options *o, const struct grant *g, const char *principal)
{
    struct arena *arena = arena_new();
    struct contact contact;
    struct access_entry entry;
    char token[TOKEN_TEXT] = "", hash[PASSWORD_HASH_MAX + 1];
    bool found;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = access_book_find(&contact, principal, arena, &entry, &found);
        code = code == 0 ? secret_change(o, g, &entry, token, hash) : code;
        code = code == 0 ? access_book_put(&contact, &entry) : code;
        contact_close(&contact);
    }
    if (code == 0 && token[0] != '\0') {
        puts(token);
        say(tr("token này chỉ hiện một lần; hãy cất nơi an toàn.",
               "this token is shown once; put it in a safe place."));
    }
    arena_free(&arena);
    return code;
}

/* ---- list ---- */

static void
words_join(const json_t *list, char *text, size_t size)
{
    struct buf all = BUF_EMPTY;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *word = json_is_object(item) ? json_text(item, "unit") : json_string_value(item);
        buf_printf(&all, "%s%s%s", i == 0 ? "" : " ", word == NULL ? "" : word,
                   json_true_at(item, "subtree") ? "/" : "");
    }
    snprintf(text, size, "%.*s", (int)all.len, all.len == 0 ? "" : (const char *)all.data);
    text_cut(text);
    buf_fini(&all);
}

static void
list_show(const json_t *answer, const struct options *o)
{
    struct table_column columns[] = {
        {tr("Chủ thể", "Principal"), false}, {tr("Tên", "Title"), false},
        {tr("Vai trò", "Roles"), false},     {tr("Đơn vị", "Units"), false},
        {tr("Khóa", "Keys"), false},
    };
    struct table *table = table_new(columns, 5);
    size_t i;
    json_t *row;
    (void)o;
    json_array_foreach(json_object_get(answer, "principals"), i, row)
    {
        char roles[128], units[80], keys[160];
        words_join(json_object_get(row, "roles"), roles, sizeof roles);
        words_join(json_object_get(row, "units"), units, sizeof units);
        words_join(json_object_get(row, "keys"), keys, sizeof keys);
        table_text(table, json_text(row, "principal"));
        table_text(table, json_text(row, "title"));
        table_text(table, roles[0] == '\0' ? tr("(đã thu hồi)", "(revoked)") : roles);
        table_text(table, units);
        table_text(table, keys);
    }
    table_print(table, stdout);
    table_free(&table);
}

static int
list_run(const struct options *o)
{
    struct question question = {0};
    question_text(&question, "principal", o->arg_count > 1 ? o->args[1] : NULL);
    return reading_run(o, "access", &question, list_show);
}

/* A principal is the user's: what is no code could not be encoded. */
static int
principal_check(const char *principal)
{
    if (code_is_valid(slice_text(principal)) && strcmp(principal, PRINCIPAL_LOCAL) != 0) {
        return 0;
    }
    return say_code(EX_USAGE,
                    tr("“%s” không phải tên chủ thể (a-z 0-9 . _ -, tối đa 32 ký tự, không phải "
                       "“local”).",
                       "“%s” is no principal's name (a-z 0-9 . _ -, at most 32, not “local”)."),
                    principal);
}

static bool
is_secret(const struct options *o)
{
    return (strcmp(o->args[0], "token") == 0 && o->arg_count == 3 &&
            (strcmp(o->args[1], "new") == 0 || strcmp(o->args[1], "revoke") == 0)) ||
           (strcmp(o->args[0], "password") == 0 && o->arg_count == 2);
}

static int
run(const struct options *o, const struct grant *grant)
{
    const char *what = o->args[0];
    if (strcmp(what, "list") == 0) {
        return list_run(o);
    }
    if (is_secret(o)) {
        const char *principal = o->args[o->arg_count - 1];
        int wrong = principal_check(principal);
        return wrong == 0 ? secret_run(o, grant, principal) : wrong;
    }
    if (o->arg_count != 2) {
        return say_code(EX_USAGE,
                        tr("“access %s” cần đúng một tham số nữa.",
                           "“access %s” wants one more argument, and no others."),
                        what);
    }
    if (strcmp(what, "check") == 0 || strcmp(what, "publish") == 0) {
        return file_run(o, what[0] == 'p');
    }
    if (strcmp(what, "grant") != 0 && strcmp(what, "revoke") != 0) {
        return say_code(
            EX_USAGE,
            tr("“%s” không phải là check, publish, grant, revoke, token, password hay list.",
               "“%s” is none of check, publish, grant, revoke, token, password, list."),
            what);
    }
    int code = principal_check(o->args[1]);
    return code == 0 ? principal_change(o, what[0] == 'g' ? grant : NULL) : code;
}

int
verb_access(int argc, char **argv)
{
    struct options o;
    static struct grant grant; /* lists of a thousand: not for the stack */
    const struct option_spec own[] = {
        LIST_OPTION("role", "ROLE", &grant.roles, false, "grant: vai trò (nhiều lần được)",
                    "grant: a role (may be repeated)"),
        LIST_OPTION("unit", "UNIT[/]", &grant.units, false,
                    "grant: đơn vị; thêm / là cả mọi đơn vị cấp dưới",
                    "grant: a unit; with / all beneath it too"),
        LIST_OPTION("public-key", "HEX", &grant.public_keys, false, "grant: khóa công khai",
                    "grant: a public key"),
        TEXT_OPTION("public-key-of", "FILE", &grant.public_key_of, false,
                    "grant: khóa công khai trong tệp khóa này",
                    "grant: the public key of this key file"),
        LIST_OPTION("drop-key", "HEX", &grant.drop_keys, false, "grant: bỏ khóa này",
                    "grant: take this key away"),
        LIST_OPTION("acts-for", "P", &grant.acts_for, false,
                    "grant: cổng được nói thay chủ thể này; * là tất cả",
                    "grant: a gateway may speak for this principal; * for all"),
        TEXT_OPTION("name", "N", &grant.name, false, "token: tên của hệ thống dùng nó",
                    "token: the name of the system that uses it"),
        TEXT_OPTION("until", "DAY", &grant.until, false, "token new: ngày cuối còn hiệu lực",
                    "token new: its last day"),
        TEXT_OPTION("title", "TEXT", &grant.title, false, "grant: tên cho người đọc",
                    "grant: its name for people"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    return code != OPTIONS_GO ? code : run(&o, &grant);
}
