/* thidua status: whether all is well, and where it is not, what to do: one screen. Exits 0 when it is, 1 when not,
 * EX_UNAVAILABLE when no broker answers; with --wait it asks until all is well, and until every shard has
 * applied what was in the journal when it first was, or the time is over. What `init` left to be
 * published counts too: a site without its campaign is not well, and one whose campaign is published and
 * not yet applied answers as if it had none. */
#include "clients/amounts.h"
#include "clients/answers.h"
#include "clients/condition.h"
#include "clients/reading.h"
#include "clients/table.h"
#include "clients/terms.h"
#include "clients/troubles.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/mem.h"
#include "proto/metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#define ASK_MS 5000 /* patience of one question */
#define ASK_AGAIN_MS                                                                               \
    1000 /* the same while waiting: a new contact finds a broker that has just come */
#define STEP_MS 100
#define SHARDS_SHOWN 8 /* with all troubles and the numbers: one screen */

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
    if (ok && late) { /* not large for the broker, but for whoever waited */
        condition_problem(status, "lag-large");
    }
    return late;
}

/* Asks again and again; the last answer. */
static int
status_wait(struct contact *s, const struct options *o, uint64_t seconds, json_t **status,
            struct complaint *why)
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
        while ((now = condition_ask(s, why)) != NULL) {
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

/* ---- for people ---- */

/* The troubles as they are for this asker: commands name files where they are this machine's. */
static size_t
troubles_of(const struct contact *s, const json_t *status, struct trouble *troubles)
{
    const struct options *o = s->options;
    bool here = o->brokers == NULL && o->office == NULL;
    return troubles_find(status, here ? o->data : NULL, troubles);
}

static void
troubles_show(const struct trouble *troubles, size_t n, bool wrong, const char *title)
{
    bool titled = false;
    for (size_t i = 0; i < n; i++) {
        if (troubles[i].wrong == wrong) {
            if (!titled) {
                puts(title);
                titled = true;
            }
            printf("  - %s\n      → %s\n", troubles[i].sentence, troubles[i].command);
        }
    }
}

static void
broker_show(const json_t *status)
{
    struct histogram receipts = condition_time(status, "receipts");
    int64_t bound_us = histogram_quantile_us(&receipts, 990);
    char uptime[AMOUNT_TEXT], least[AMOUNT_TEXT], receipt[AMOUNT_TEXT], room[AMOUNT_TEXT];
    duration_text(json_number(status, "uptime_ms") * 1000, uptime);
    bytes_text((uint64_t)json_number(status, "free_bytes"), room);
    bytes_text((uint64_t)json_number(status, "min_free_bytes"), least);
    snprintf(receipt, sizeof receipt, "–");
    if (bound_us >= 0 && bound_us < INT64_MAX) {
        duration_text(bound_us, receipt);
    }
    printf(tr("broker %" PRId64 ", chạy được %s, khối %" PRId64 "; %" PRId64
              " bản ghi trong 10 giây qua; 99 %% biên nhận trong %s\n",
              "broker %" PRId64 ", up for %s, block %" PRId64 "; %" PRId64
              " records in the last 10 s; 99 %% of receipts within %s\n"),
           json_number(status, "pid"), uptime, json_number(status, "head"),
           json_number(status, "records_10s"), receipt);
    printf(tr("%" PRId64 " trên %" PRId64
              " phiên, tiến trình truy vấn: %zu; đĩa còn trống %s (ít nhất %s)\n",
              "%" PRId64 " of %" PRId64
              " sessions, query workers: %zu; %s of disk free (at least %s)\n"),
           json_number(status, "sessions"), json_number(status, "sessions_max"),
           json_array_size(json_object_get(status, "query_workers")), room, least);
}

static int
farther_behind(const void *a, const void *b)
{
    int64_t x = json_number(*(json_t *const *)a, "lag_blocks");
    int64_t y = json_number(*(json_t *const *)b, "lag_blocks");
    return x == y ? 0 : x > y ? -1 : 1;
}

/* As the shard's state says, or, where nobody reads it for us, as its worker told last. */
static void
count_show(struct table *table, const json_t *shard, const char *verdict)
{
    const json_t *count = json_object_get(shard, verdict);
    if (count == NULL) {
        count = json_object_get(json_object_get(shard, "verdicts"), verdict);
    }
    if (count == NULL) {
        table_text(table, "");
    } else {
        table_number(table, json_integer_value(count));
    }
}

/* Where there are many, those that are furthest behind. */
static void
shards_show(json_t *shards)
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
    size_t n = json_array_size(shards), shown = n > SHARDS_SHOWN ? SHARDS_SHOWN : n;
    json_t **rows = mem_alloc((n + 1) * sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        rows[i] = json_array_get(shards, i);
    }
    if (n > shown) {
        qsort(rows, n, sizeof *rows, farther_behind);
    }
    for (size_t i = 0; i < shown; i++) {
        table_number(table, json_number(rows[i], "shard"));
        table_text(table, term(json_text(rows[i], "worker")));
        table_number(table, json_number(rows[i], "pid"));
        table_number(table, json_number(rows[i], "position"));
        table_number(table, json_number(rows[i], "lag_blocks"));
        count_show(table, rows[i], "accepted");
        count_show(table, rows[i], "corrected");
        count_show(table, rows[i], "rejected");
    }
    table_print(table, stdout);
    if (n > shown) {
        printf(tr("… và %zu phân mảnh nữa, chậm không hơn (thidua status --json)\n",
                  "… and %zu more shards, none further behind (thidua status --json)\n"),
               n - shown);
    }
    table_free(&table);
    free(rows);
}

