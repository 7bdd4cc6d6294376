/* Messages of several frames over real sockets, inproc:// and ipc://. Nothing here waits for a
 * time: poll waits for the message. */
#include "common/check.h"
#include "proto/frames.h"
#include "proto/limits.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define PATIENCE_MS 10000 /* a test that waits longer has failed */

struct pair {
    void *context;
    void *router;
    void *dealer;
    struct frames frames;
};

static void
pair_open(struct pair *p, const char *endpoint)
{
    *p = (struct pair){.context = zmq_ctx_new()};
    p->router = socket_open(p->context, ZMQ_ROUTER);
    p->dealer = socket_open(p->context, ZMQ_DEALER);
    assert_non_null(p->router);
    assert_non_null(p->dealer);
    assert_int_equal(zmq_setsockopt(p->dealer, ZMQ_ROUTING_ID, "d", 1), 0);
    assert_int_equal(zmq_bind(p->router, endpoint), 0);
    assert_int_equal(zmq_connect(p->dealer, endpoint), 0);
}

static int
setup(void **state)
{
    struct pair *p = calloc(1, sizeof *p);
    CHECK(p != NULL);
    pair_open(p, "inproc://pair");
    *state = p;
    return 0;
}

static void
pair_close(struct pair *p)
{
    frames_fini(&p->frames);
    zmq_close(p->dealer);
    zmq_close(p->router);
    zmq_ctx_term(p->context);
}

static int
teardown(void **state)
{
    pair_close(*state);
    free(*state);
    return 0;
}

static void
await(void *socket)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, PATIENCE_MS), 1);
}

static void
test_there_and_back(void **state)
{
    struct pair *p = *state;
    const struct slice out[] = {slice_text("header"), slice_of(NULL, 0), slice_text("block")};
    assert_int_equal(frames_receive(&p->frames, p->router), ERR_AGAIN);
    assert_int_equal(p->frames.count, 0);
    assert_int_equal(frames_send(p->dealer, out, 3), ERR_OK);
    await(p->router);
    assert_int_equal(frames_receive(&p->frames, p->router), ERR_OK);
    assert_int_equal(p->frames.count, 4);
    assert_true(slice_is(frames_slice(&p->frames, 0), "d"));
    assert_true(slice_is(frames_slice(&p->frames, 1), "header"));
    assert_int_equal(frames_slice(&p->frames, 2).len, 0);
    assert_true(slice_is(frames_slice(&p->frames, 3), "block"));

    const struct slice back[] = {slice_text("d"), slice_text("answer")};
    assert_int_equal(frames_send(p->router, back, 2), ERR_OK);
    await(p->dealer);
    assert_int_equal(frames_receive(&p->frames, p->dealer), ERR_OK);
    assert_int_equal(p->frames.count, 1);
    assert_true(slice_is(frames_slice(&p->frames, 0), "answer"));
}

static void
test_unknown_peer(void **state)
{
    struct pair *p = *state;
    const struct slice out[] = {slice_text("nobody"), slice_text("x"), slice_text("y")};
    assert_int_equal(frames_send(p->router, out, 3), ERR_NOT_FOUND);
    /* The socket stands at a message's beginning: the next one goes, whole. */
    const struct slice next[] = {slice_text("d"), slice_text("z")};
    assert_int_equal(frames_send(p->router, next, 2), ERR_OK);
    await(p->dealer);
    assert_int_equal(frames_receive(&p->frames, p->dealer), ERR_OK);
    assert_int_equal(p->frames.count, 1);
    assert_true(slice_is(frames_slice(&p->frames, 0), "z"));
}

/* Messages of three frames until no more go; what arrives is just those, each whole. */
static void
check_high_water(struct pair *p, void *from, void *to, const struct slice *parts, uint32_t arriving)
{
    uint32_t sent = 0;
    uint32_t got = 0;
    enum err err;
    while ((err = frames_send(from, parts, 3)) == ERR_OK) {
        sent++;
        assert_true(sent < 1000000);
    }
    assert_int_equal(err, ERR_AGAIN);
    for (; got < sent; got++) {
        await(to);
        assert_int_equal(frames_receive(&p->frames, to), ERR_OK);
        assert_int_equal(p->frames.count, arriving);
        assert_true(slice_is(frames_slice(&p->frames, arriving - 1), "last"));
    }
    assert_int_equal(frames_receive(&p->frames, to), ERR_AGAIN);
    assert_true(sent >= 1000);
}

