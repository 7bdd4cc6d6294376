/* broker.status as metrics: a table of numbers, then what has labels, then the histograms. */
#include "proto/metrics.h"

#include "proto/histogram.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- writing ---- */

static void
head_print(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: what would end it is written as the format says. */
static void
label_print(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            buf_printf(out, "\\n");
        } else {
            buf_printf(out, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
        }
    }
    buf_byte(out, '"');
}

/* Millionths as a decimal, exact. */
static void
micro_print(struct buf *out, uint64_t micro)
{
    unsigned digits = 6;
    uint64_t rest = micro % 1000000;
    buf_printf(out, "%" PRIu64, micro / 1000000);
    while (digits > 1 && rest % 10 == 0) {
        rest /= 10;
        digits--;
    }
    if (rest > 0) {
        buf_printf(out, ".%0*" PRIu64, (int)digits, rest);
    }
}

void
metrics_print_one(struct buf *out, const char *name, const char *type, const char *help,
                  int64_t value)
{
    head_print(out, name, type, help);
    buf_printf(out, "%s %" PRId64 "\n", name, value);
}

/* ---- numbers ---- */

enum scale { ONE, MILLI, MICRO };

static const struct scalar {
    const char *within; /* the member that has it; NULL: the answer itself */
    const char *key;
    enum scale scale; /* of what is there, towards the base unit */
    const char *name, *type, *help;
} SCALARS[] = {
    {NULL, "ok", ONE, "thidua_ok", "gauge", "1 where the broker knows of no problem."},
    {NULL, "uptime_ms", MILLI, "thidua_uptime_seconds", "gauge", "Since the broker's start."},
    {NULL, "time_us", MICRO, "thidua_clock_seconds", "gauge", "The broker's clock, since 1970."},
    {NULL, "head", ONE, "thidua_journal_block", "gauge", "Number of the newest block."},
    {NULL, "first", ONE, "thidua_journal_first_block", "gauge", "The oldest block that is kept."},
    {NULL, "head_time_us", MICRO, "thidua_journal_block_seconds", "gauge",
     "When the newest block was made, since 1970."},
    {NULL, "free_bytes", ONE, "thidua_disk_free_bytes", "gauge", "Free beside the journal."},
    {NULL, "min_free_bytes", ONE, "thidua_disk_min_free_bytes", "gauge",
     "Below this much free disk nothing is taken."},
    {NULL, "busy_lag_blocks", ONE, "thidua_lag_max_blocks", "gauge",
     "When a shard is further behind nothing is taken."},
    {NULL, "quarantined", ONE, "thidua_quarantined_records", "gauge",
     "Records that no worker applies any more."},
    {NULL, "sessions_max", ONE, "thidua_sessions_max", "gauge", "Sessions that the broker takes."},
    {NULL, "queries_waiting", ONE, "thidua_queries_waiting", "gauge", "Questions on their way."},
    {"network", "principals", ONE, "thidua_principals", "gauge", "Who may speak."},
    {"counts", "records", ONE, "thidua_broker_records_total", "counter", "Records journalled."},
    {"counts", "blocks", ONE, "thidua_broker_blocks_total", "counter", "Blocks journalled."},
    {"counts", "bytes", ONE, "thidua_broker_bytes_total", "counter", "Bytes of those blocks."},
    {"counts", "submits", ONE, "thidua_broker_submits_total", "counter", "SUBMITs taken."},
    {"counts", "queries", ONE, "thidua_broker_queries_total", "counter", "Questions asked."},
    {"counts", "errors", ONE, "thidua_broker_errors_total", "counter", "Messages refused."},
    {"counts", "dropped", ONE, "thidua_broker_dropped_total", "counter",
     "Replies that could not be sent."},
    {"counts", "sessions_refused", ONE, "thidua_broker_sessions_refused_total", "counter",
     "Sessions refused because all places were taken."},
};

static void
scalar_print(const struct scalar *s, const json_t *status, struct buf *out)
{
    const json_t *from = s->within == NULL ? status : json_object_get(status, s->within);
    const json_t *value = json_object_get(from, s->key);
    static const uint64_t MICROS[] = {[ONE] = 1000000, [MILLI] = 1000, [MICRO] = 1};
    if (json_is_boolean(value)) {
        metrics_print_one(out, s->name, s->type, s->help, json_is_true(value));
    } else if (json_is_integer(value) && s->scale == ONE) {
        metrics_print_one(out, s->name, s->type, s->help, json_integer_value(value));
    } else if (json_is_integer(value) && json_integer_value(value) >= 0) {
        head_print(out, s->name, s->type, s->help);
        buf_printf(out, "%s ", s->name);
        micro_print(out, (uint64_t)json_integer_value(value) * MICROS[s->scale]);
        buf_byte(out, '\n');
    }
}

