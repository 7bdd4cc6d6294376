/* One run: made from its seed, driven from event to event, healed, drained, checked. */
#include "common/check.h"
#include "common/mem.h"
#include "common/period.h"
#include "tests/sim/book.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#define EVENTS_MOST 400000 /* a hundred times what a run needs: then it goes round in circles */
#define ADMIT_EVERY_US ((int64_t)30 * 1000000)
#define DRAIN_MOST_US ((int64_t)600 * 1000000) /* behind the faults; a disk's BUSY lasts 30 s */

/* libsodium's numbers, for the client's jitter: the seed's too. */
static const char *
sodium_name(void)
{
    return "sim";
}

static uint32_t
sodium_random(void)
{
    return (uint32_t)rng_next(&the_sim->sodium_rng);
}

static void
sodium_buf(void *const out, const size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)out)[i] = (uint8_t)rng_next(&the_sim->sodium_rng);
    }
}

static randombytes_implementation SODIUM = {
    .implementation_name = sodium_name, .random = sodium_random, .buf = sodium_buf};

/* ---- making ---- */

static void
settings_choose(struct sim *s)
{
    static const uint64_t SHARDS[] = {1, 1, 2, 5};
    struct rng *r = &s->node_rng;
    s->settings.shards = SHARDS[rng_between(r, 0, 3)];
    s->settings.site = 1;
    s->settings.min_free_mb = 256;
    s->settings.busy_lag_blocks = (uint64_t)rng_between(r, 3, 60);
    s->settings.share_kb = (uint64_t)rng_between(r, 1, 64);
    s->settings.sessions = 64;
    s->settings.quota_records = (uint64_t)rng_between(r, 20, 400);
    s->settings.quota_kb = 64;
    s->settings.quota_sessions = 64; /* a restart leaves one until its lease is over */
    s->settings.heartbeat_ms = 1000;
    s->settings.lease_ms = 5000;
    snprintf(s->settings.data, sizeof(s->settings.data), "/sim");
    snprintf(s->settings.listen, sizeof(s->settings.listen), "ipc:///sim/broker");
}

static void
clocks_choose(struct sim *s)
{
    /* Days around which weeks, months, quarters and years end. */
    static const char *const DATES[] = {"2021-11-05", "2021-12-29", "2022-03-31", "2022-01-02"};
    int32_t day;
    CHECK(date_parse(slice_text(DATES[rng_between(&s->node_rng, 0, 3)]), &day) == ERR_OK);
    s->now_us = 1000000; /* since the machine started */
    s->broker.clock = clock_fake(s->now_us);
    s->broker.clock.offset_us = (int64_t)day * 86400 * 1000000;
}

static void
nodes_make(struct sim *s)
{
    struct rng *r = &s->node_rng;
    s->worker_count = (uint32_t)(s->settings.shards + (uint64_t)rng_between(r, 0, 2));
    s->submitter_count = (uint32_t)rng_between(r, 2, SIM_SUBMITTERS_MAX);
    s->has_offices = rng_chance(r, 1, 2) || (s->has_council && rng_chance(r, 3, 4));
    snprintf(s->broker.node.name, sizeof(s->broker.node.name), "broker");
    s->broker.journal = journal_mem_new();
    s->broker.free_bytes = (uint64_t)1 << 40;
    broker_node_start(s);
    operator_start(s);
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        disk_init(&s->disks[i], sim_may(FAULT_power_cut));
    }
    for (uint32_t i = 0; i < s->worker_count; i++) {
        snprintf(s->workers[i].node.name, sizeof(s->workers[i].node.name), "w%u", i);
        worker_node_start(s, &s->workers[i]);
    }
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        struct submitter *b = &s->submitters[i];
        b->index = i;
        b->clock = clock_fake(s->now_us);
        b->clock.offset_us = s->broker.clock.offset_us;
        b->queue = mem_alloc(SIM_RECORDS_MAX * sizeof(*b->queue));
        snprintf(b->node.name, sizeof(b->node.name), "s%u", i);
        snprintf(b->principal, sizeof(b->principal),
                 s->has_offices && i > 0 ? "office-%u" : "local", i);
        submitter_start(s, b);
    }
}

