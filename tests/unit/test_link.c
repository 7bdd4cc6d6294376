/* The link against a ROUTER of the test's own, stepped by hand: what it says, when it says it
 * again, what it keeps to itself. Time is a fake clock; a wait for a message ends when it comes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "tests/lib/tempdir.h"
#include "workers/limits.h"
#include "workers/link.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS 10000 /* only a failing test waits so long */
#define HEARTBEAT_MS 1000

struct fixture {
    char *folder;
    char endpoint[256];
    void *context;
    void *router;
    struct frames in; /* what the router received last */
    struct buf peer;  /* from whom */
    struct clock clock;
    struct link *link;
    const struct frames *given; /* what the link gave last */
};

static void
router_bind(struct fixture *f)
{
    f->context = zmq_ctx_new();
    f->router = socket_open(f->context, ZMQ_ROUTER);
    assert_non_null(f->router);
    assert_int_equal(zmq_bind(f->router, f->endpoint), 0);
}

/* Its context ends too: only then the listener has surely taken its socket's file away. */
static void
router_close(struct fixture *f)
{
    zmq_close(f->router);
    zmq_ctx_term(f->context);
}

static int
setup(void **context)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;
    *f = (struct fixture){.folder = tempdir_new()};
    snprintf(f->endpoint, sizeof(f->endpoint), "ipc://%s/broker", f->folder);
    f->clock = clock_fake(1636074000000000);
    router_bind(f);
    *context = f;
    return 0;
}

static int
teardown(void **context)
{
    struct fixture *f = *context;
    link_free(&f->link);
    frames_fini(&f->in);
    buf_fini(&f->peer);
    router_close(f);
    tempdir_free(f->folder);
    return 0;
}

static void
start(struct fixture *f, enum role role)
{
    struct link_options options = {.endpoint = f->endpoint, .role = role, .name = "test"};
    f->link = link_new(&options, &f->clock);
    assert_non_null(f->link);
}

static void
step_ms(struct fixture *f, int64_t ms)
{
    f->clock.now_us += 1000 * ms;
}

/* ---- the broker's side ---- */

static bool
router_readable(struct fixture *f, long wait_ms)
{
    zmq_pollitem_t item = {.socket = f->router, .events = ZMQ_POLLIN};
    return zmq_poll(&item, 1, wait_ms) == 1;
}

/* The next message, of a known type, decoded into *out. */
static void
router_expect(struct fixture *f, enum message_type wanted, void *out)
{
    uint64_t type;
    struct complaint why;
    assert_true(router_readable(f, PATIENCE_MS));
    assert_int_equal(frames_receive(&f->in, f->router), ERR_OK);
    assert_int_equal(f->in.count, 2);
    buf_clear(&f->peer);
    buf_slice(&f->peer, frames_slice(&f->in, 0));
    assert_true(layout_peek(frames_slice(&f->in, 1), &type));
    assert_int_equal(type, wanted);
    assert_true(layout_decode(message_layout(wanted), frames_slice(&f->in, 1), out, &why));
}

static void
router_send(struct fixture *f, struct slice header)
{
    struct slice parts[] = {buf_slice_of(&f->peer), header};
    assert_int_equal(frames_send(f->router, parts, 2), ERR_OK);
}

static void
router_welcome(struct fixture *f, uint64_t start_id, uint64_t shard)
{
    struct buf out = BUF_EMPTY;
    struct message_welcome m = {.version = PROTOCOL_VERSION,
                                .start_id = start_id,
                                .time_us = 1,
                                .heartbeat_ms = HEARTBEAT_MS,
                                .lease_ms = 5000,
                                .shards = 4,
                                .shard = shard,
                                .quarantined = slice_of("\x91\x92\x05\x01", 4)};
    message_encode_welcome(&m, &out);
    router_send(f, buf_slice_of(&out));
    buf_fini(&out);
}

static void
router_error(struct fixture *f, enum code code)
{
    struct buf out = BUF_EMPTY;
    struct message_error m = {.code = slice_text(code_text(code))};
    message_encode_error(&m, &out);
    router_send(f, buf_slice_of(&out));
    buf_fini(&out);
}

/* ---- the link's side ---- */

