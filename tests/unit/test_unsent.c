/* What peers do not read is bounded in bytes: a ROUTER and peers of it in one process. */
#include "broker/unsent.h"

#include "broker/limits.h"
#include "proto/frames.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define LONG (1u << 20)
#define SENT_MOST 64 /* 8 MiB of ours, and as much in two kernels' buffers */
#define PATIENCE_MS 10000

struct site {
    void *context, *router;
    void *peers[2];
    struct unsent *unsent;
    struct frames frames;
    uint8_t *bytes;
};

static int
set_up(void **state)
{
    struct site *s = calloc(1, sizeof(*s));
    char endpoint[64];
    size_t size = sizeof(endpoint);
    s->context = zmq_ctx_new();
    s->router = socket_open(s->context, ZMQ_ROUTER);
    s->unsent = unsent_new();
    s->bytes = calloc(1, UNSENT_PEER_MAX * 2);
    assert_int_equal(zmq_bind(s->router, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(s->router, ZMQ_LAST_ENDPOINT, endpoint, &size), 0);
    for (int i = 0; i < 2; i++) {
        char id[2] = {(char)('a' + i)};
        struct slice part = slice_text("here");
        int mark = 1;
        s->peers[i] = socket_open(s->context, ZMQ_DEALER);
        zmq_setsockopt(s->peers[i], ZMQ_ROUTING_ID, id, 1);
        zmq_setsockopt(s->peers[i], ZMQ_RCVHWM, &mark, sizeof(mark));
        assert_int_equal(zmq_connect(s->peers[i], endpoint), 0);
        assert_int_equal(frames_send(s->peers[i], &part, 1), ERR_OK);
        zmq_pollitem_t item = {.socket = s->router, .events = ZMQ_POLLIN};
        assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
        assert_int_equal(frames_receive(&s->frames, s->router), ERR_OK);
    }
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    struct site *s = *state;
    frames_fini(&s->frames);
    for (int i = 0; i < 2; i++) {
        if (s->peers[i] != NULL) {
            zmq_close(s->peers[i]);
        }
    }
    zmq_close(s->router);
    zmq_ctx_term(s->context);
    assert_int_equal(unsent_bytes(s->unsent), 0); /* nothing is counted for ever */
    unsent_free(&s->unsent);
    free(s->bytes);
    free(s);
    return 0;
}

static enum err
send_to(struct site *s, const char *id, size_t len)
{
    const struct slice parts[3] = {slice_text(id), slice_text("header"), slice_of(s->bytes, len)};
    return unsent_send(s->unsent, s->router, parts, 3);
}

static int
fill(struct site *s, const char *id)
{
    int sent = 0;
    while (send_to(s, id, LONG) == ERR_OK) {
        assert_true(++sent < SENT_MOST);
    }
    return sent;
}

static void
receive_one(struct site *s, void *peer, size_t len)
{
    zmq_pollitem_t item = {.socket = peer, .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
    assert_int_equal(frames_receive(&s->frames, peer), ERR_OK);
    assert_int_equal(s->frames.count, 2);
    assert_int_equal(frames_slice(&s->frames, 1).len, len);
}

static void
who_does_not_read_gets_no_more(void **state)
{
    struct site *s = *state;
    int sent = fill(s, "a");
    assert_true(sent >= (int)(UNSENT_PEER_MAX / LONG) - 1);
    assert_true(unsent_bytes(s->unsent) <= UNSENT_PEER_MAX);
    assert_int_equal(send_to(s, "a", LONG), ERR_AGAIN);
    assert_int_equal(send_to(s, "b", LONG), ERR_OK); /* another is not held up */
    receive_one(s, s->peers[1], LONG);
    for (int i = 0; i < sent; i++) {
        receive_one(s, s->peers[0], LONG);
    }
    assert_int_equal(send_to(s, "a", LONG), ERR_OK); /* and has read it now */
    receive_one(s, s->peers[0], LONG);
}

/* BLOCKS of one block that is longer than the bound must come through. */
static void
one_is_always_taken(void **state)
{
    struct site *s = *state;
    assert_int_equal(send_to(s, "a", UNSENT_PEER_MAX + LONG), ERR_OK);
    receive_one(s, s->peers[0], UNSENT_PEER_MAX + LONG);
}

/* What waited for a peer that has gone is given back; nothing waits for one that never was. */
static void
who_has_gone(void **state)
{
    struct site *s = *state;
    fill(s, "a");
    zmq_close(s->peers[0]);
    s->peers[0] = NULL;
    while (unsent_bytes(s->unsent) > 0) { /* libzmq sees it in its own time */
        zmq_pollitem_t item = {.socket = s->router, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, 10);
    }
    assert_int_equal(send_to(s, "nobody", LONG), ERR_NOT_FOUND);
    assert_int_equal(unsent_bytes(s->unsent), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_does_not_read_gets_no_more),
        TEST(one_is_always_taken),
        TEST(who_has_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
