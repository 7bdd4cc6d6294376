/* thidua office new UNIT --out DIR: one folder that holds all an office on another machine needs, and the
 * grant of its key. The folder first: a key that was granted and then could not be written would stay
 * in force with nobody to use it. */
#include "clients/access_book.h"
#include "clients/answers.h"
#include "clients/keyring.h"
#include "clients/office_folder.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/file.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct request {
    const struct options *options;
    const char *out, *principal, *host;
    struct option_list roles;
    bool beneath;
    char principal_default[64];
};

/* ---- where the office will find the broker ---- */

/* tcp://HOST:PORT of the settings' listen_tcp: what it listens on everywhere is reached by name. */
static int
address_of_settings(const struct request *r, const struct settings *settings, char *text,
                    size_t size)
{
    char name[256] = "";
    const char *listen = settings->listen_tcp;
    const char *port = strrchr(listen, ':');
    if (listen[0] == '\0' || port == NULL || strncmp(listen, "tcp://", 6) != 0) {
        return say_code(EX_CONFIG,
                        tr("broker chưa nghe mạng: hãy đặt listen_tcp trong %s/thidua.conf (ví dụ "
                           "tcp://*:5571) và chạy lại “thidua up”.",
                           "the broker does not listen to the network: set listen_tcp in "
                           "%s/thidua.conf (for instance tcp://*:5571) and start “thidua up” "
                           "again."),
                        settings->data);
    }
    size_t len = (size_t)(port - listen) - 6;
    bool everywhere = (len == 1 && listen[6] == '*') || strncmp(listen + 6, "0.0.0.0:", 8) == 0;
    if (r->host == NULL && everywhere && gethostname(name, sizeof name - 1) != 0) {
        return say_code(EX_OSERR, tr("không biết tên máy này; hãy chỉ bằng --host.",
                                     "this machine's name is not known; name it with --host."));
    }
    if (r->host != NULL) {
        snprintf(text, size, "tcp://%s%s", r->host, port);
    } else if (everywhere) {
        snprintf(text, size, "tcp://%s%s", name, port);
    } else {
        snprintf(text, size, "%s", listen);
    }
    return 0;
}

/* On the broker's own machine: its settings and its key. */
static int
brokers_of_site(const struct request *r, char *brokers, size_t size)
{
    struct settings settings;
    struct curve_key key;
    char why[512], path[SETTINGS_PATH_MAX + 32], address[320], hex[ACCESS_KEY_TEXT];
    if (!settings_read(&settings, r->options->data, why)) {
        return say_code(EX_CONFIG, "%s", why);
    }
    int code = address_of_settings(r, &settings, address, sizeof address);
    if (code != 0) {
        return code;
    }
    snprintf(path, sizeof path, "%s/" KEYRING_BROKER, settings.data);
    if (curve_key_read(path, &key, why) != ERR_OK) {
        return say_code(EX_CONFIG, "%s", why);
    }
    access_key_format(key.public_key, hex);
    curve_key_wipe(&key);
    snprintf(brokers, size, "%s#%s", address, hex);
    return 0;
}

static int
brokers_find(const struct request *r, const struct contact *contact, char *brokers, size_t size)
{
    if (strncmp(contact->brokers, "tcp://", 6) == 0) {
        snprintf(brokers, size, "%s", contact->brokers); /* as we reach it ourselves */
        return 0;
    }
    return brokers_of_site(r, brokers, size);
}

/* ---- the grant ---- */

static int
roles_take(const struct request *r, struct access_entry *entry)
{
    for (size_t i = 0; i < r->roles.count; i++) {
        enum access_role role;
        if (!access_role_parse(slice_text(r->roles.items[i]), &role)) {
            return say_code(EX_USAGE, tr("không có vai trò “%s”.", "there is no role “%s”."),
                            r->roles.items[i]);
        }
        entry->roles |= ACCESS_BIT(role);
    }
    if (r->roles.count == 0) {
        entry->roles |= ACCESS_BIT(ACCESS_SUBMITTER);
    }
    return 0;
}

/* A folder is of one principal, and a principal that is there has its folder somewhere. */
static int
entry_begin(const struct request *r, struct contact *contact, struct arena *arena,
            struct access_entry *entry)
{
    bool found;
    int code = access_book_find(contact, r->principal, arena, entry, &found);
    entry->units = ARENA_NEW(arena, struct access_unit);
    if (code == 0 && entry->roles != 0) {
        return say_code(EX_CANTCREAT,
                        tr("“%s” đã được cấp quyền; hãy chọn tên khác bằng --principal, hoặc thu "
                           "hồi trước.",
                           "“%s” is granted already; choose another name with --principal, or "
                           "revoke it first."),
                        r->principal);
    }
    return code == 0 ? roles_take(r, entry) : code;
}

