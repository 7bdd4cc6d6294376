/* thidua keys new|show|rotate FILE: private key files. A key is changed without a gap: the new one (FILE.new)
 * is granted beside the old one, and only once it is seen in force the old one goes (--finish) and
 * FILE.new becomes FILE. Who may not publish access records is told what to ask the operator for. */
#include "clients/access_book.h"
#include "clients/answers.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "common/text.h"
#include "proto/curve.h"
#include "proto/rights.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct rotation {
    const char *file;
    char new_file[SETTINGS_PATH_MAX];
    struct curve_key old_key, new_key;
};

static int
code_of_err(enum err err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        return EX_NOINPUT;
    case ERR_REFUSED:
        return EX_NOPERM;
    case ERR_EXISTS:
        return EX_CANTCREAT;
    case ERR_FORMAT:
        return EX_DATAERR;
    default:
        return EX_IOERR;
    }
}

static int
key_read(const char *path, struct curve_key *key)
{
    char why[256];
    enum err err = curve_key_read(path, key, why);
    return err == ERR_OK ? 0 : say_code(code_of_err(err), "%s", why);
}

static int
key_write(const char *path, const struct curve_key *key)
{
    char why[256];
    enum err err = curve_key_write(path, key, why);
    return err == ERR_OK ? 0 : say_code(code_of_err(err), "%s", why);
}

/* The public half only. */
static int
key_show(const struct options *o, const char *path, const struct curve_key *key)
{
    char hex[ACCESS_KEY_TEXT];
    access_key_format(key->public_key, hex);
    if (o->json) {
        return json_show(json_pack("{s:s, s:s, s:s}", "file", path, "principal", key->principal,
                                   "public_key", hex));
    }
    printf("principal: %s\npublic: %s\n", key->principal, hex);
    return 0;
}

static int
new_run(const struct options *o, const char *principal)
{
    struct curve_key key;
    if (principal == NULL || !code_is_valid(slice_text(principal))) {
        return say_code(EX_USAGE, tr("--principal cần một mã (a-z 0-9 . _ -, tối đa 32 ký tự).",
                                     "--principal wants a code (a-z 0-9 . _ -, at most 32)."));
    }
    curve_key_new(principal, &key);
    int code = key_write(o->args[1], &key);
    code = code == 0 ? key_show(o, o->args[1], &key) : code;
    curve_key_wipe(&key);
    return code;
}

static int
show_run(const struct options *o)
{
    struct curve_key key;
    int code = key_read(o->args[1], &key);
    code = code == 0 ? key_show(o, o->args[1], &key) : code;
    curve_key_wipe(&key);
    return code;
}

/* ---- rotate ---- */

/* The new key of a rotation that was begun is used again. */
static int
new_key_open(struct rotation *r, bool finish)
{
    if (!finish && !file_exists(r->new_file)) {
        curve_key_new(r->old_key.principal, &r->new_key);
        return key_write(r->new_file, &r->new_key);
    }
    int code = key_read(r->new_file, &r->new_key);
    if (code == 0 && strcmp(r->new_key.principal, r->old_key.principal) != 0) {
        code = say_code(
            EX_DATAERR,
            tr("%s là khóa của “%s”, không phải của “%s”.", "%s is a key of “%s”, not of “%s”."),
            r->new_file, r->new_key.principal, r->old_key.principal);
    }
    return code;
}

/* Whether this contact may publish access records: the data directory's own socket, or an operator. */
static bool
may_publish(const struct contact *c, const struct access_entry *entry)
{
    return strncmp(c->brokers, "ipc://", 6) == 0 ||
           rights_record(entry->roles, RECORD_access) == REACH_ALL;
}

/* Exit code 77, so that a script sees that it is not done. */
static int
operator_asked(const struct rotation *r, const char *option, const uint8_t *key)
{
    char hex[ACCESS_KEY_TEXT];
    access_key_format(key, hex);
    say(tr("hãy nhờ người vận hành chạy lệnh sau:", "ask the operator to run:"));
    say("  thidua access grant %s --%s %s", r->old_key.principal, option, hex);
    return EX_NOPERM;
}

