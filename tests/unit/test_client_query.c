/* The client library: questions, and the calls that wait. */
#include "tests/lib/played_broker.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

/* ---- queries ---- */

static uint64_t
expect_query(struct world *w, struct played *b, struct message_query *q)
{
    played_expect(w, b, MESSAGE_query, q);
    assert_true(slice_is(q->name, "tally"));
    return q->request;
}

static void
until_done(struct world *w)
{
    for (unsigned i = 0; i < TURNS_MAX && w->client->query.state != QUERY_DONE; i++) {
        client_step(w->client, 2);
    }
    assert_int_equal(w->client->query.state, QUERY_DONE);
}

static void
a_query_is_retried_until_it_is_answered(void **state)
{
    struct world *w = *state;
    struct message_query m;
    world_client(w, 2);
    query_start(w->client, "tally", slice_text("\x80"), 7);
    world_submit(w, 1);
    client_flush(w->client);
    played_greet(w, &w->a);
    played_receipts(&w->a, played_submit(w, &w->a), 1, 0, 1); /* batches go on meanwhile */
    uint64_t request = expect_query(w, &w->a, &m);
    assert_int_equal(m.after, 7);
    assert_int_equal(m.wait_ms, 20000);
    assert_int_equal(m.args.len, 1);
    world_until(w, 1);
    played_error(&w->a, request, CODE_NOT_READY);
    played_expect_none(w, &w->a, MESSAGE_query);
    time_pass(w, 130);
    assert_int_equal(expect_query(w, &w->a, &m), request);
    assert_int_equal(m.wait_ms, 20000 - 130);
    played_busy(&w->a, request, 200);
    played_expect_none(w, &w->a, MESSAGE_query);
    time_pass(w, 260);
    expect_query(w, &w->a, &m);
    time_pass(w, 1300); /* A falls silent */
    played_greet(w, &w->b);
    assert_int_equal(expect_query(w, &w->b, &m), request);
    played_error(&w->b, request, CODE_QUERY_TIMEOUT);
    played_expect_none(w, &w->b, MESSAGE_query);
    time_pass(w, 300);
    expect_query(w, &w->b, &m);
    played_answer(&w->b, request + 1, 8, 1); /* of an older question */
    played_answer(&w->b, request, 9, 2);
    until_done(w);
    assert_int_equal(w->client->query.err, ERR_OK);
    assert_int_equal(w->client->query.as_of, 9);
    assert_int_equal(w->client->query.body.data[w->client->query.body.len - 1], 2);
}

static void
a_refused_query_says_why(void **state)
{
    struct world *w = *state;
    struct message_query m;
    struct slice body;
    struct complaint why;
    uint64_t as_of;
    world_client(w, 1);
    query_start(w->client, "tally", slice_text(""), 0);
    played_greet(w, &w->a);
    uint64_t request = expect_query(w, &w->a, &m);
    assert_int_equal(m.wait_ms, 0);
    played_error(&w->a, request, CODE_UNIT_UNKNOWN);
    until_done(w);
    assert_int_equal(w->client->query.err, ERR_REFUSED);
    assert_int_equal(w->client->query.why.code, CODE_UNIT_UNKNOWN);
    w->client->query.state = QUERY_NONE;
    enum err err = client_query(w->client, "No Such", slice_text(""), 0, &body, &as_of, &why);
    assert_int_equal(err, ERR_REFUSED);
    assert_int_equal(why.code, CODE_QUERY_UNKNOWN);
}

static void
a_query_without_answer_ends(void **state)
{
    struct world *w = *state;
    struct message_query m;
    world_client(w, 1);
    query_start(w->client, "tally", slice_text(""), 0);
    played_greet(w, &w->a);
    played_error(&w->a, expect_query(w, &w->a, &m), CODE_NOT_READY);
    played_expect_none(w, &w->a, MESSAGE_query);
    time_pass(w, 20000);
    client_step(w->client, 0);
    assert_int_equal(w->client->query.state, QUERY_DONE);
    assert_int_equal(w->client->query.err, ERR_TIMEOUT);
    assert_int_equal(w->client->query.why.code, CODE_NOT_READY);
}

/* A broker on its own thread, for the calls that block: greets, takes a SUBMIT, answers a QUERY. */
static void *
broker_thread(void *context)
{
    struct played *b = context;
    struct complaint why;
    for (bool asked = false; !asked;) {
        zmq_pollitem_t item = {.socket = b->router, .events = ZMQ_POLLIN};
        uint64_t type = 0;
        if (zmq_poll(&item, 1, 10000) <= 0 || frames_receive(&b->in, b->router) != ERR_OK) {
            return NULL;
        }
        buf_clear(&b->peer);
        buf_slice(&b->peer, frames_slice(&b->in, 0));
        struct slice header = frames_slice(&b->in, 1);
        layout_peek(header, &type);
        if (type == MESSAGE_hello) {
            played_welcome(b);
        } else if (type == MESSAGE_submit) {
            struct message_submit m;
            assert_true(layout_decode(message_layout(type), header, &m, &why));
            played_receipts(b, m.request, 5, 0, 1);
        } else if (type == MESSAGE_query) {
            struct message_query m;
            assert_true(layout_decode(message_layout(type), header, &m, &why));
            played_answer(b, m.request, 5, 42);
            asked = true;
        }
    }
    return NULL;
}

static void
the_blocking_calls_end_with_their_answers(void **state)
{
    struct world *w = *state;
    char why[256];
    struct complaint refused;
    struct slice body;
    uint64_t as_of;
    pthread_t thread;
    struct client_options options = {.brokers = w->a.endpoint, .name = "test"};
    w->client = client_new(&options, why);
    assert_non_null(w->client);
    client_on_result(w->client, world_keep, w);
    assert_int_equal(pthread_create(&thread, NULL, broker_thread, &w->a), 0);
    world_submit(w, 3);
    client_drain(w->client);
    assert_int_equal(w->count, 1);
    assert_int_equal(w->results[0].receipt.block, 5);
    enum err err = client_query(w->client, "state", slice_text(""), 5, &body, &as_of, &refused);
    assert_int_equal(err, ERR_OK);
    assert_int_equal(as_of, 5);
    assert_int_equal(body.data[body.len - 1], 42);
    pthread_join(thread, NULL);
}

int
main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_query_is_retried_until_it_is_answered),
        WITH_WORLD(a_refused_query_says_why),
        WITH_WORLD(a_query_without_answer_ends),
        WITH_WORLD(the_blocking_calls_end_with_their_answers),
    };
#undef WITH_WORLD
    return cmocka_run_group_tests(tests, NULL, NULL);
}
