/* The phases of the opening. A receipt that is lost is no harm: the file is submitted again, and the ULID
 * in the record counts once. */
#include "clients/up_opening.h"

#include "clients/answers.h"
#include "clients/question.h"
#include "clients/words.h"
#include "common/file.h"
#include "common/log.h"
#include "proto/pack.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define ASK_GIVE_UP_MS 200 /* the loop of `up` hears signals in between */

static int
is_record(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && len < 64 && strcmp(entry->d_name + len - 4, ".rec") == 0;
}

static int
first_list(const char *data, struct dirent ***list)
{
    char path[SETTINGS_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/first", data);
    return scandir(path, list, is_record, alphasort);
}

unsigned
opening_waiting(const char *data)
{
    struct dirent **list;
    int n = first_list(data, &list);
    for (int i = 0; i < n; i++) {
        free(list[i]);
    }
    if (n >= 0) {
        free(list);
    }
    return n > 0 ? (unsigned)n : 0;
}

static bool
client_begin(struct opening *o, uint32_t give_up_ms)
{
    char why[256];
    struct client_options options = {
        .brokers = o->settings->listen, .name = "thidua up", .give_up_ms = give_up_ms};
    client_free(&o->client);
    o->client = client_new(&options, why);
    if (o->client == NULL) {
        say("%s", why);
    }
    return o->client != NULL;
}

static void
on_result(void *context, const struct client_result *result)
{
    struct opening *o = context;
    char path[SETTINGS_PATH_MAX + 96];
    o->in_flight = false;
    if (result->err == ERR_REFUSED) {
        /* Sending it again will not help; it stays, and status is not ok until somebody looks. */
        say_complaint(o->names[o->at], &result->why);
        o->at++;
        return;
    }
    if (result->err != ERR_OK) {
        return; /* again */
    }
    o->receipts[o->at] = result->receipt;
    snprintf(path, sizeof path, "%s/first/%s", o->settings->data, o->names[o->at]);
    if (unlink(path) != 0) {
        log_warn("first_not_removed", "path=\"%s\" error=\"%s\"", path, strerror(errno));
    }
    o->at++;
}

bool
opening_begin(struct opening *o, const struct settings *settings)
{
    struct dirent **list;
    *o = (struct opening){.settings = settings};
    int n = first_list(settings->data, &list);
    for (int i = 0; i < n; i++) {
        if (o->count < FIRST_MAX) {
            snprintf(o->names[o->count++], sizeof o->names[0], "%.63s", list[i]->d_name);
        }
        free(list[i]);
    }
    if (n >= 0) {
        free(list);
    }
    o->phase = o->count > 0 ? OPENING_PUBLISH : OPENING_READY;
    if (!client_begin(o, o->count > 0 ? 0 : ASK_GIVE_UP_MS)) {
        return false;
    }
    client_on_result(o->client, on_result, o);
    return true;
}

static void
publish_step(struct opening *o)
{
    char path[SETTINGS_PATH_MAX + 96];
    struct buf body = BUF_EMPTY;
    if (o->in_flight) {
        client_step(o->client, 0);
        return;
    }
    if (o->at == o->count) {
        o->phase = client_begin(o, ASK_GIVE_UP_MS) ? OPENING_JUDGE : OPENING_DONE;
        return;
    }
    snprintf(path, sizeof path, "%s/first/%s", o->settings->data, o->names[o->at]);
    if (file_read(path, RECORD_BYTES_MAX, &body) == ERR_OK) {
        o->in_flight =
            client_submit(o->client, slice_text(""), buf_slice_of(&body), o->at) == ERR_OK;
        client_flush(o->client);
    } else {
        say(tr("không đọc được %s.", "%s cannot be read."), path);
        o->at++;
    }
    buf_fini(&body);
}

static void
verdicts_show(const json_t *answer)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "records"), i, row)
    {
        struct complaint why;
        complain(&why, code_of_text(slice_text(json_text(row, "code"))),
                 slice_text(json_text(row, "subject")), "%s", json_text(row, "detail"));
        say_complaint(json_text(row, "receipt"), &why);
    }
}

/* `init` has checked both files, but the journal may be older than they are. */
static void
judge_step(struct opening *o)
{
    struct question question = {0};
    struct slice body;
    struct complaint why;
    uint64_t as_of, newest = 0;
    uint32_t ranges = 0;
    for (unsigned i = 0; i < o->count; i++) {
        newest = o->receipts[i].block > newest ? o->receipts[i].block : newest;
        ranges += o->receipts[i].block != 0;
    }
    question_key(&question, "ranges");
    pack_array(&question.body, ranges);
    for (unsigned i = 0; i < o->count; i++) {
        if (o->receipts[i].block != 0) {
            pack_array(&question.body, 3);
            pack_uint(&question.body, o->receipts[i].block);
            pack_uint(&question.body, o->receipts[i].index);
            pack_uint(&question.body, 1);
        }
    }
    enum err err = ranges == 0 ? ERR_OK
                               : client_query(o->client, "verdicts", question_args(&question),
                                              newest, &body, &as_of, &why);
    if (err == ERR_OK && ranges > 0) {
        json_t *answer = answer_json(body);
        verdicts_show(answer);
        json_decref(answer);
    }
    o->phase = err == ERR_OK ? OPENING_READY : OPENING_JUDGE;
    question_fini(&question);
}

static void
ready_step(struct opening *o)
{
    struct slice body;
    struct complaint why;
    uint64_t as_of;
    if (client_query(o->client, "broker.status", slice_of(NULL, 0), 0, &body, &as_of, &why) !=
        ERR_OK) {
        return;
    }
    json_t *status = answer_json(body);
    if (json_true_at(status, "ok")) {
        say(tr("sẵn sàng tại %s", "ready at %s"), o->settings->listen);
        o->phase = OPENING_DONE;
    }
    json_decref(status);
}

bool
opening_step(struct opening *o)
{
    switch (o->phase) {
    case OPENING_PUBLISH:
        publish_step(o);
        break;
    case OPENING_JUDGE:
        judge_step(o);
        break;
    case OPENING_READY:
        ready_step(o);
        break;
    case OPENING_DONE:
        client_free(&o->client);
        return false;
    }
    return true;
}

void
opening_fini(struct opening *o)
{
    client_free(&o->client);
}