static void
test_high_water(void **state)
{
    struct pair *p = *state;
    const struct slice out[] = {slice_text("d"), slice_text("x"), slice_text("last")};
    check_high_water(p, p->dealer, p->router, out, 4);
    check_high_water(p, p->router, p->dealer, out, 2);
}

static void
test_nobody_connected(void **state)
{
    struct pair *p = *state;
    void *alone = socket_open(p->context, ZMQ_DEALER);
    const struct slice out[] = {slice_text("x")};
    assert_int_equal(frames_send(alone, out, 1), ERR_AGAIN);
    zmq_close(alone);
}

/* FRAMES_MAX frames are read, one more gives count 0, and the message behind it is whole. */
static void
test_too_many_frames(void **state)
{
    struct pair *p = *state;
    struct slice *out = calloc(FRAMES_MAX, sizeof *out);
    assert_non_null(out);
    assert_int_equal(frames_send(p->dealer, out, FRAMES_MAX - 1), ERR_OK);
    assert_int_equal(frames_send(p->dealer, out, FRAMES_MAX), ERR_OK);
    out[0] = slice_text("next");
    assert_int_equal(frames_send(p->dealer, out, 1), ERR_OK);
    free(out);

    await(p->router);
    assert_int_equal(frames_receive(&p->frames, p->router), ERR_OK);
    assert_int_equal(p->frames.count, FRAMES_MAX);
    await(p->router);
    assert_int_equal(frames_receive(&p->frames, p->router), ERR_OK);
    assert_int_equal(p->frames.count, 0);
    await(p->router);
    assert_int_equal(frames_receive(&p->frames, p->router), ERR_OK);
    assert_int_equal(p->frames.count, 2);
    assert_true(slice_is(frames_slice(&p->frames, 1), "next"));
}

static void
test_options(void **state)
{
    struct pair *p = *state;
    int64_t message_max = 0;
    int linger = -1;
    size_t size = sizeof message_max;
    assert_int_equal(zmq_getsockopt(p->router, ZMQ_MAXMSGSIZE, &message_max, &size), 0);
    assert_true(message_max == MESSAGE_BYTES_MAX);
    size = sizeof linger;
    assert_int_equal(zmq_getsockopt(p->router, ZMQ_LINGER, &linger, &size), 0);
    assert_int_equal(linger, 0);
    assert_null(socket_open(p->context, -1));
}

/* A peer that sends more than a message may hold is cut off; the others are served. */
static void
test_message_too_large(void **state)
{
    (void)state;
    struct pair p;
    char endpoint[256];
    char *folder = tempdir_new();
    snprintf(endpoint, sizeof endpoint, "ipc://%s/s", folder);
    pair_open(&p, endpoint);

    size_t len = (size_t)MESSAGE_BYTES_MAX + 1;
    uint8_t *large = calloc(1, len);
    assert_non_null(large);
    void *giant = zmq_socket(p.context, ZMQ_DEALER);
    int linger = 0;
    zmq_setsockopt(giant, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(giant, endpoint), 0);
    assert_int_equal(zmq_send(giant, large, len, 0), (int)len);
    free(large);

    const struct slice out[] = {slice_text("small")};
    assert_int_equal(frames_send(p.dealer, out, 1), ERR_OK);
    await(p.router);
    assert_int_equal(frames_receive(&p.frames, p.router), ERR_OK);
    assert_true(slice_is(frames_slice(&p.frames, 1), "small"));
    zmq_close(giant);
    pair_close(&p);
    tempdir_free(folder);
}

static void
test_context_ends(void **state)
{
    struct pair *p = *state;
    const struct slice out[] = {slice_text("x")};
    assert_int_equal(zmq_ctx_shutdown(p->context), 0);
    assert_int_equal(frames_send(p->dealer, out, 1), ERR_CLOSED);
    assert_int_equal(frames_receive(&p->frames, p->dealer), ERR_CLOSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_peer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_high_water, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_connected, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
        cmocka_unit_test(test_message_too_large),
        cmocka_unit_test_setup_teardown(test_context_ends, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