static void
outboxes_make(struct sim *s)
{
    s->outbox_count = (uint32_t)rng_between(&s->outbox_rng, 0, SIM_OUTBOXES_MAX);
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        outbox_node_init(s, &s->outboxes[i], i);
    }
}

static void
run_make(struct sim *s)
{
    s->arena = arena_new();
    s->net_rng = rng_stream(s->seed, 1);
    s->fault_rng = rng_stream(s->seed, 2);
    s->load_rng = rng_stream(s->seed, 3);
    s->node_rng = rng_stream(s->seed, 4);
    s->sodium_rng = rng_stream(s->seed, 5);
    s->outbox_rng = rng_stream(s->seed, 6);
    s->council_rng = rng_stream(s->seed, 7);
    s->sent = mem_alloc(SIM_RECORDS_MAX * sizeof(*s->sent));
    s->book = mem_alloc(sizeof(*s->book));
    s->load_left = (uint32_t)rng_between(&s->load_rng, 100, 400);
    net_init(&s->net);
    settings_choose(s);
    clocks_choose(s);
    council_make(s);
    faults_choose(s);
    nodes_make(s);
    outboxes_make(s);
}

static void
run_end(struct sim *s)
{
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        s->current = &s->submitters[i].node;
        client_free(&s->submitters[i].client);
        free(s->submitters[i].queue);
    }
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        outbox_node_fini(s, &s->outboxes[i]);
    }
    for (uint32_t i = 0; i < s->worker_count; i++) {
        s->current = &s->workers[i].node;
        worker_free(&s->workers[i].worker);
    }
    broker_free(&s->broker.core);
    journal_free(&s->broker.journal);
    buf_fini(&s->broker.side);
    parcels_free(&s->broker.inbox);
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        disk_fini(&s->disks[i]);
    }
    net_fini(&s->net);
    free(s->sent);
    free(s->book);
    arena_free(&s->arena);
}

/* ---- driving ---- */

/* When a node has something to do. */
static int64_t
node_due(const struct node *node)
{
    int64_t due = node->alive ? node->wake_us : node->start_us;
    return due > node->stopped_us ? due : node->stopped_us;
}

static int64_t
earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
next_us(const struct sim *s)
{
    int64_t next = earlier(net_next_us(&s->net), node_due(&s->broker.node));
    next = earlier(next, node_due(&s->operator.node));
    for (uint32_t i = 0; i < s->worker_count; i++) {
        next = earlier(next, node_due(&s->workers[i].node));
    }
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        next = earlier(next, node_due(&s->submitters[i].node));
    }
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        next = earlier(next, node_due(&s->outboxes[i].node));
    }
    next = earlier(next, s->council_us);
    next = s->healing && s->has_offices ? earlier(next, s->admit_us) : next;
    return s->healing ? next : earlier(next, earlier(s->fault_us, s->heal_us));
}

static void
nodes_step(struct sim *s)
{
    if (node_due(&s->broker.node) <= s->now_us) {
        s->broker.node.alive ? broker_node_turn(s) : broker_node_start(s);
    }
    if (node_due(&s->operator.node) <= s->now_us) {
        operator_turn(s);
    }
    for (uint32_t i = 0; i < s->worker_count; i++) {
        struct worker_node *w = &s->workers[i];
        if (node_due(&w->node) <= s->now_us) {
            w->node.alive ? worker_node_turn(s, w) : worker_node_start(s, w);
        }
    }
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        struct submitter *b = &s->submitters[i];
        if (node_due(&b->node) <= s->now_us) {
            b->node.alive ? submitter_turn(s, b) : submitter_start(s, b);
        }
    }
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        struct outbox_node *o = &s->outboxes[i];
        if (node_due(&o->node) <= s->now_us) {
            o->node.alive ? outbox_node_turn(s, o) : outbox_node_start(s, o);
        }
    }
}

