/* A submitter's process: the client library, and an outbox of what it has sent, kept across its restarts
 * as an office keeps its own reports. */
#include "common/check.h"
#include "common/mem.h"
#include "tests/sim/sim.h"

#include <inttypes.h>

#define RESTART_MOST_US 5000000
#define RECORDS_MOST 12 /* made up at once */
#define PAUSE_MOST_US 4000000

static void
on_result(void *context, const struct client_result *result)
{
    struct submitter *b = context;
    struct sent *sent = &the_sim->sent[result->tag];
    if (sent->submitter != b->index || sent->result != SENT_WAITS) {
        sim_violation("%s has a second result for its record %" PRIu64, b->node.name, result->tag);
    }
    sent->result = result->err == ERR_OK ? SENT_RECEIPT : SENT_REFUSED;
    sent->receipt = result->receipt;
    if (result->err == ERR_TIMEOUT) {
        sim_violation("%s gave up its record %" PRIu64, b->node.name, result->tag);
    }
}

static void
queue_add(struct submitter *b, uint32_t sent)
{
    CHECK(b->queue_count < SIM_RECORDS_MAX);
    b->queue[b->queue_count++] = sent;
}

void
submitter_start(struct sim *s, struct submitter *b)
{
    char why[256];
    char brokers[SETTINGS_PATH_MAX + 32];
    snprintf(brokers, sizeof(brokers), "%s%s", s->settings.listen,
             b->index == 1 ? ",ipc:///nobody" : "");
    struct client_options options = {
        .brokers = brokers,
        .name = b->node.name,
        .in_flight = 1 + b->index % 3,
        .batch_records = 1 + 7 * b->index + (s->has_council ? 5 : 0),
        .give_up_ms = 100000000,
    };
    s->current = &b->node;
    b->node.alive = true;
    b->node.muted = false;
    b->node.wake_us = s->now_us;
    b->client = client_new_on(&options, &b->clock, why);
    CHECK(b->client != NULL);
    client_on_result(b->client, on_result, b);
    /* What has no receipt goes out again. */
    b->queue_count = b->queue_at = 0;
    for (uint32_t i = 0; i < s->sent_count; i++) {
        if (s->sent[i].submitter == b->index && s->sent[i].result == SENT_WAITS) {
            queue_add(b, i);
        }
    }
    sim_trace("%s starts", b->node.name);
}

void
submitter_kill(struct sim *s, struct submitter *b)
{
    sim_trace("%s is killed", b->node.name);
    s->current = &b->node;
    b->node.muted = true;
    client_free(&b->client);
    b->node.alive = false;
    b->node.wake_us = INT64_MAX;
    b->node.start_us = s->now_us + rng_between(&s->node_rng, 1000, RESTART_MOST_US);
}

void
submitter_send(struct sim *s, struct submitter *b, struct slice unit, struct slice body)
{
    CHECK(s->sent_count < SIM_RECORDS_MAX);
    s->sent[s->sent_count] = (struct sent){.unit = unit, .body = body, .submitter = b->index};
    queue_add(b, s->sent_count++);
}

static void
records_make(struct sim *s, struct submitter *b)
{
    if (s->now_us < b->next_us) {
        return;
    }
    if (b->index != 0 && s->sent_count < load_first(s)) {
        b->next_us = s->now_us + PAUSE_MOST_US; /* the registry is published by who may */
        return;
    }
    int64_t n = rng_between(&s->load_rng, 1, RECORDS_MOST);
    for (int64_t i = 0; i < n; i++) {
        struct slice unit, body;
        if (!load_next(s, &unit, &body)) {
            b->next_us = INT64_MAX;
            return;
        }
        submitter_send(s, b, unit, body);
    }
    b->next_us = s->now_us + rng_between(&s->load_rng, 10000, PAUSE_MOST_US);
}

/* The office that sends its whole year again, because nobody there knows what was sent. */
static void
resend_all(struct sim *s, struct submitter *b)
{
    uint32_t until = s->sent_count;
    if (!sim_may(FAULT_resend_all) || b->resent_all || b->index != 0 || s->load_left > 20) {
        return;
    }
    b->resent_all = true;
    sim_count(FAULT_resend_all);
    sim_trace("%s sends everything again", b->node.name);
    for (uint32_t i = 0; i < until && s->sent_count < SIM_RECORDS_MAX; i++) {
        if (s->sent[i].submitter == b->index) {
            submitter_send(s, b, s->sent[i].unit, s->sent[i].body);
        }
    }
}

void
submitter_turn(struct sim *s, struct submitter *b)
{
    s->current = &b->node;
    b->clock.now_us = s->now_us;
    records_make(s, b);
    resend_all(s, b);
    while (b->queue_at < b->queue_count) {
        const struct sent *sent = &s->sent[b->queue[b->queue_at]];
        enum err err = client_submit(b->client, sent->unit, sent->body, b->queue[b->queue_at]);
        if (err == ERR_AGAIN) {
            break;
        }
        CHECK(err == ERR_OK);
        b->queue_at++;
    }
    client_flush(b->client);
    client_step(b->client, 1000);
    b->node.wake_us = INT64_MAX;
    client_step(b->client, 1000); /* nothing waits now: zmq_poll says when to come again */
    if (b->node.wake_us == INT64_MAX || b->queue_at < b->queue_count) {
        b->node.wake_us = s->now_us + 20000;
    }
    if (b->next_us < b->node.wake_us) {
        b->node.wake_us = b->next_us;
    }
    b->node.wake_us += b->node.slow_us;
}

void
submitter_user(const struct sim *s, const struct node *node, char user[ACCESS_KEY_TEXT])
{
    user[0] = '\0';
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        const struct submitter *b = &s->submitters[i];
        if (&b->node == node && strcmp(b->principal, "local") != 0) {
            office_user(s, i, user);
        }
    }
}

bool
submitter_is_done(const struct submitter *b)
{
    return b->node.alive && b->next_us == INT64_MAX && b->queue_at == b->queue_count &&
           client_pending(b->client) == 0;
}
