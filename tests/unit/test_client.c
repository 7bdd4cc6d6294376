/* The client library: batches, and the session that carries them. */
#include "tests/lib/played_broker.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

/* ---- submitting ---- */

static void
receipts_reach_each_record_once(void **state)
{
    struct world *w = *state;
    world_client(w, 4);
    world_submit(w, 10);
    world_submit(w, 11);
    world_submit(w, 12);
    client_flush(w->client);
    played_greet(w, &w->a);
    uint64_t first = played_submit(w, &w->a);
    uint64_t second = played_submit(w, &w->a);
    assert_true(second > first);
    played_receipts(&w->a, second, 8, 5, 1); /* in another order, and one twice */
    played_receipts(&w->a, second, 9, 0, 1);
    played_receipts(&w->a, first, 8, 3, 2);
    world_until(w, 3);
    assert_int_equal(w->results[0].tag, 12);
    assert_int_equal(w->results[0].receipt.block, 8);
    assert_int_equal(w->results[0].receipt.index, 5);
    assert_int_equal(w->results[1].tag, 10);
    assert_int_equal(w->results[1].receipt.index, 3);
    assert_int_equal(w->results[2].tag, 11);
    assert_int_equal(w->results[2].receipt.index, 4);
    assert_int_equal(w->results[2].time_us, NOON_US);
    played_receipts(&w->a, first, 8, 3, 2);
    played_expect_none(w, &w->a, MESSAGE_submit);
    assert_int_equal(w->count, 3);
}

static void
submits_are_as_the_protocol_draws_them(void **state)
{
    struct world *w = *state;
    struct message_submit m;
    struct slice unit;
    struct slice body;
    uint32_t n;
    world_client(w, 1);
    world_submit(w, 1);
    assert_int_equal(client_submit(w->client, slice_text(""), slice_text("\xc0"), 2), ERR_OK);
    client_step(w->client, 0);
    played_greet(w, &w->a);
    played_expect(w, &w->a, MESSAGE_submit, &m);
    struct cursor c = cursor_of(m.records);
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(cursor_text(&c, &unit), ERR_OK);
    assert_int_equal(cursor_bytes(&c, &body), ERR_OK);
    assert_true(slice_is(unit, "00001") && slice_is(body, "\x80"));
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    assert_int_equal(cursor_text(&c, &unit), ERR_OK);
    assert_int_equal(cursor_bytes(&c, &body), ERR_OK);
    assert_true(slice_is(unit, "") && slice_is(body, "\xc0") && cursor_done(&c));
}

static void
the_window_is_kept(void **state)
{
    struct world *w = *state;
    world_client(w, 2);
    for (uint64_t tag = 0; tag < 4; tag++) {
        world_submit(w, tag);
    }
    struct slice body = slice_text("\x80");
    assert_int_equal(client_submit(w->client, slice_text("1"), body, 9), ERR_AGAIN);
    assert_int_equal(client_pending(w->client), 4);
    played_greet(w, &w->a);
    uint64_t first = played_submit(w, &w->a);
    played_submit(w, &w->a);
    played_receipts(&w->a, first, 1, 0, 2);
    for (unsigned i = 0; i < TURNS_MAX && w->count < 2; i++) {
        client_step(w->client, 2);
    }
    assert_int_equal(client_submit(w->client, slice_text("1"), body, 9), ERR_OK);
}

static void
what_cannot_be_sent_is_said_at_once(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    uint8_t *large = calloc(1, RECORD_BYTES_MAX + 1);
    assert_non_null(large);
    struct client *c = w->client;
    struct slice unit = slice_text("a.unit-whose-code-has-32-letters");
    assert_int_equal(client_submit(c, unit, slice_of(large, RECORD_BYTES_MAX + 1), 1), ERR_LIMIT);
    assert_int_equal(client_submit(c, slice_text("Ba Đình"), slice_text("\x80"), 1), ERR_FORMAT);
    assert_int_equal(client_pending(c), 0);
    assert_int_equal(client_submit(c, unit, slice_of(large, RECORD_BYTES_MAX), 1), ERR_OK);
    free(large);
    played_greet(w, &w->a);
    played_receipts(&w->a, played_submit(w, &w->a), 1, 0, 1);
    world_until(w, 1);
    assert_int_equal(w->results[0].err, ERR_OK);
}