/* ---- one number a label ---- */

/* Every member of an object as one line; what is no number is left out. */
static void
members_print(const json_t *object, const char *name, const char *type, const char *help,
              const char *label, struct buf *out)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object)) {
        return;
    }
    head_print(out, name, type, help);
    json_object_foreach((json_t *)object, key, value)
    {
        if (json_is_integer(value)) {
            buf_printf(out, "%s{", name);
            label_print(out, label, key);
            buf_printf(out, "} %" PRId64 "\n", (int64_t)json_integer_value(value));
        }
    }
}

static void
problems_print(const json_t *problems, struct buf *out)
{
    size_t i;
    json_t *problem;
    if (!json_is_array(problems)) {
        return;
    }
    head_print(out, "thidua_problem", "gauge", "1 for each problem that the broker knows of.");
    json_array_foreach(problems, i, problem)
    {
        if (json_is_string(problem)) {
            buf_printf(out, "thidua_problem{");
            label_print(out, "problem", json_string_value(problem));
            buf_printf(out, "} 1\n");
        }
    }
}

/* Of a site that has no endpoint for the network there is nothing to say. */
static void
network_print(const json_t *network, struct buf *out)
{
    const char *why = json_string_value(json_object_get(network, "why"));
    if (why == NULL || strcmp(why, "off") == 0) {
        return;
    }
    metrics_print_one(out, "thidua_network_open", "gauge",
                      "1 where the network's endpoint is open.",
                      json_is_true(json_object_get(network, "open")));
}

static void
query_workers_print(const json_t *workers, struct buf *out)
{
    int64_t outstanding = 0;
    size_t i;
    json_t *worker;
    if (!json_is_array(workers)) {
        return;
    }
    json_array_foreach(workers, i, worker)
    {
        outstanding += json_integer_value(json_object_get(worker, "outstanding"));
    }
    metrics_print_one(out, "thidua_query_workers", "gauge", "Query workers that are there.",
                      (int64_t)json_array_size(workers));
    metrics_print_one(out, "thidua_query_outstanding", "gauge", "Questions in their hands.",
                      outstanding);
}

/* ---- histograms ---- */

/* `labels`, without braces, stands before `le`; "" where there are none. */
static void
histogram_print(const char *name, const char *labels, const json_t *from, struct buf *out)
{
    uint64_t sum = 0;
    const char *comma = *labels == '\0' ? "" : ",";
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        sum += (uint64_t)json_integer_value(json_array_get(from, i + 1));
        buf_printf(out, "%s_bucket{%s%sle=\"", name, labels, comma);
        if (i < HISTOGRAM_BOUNDS) {
            micro_print(out, HISTOGRAM_BOUND_US[i]);
        } else {
            buf_printf(out, "+Inf");
        }
        buf_printf(out, "\"} %" PRIu64 "\n", sum);
    }
    const char *open = *labels == '\0' ? "" : "{", *close = *labels == '\0' ? "" : "}";
    buf_printf(out, "%s_sum%s%s%s ", name, open, labels, close);
    micro_print(out, (uint64_t)json_integer_value(json_array_get(from, 0)));
    buf_printf(out, "\n%s_count%s%s%s %" PRIu64 "\n", name, open, labels, close, sum);
}

static bool
is_histogram(const json_t *from)
{
    return json_array_size(from) == 1 + HISTOGRAM_COUNTS;
}

static void
time_print(const json_t *times, const char *key, const char *name, const char *help,
           struct buf *out)
{
    const json_t *from = json_object_get(times, key);
    if (is_histogram(from)) {
        head_print(out, name, "histogram", help);
        histogram_print(name, "", from, out);
    }
}

/* ---- shards ---- */

static int64_t
shard_of(const json_t *shard)
{
    return json_integer_value(json_object_get(shard, "shard"));
}

