/* The broker that a test plays. */
#include "tests/lib/played_broker.h"
#include "proto/pack.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

void
world_keep(void *context, const struct client_result *result)
{
    struct world *w = context;
    assert_true(w->count < RESULTS_MAX);
    w->results[w->count++] = *result;
}

void
played_bind(struct world *w, struct played *b)
{
    b->router = socket_open(w->context, ZMQ_ROUTER);
    assert_non_null(b->router);
    assert_int_equal(zmq_bind(b->router, b->endpoint), 0);
}

void
played_stop(struct played *b)
{
    zmq_close(b->router);
    b->router = NULL;
}

int
world_setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    w->folder = tempdir_new();
    w->context = zmq_ctx_new();
    w->clock = clock_fake(NOON_US);
    snprintf(w->a.endpoint, sizeof(w->a.endpoint), "ipc://%s/a", w->folder);
    snprintf(w->b.endpoint, sizeof(w->b.endpoint), "ipc://%s/b", w->folder);
    played_bind(w, &w->a);
    played_bind(w, &w->b);
    *state = w;
    return 0;
}

static void
broker_fini(struct played *b)
{
    if (b->router != NULL) {
        zmq_close(b->router);
    }
    frames_fini(&b->in);
    buf_fini(&b->peer);
}

int
world_teardown(void **state)
{
    struct world *w = *state;
    client_free(&w->client);
    broker_fini(&w->a);
    broker_fini(&w->b);
    zmq_ctx_term(w->context);
    tempdir_free(w->folder);
    free(w);
    return 0;
}

void
world_client(struct world *w, uint32_t in_flight)
{
    char both[600];
    char why[256];
    snprintf(both, sizeof(both), "%s, %s", w->a.endpoint, w->b.endpoint);
    struct client_options options = {
        .brokers = both,
        .name = "test",
        .in_flight = in_flight,
        .batch_records = 2,
        .give_up_ms = 20000,
    };
    w->client = client_new_on(&options, &w->clock, why);
    assert_non_null(w->client);
    client_on_result(w->client, world_keep, w);
}

void
time_pass(struct world *w, int64_t ms)
{
    w->clock.now_us += ms * 1000;
}

bool
played_turn(struct world *w, struct played *b, uint64_t type, struct slice *header)
{
    uint64_t found;
    client_step(w->client, 1);
    zmq_pollitem_t item = {.socket = b->router, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, 1);
    if (frames_receive(&b->in, b->router) != ERR_OK) {
        return false;
    }
    assert_int_equal(b->in.count, 2);
    buf_clear(&b->peer);
    buf_slice(&b->peer, frames_slice(&b->in, 0));
    *header = frames_slice(&b->in, 1);
    assert_true(layout_peek(*header, &found));
    return found == type;
}

void
played_expect(struct world *w, struct played *b, uint64_t type, void *out)
{
    struct slice header;
    struct complaint why;
    for (unsigned i = 0; i < TURNS_MAX; i++) {
        if (played_turn(w, b, type, &header)) {
            assert_true(layout_decode(message_layout(type), header, out, &why));
            return;
        }
    }
    fail_msg("no message of type %u came", (unsigned)type);
}

void
played_expect_none(struct world *w, struct played *b, uint64_t type)
{
    struct slice header;
    for (unsigned i = 0; i < 20; i++) {
        assert_false(played_turn(w, b, type, &header));
    }
}

void
played_say(struct played *b, struct buf *message)
{
    struct slice parts[2] = {buf_slice_of(&b->peer), buf_slice_of(message)};
    assert_int_equal(frames_send(b->router, parts, 2), ERR_OK);
    buf_fini(message);
}

void
played_welcome(struct played *b)
{
    struct buf out = BUF_EMPTY;
    message_encode_welcome(&(struct message_welcome){.version = PROTOCOL_VERSION,
                                                     .start_id = 1,
                                                     .time_us = NOON_US,
                                                     .heartbeat_ms = 500,
                                                     .lease_ms = 5000,
                                                     .shards = 1},
                           &out);
    played_say(b, &out);
}

void
played_receipts(struct played *b, uint64_t request, uint64_t block, uint64_t first, uint64_t count)
{
    struct buf out = BUF_EMPTY;
    message_encode_receipts(
        &(struct message_receipts){
            .request = request, .block = block, .first = first, .count = count, .time_us = NOON_US},
        &out);
    played_say(b, &out);
}

void
played_busy(struct played *b, uint64_t request, uint64_t retry_ms)
{
    struct buf out = BUF_EMPTY;
    message_encode_busy(&(struct message_busy){.request = request,
                                               .retry_ms = retry_ms,
                                               .reason = slice_text("lag")},
                        &out);
    played_say(b, &out);
}

void
played_error(struct played *b, uint64_t request, enum code code)
{
    struct buf out = BUF_EMPTY;
    message_encode_error(&(struct message_error){.request = request,
                                                 .code = slice_text(code_text(code)),
                                                 .subject = slice_text("x"),
                                                 .detail = slice_text("y")},
                         &out);
    played_say(b, &out);
}

void
played_heartbeat(struct played *b)
{
    struct buf out = BUF_EMPTY;
    message_encode_heartbeat(&(struct message_heartbeat){}, &out);
    played_say(b, &out);
}

void
played_answer(struct played *b, uint64_t request, uint64_t as_of, uint64_t number)
{
    struct buf body = BUF_EMPTY;
    struct buf out = BUF_EMPTY;
    pack_map(&body, 1);
    pack_key_uint(&body, "n", number);
    message_encode_answer(
        &(struct message_answer){.request = request, .as_of = as_of, .body = buf_slice_of(&body)},
        &out);
    buf_fini(&body);
    played_say(b, &out);
}

void
played_greet(struct world *w, struct played *b)
{
    struct message_hello hello;
    played_expect(w, b, MESSAGE_hello, &hello);
    assert_int_equal(hello.version, PROTOCOL_VERSION);
    assert_int_equal(hello.role, ROLE_CLIENT);
    played_welcome(b);
}

void
world_submit(struct world *w, uint64_t tag)
{
    struct slice body = slice_text("\x80");
    assert_int_equal(client_submit(w->client, slice_text("00001"), body, tag), ERR_OK);
}

uint64_t
played_submit(struct world *w, struct played *b)
{
    struct message_submit m;
    played_expect(w, b, MESSAGE_submit, &m);
    return m.request;
}

void
world_until(struct world *w, unsigned count)
{
    for (unsigned i = 0; i < TURNS_MAX && w->count < count; i++) {
        client_step(w->client, 2);
    }
    assert_int_equal(w->count, count);
    assert_int_equal(client_pending(w->client), 0);
}

void
played_heartbeats(struct world *w, struct played *b)
{
    struct message_heartbeat heartbeat;
    time_pass(w, 500);
    played_expect(w, b, MESSAGE_heartbeat, &heartbeat);
    played_heartbeat(b);
    for (unsigned i = 0; i < TURNS_MAX && w->client->session.deadline_ms != NEVER; i++) {
        client_step(w->client, 1);
    }
    assert_true(w->client->session.deadline_ms == NEVER);
}