static void
a_lost_answer_is_asked_for_again(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_greet(w, &w->a);
    uint64_t request = played_submit(w, &w->a);
    played_heartbeats(w, &w->a);
    played_expect_none(w, &w->a, MESSAGE_submit);
    time_pass(w, 900);
    assert_int_equal(played_submit(w, &w->a), request);
    played_receipts(&w->a, request, 3, 0, 1);
    world_until(w, 1);
}

static void
busy_is_waited_out(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_greet(w, &w->a);
    uint64_t request = played_submit(w, &w->a);
    played_busy(&w->a, request, 600);
    played_expect_none(w, &w->a, MESSAGE_submit);
    time_pass(w, 599);
    played_expect_none(w, &w->a, MESSAGE_submit);
    time_pass(w, 200);
    assert_int_equal(played_submit(w, &w->a), request);
    played_receipts(&w->a, request, 3, 0, 1);
    world_until(w, 1);
    assert_int_equal(w->results[0].err, ERR_OK);
}

static void
an_error_ends_its_batch_only(void **state)
{
    struct world *w = *state;
    world_client(w, 2);
    for (uint64_t tag = 0; tag < 4; tag++) {
        world_submit(w, tag);
    }
    played_greet(w, &w->a);
    uint64_t first = played_submit(w, &w->a);
    uint64_t second = played_submit(w, &w->a);
    played_error(&w->a, first, CODE_TOO_LARGE);
    played_error(&w->a, 4711, CODE_TOO_LARGE); /* of nothing that we asked */
    played_receipts(&w->a, second, 1, 0, 2);
    world_until(w, 4);
    assert_int_equal(w->results[0].err, ERR_REFUSED);
    assert_int_equal(w->results[0].why.code, CODE_TOO_LARGE);
    assert_string_equal(w->results[0].why.detail, "y");
    assert_int_equal(w->results[1].err, ERR_REFUSED);
    assert_int_equal(w->results[2].err, ERR_OK);
    assert_int_equal(w->results[3].err, ERR_OK);
}

static void
giving_up_tells_every_record_and_late_receipts_tell_nothing(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    world_submit(w, 1);
    world_submit(w, 2);
    played_greet(w, &w->a);
    uint64_t request = played_submit(w, &w->a);
    played_busy(&w->a, request, 600000);
    played_expect_none(w, &w->a, MESSAGE_submit);
    time_pass(w, 20000);
    client_step(w->client, 0);
    assert_int_equal(w->count, 2);
    assert_int_equal(w->results[0].err, ERR_TIMEOUT);
    assert_int_equal(w->results[1].err, ERR_TIMEOUT);
    assert_int_equal(w->results[1].why.code, CODE_BUSY);
    assert_string_equal(w->results[1].why.detail, "lag");
    played_receipts(&w->a, request, 1, 0, 2);
    played_expect_none(w, &w->a, MESSAGE_submit);
    assert_int_equal(w->count, 2);
}

static void
nobody_there_ends_too(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    played_stop(&w->a);
    played_stop(&w->b);
    world_submit(w, 1);
    client_flush(w->client);
    for (unsigned second = 0; second < 20; second++) {
        client_step(w->client, 0);
        assert_int_equal(w->count, 0);
        time_pass(w, 1000);
    }
    client_step(w->client, 0);
    assert_int_equal(w->count, 1);
    assert_int_equal(w->results[0].err, ERR_TIMEOUT);
}

/* ---- the session ---- */

static void
a_silent_broker_is_left_for_the_next(void **state)
{
    struct world *w = *state;
    struct message_hello hello;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_expect(w, &w->a, MESSAGE_hello, &hello);
    time_pass(w, 999);
    played_expect_none(w, &w->b, MESSAGE_hello);
    time_pass(w, 300);
    played_greet(w, &w->b);
    uint64_t request = played_submit(w, &w->b);
    time_pass(w,
              2600); /* it dies with the batch in hand; the wait has doubled, an answer resets it */
    played_greet(w, &w->a);
    assert_int_equal(played_submit(w, &w->a), request);
    played_receipts(&w->a, request, 1, 0, 1);
    world_until(w, 1);
    assert_int_equal(w->client->session.retry_ms, RETRY_FIRST_MS);
}

