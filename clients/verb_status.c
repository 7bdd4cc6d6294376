/* thidua status: whether all is well. Exits 0 when it is, 1 when not, EX_UNAVAILABLE when no broker answers;
 * with --wait it asks until all is well, and until every shard has applied what was in the journal when it
 * first was, or the time is over. What `init` left to be published counts too: a site without its
 * campaign is not well, and one whose campaign is published and not yet applied answers as if it had
 * none. */
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/terms.h"
#include "clients/table.h"
#include "clients/up_opening.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/period.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#define ASK_MS 5000 /* patience of one question */
#define ASK_AGAIN_MS                                                                               \
    1000 /* the same while waiting: a new contact finds a broker that has just come */
#define STEP_MS 100
#define CLOCK_SET_US (INT64_C(60) * 1000000) /* beyond this the broker's clock is not ours */

static json_t *
ask_quietly(struct contact *s, const char *name)
{
    struct slice body;
    struct complaint why;
    uint64_t as_of;
    if (client_query(s->client, name, slice_of(NULL, 0), 0, &body, &as_of, &why) != ERR_OK) {
        return NULL;
    }
    return answer_json(body);
}

static void
clock_add(json_t *status)
{
    struct clock clock = clock_real(0);
    int64_t offset_us = json_number(status, "time_us") - clock_wall_us(&clock);
    bool set = llabs(offset_us) > CLOCK_SET_US;
    json_object_set_new(status, "clock_set", json_boolean(set));
}

/* Random 64 bits are text whatever their size: readers of JSON round large numbers. */
static void
start_id_text(json_t *status)
{
    char text[24];
    const json_t *id = json_object_get(status, "start_id");
    if (json_is_integer(id)) {
        snprintf(text, sizeof text, "%" PRId64, (int64_t)json_integer_value(id));
        json_object_set_new(status, "start_id", json_string(text));
    }
}

/* A shard's counts beside what the broker knows of it. */
static void
state_add(json_t *status, const json_t *state)
{
    size_t i, j;
    json_t *shard, *counts;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        json_array_foreach(json_object_get(state, "shards"), j, counts)
        {
            if (json_number(counts, "shard") == json_number(shard, "shard")) {
                json_object_update_missing(shard, counts);
            }
        }
    }
}

static void
problem_add(json_t *status, const char *problem)
{
    json_object_set_new(status, "ok", json_false());
    json_array_append_new(json_object_get(status, "problems"), json_string(problem));
}

/* Of the data directory here; -1 where it is another's, or none. */
static int
unpublished_count(const struct contact *s)
{
    struct settings settings;
    char why[512];
    bool here = s->options->brokers == NULL && s->options->office == NULL &&
                settings_read(&settings, s->options->data, why);
    return here ? (int)opening_waiting(settings.data) : -1;
}

/* NULL: no broker answers. What is unpublished is looked at first: the head that the broker tells then
 * covers what has been published by now. */
static json_t *
status_ask(struct contact *s)
{
    int unpublished = unpublished_count(s);
    json_t *status = ask_quietly(s, "broker.status");
    if (!json_is_object(status)) {
        json_decref(status);
        return NULL;
    }
    clock_add(status);
    start_id_text(status);
    if (unpublished >= 0) {
        json_object_set_new(status, "unpublished", json_integer(unpublished));
    }
    if (unpublished > 0) {
        problem_add(status, "first-not-published");
    }
    /* Without a query worker there is no point in waiting for its answer: the broker has said so. */
    if (json_array_size(json_object_get(status, "query_workers")) > 0) {
        json_t *state = ask_quietly(s, "state");
        if (state == NULL) {
            problem_add(status, "query-worker-silent");
        }
        state_add(status, state);
        json_decref(state);
    }
    return status;
}

static bool
shards_reached(const json_t *status, int64_t head)
{
    size_t i;
    json_t *shard;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        if (json_number(shard, "position") < head) {
            return false;
        }
    }
    return true;
}

/* Whether the wait is over; *head is that of the first answer by which all was well, -1 before it. */
static bool
is_enough(json_t *status, bool late, int64_t *head)
{
    bool ok = json_true_at(status, "ok");
    if (ok && *head < 0) {
        *head = json_number(status, "head");
    }
    if (ok && shards_reached(status, *head)) {
        return true;
    }
    if (ok && late) {
        problem_add(status, "shard-behind");
    }
    return late;
}