static void
shard_number_print(const json_t *shards, const char *key, enum scale scale, const char *name,
                   const char *help, struct buf *out)
{
    size_t i;
    json_t *shard;
    head_print(out, name, "gauge", help);
    json_array_foreach(shards, i, shard)
    {
        const json_t *value = json_object_get(shard, key);
        if (json_is_integer(value) && json_integer_value(value) >= 0) {
            uint64_t number = (uint64_t)json_integer_value(value);
            buf_printf(out, "%s{shard=\"%" PRId64 "\"} ", name, shard_of(shard));
            if (scale == MILLI) {
                micro_print(out, number * 1000);
            } else {
                buf_printf(out, "%" PRIu64, number);
            }
            buf_byte(out, '\n');
        }
    }
}

static void
workers_print(const json_t *shards, struct buf *out)
{
    size_t i;
    json_t *shard;
    head_print(out, "thidua_shard_worker_up", "gauge", "1 where the shard's worker is heard.");
    json_array_foreach(shards, i, shard)
    {
        const char *worker = json_string_value(json_object_get(shard, "worker"));
        buf_printf(out, "thidua_shard_worker_up{shard=\"%" PRId64 "\"} %d\n", shard_of(shard),
                   worker != NULL && strcmp(worker, "up") == 0);
    }
}

static void
shard_members_print(const json_t *shards, const char *key, const char *label, const char *name,
                    const char *help, struct buf *out)
{
    size_t i;
    json_t *shard, *value;
    const char *member;
    head_print(out, name, "counter", help);
    json_array_foreach(shards, i, shard)
    {
        json_object_foreach(json_object_get(shard, key), member, value)
        {
            buf_printf(out, "%s{shard=\"%" PRId64 "\",", name, shard_of(shard));
            label_print(out, label, member);
            buf_printf(out, "} %" PRId64 "\n", (int64_t)json_integer_value(value));
        }
    }
}

static void
transactions_print(const json_t *shards, struct buf *out)
{
    size_t i;
    json_t *shard;
    head_print(out, "thidua_transaction_seconds", "histogram",
               "Transactions of tally workers, since each began.");
    json_array_foreach(shards, i, shard)
    {
        const json_t *from = json_object_get(shard, "transactions");
        char labels[40];
        snprintf(labels, sizeof labels, "shard=\"%" PRId64 "\"", shard_of(shard));
        if (is_histogram(from)) {
            histogram_print("thidua_transaction_seconds", labels, from, out);
        }
    }
}

static void
shards_print(const json_t *shards, struct buf *out)
{
    if (!json_is_array(shards)) {
        return;
    }
    workers_print(shards, out);
    shard_number_print(shards, "position", ONE, "thidua_shard_position_block",
                       "The last block whose effects are in the shard.", out);
    shard_number_print(shards, "lag_blocks", ONE, "thidua_shard_lag_blocks",
                       "Blocks that a shard has not applied yet.", out);
    shard_number_print(shards, "oldest_ms", MILLI, "thidua_shard_oldest_seconds",
                       "How long the oldest of those has waited.", out);
    transactions_print(shards, out);
    shard_members_print(shards, "verdicts", "verdict", "thidua_verdicts_total",
                        "Records of the whole journal, by what became of them.", out);
    shard_members_print(shards, "rejected_by", "code", "thidua_rejected_total",
                        "Records rejected since the shard's worker began, by code.", out);
}

void
metrics_print(const json_t *status, struct buf *out)
{
    const json_t *times = json_object_get(status, "times");
    const json_t *counts = json_object_get(status, "counts");
    for (size_t i = 0; i < sizeof SCALARS / sizeof SCALARS[0]; i++) {
        scalar_print(&SCALARS[i], status, out);
    }
    problems_print(json_object_get(status, "problems"), out);
    network_print(json_object_get(status, "network"), out);
    members_print(json_object_get(status, "session_roles"), "thidua_sessions", "gauge",
                  "Sessions of the broker, by role.", "role", out);
    members_print(json_object_get(counts, "busy_by"), "thidua_broker_busy_total", "counter",
                  "BUSY answered, by reason.", "reason", out);
    query_workers_print(json_object_get(status, "query_workers"), out);
    time_print(times, "receipts", "thidua_receipt_seconds",
               "From a SUBMIT to its receipts: its block on disk.", out);
    time_print(times, "commits", "thidua_commit_seconds", "A block into the journal.", out);
    time_print(times, "lag", "thidua_lag_seconds",
               "From a block on disk to its effects in a shard, once a shard.", out);
    shards_print(json_object_get(status, "shards"), out);
}