/* Whatever was revoked or taken from them, else what they still hold would wait for ever. Again and again:
 * what was on its way may revoke once more, and a key that another has is free only behind the other's. */
static void
offices_admit(struct sim *s)
{
    if (!s->healing || !s->has_offices || s->now_us < s->admit_us) {
        return;
    }
    for (uint32_t i = 1; i < s->submitter_count; i++) {
        submitter_send(s, &s->submitters[0], slice_text(""), load_access_plain(s, i));
    }
    s->submitters[0].node.wake_us = s->now_us;
    s->admit_us = s->now_us + ADMIT_EVERY_US;
}

/* Every record has its answer, and every shard stands at the head. */
static bool
drained(struct sim *s)
{
    struct journal_head head;
    if (!s->healing || s->council_us != INT64_MAX || !s->broker.node.alive || s->operator.busy) {
        return false;
    }
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        if (!submitter_is_done(&s->submitters[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        if (!outbox_node_is_done(&s->outboxes[i])) {
            return false;
        }
    }
    journal_head(s->broker.journal, &head);
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        if (disk_position(&s->disks[i]) != head.number ||
            (s->operator.ever && disk_is_stale(&s->disks[i]))) {
            return false;
        }
    }
    /* A SUBMIT that was sent twice may still be on its way. */
    return s->broker.inbox.first == NULL;
}

static void
not_drained(struct sim *s)
{
    struct journal_head head;
    uint32_t waiting = 0;
    journal_head(s->broker.journal, &head);
    for (uint32_t i = 0; i < s->sent_count; i++) {
        waiting += s->sent[i].result == SENT_WAITS;
    }
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        uint64_t position = disk_position(&s->disks[i]);
        if (position != head.number) {
            sim_violation("behind the faults shard %" PRIu32 " stays at block %" PRIu64
                          " of %" PRIu64,
                          i, position, head.number);
        }
    }
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        if (disk_is_stale(&s->disks[i])) {
            sim_violation("behind the faults shard %" PRIu32 " still holds a quarantined record",
                          i);
        }
    }
    for (uint32_t i = 0; i < s->outbox_count; i++) {
        if (!outbox_node_is_done(&s->outboxes[i])) {
            sim_violation("behind the faults %s does not get rid of its entries",
                          s->outboxes[i].node.name);
        }
    }
    sim_violation("behind the faults %" PRIu32 " of %" PRIu32 " records stay without an answer",
                  waiting, s->sent_count);
}

static void
run_drive(struct sim *s)
{
    uint64_t events = 0;
    while (!s->failed && !drained(s)) {
        s->now_us = next_us(s) > s->now_us ? next_us(s) : s->now_us;
        if (!s->healing && s->now_us >= s->heal_us) {
            faults_heal(s);
        }
        if (s->now_us > s->heal_us + DRAIN_MOST_US || ++events > EVENTS_MOST) {
            not_drained(s);
            return;
        }
        net_deliver(s);
        if (!s->healing) {
            faults_step(s);
        }
        offices_admit(s);
        council_turn(s);
        nodes_step(s);
    }
}

bool
sim_run(uint64_t seed, bool trace, struct sim_stats *stats, char why[400])
{
    struct sim *s = mem_alloc(sizeof(*s));
    s->seed = seed;
    s->trace = trace;
    s->stats = stats;
    the_sim = s;
    randombytes_set_implementation(&SODIUM);
    run_make(s);
    int64_t began_us = s->now_us;
    run_drive(s);
    if (!s->failed) {
        check_all(s);
    }
    stats->runs++;
    stats->simulated_ms += (uint64_t)(s->now_us - began_us) / 1000;
    stats->violations += s->failed;
    bool passed = !s->failed;
    snprintf(why, 400, "%s", s->why);
    run_end(s);
    free(s);
    the_sim = NULL; /* what is asked between runs, and at exit, is asked of the machine */
    return passed;
}
