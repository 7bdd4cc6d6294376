/* The client's window of batches: full to its limit, answered in any order, used again and again. */
#include "tests/lib/played_broker.h"

#include "proto/limits.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define WINDOW 8
#define ROUNDS 4
#define BODY 400 /* so that a window is more than the kernel holds for a connection */

struct tally {
    uint64_t good, sum; /* results, and their tags */
    uint64_t last_block;
};

static void
count(void *context, const struct client_result *result)
{
    struct tally *t = context;
    assert_int_equal(result->err, ERR_OK);
    t->good++;
    t->sum += result->tag;
    t->last_block = result->receipt.block;
}

/* Two records: a batch of their own. */
static enum err
batch_submit(struct world *w, uint64_t tag)
{
    static const uint8_t body[BODY];
    enum err err = client_submit(w->client, slice_text("u"), slice_of(body, BODY), tag);
    return err == ERR_OK ? client_submit(w->client, slice_text("u"), slice_of(body, BODY), tag + 1)
                         : err;
}

static void
step_until(struct world *w, uint64_t pending)
{
    for (unsigned i = 0; i < TURNS_MAX && client_pending(w->client) > pending; i++) {
        client_step(w->client, 1);
    }
    assert_int_equal(client_pending(w->client), pending);
}

/* The test's clock stands still: what is put off, for however short a while, never comes. */
static void
a_full_window_is_sent_at_once(void **state)
{
    struct world *w = *state;
    struct tally t = {0};
    uint64_t tag = 0;
    world_client(w, CLIENT_IN_FLIGHT_MAX);
    client_on_result(w->client, count, &t);
    played_greet(w, &w->a);
    for (unsigned i = 0; i < TURNS_MAX && !session_is_open(w->client); i++) {
        client_step(w->client, 1);
    }
    assert_true(session_is_open(w->client));
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < CLIENT_IN_FLIGHT_MAX; i++, tag += 2) {
            assert_int_equal(batch_submit(w, tag), ERR_OK);
        }
        assert_int_equal(batch_submit(w, tag), ERR_AGAIN);
        for (unsigned i = 0; i < CLIENT_IN_FLIGHT_MAX; i++) {
            played_receipts(&w->a, played_submit(w, &w->a), round + 1, 2 * i, 2);
        }
        step_until(w, 0);
    }
    assert_int_equal(t.good, tag);
    assert_int_equal(t.sum, tag * (tag - 1) / 2);
}

/* Requests 1 and 9 share a bucket of a window of eight. */
static void
answers_come_in_any_order(void **state)
{
    struct world *w = *state;
    struct tally t = {0};
    uint64_t requests[2 * WINDOW];
    world_client(w, WINDOW);
    client_on_result(w->client, count, &t);
    played_greet(w, &w->a);
    for (unsigned i = 0; i < WINDOW; i++) {
        assert_int_equal(batch_submit(w, 2 * i), ERR_OK);
        requests[i] = played_submit(w, &w->a);
    }
    for (unsigned i = WINDOW - 1; i > 0; i--) {
        played_receipts(&w->a, requests[i], 5, 0, 2);
    }
    step_until(w, 2);
    assert_int_equal(batch_submit(w, 2 * WINDOW), ERR_OK);
    requests[WINDOW] = played_submit(w, &w->a);
    assert_int_equal(requests[WINDOW] - requests[0], WINDOW);
    played_receipts(&w->a, requests[1], 6, 0, 2); /* stale: nothing waits for it */
    played_receipts(&w->a, requests[0], 7, 0, 2);
    step_until(w, 2);
    assert_int_equal(t.last_block, 7);
    assert_int_equal(t.sum, WINDOW * (2 * WINDOW - 1));
    played_receipts(&w->a, requests[WINDOW], 8, 0, 2);
    step_until(w, 0);
    assert_int_equal(t.last_block, 8);
    assert_int_equal(t.good, 2 * (WINDOW + 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_window_is_sent_at_once, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(answers_come_in_any_order, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