static uint64_t
given_type(struct fixture *f)
{
    uint64_t type;
    assert_true(layout_peek(frames_slice(f->given, 0), &type));
    return type;
}

/* Waits until the link gives a message. */
static void
link_expect(struct fixture *f, enum message_type wanted)
{
    enum err err = ERR_AGAIN;
    for (int i = 0; i < 20 && err == ERR_AGAIN; i++) {
        err = link_wait(f->link, PATIENCE_MS, &f->given);
    }
    assert_int_equal(err, ERR_OK);
    assert_int_equal(given_type(f), wanted);
}

static void
link_quiet(struct fixture *f)
{
    assert_int_equal(link_wait(f->link, 0, &f->given), ERR_AGAIN);
}

/* A marker behind what the link should keep to itself: when the marker is given, all before it was
 * taken, and nothing of it given. */
static void
link_expect_marker_only(struct fixture *f)
{
    router_error(f, CODE_BLOCK_UNKNOWN);
    link_expect(f, MESSAGE_error);
}

static void
welcomed(struct fixture *f, enum role role, uint64_t shard)
{
    struct message_hello hello;
    start(f, role);
    router_expect(f, MESSAGE_hello, &hello);
    router_welcome(f, 77, shard);
    link_expect(f, MESSAGE_welcome);
}

/* ---- the tests ---- */

static void
test_hello_and_welcome(void **context)
{
    struct fixture *f = *context;
    struct message_hello hello;
    struct message_welcome welcome;
    start(f, ROLE_TALLY);
    assert_false(link_welcome(f->link, &welcome));
    assert_int_equal(link_send(f->link, slice_text("\x80")), ERR_AGAIN);
    router_expect(f, MESSAGE_hello, &hello);
    assert_int_equal(hello.role, ROLE_TALLY);
    assert_int_equal(hello.version, PROTOCOL_VERSION);
    assert_int_equal(hello.pid, getpid());
    assert_int_not_equal(hello.start_time, 0);
    assert_int_equal(hello.shard, 0);
    assert_true(slice_is(hello.name, "test"));
    router_welcome(f, 77, 3);
    link_expect(f, MESSAGE_welcome);
    assert_true(link_welcome(f->link, &welcome));
    assert_int_equal(welcome.start_id, 77);
    assert_int_equal(welcome.shard, 3);
    assert_true(slice_equal(welcome.quarantined, slice_of("\x91\x92\x05\x01", 4)));
}

static void
test_hello_again_when_forgotten(void **context)
{
    struct fixture *f = *context;
    struct message_hello hello;
    struct message_welcome welcome;
    welcomed(f, ROLE_TALLY, 3);
    router_error(f, CODE_HELLO_FIRST); /* for its FETCH */
    router_error(f, CODE_HELLO_FIRST); /* and for its PROGRESS */
    link_expect_marker_only(f);
    assert_false(link_welcome(f->link, &welcome));
    router_expect(f, MESSAGE_hello, &hello);
    assert_int_equal(hello.shard, 3); /* what it holds, it asks for */
    assert_false(router_readable(f, 0));
    router_welcome(f, 78, 3);
    link_expect(f, MESSAGE_welcome);
    assert_true(link_welcome(f->link, &welcome));
    assert_int_equal(welcome.start_id, 78);
}

static void
test_broker_restarts(void **context)
{
    struct fixture *f = *context;
    struct message_hello hello;
    struct message_progress progress;
    welcomed(f, ROLE_TALLY, 1);
    link_progress(f->link, &(struct message_progress){.position = 41});
    router_close(f);
    router_bind(f);
    /* A heartbeat that leaves before libzmq has seen the connection end is lost with it; there is
     * always a next one. */
    for (int i = 0; i < 100 && !router_readable(f, 100); i++) {
        step_ms(f, HEARTBEAT_MS);
        link_quiet(f);
    }
    router_expect(f, MESSAGE_progress, &progress);
    assert_int_equal(progress.position, 41);
    router_error(f, CODE_HELLO_FIRST);
    link_expect_marker_only(f);
    router_expect(f, MESSAGE_hello, &hello);
    assert_int_equal(hello.shard, 1);
}