static int
grant(const struct request *r, const struct office_plan *plan, struct contact *contact,
      struct access_entry *entry)
{
    entry->units[0] = (struct access_unit){slice_text(r->options->args[1]), r->beneath};
    entry->unit_count = 1;
    entry->title = slice_text(json_text(plan->unit, "name"));
    entry->key_count = 0;
    (void)!access_book_add_key(entry, plan->key.public_key);
    int code = access_book_put(contact, entry);
    if (code != 0) {
        (void)!file_remove_tree(plan->folder);
    } else if (!r->options->quiet) {
        say(tr("đã tạo %s cho “%s”; hãy chuyển nguyên thư mục cho đơn vị, rồi xóa ở đây.",
               "%s is made for “%s”; hand the whole folder over, then remove it here."),
            plan->folder, r->principal);
    }
    return code;
}

static int
unit_read(struct contact *contact, const char *unit, json_t **answer)
{
    struct question question = {0};
    question_text(&question, "unit", unit);
    int code = contact_read(contact, "unit", &question, 0, answer);
    question_fini(&question);
    return code;
}

static int
campaign_read(struct contact *contact, json_t **answer)
{
    struct question question = {0};
    question_text(&question, "campaign", contact->options->campaign);
    int code = contact_read(contact, "campaign", &question, 0, answer);
    question_fini(&question);
    return code;
}

static int
office_new(const struct request *r, struct contact *contact, struct arena *arena)
{
    struct office_plan plan = {.folder = r->out};
    struct access_entry entry;
    json_t *unit = NULL, *campaign = NULL;
    snprintf(plan.office.principal, sizeof plan.office.principal, "%s", r->principal);
    snprintf(plan.office.unit, sizeof plan.office.unit, "%s", r->options->args[1]);
    int code = brokers_find(r, contact, plan.office.brokers, sizeof plan.office.brokers);
    code = code == 0 ? unit_read(contact, r->options->args[1], &unit) : code;
    code = code == 0 ? campaign_read(contact, &campaign) : code;
    code = code == 0 ? entry_begin(r, contact, arena, &entry) : code;
    plan.unit = unit;
    plan.campaign = campaign;
    code = code == 0 ? office_folder_make(&plan) : code;
    code = code == 0 ? grant(r, &plan, contact, &entry) : code;
    curve_key_wipe(&plan.key);
    json_decref(unit);
    json_decref(campaign);
    return code;
}

static int
run(struct request *r)
{
    const char *unit = r->options->args[1];
    if (strcmp(r->options->args[0], "new") != 0) {
        return say_code(EX_USAGE, tr("“%s” không phải là new.", "“%s” is not new."),
                        r->options->args[0]);
    }
    if (r->principal == NULL) {
        snprintf(r->principal_default, sizeof r->principal_default, "unit-%.40s", unit);
        r->principal = r->principal_default;
    }
    if (!code_is_valid(slice_text(unit)) || !code_is_valid(slice_text(r->principal))) {
        return say_code(EX_USAGE,
                        tr("“%s” hoặc “%s” không phải là mã; hãy đặt --principal.",
                           "“%s” or “%s” is no code; name --principal."),
                        unit, r->principal);
    }
    struct contact contact;
    struct arena *arena = arena_new();
    int code = contact_open(&contact, r->options);
    if (code == 0) {
        code = office_new(r, &contact, arena);
        contact_close(&contact);
    }
    arena_free(&arena);
    return code;
}

int
verb_office(int argc, char **argv)
{
    struct options o;
    static struct request r; /* its list is not for the stack */
    r.options = &o;
    const struct option_spec own[] = {
        TEXT_OPTION("out", "DIR", &r.out, true, "thư mục sẽ tạo", "the folder to be made"),
        SWITCH_OPTION("beneath", &r.beneath, "và mọi đơn vị cấp dưới", "and all units beneath it"),
        TEXT_OPTION("principal", "P", &r.principal, false, "tên của khóa; mặc định unit-MÃ",
                    "the key's name; default unit-CODE"),
        LIST_OPTION("role", "ROLE", &r.roles, false, "vai trò; mặc định submitter",
                    "a role; default submitter"),
        TEXT_OPTION("host", "HOST", &r.host, false,
                    "tên máy của broker như đơn vị thấy; mặc định tên máy này",
                    "the broker's machine as the office sees it; default this machine's name"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    return code != OPTIONS_GO ? code : run(&r);
}