static void
a_broker_that_forgot_us_gets_hello_and_all_in_flight(void **state)
{
    struct world *w = *state;
    struct message_heartbeat heartbeat;
    world_client(w, 2);
    for (uint64_t tag = 0; tag < 4; tag++) {
        world_submit(w, tag);
    }
    played_greet(w, &w->a);
    uint64_t first = played_submit(w, &w->a);
    uint64_t second = played_submit(w, &w->a);
    played_heartbeats(w, &w->a);
    time_pass(w, 500);
    played_expect(w, &w->a, MESSAGE_heartbeat, &heartbeat);
    played_error(&w->a, 0, CODE_HELLO_FIRST);
    played_error(&w->a, first, CODE_HELLO_FIRST); /* one for each message: only the first counts */
    played_greet(w, &w->a);
    assert_int_equal(played_submit(w, &w->a), first);
    assert_int_equal(played_submit(w, &w->a), second);
    played_receipts(&w->a, first, 2, 0, 2);
    played_receipts(&w->a, second, 2, 2, 2);
    world_until(w, 4);
}

/* Which of its messages the old broker took with it is chance; the new one knows nobody. */
static void
a_restarted_broker_gets_all_in_flight(void **state)
{
    struct world *w = *state;
    struct slice header;
    world_client(w, 2);
    for (uint64_t tag = 0; tag < 4; tag++) {
        world_submit(w, tag);
    }
    played_greet(w, &w->a);
    uint64_t first = played_submit(w, &w->a);
    uint64_t second = played_submit(w, &w->a);
    played_stop(&w->a);
    played_stop(&w->b);
    played_bind(w, &w->a);
    bool hello = false;
    for (unsigned i = 0; i < 900 && !hello; i++) {
        time_pass(w, 20);
        header = slice_of(NULL, 0);
        hello = played_turn(w, &w->a, MESSAGE_hello, &header);
        if (!hello && header.len > 0) {
            played_error(&w->a, 0, CODE_HELLO_FIRST);
        }
    }
    assert_true(hello);
    played_welcome(&w->a);
    assert_int_equal(played_submit(w, &w->a), first);
    assert_int_equal(played_submit(w, &w->a), second);
    played_receipts(&w->a, first, 2, 0, 2);
    played_receipts(&w->a, second, 2, 2, 2);
    world_until(w, 4);
}

static void
a_full_broker_is_left_after_a_pause(void **state)
{
    struct world *w = *state;
    struct message_hello hello;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_expect(w, &w->a, MESSAGE_hello, &hello);
    played_error(&w->a, 0, CODE_SESSIONS_FULL);
    played_expect_none(w, &w->b, MESSAGE_hello);
    time_pass(w, 1300);
    played_greet(w, &w->b);
    played_receipts(&w->b, played_submit(w, &w->b), 1, 0, 1);
    world_until(w, 1);
}

/* Twice by each broker; then waiting for its time to be over would tell nothing more. */
static void
a_role_that_is_refused_ends_what_waits(void **state)
{
    struct world *w = *state;
    struct slice header;
    unsigned hellos = 0;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    for (unsigned i = 0; i < 900 && w->count == 0; i++) {
        struct played *broker = i % 2 == 0 ? &w->a : &w->b;
        if (played_turn(w, broker, MESSAGE_hello, &header)) {
            hellos++;
            played_error(broker, 0, CODE_NOT_IN_ROLE);
        }
        time_pass(w, 20);
    }
    assert_int_equal(hellos, 4);
    assert_int_equal(w->count, 1);
    assert_int_equal(w->results[0].err, ERR_REFUSED);
    assert_int_equal(w->results[0].why.code, CODE_NOT_IN_ROLE);
}

static void
a_broker_that_forgets_at_once_is_left(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_greet(w, &w->a);
    played_submit(w, &w->a);
    played_error(&w->a, 0, CODE_HELLO_FIRST);
    played_expect_none(w, &w->a, MESSAGE_hello);
    time_pass(w, 1300);
    played_greet(w, &w->b);
    played_submit(w, &w->b);
    time_pass(w, 20000);
    client_step(w->client, 0);
    assert_int_equal(w->results[0].err, ERR_TIMEOUT);
    assert_int_equal(w->results[0].why.code, CODE_HELLO_FIRST);
}

