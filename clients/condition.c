/* Asking how a site is: see condition.h. */
#include "clients/condition.h"

#include "clients/answers.h"
#include "clients/limits.h"
#include "clients/up_opening.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *
ask(struct contact *c, const char *name, struct complaint *why)
{
    struct slice body;
    uint64_t as_of;
    *why = (struct complaint){0};
    if (client_query(c->client, name, slice_of(NULL, 0), 0, &body, &as_of, why) != ERR_OK) {
        return NULL;
    }
    return answer_json(body);
}

static void
clock_add(json_t *status)
{
    struct clock clock = clock_real(0);
    int64_t offset_us = json_number(status, "time_us") - clock_wall_us(&clock);
    json_object_set_new(status, "clock_set", json_boolean(llabs(offset_us) > CLOCK_SET_US));
    json_object_set_new(status, "clock_offset_us", json_integer(offset_us));
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

static void
problem_add(json_t *status, const char *problem)
{
    json_object_set_new(status, "ok", json_false());
    json_array_append_new(json_object_get(status, "problems"), json_string(problem));
}

/* Of the data directory here; -1 where it is another's, or none. */
static int
unpublished_count(const struct contact *c)
{
    struct settings settings;
    char why[512];
    bool here = c->options->brokers == NULL && c->options->office == NULL &&
                settings_read(&settings, c->options->data, why);
    return here ? (int)opening_waiting(settings.data) : -1;
}

static void
unpublished_add(json_t *status, int unpublished)
{
    if (unpublished >= 0) {
        json_object_set_new(status, "unpublished", json_integer(unpublished));
    }
    if (unpublished > 0) {
        problem_add(status, "first-not-published");
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

static json_t *
complete(json_t *status, int unpublished)
{
    if (!json_is_object(status)) {
        json_decref(status);
        return NULL;
    }
    clock_add(status);
    start_id_text(status);
    unpublished_add(status, unpublished);
    return status;
}

json_t *
condition_of(const struct contact *c, struct slice body)
{
    return complete(answer_json(body), unpublished_count(c));
}

json_t *
condition_ask(struct contact *c, struct complaint *why)
{
    /* Looked at first: the head that the broker tells then covers what has been published by now. */
    int unpublished = unpublished_count(c);
    json_t *status = complete(ask(c, "broker.status", why), unpublished);
    /* Without a query worker there is no point in waiting for its answer: the broker has said so. */
    if (json_array_size(json_object_get(status, "query_workers")) > 0) {
        json_t *state = ask(c, "state", why);
        /* A refusal is an answer: not everybody's roles reach it. */
        if (state == NULL && why->code != CODE_NOT_IN_ROLE) {
            problem_add(status, "query-worker-silent");
        }
        state_add(status, state);
        json_decref(state);
    }
    return status;
}

struct histogram
condition_times(const json_t *array)
{
    struct histogram h = {0};
    if (json_array_size(array) == 1 + HISTOGRAM_COUNTS) {
        h.sum_us = (uint64_t)json_integer_value(json_array_get(array, 0));
        for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
            h.counts[i] = (uint64_t)json_integer_value(json_array_get(array, i + 1));
        }
    }
    return h;
}

struct histogram
condition_time(const json_t *status, const char *which)
{
    return condition_times(json_object_get(json_object_get(status, "times"), which));
}