static int
rotate_begin(const struct rotation *r, struct contact *c, struct access_entry *entry)
{
    if (access_book_has_key(entry, r->new_key.public_key)) {
        say(tr("khóa mới đã có hiệu lực; kết thúc bằng “thidua keys rotate %s --finish”.",
               "the new key is in force; end with “thidua keys rotate %s --finish”."),
            r->file);
        return 0;
    }
    if (!may_publish(c, entry)) {
        return operator_asked(r, "public-key", r->new_key.public_key);
    }
    if (!access_book_add_key(entry, r->new_key.public_key)) {
        return EX_DATAERR;
    }
    return access_book_put(c, entry);
}

static int
not_yet(void)
{
    return say_code(EX_TEMPFAIL, tr("khóa mới chưa có hiệu lực; chưa bỏ khóa cũ.",
                                    "the new key is not in force yet; the old one is kept."));
}

static int
rotate_finish(const struct rotation *r, struct contact *c, struct access_entry *entry)
{
    int code = 0;
    if (!access_book_has_key(entry, r->new_key.public_key)) {
        return not_yet();
    }
    if (access_book_has_key(entry, r->old_key.public_key)) {
        access_book_drop_key(entry, r->old_key.public_key);
        code = may_publish(c, entry) ? access_book_put(c, entry)
                                     : operator_asked(r, "drop-key", r->old_key.public_key);
    }
    if (code != 0 && code != EX_NOPERM) {
        return code;
    }
    if (rename(r->new_file, r->file) != 0) {
        return say_code(EX_IOERR, "%s: %s", r->file, strerror(errno));
    }
    return code;
}

static int
rotate_run(struct options *o, struct rotation *r, bool finish)
{
    struct arena *arena = arena_new();
    struct contact contact;
    struct access_entry entry;
    bool found;
    /* With the key that is sure to be in force at this moment. */
    o->key = o->key != NULL ? o->key : finish ? r->new_file : r->file;
    int code = contact_open(&contact, o);
    if (code == 0) {
        code = access_book_find(&contact, r->old_key.principal, arena, &entry, &found);
        if (code == EX_NOPERM && finish) {
            code = not_yet(); /* the broker does not know the new key */
        } else if (code == 0 && !found) {
            code = say_code(EX_DATAERR, tr("không có chủ thể “%s”.", "there is no principal “%s”."),
                            r->old_key.principal);
        } else if (code == 0) {
            code = finish ? rotate_finish(r, &contact, &entry) : rotate_begin(r, &contact, &entry);
        }
        contact_close(&contact);
    }
    arena_free(&arena);
    return code;
}

static int
rotate(struct options *o, bool finish)
{
    struct rotation r = {.file = o->args[1]};
    if (snprintf(r.new_file, sizeof r.new_file, "%s.new", r.file) >= (int)sizeof r.new_file) {
        return say_code(EX_USAGE, tr("đường dẫn quá dài.", "the path is too long."));
    }
    int code = key_read(r.file, &r.old_key);
    code = code == 0 ? new_key_open(&r, finish) : code;
    code = code == 0 ? rotate_run(o, &r, finish) : code;
    curve_key_wipe(&r.old_key);
    curve_key_wipe(&r.new_key);
    return code;
}

int
verb_keys(int argc, char **argv)
{
    struct options o;
    const char *principal = NULL;
    bool finish = false;
    const struct option_spec own[] = {
        TEXT_OPTION("principal", "P", &principal, false, "new: khóa này là của ai",
                    "new: whose key it is"),
        SWITCH_OPTION("finish", &finish, "rotate: bỏ khóa cũ, dùng khóa mới",
                      "rotate: take the old key away, use the new one"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (strcmp(o.args[0], "new") == 0) {
        return new_run(&o, principal);
    }
    if (strcmp(o.args[0], "show") == 0) {
        return show_run(&o);
    }
    if (strcmp(o.args[0], "rotate") == 0) {
        return rotate(&o, finish);
    }
    return say_code(
        EX_USAGE,
        tr("“%s” không phải là new, show hay rotate.", "“%s” is none of new, show, rotate."),
        o.args[0]);
}