static void
status_show(const struct contact *s, const json_t *status)
{
    struct trouble troubles[TROUBLES_MAX];
    size_t n = troubles_of(s, status, troubles);
    if (json_true_at(status, "ok")) {
        puts(tr("Mọi việc đều ổn.", "All is well."));
    }
    troubles_show(troubles, n, true, tr("Có vấn đề:", "Something is wrong:"));
    troubles_show(troubles, n, false, tr("Nên biết:", "Worth knowing:"));
    broker_show(status);
    shards_show(json_object_get(status, "shards"));
}

/* ---- for programs ---- */

static void
status_json(const struct contact *s, json_t *status)
{
    struct trouble troubles[TROUBLES_MAX];
    size_t n = troubles_of(s, status, troubles);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct trouble *t = &troubles[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:b, s:s, s:s}", "trouble", t->word, "wrong",
                                        t->wrong, "sentence", t->sentence, "command", t->command));
    }
    json_object_set_new(status, "troubles", list);
    json_show(json_incref(status));
}

/* Without an answer there is still one metric to tell: whoever collects a file of them sees it. */
static int
status_prometheus(const json_t *status)
{
    struct buf out = BUF_EMPTY;
    json_t *none = status == NULL ? json_pack("{s:b}", "ok", false) : NULL;
    metrics_print(status == NULL ? none : status, &out);
    bool bad = fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0;
    json_decref(none);
    buf_fini(&out);
    return bad ? say_code(EX_IOERR, tr("không ghi được ra stdout.", "stdout cannot be written."))
               : 0;
}

struct how {
    uint64_t wait_s; /* UINT64_MAX: not at all */
    bool prometheus;
};

static int
status_tell(const struct contact *s, const struct how *how, json_t *status)
{
    if (how->prometheus) {
        return status_prometheus(status);
    }
    if (s->options->json) {
        status_json(s, status);
    } else if (!s->options->quiet) {
        status_show(s, status);
    }
    return json_true_at(status, "ok") ? 0 : 1;
}

static int
status_run(struct contact *s, struct options *o, const struct how *how)
{
    json_t *status = NULL;
    struct complaint why = {0};
    int code;
    if (how->wait_s != UINT64_MAX) {
        code = status_wait(s, o, how->wait_s > 86400 ? 86400 : how->wait_s, &status, &why);
    } else {
        o->timeout_s = o->timeout_s == 0 ? ASK_MS / 1000 : o->timeout_s;
        code = contact_open(s, o);
        status = code == 0 ? condition_ask(s, &why) : NULL;
    }
    if (code == 0 && status == NULL) {
        code = contact_failed(s, &why);
    }
    if (status != NULL) {
        code = status_tell(s, how, status);
    } else if (how->prometheus) {
        (void)status_prometheus(NULL);
    }
    json_decref(status);
    return code;
}

int
verb_status(int argc, char **argv)
{
    struct options o;
    struct contact contact = {0};
    struct how how = {.wait_s = UINT64_MAX};
    const struct option_spec own[] = {
        NUMBER_OPTION("wait", "SECONDS", &how.wait_s, false,
                      "chờ đến khi mọi việc đều ổn, tối đa chừng này",
                      "wait until all is well, at most so long"),
        SWITCH_OPTION("prometheus", &how.prometheus,
                      "in các số đo cho Prometheus (docs/METRICS.md)",
                      "print metrics for Prometheus (docs/METRICS.md)"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = status_run(&contact, &o, &how);
    contact_close(&contact);
    return code;
}
