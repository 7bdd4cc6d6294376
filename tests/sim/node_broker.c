/* The broker's process: its core, and the turn that broker/loop.c would make of it. Every reply is looked
 * at on its way out: what it tells must be in the journal by then. */
#include "common/check.h"
#include "proto/cursor.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdlib.h>

#define TURN_MOST 512 /* as broker/limits.h has it */
#define RESTART_MOST_US 8000000

static bool
machine_process_alive(void *context, uint64_t pid, uint64_t start_time)
{
    const struct sim *s = context;
    if (s->broker.two_workers || pid != start_time) {
        return false;
    }
    for (uint32_t i = 0; i < s->worker_count; i++) {
        if (s->workers[i].node.alive && s->workers[i].node.pid == pid) {
            return true;
        }
    }
    return false;
}

static uint64_t
machine_free_bytes(void *context)
{
    return ((const struct sim *)context)->broker.free_bytes;
}

/* The file is never half there, but its last writing may have failed, or all of it be lost. */
static bool
machine_side_read(void *context, struct buf *out)
{
    struct sim *s = context;
    if (s->broker.side.len == 0 || rng_chance(&s->node_rng, 1, 8)) {
        return false;
    }
    buf_slice(out, buf_slice_of(&s->broker.side));
    return true;
}

static bool
machine_side_write(void *context, struct slice bytes)
{
    struct sim *s = context;
    if (rng_chance(&s->node_rng, 1, 4)) {
        return false;
    }
    buf_clear(&s->broker.side);
    buf_slice(&s->broker.side, bytes);
    return true;
}

void
broker_node_start(struct sim *s)
{
    struct broker_node *b = &s->broker;
    struct broker_options options = {
        .journal = b->journal,
        .clock = &b->clock,
        .machine = {.process_alive = machine_process_alive,
                    .free_bytes = machine_free_bytes,
                    .side_read = machine_side_read,
                    .side_write = machine_side_write,
                    .context = s},
        .start_id = rng_next(&s->node_rng) | 1,
        .pid = ++s->next_pid,
        .settings = &s->settings,
    };
    b->incarnation++;
    b->core = broker_new(&options);
    b->node.alive = true;
    b->node.wake_us = s->now_us;
    b->end = END_NOT;
    sim_trace("broker starts, its %" PRIu64 ". time", b->incarnation);
}

void
broker_node_crash(struct sim *s)
{
    struct broker_node *b = &s->broker;
    broker_free(&b->core);
    b->node.alive = false;
    b->node.wake_us = INT64_MAX;
    b->node.start_us = s->now_us + rng_between(&s->node_rng, 1000, RESTART_MOST_US);
    if (rng_chance(&s->node_rng, 1, 2)) {
        parcels_free(&b->inbox); /* else they wait in the peers' sockets for the next one */
    }
    sim_trace("broker ends");
}

int64_t
broker_wall_us(struct sim *s)
{
    s->broker.clock.now_us = s->now_us;
    return clock_wall_us(&s->broker.clock);
}

/* ---- what leaves ---- */

/* The SUBMIT that the receipts are for, as the client still holds it; empty where it has its answer. */
static struct slice
submit_of(const struct submitter *from, uint64_t request)
{
    const struct client *client = from->client;
    for (uint32_t i = 0; client != NULL && i < client->in_flight; i++) {
        const struct batch *batch = &client->batches[i];
        if ((batch->state == BATCH_READY || batch->state == BATCH_SENT) &&
            batch->request == request) {
            return buf_slice_of(&batch->message);
        }
    }
    return slice_of(NULL, 0);
}

/* Every record of the SUBMIT stands at its place in the block. */
static bool
receipts_are_true(const struct message_receipts *told, const struct block *block,
                  struct slice submitted)
{
    struct message_submit submit;
    struct complaint why;
    struct slice unit, body;
    struct block_record record;
    uint32_t n, pair;
    if (!layout_decode(message_layout(MESSAGE_submit), submitted, &submit, &why)) {
        return false;
    }
    struct cursor c = cursor_of(submit.records);
    struct block_records it = block_records(block);
    if (cursor_array(&c, &n) != ERR_OK || n != told->count) {
        return false;
    }
    for (uint32_t i = 0; i < told->first; i++) {
        block_next(&it, &record);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!block_next(&it, &record) || cursor_array(&c, &pair) != ERR_OK ||
            cursor_text(&c, &unit) != ERR_OK || cursor_bytes(&c, &body) != ERR_OK ||
            !slice_equal(unit, record.unit) || !slice_equal(body, record.body)) {
            return false;
        }
    }
    return true;
}

