/* Opens the client library and turns what it says into words and exit codes. */
#include "clients/contact.h"

#include "clients/answers.h"
#include "clients/office.h"
#include "clients/uplock.h"
#include "clients/words.h"
#include "common/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define GIVE_UP_MS 30000 /* a broker that restarts and reads its journal is back well before */
#define TIMEOUT_MAX_S 86400
#define STEP_MS 50

bool
contact_somebody_listens(const char *endpoint)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strncmp(endpoint, "ipc://", 6) != 0 || strlen(endpoint + 6) >= sizeof address.sun_path) {
        return true;
    }
    strcpy(address.sun_path, endpoint + 6);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return true;
    }
    bool no = connect(fd, (struct sockaddr *)&address, sizeof address) != 0 &&
              (errno == ENOENT || errno == ECONNREFUSED);
    close(fd);
    return !no;
}

/* Without a data directory the last revision is kept where the user's programs keep such things. */
static void
revision_file_of_user(struct contact *c)
{
    char folder[SETTINGS_PATH_MAX];
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state != NULL && state[0] == '/') {
        snprintf(folder, sizeof folder, "%s", state);
    } else if (home != NULL && home[0] == '/') {
        snprintf(folder, sizeof folder, "%s/.local/state", home);
    } else {
        return;
    }
    char made[SETTINGS_PATH_MAX + 16];
    snprintf(made, sizeof made, "%s/thidua", folder);
    for (char *slash = made + 1; slash != NULL && *slash != '\0';) {
        slash = strchr(slash, '/');
        if (slash != NULL) {
            *slash = '\0';
        }
        enum err err = file_make_folder(made);
        if (err != ERR_OK && err != ERR_EXISTS) {
            return;
        }
        if (slash != NULL) {
            *slash++ = '/';
        }
    }
    snprintf(c->revision_file, sizeof c->revision_file, "%s/revision", made);
}

/* What an office's folder says, where the command does not. */
static int
office_place(struct contact *c)
{
    const struct options *o = c->options;
    struct office office;
    int code = office_read(o->office, &office);
    if (code != 0) {
        return code;
    }
    snprintf(c->brokers, sizeof c->brokers, "%s", o->brokers == NULL ? office.brokers : o->brokers);
    snprintf(c->key_file, sizeof c->key_file, "%s", o->key == NULL ? office.key : o->key);
    snprintf(c->revision_file, sizeof c->revision_file, "%s/revision", office.folder);
    return 0;
}

/* The endpoints, the key, and where revisions are kept. */
static int
contact_place(struct contact *c, bool patient)
{
    const struct options *o = c->options;
    if (o->office != NULL) {
        return office_place(c);
    }
    snprintf(c->key_file, sizeof c->key_file, "%s", o->key == NULL ? "" : o->key);
    struct settings settings;
    char path[SETTINGS_PATH_MAX + 32], why[512];
    snprintf(path, sizeof path, "%s/thidua.conf", o->data);
    if (!file_exists(path)) {
        if (o->brokers == NULL) {
            return say_code(
                EX_NOINPUT,
                tr("không có thư mục dữ liệu %s; hãy tạo bằng “thidua init”, hoặc chỉ "
                   "thư mục của đơn vị bằng --office, hoặc broker bằng --broker.",
                   "there is no data directory %s; make one with “thidua init”, or name "
                   "an office's folder with --office, or a broker with --broker."),
                o->data);
        }
        snprintf(c->brokers, sizeof c->brokers, "%s", o->brokers);
        revision_file_of_user(c);
        return 0;
    }
    if (!settings_read(&settings, o->data, why)) {
        return say_code(EX_CONFIG, "%s", why);
    }
    snprintf(c->revision_file, sizeof c->revision_file, "%s/client/revision", settings.data);
    snprintf(c->brokers, sizeof c->brokers, "%s",
             o->brokers == NULL ? settings.listen : o->brokers);
    if (!patient && o->brokers == NULL && !contact_somebody_listens(c->brokers) &&
        !uplock_held(settings.data)) {
        return contact_unavailable(c);
    }
    return 0;
}

static int
contact_after(struct contact *c)
{
    struct receipt receipt;
    const char *after = c->options->after;
    if (after == NULL) {
        return 0;
    }
    if (receipt_parse(slice_text(after), &receipt) != ERR_OK) {
        return say_code(EX_USAGE,
                        tr("--after cần một biên nhận như 18231.7, không phải “%s”.",
                           "--after wants a receipt such as 18231.7, not “%s”."),
                        after);
    }
    c->after = receipt.block;
    return 0;
}

