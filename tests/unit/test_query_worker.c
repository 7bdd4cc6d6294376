/* The query process against a stand-in for the broker: not-ready until the state is there, answers,
 * errors, and its end. The worker runs in a child of ours; every wait has an end and none is a
 * sleep. */
#include "common/check.h"
#include "proto/frames.h"
#include "proto/messages.h"
#include "proto/pack.h"
#include "tests/lib/tempdir.h"
#include "workers/query/worker.h"
#include "workers/tally/apply.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define PATIENCE_MS 20000

struct site {
    char *folder;
    struct settings settings;
    pid_t worker;
    void *context;
    void *socket;
    struct frames frames; /* identity and header of the last message */
    struct buf out;
};

/* The next message of a type; others (heartbeats, a HELLO sent twice) are passed over. */
static struct slice
receive(struct site *s, uint64_t wanted)
{
    zmq_pollitem_t item = {.socket = s->socket, .events = ZMQ_POLLIN};
    uint64_t type = 0;
    for (;;) {
        CHECK(zmq_poll(&item, 1, PATIENCE_MS) == 1);
        CHECK(frames_receive(&s->frames, s->socket) == ERR_OK && s->frames.count == 2);
        CHECK(layout_peek(frames_slice(&s->frames, 1), &type));
        if (type == wanted) {
            return frames_slice(&s->frames, 1);
        }
    }
}

/* What is in `out`, to the worker, which is the only peer. */
static void
reply(struct site *s)
{
    const struct slice parts[] = {frames_slice(&s->frames, 0), buf_slice_of(&s->out)};
    assert_int_equal(frames_send(s->socket, parts, 2), ERR_OK);
    buf_clear(&s->out);
}

static int
set_up(void **context)
{
    struct site *s = calloc(1, sizeof *s);
    s->folder = tempdir_new();
    s->settings.shards = 1;
    (void)snprintf(s->settings.data, sizeof s->settings.data, "%s", s->folder);
    (void)snprintf(s->settings.listen, sizeof s->settings.listen, "ipc://%s/broker", s->folder);
    s->worker = fork(); /* before there is a thread or an LMDB environment */
    CHECK(s->worker >= 0);
    if (s->worker == 0) {
        _exit(query_worker_run(&s->settings));
    }
    s->context = zmq_ctx_new();
    s->socket = socket_open(s->context, ZMQ_ROUTER);
    CHECK(zmq_bind(s->socket, s->settings.listen) == 0);
    struct message_hello hello;
    struct complaint why;
    CHECK(layout_decode(message_layout(MESSAGE_hello), receive(s, MESSAGE_hello), &hello, &why));
    CHECK(hello.role == ROLE_QUERY);
    const struct message_welcome welcome = {.version = PROTOCOL_VERSION,
                                            .start_id = 7,
                                            .time_us = 1,
                                            .heartbeat_ms = 100,
                                            .lease_ms = 60000,
                                            .shards = 1};
    message_encode_welcome(&welcome, &s->out);
    reply(s);
    *context = s;
    return 0;
}

static int
tear_down(void **context)
{
    struct site *s = *context;
    buf_fini(&s->out);
    frames_fini(&s->frames);
    zmq_close(s->socket);
    zmq_ctx_term(s->context);
    tempdir_free(s->folder);
    free(s);
    return 0;
}

static void
ask(struct site *s, uint64_t request, const char *name)
{
    const struct message_query query = {.request = request, .name = slice_text(name)};
    message_encode_query(&query, &s->out);
    reply(s);
}

static void
expect_error(struct site *s, uint64_t request, const char *code)
{
    struct message_error error;
    struct complaint why;
    assert_true(
        layout_decode(message_layout(MESSAGE_error), receive(s, MESSAGE_error), &error, &why));
    assert_int_equal(error.request, request);
    assert_true(slice_is(error.code, code));
}

static void
make_state(const struct site *s)
{
    char folder[SETTINGS_PATH_MAX + 16];
    struct state *state;
    struct apply *apply;
    (void)snprintf(folder, sizeof folder, "%.4000s/state", s->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)snprintf(folder, sizeof folder, "%.4000s/state/00", s->folder);
    assert_int_equal(state_lmdb_open(folder, STATE_WRITE, &state), ERR_OK);
    assert_int_equal(apply_new(state, 0, 1, &apply), ERR_OK);
    apply_free(&apply);
    state_free(&state);
}

static void
test_life(void **context)
{
    struct site *s = *context;
    struct message_answer answer;
    struct message_progress progress;
    struct complaint why;
    int status;
    ask(s, 1, "state");
    expect_error(s, 1, "not-ready");
    make_state(s);
    ask(s, 2, "state");
    assert_true(
        layout_decode(message_layout(MESSAGE_answer), receive(s, MESSAGE_answer), &answer, &why));
    assert_int_equal(answer.request, 2);
    assert_int_equal(answer.as_of, 0);
    assert_true(answer.body.len > 0);
    ask(s, 3, "nothing");
    expect_error(s, 3, "query-unknown");
    assert_true(layout_decode(message_layout(MESSAGE_progress), receive(s, MESSAGE_progress),
                              &progress, &why));
    assert_int_equal(progress.outstanding, 0);
    assert_int_equal(kill(s->worker, SIGTERM), 0);
    (void)receive(s, MESSAGE_bye);
    assert_int_equal(waitpid(s->worker, &status, 0), s->worker);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_life, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