static void
receipts_check(struct sim *s, const struct node *to, const struct message_receipts *told)
{
    struct slice bytes;
    struct block block;
    if (journal_read(s->broker.journal, told->block, &bytes) != ERR_OK ||
        block_open(bytes, &block) != ERR_OK || told->first + told->count > block.count) {
        sim_violation("a receipt %" PRIu64 ".%" PRIu64 " left for %s before its record was in the "
                      "journal",
                      told->block, told->first, to->name);
        return;
    }
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        const struct submitter *b = &s->submitters[i];
        struct slice submitted = submit_of(b, told->request);
        if (&b->node == to && submitted.len > 0 && !receipts_are_true(told, &block, submitted)) {
            sim_violation("the receipts from %" PRIu64 ".%" PRIu64 " on are told to %s for records "
                          "that the journal does not hold there",
                          told->block, told->first, to->name);
        }
    }
}

static void
reply_check(struct sim *s, const struct node *to, struct slice header)
{
    struct message_receipts receipts;
    struct complaint why;
    uint64_t type;
    if (!layout_peek(header, &type)) {
        sim_violation("the broker sent %s %zu bytes that are no message", to->name, header.len);
    } else if (type == MESSAGE_receipts) {
        if (!layout_decode(message_layout(type), header, &receipts, &why)) {
            sim_violation("the broker sent %s receipts that cannot be read", to->name);
            return;
        }
        receipts_check(s, to, &receipts);
    }
    sim_trace("broker -> %s: %s", to->name,
              type <= MESSAGE_TYPE_MAX && message_layout(type) ? message_layout(type)->name : "?");
}

static enum err
reply_send(void *context, struct slice identity, const struct slice *parts, uint32_t count)
{
    struct sim *s = context;
    uint32_t number;
    uint64_t incarnation;
    if (s->broker.end == END_AMID_FLUSH && s->broker.flush_left-- == 0) {
        s->broker.flush_left = 0;
        return ERR_OK; /* dead by now: nobody hears it */
    }
    CHECK(net_identity_parse(identity, &number, &incarnation));
    if (incarnation != s->broker.incarnation) {
        sim_violation("the broker answers a session of its life before");
        return ERR_NOT_FOUND;
    }
    struct socket *socket = s->net.sockets[number];
    if (!socket->open) {
        return ERR_NOT_FOUND;
    }
    reply_check(s, socket->node, parts[0]);
    net_send(s, number, false, parts, count);
    return ERR_OK;
}

/* ---- the turn ---- */

static enum err
messages_take(struct sim *s)
{
    struct broker_node *b = &s->broker;
    struct parcel *p;
    enum err err = ERR_OK;
    for (int i = 0; err == ERR_OK && i < TURN_MOST && (p = parcel_pop(&b->inbox)) != NULL; i++) {
        char identity[NET_IDENTITY];
        net_identity(p->socket, b->incarnation, identity);
        struct slice user = slice_text(s->net.sockets[p->socket]->user);
        err = broker_receive(b->core, slice_text(identity), user, p->parts[0], p->count);
        free(p);
    }
    return err;
}

/* A failed append ends the process, whatever else was planned for it. */
static void
append_failed(struct sim *s, enum err err)
{
    sim_trace("broker: append failed (%s)", err_name(err));
    if (err != ERR_IO) {
        sim_violation("the broker ended by itself: %s", err_name(err));
    }
    broker_node_crash(s);
}

void
broker_node_turn(struct sim *s)
{
    struct broker_node *b = &s->broker;
    b->clock.now_us = s->now_us;
    b->two_workers = b->two_workers && s->now_us < b->two_until_us;
    if (b->full_until_us != 0 && s->now_us >= b->full_until_us) {
        b->full_until_us = 0;
        b->free_bytes = (uint64_t)1 << 40;
    }
    enum err err = messages_take(s);
    if (b->end == END_BEFORE_COMMIT) {
        broker_node_crash(s);
        return;
    }
    if (err == ERR_OK) {
        broker_tick(b->core);
        err = broker_commit(b->core);
    }
    if (err != ERR_OK) {
        append_failed(s, err);
        return;
    }
    if (b->end != END_BEHIND_COMMIT) {
        broker_flush(b->core, reply_send, s);
    }
    if (b->end != END_NOT) {
        broker_node_crash(s);
        return;
    }
    int64_t wait_us = (int64_t)broker_wait_ms(b->core) * 1000;
    b->node.wake_us =
        b->inbox.first != NULL ? s->now_us : s->now_us + (wait_us > 0 ? wait_us : 100);
}