static void
test_heartbeats(void **context)
{
    struct fixture *f = *context;
    struct message_progress progress;
    welcomed(f, ROLE_QUERY, 0);
    link_progress(f->link, &(struct message_progress){.outstanding = 2});
    step_ms(f, HEARTBEAT_MS - 1);
    link_quiet(f);
    assert_false(router_readable(f, 0));
    step_ms(f, 1);
    link_quiet(f);
    router_expect(f, MESSAGE_progress, &progress);
    assert_int_equal(progress.outstanding, 2);
    step_ms(f, HEARTBEAT_MS);
    link_quiet(f);
    router_expect(f, MESSAGE_progress, &progress);
}

static void
test_reader_has_no_position(void **context)
{
    struct fixture *f = *context;
    struct message_heartbeat heartbeat;
    welcomed(f, ROLE_READER, 0);
    step_ms(f, HEARTBEAT_MS);
    link_quiet(f);
    router_expect(f, MESSAGE_heartbeat, &heartbeat);
}

/* Nobody answers: another socket, so another identity, and one HELLO. */
static void
test_no_answer(void **context)
{
    struct fixture *f = *context;
    struct message_hello hello;
    struct buf first = BUF_EMPTY;
    start(f, ROLE_TALLY);
    router_expect(f, MESSAGE_hello, &hello);
    buf_slice(&first, buf_slice_of(&f->peer));
    step_ms(f, LINK_HELLO_AGAIN_MS);
    link_quiet(f);
    router_expect(f, MESSAGE_hello, &hello);
    assert_false(slice_equal(buf_slice_of(&first), buf_slice_of(&f->peer)));
    router_welcome(f, 1, 1);
    link_expect(f, MESSAGE_welcome);
    buf_fini(&first);
}

/* Refused for now: the caller is told, and the link asks again on the same socket. */
static void
test_no_shard(void **context)
{
    struct fixture *f = *context;
    struct message_hello hello;
    struct buf first = BUF_EMPTY;
    start(f, ROLE_TALLY);
    router_expect(f, MESSAGE_hello, &hello);
    buf_slice(&first, buf_slice_of(&f->peer));
    router_error(f, CODE_NO_SHARD);
    link_expect(f, MESSAGE_error);
    link_quiet(f);
    assert_false(router_readable(f, 0));
    step_ms(f, LINK_HELLO_AGAIN_MS);
    link_quiet(f);
    router_expect(f, MESSAGE_hello, &hello);
    assert_true(slice_equal(buf_slice_of(&first), buf_slice_of(&f->peer)));
    buf_fini(&first);
}

static void
test_keeps_noise_to_itself(void **context)
{
    struct fixture *f = *context;
    struct message_welcome welcome;
    struct buf out = BUF_EMPTY;
    welcomed(f, ROLE_QUERY, 0);
    router_send(f, slice_text(""));
    router_send(f, slice_text("not msgpack"));
    router_send(f, slice_of("\x81\x00\x02", 3)); /* a WELCOME that says nothing */
    router_send(f, slice_of("\x81\x00\x06", 3)); /* an ERROR without a code */
    message_encode_heartbeat(&(struct message_heartbeat){}, &out);
    router_send(f, buf_slice_of(&out));
    link_expect_marker_only(f);
    assert_true(link_welcome(f->link, &welcome));
    assert_int_equal(welcome.start_id, 77);
    buf_fini(&out);
}

static void
test_signal_and_bye(void **context)
{
    struct fixture *f = *context;
    struct message_bye bye;
    welcomed(f, ROLE_TALLY, 1);
    assert_int_equal(kill(getpid(), SIGCHLD), 0);
    assert_int_equal(link_wait(f->link, PATIENCE_MS, &f->given), ERR_AGAIN);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    assert_int_equal(link_wait(f->link, PATIENCE_MS, &f->given), ERR_CLOSED);
    link_free(&f->link);
    assert_null(f->link);
    router_expect(f, MESSAGE_bye, &bye);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hello_and_welcome),
        TEST(test_hello_again_when_forgotten),
        TEST(test_broker_restarts),
        TEST(test_heartbeats),
        TEST(test_reader_has_no_position),
        TEST(test_no_answer),
        TEST(test_no_shard),
        TEST(test_keeps_noise_to_itself),
        TEST(test_signal_and_bye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