/* Asks again and again; the last answer. */
static int
status_wait(struct contact *s, const struct options *o, uint64_t seconds, json_t **status)
{
    struct clock clock = clock_real(0);
    int64_t deadline_ms = clock_mono_ms(&clock) + (int64_t)seconds * 1000, head = -1;
    *status = NULL;
    for (;;) {
        int code = contact_open_patient(s, o, ASK_AGAIN_MS);
        if (code != 0) {
            return code;
        }
        json_t *now;
        while ((now = status_ask(s)) != NULL) {
            json_decref(*status);
            *status = now;
            if (is_enough(now, clock_mono_ms(&clock) >= deadline_ms, &head)) {
                return 0;
            }
            client_step(s->client, STEP_MS);
        }
        if (clock_mono_ms(&clock) >= deadline_ms) {
            return 0;
        }
        contact_close(s);
    }
}

static void
shards_show(const json_t *status)
{
    struct table_column columns[] = {
        {tr("Phân mảnh", "Shard"), true},
        {tr("Tiến trình", "Worker"), false},
        {"PID", true},
        {tr("Khối", "Block"), true},
        {tr("Chậm", "Lag"), true},
        {tr("Nhận", "Accepted"), true},
        {tr("Thay", "Corrected"), true},
        {tr("Từ chối", "Rejected"), true},
    };
    struct table *table = table_new(columns, 8);
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(status, "shards"), i, row)
    {
        table_number(table, json_number(row, "shard"));
        table_text(table, term(json_text(row, "worker")));
        table_number(table, json_number(row, "pid"));
        table_number(table, json_number(row, "position"));
        table_number(table, json_number(row, "lag_blocks"));
        table_number(table, json_number(row, "accepted"));
        table_number(table, json_number(row, "corrected"));
        table_number(table, json_number(row, "rejected"));
    }
    table_print(table, stdout);
    table_free(&table);
}

static void
status_show(const json_t *status)
{
    char moment[32];
    size_t i;
    json_t *problem;
    moment_text(json_number(status, "time_us"), moment);
    puts(json_true_at(status, "ok") ? tr("Mọi việc đều ổn.", "All is well.")
                                    : tr("Có vấn đề:", "Something is wrong:"));
    json_array_foreach(json_object_get(status, "problems"), i, problem)
    {
        printf("  - %s\n", term(json_string_value(problem)));
    }
    printf(tr("broker %" PRId64 ", khối %" PRId64 ", %zu tiến trình truy vấn, còn trống %" PRId64
              " MiB\n",
              "broker %" PRId64 ", block %" PRId64 ", %zu query workers, %" PRId64 " MiB free\n"),
           json_number(status, "pid"), json_number(status, "head"),
           json_array_size(json_object_get(status, "query_workers")),
           json_number(status, "free_bytes") / (1 << 20));
    if (json_true_at(status, "clock_set")) {
        printf(tr("đồng hồ được đặt: %s\n", "the clock is set: %s\n"), moment);
    }
    shards_show(status);
}

int
verb_status(int argc, char **argv)
{
    struct options o;
    struct contact contact = {0};
    json_t *status = NULL;
    uint64_t wait_s = UINT64_MAX;
    const struct option_spec own[] = {
        NUMBER_OPTION("wait", "SECONDS", &wait_s, false,
                      "chờ đến khi mọi việc đều ổn, tối đa chừng này",
                      "wait until all is well, at most so long"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (wait_s != UINT64_MAX) {
        code = status_wait(&contact, &o, wait_s > 86400 ? 86400 : wait_s, &status);
    } else {
        o.timeout_s = o.timeout_s == 0 ? ASK_MS / 1000 : o.timeout_s;
        code = contact_open(&contact, &o);
        status = code == 0 ? status_ask(&contact) : NULL;
    }
    if (code == 0 && status == NULL) {
        code = contact_unavailable(&contact);
    } else if (code == 0) {
        code = json_true_at(status, "ok") ? 0 : 1;
        if (o.json) {
            json_show(json_incref(status));
        } else if (!o.quiet) {
            status_show(status);
        }
    }
    json_decref(status);
    contact_close(&contact);
    return code;
}