static int
contact_begin(struct contact *c, const struct options *options, bool patient, uint32_t give_up_ms)
{
    char why[256], name[64];
    *c = (struct contact){.options = options};
    int code = contact_after(c);
    code = code == 0 ? contact_place(c, patient) : code;
    if (code != 0) {
        return code;
    }
    snprintf(name, sizeof name, "thidua %s", options->verb);
    struct client_options client = {
        .brokers = c->brokers,
        .name = name,
        .key_file = c->key_file[0] == '\0' ? NULL : c->key_file,
        .revision_file = c->revision_file[0] == '\0' ? NULL : c->revision_file,
        .give_up_ms = give_up_ms,
    };
    c->client = client_new(&client, why);
    if (c->client == NULL) {
        return say_code(c->key_file[0] == '\0' ? EX_USAGE : EX_CONFIG, "%s", why);
    }
    return 0;
}

int
contact_open(struct contact *c, const struct options *options)
{
    uint64_t seconds = options->timeout_s > TIMEOUT_MAX_S ? TIMEOUT_MAX_S : options->timeout_s;
    return contact_begin(c, options, false, seconds == 0 ? GIVE_UP_MS : (uint32_t)seconds * 1000);
}

int
contact_open_patient(struct contact *c, const struct options *options, uint32_t give_up_ms)
{
    return contact_begin(c, options, true, give_up_ms);
}

void
contact_close(struct contact *c)
{
    client_free(&c->client);
}

int
contact_unavailable(const struct contact *c)
{
    if (c->options->brokers != NULL || c->options->office != NULL) {
        return say_code(EX_UNAVAILABLE,
                        tr("không có broker nào trả lời tại %s; hãy kiểm tra địa chỉ và mạng.",
                           "no broker answers at %s; check the address and the network."),
                        c->brokers);
    }
    return say_code(EX_UNAVAILABLE,
                    tr("không có broker nào trả lời tại %s; hãy chạy “thidua up --data %s”.",
                       "no broker answers at %s; start it with “thidua up --data %s”."),
                    c->brokers, c->options->data);
}

/* Whether any shard has moved since this was last asked: as long as one does, waiting makes sense. */
static bool
shards_move(struct contact *c)
{
    struct slice body;
    uint64_t sum = 0, as_of;
    struct complaint why;
    size_t i;
    json_t *shard;
    if (client_query(c->client, "broker.status", slice_of(NULL, 0), 0, &body, &as_of, &why) !=
        ERR_OK) {
        return false;
    }
    json_t *status = answer_json(body);
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        sum += (uint64_t)json_number(shard, "position");
    }
    json_decref(status);
    bool moved = sum > c->position;
    c->position = sum;
    return moved;
}

int
contact_failed(const struct contact *c, const struct complaint *why)
{
    if (why->code == CODE_NONE) {
        return contact_unavailable(c);
    }
    say_complaint(NULL, why);
    switch (why->code) {
    case CODE_KEY_REVOKED:
    case CODE_NOT_IN_ROLE:
    case CODE_NOT_ALLOWED:
        return EX_NOPERM;
    case CODE_BUSY:
        return EX_TEMPFAIL;
    case CODE_NOT_READY:
    case CODE_QUERY_TIMEOUT:
    case CODE_HANDSHAKE_FAILED:
    case CODE_SESSIONS_FULL:
        return EX_UNAVAILABLE;
    default:
        return EX_DATAERR;
    }
}

int
contact_ask(struct contact *c, const char *name, struct slice args, uint64_t after,
            struct slice *body, uint64_t *as_of)
{
    struct complaint why = {0};
    uint64_t position;
    after = after > c->after ? after : c->after;
    for (;;) {
        enum err err = client_query(c->client, name, args, after, body, &position, &why);
        if (err == ERR_OK) {
            if (as_of != NULL) {
                *as_of = position;
            }
            return 0;
        }
        bool late = err == ERR_TIMEOUT || (err == ERR_REFUSED && why.code == CODE_QUERY_TIMEOUT);
        if (after == 0 || !late || !shards_move(c)) {
            return contact_failed(c, &why);
        }
    }
}

int
contact_read(struct contact *c, const char *name, struct question *question, uint64_t after,
             json_t **answer)
{
    struct slice body;
    uint64_t as_of = 0;
    int code = contact_ask(c, name, question_args(question), after, &body, &as_of);
    if (code != 0) {
        return code;
    }
    *answer = answer_json(body);
    if (!json_is_object(*answer)) {
        json_decref(*answer);
        return say_code(
            EX_PROTOCOL,
            tr("câu trả lời cho “%s” không đọc được.", "the answer to “%s” cannot be read."), name);
    }
    if (as_of > 0) {
        json_object_set_new(*answer, "as_of", json_integer((json_int_t)as_of));
    }
    return 0;
}

enum err
contact_submit(struct contact *c, struct slice unit, struct slice body, uint64_t tag)
{
    enum err err;
    while ((err = client_submit(c->client, unit, body, tag)) == ERR_AGAIN) {
        client_step(c->client, STEP_MS);
    }
    return err;
}
