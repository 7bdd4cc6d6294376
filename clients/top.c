/* Rates and recent times out of answers: see top.h. */
#include "clients/top.h"

#include "clients/answers.h"
#include "clients/condition.h"

#include <string.h>

void
top_fini(struct top *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        json_decref(t->answers[i]);
    }
    t->count = 0;
    t->rate_count = 0;
}

const json_t *
top_now(const struct top *t)
{
    return t->count == 0 ? NULL : t->answers[t->count - 1];
}

static int64_t
count_of(const json_t *answer, const char *count)
{
    return json_number(json_object_get(answer, "counts"), count);
}

/* Records a second from one answer to another, by the broker's own clock. */
static int64_t
rate_between(const json_t *from, const json_t *to)
{
    int64_t took_ms = json_number(to, "uptime_ms") - json_number(from, "uptime_ms");
    int64_t records = count_of(to, "records") - count_of(from, "records");
    return took_ms <= 0 || records < 0 ? 0 : (records * 1000 + took_ms / 2) / took_ms;
}

static void
rate_keep(struct top *t, int64_t rate)
{
    if (t->rate_count == TOP_RATES) {
        memmove(t->rates, t->rates + 1, (TOP_RATES - 1) * sizeof t->rates[0]);
        t->rate_count--;
    }
    t->rates[t->rate_count++] = rate;
}

void
top_take(struct top *t, json_t *answer, int64_t now_ms)
{
    const json_t *last = top_now(t);
    if (last != NULL && strcmp(json_text(last, "start_id"), json_text(answer, "start_id")) != 0) {
        top_fini(t);
        last = NULL;
    }
    if (last != NULL) {
        rate_keep(t, rate_between(last, answer));
    }
    if (t->count == TOP_ANSWERS) {
        json_decref(t->answers[0]);
        memmove(t->answers, t->answers + 1, (TOP_ANSWERS - 1) * sizeof t->answers[0]);
        t->count--;
    }
    t->answers[t->count++] = answer;
    t->heard_ms = now_ms;
}

int64_t
top_rate(const struct top *t)
{
    return t->count < 2 ? -1 : rate_between(t->answers[0], top_now(t));
}

int64_t
top_grown(const struct top *t, const char *count)
{
    return t->count < 2 ? 0 : count_of(top_now(t), count) - count_of(t->answers[0], count);
}

static int64_t
busy_of(const json_t *answer, const char *reason)
{
    return json_number(json_object_get(json_object_get(answer, "counts"), "busy_by"), reason);
}

int64_t
top_busy(const struct top *t, const char *reason)
{
    return t->count < 2 ? 0 : busy_of(top_now(t), reason) - busy_of(t->answers[0], reason);
}

static const json_t *
transactions_of(const json_t *answer, int64_t number)
{
    size_t i;
    json_t *shard;
    json_array_foreach(json_object_get(answer, "shards"), i, shard)
    {
        if (json_number(shard, "shard") == number) {
            return json_object_get(shard, "transactions");
        }
    }
    return NULL;
}

struct histogram
top_time(const struct top *t, const char *which)
{
    struct histogram now = {0}, before;
    if (t->count > 0) {
        now = condition_time(top_now(t), which);
        before = condition_time(t->answers[0], which);
        now = histogram_since(&now, &before);
    }
    return now;
}

struct histogram
top_transactions(const struct top *t, int64_t shard)
{
    struct histogram now = {0}, before;
    if (t->count > 0) {
        now = condition_times(transactions_of(top_now(t), shard));
        before = condition_times(transactions_of(t->answers[0], shard));
        now = histogram_since(&now, &before);
    }
    return now;
}