static void
another_version_is_left(void **state)
{
    struct world *w = *state;
    struct message_hello hello;
    struct buf out = BUF_EMPTY;
    world_client(w, 1);
    played_expect(w, &w->a, MESSAGE_hello, &hello);
    message_encode_welcome(&(struct message_welcome){.version = PROTOCOL_VERSION + 1, .shards = 1},
                           &out);
    played_say(&w->a, &out);
    played_expect_none(w, &w->b, MESSAGE_hello);
    assert_int_equal(w->client->session.why.code, CODE_VERSION_UNKNOWN);
    time_pass(w, 1300);
    played_greet(w, &w->b);
}

static void
an_idle_session_is_kept_alive(void **state)
{
    struct world *w = *state;
    world_client(w, 1);
    client_step(w->client, 0);
    played_greet(w, &w->a);
    for (unsigned i = 0; i < 3; i++) {
        played_expect_none(w, &w->a, MESSAGE_heartbeat);
        played_heartbeats(w, &w->a);
    }
}

/* Whatever a peer sends, nothing breaks and nothing is believed. The seed is fixed. */
static void
nonsense_is_passed_over(void **state)
{
    struct world *w = *state;
    uint32_t seed = 20211105;
    world_client(w, 1);
    world_submit(w, 1);
    client_flush(w->client);
    played_greet(w, &w->a);
    uint64_t request = played_submit(w, &w->a);
    for (unsigned i = 0; i < 500; i++) {
        struct buf out = BUF_EMPTY;
        unsigned len = i % 40;
        buf_put(&out, (const uint8_t[]){0x83, 0, (uint8_t)(i % 16), 1, (uint8_t)request}, i % 6);
        for (unsigned j = 0; j < len; j++) {
            seed = seed * 1664525 + 1013904223;
            buf_byte(&out, (uint8_t)(seed >> 24));
        }
        played_say(&w->a, &out);
    }
    played_receipts(&w->a, request, 1, 0, 7);          /* not our number of records */
    played_receipts(&w->a, request, 1, UINT32_MAX, 2); /* and indices that would wrap */
    played_receipts(&w->a, request, 6, 0, 1);
    world_until(w, 1);
    assert_int_equal(w->results[0].receipt.block, 6);
}

static void
mistyped_brokers_are_told(void **state)
{
    char why[256] = "";
    (void)state;
    assert_null(client_new(&(struct client_options){.brokers = " , "}, why));
    assert_true(why[0] != '\0');
    why[0] = '\0';
    assert_null(client_new(&(struct client_options){.brokers = "carrier-pigeon"}, why));
    assert_non_null(strstr(why, "carrier-pigeon"));
}

int
main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(receipts_reach_each_record_once),
        WITH_WORLD(submits_are_as_the_protocol_draws_them),
        WITH_WORLD(the_window_is_kept),
        WITH_WORLD(what_cannot_be_sent_is_said_at_once),
        WITH_WORLD(a_lost_answer_is_asked_for_again),
        WITH_WORLD(busy_is_waited_out),
        WITH_WORLD(an_error_ends_its_batch_only),
        WITH_WORLD(giving_up_tells_every_record_and_late_receipts_tell_nothing),
        WITH_WORLD(nobody_there_ends_too),
        WITH_WORLD(a_silent_broker_is_left_for_the_next),
        WITH_WORLD(a_broker_that_forgot_us_gets_hello_and_all_in_flight),
        WITH_WORLD(a_restarted_broker_gets_all_in_flight),
        WITH_WORLD(a_full_broker_is_left_after_a_pause),
        WITH_WORLD(a_role_that_is_refused_ends_what_waits),
        WITH_WORLD(a_broker_that_forgets_at_once_is_left),
        WITH_WORLD(another_version_is_left),
        WITH_WORLD(an_idle_session_is_kept_alive),
        WITH_WORLD(nonsense_is_passed_over),
        cmocka_unit_test(mistyped_brokers_are_told),
    };
#undef WITH_WORLD
    return cmocka_run_group_tests(tests, NULL, NULL);
}
