/* The sender of an outbox against a broker that the test plays: what is sent when, what is noted, and what
 * stays pending. */
#include "clients/outbox_sender.h"
#include "clients/outbox_verdicts.h"
#include "common/check.h"
#include "common/log.h"
#include "proto/pack.h"
#include "tests/lib/played_broker.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

struct bench {
    struct world *w;
    struct outbox_mem *mem;
    struct outbox *outbox;
    struct outbox_sender *sender;
};

static void
client_open(struct bench *b)
{
    char why[256];
    struct client_options options = {
        .brokers = b->w->a.endpoint, .name = "outbox", .give_up_ms = 900000};
    b->w->client = client_new_on(&options, &b->w->clock, why);
    CHECK(b->w->client != NULL);
    outbox_sender_client(b->sender, b->w->client);
}

static void
client_end(struct bench *b)
{
    outbox_sender_client(b->sender, NULL);
    client_free(&b->w->client);
}

static int
setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    char why[256];
    CHECK(b != NULL && world_setup((void **)&b->w) == 0);
    b->mem = outbox_mem_new();
    CHECK(outbox_open(outbox_mem_open(b->mem), &b->outbox, why) == ERR_OK);
    struct outbox_sender_options how = {.outbox = b->outbox, .clock = &b->w->clock};
    b->sender = outbox_sender_new(&how);
    client_open(b);
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;
    outbox_sender_free(&b->sender);
    outbox_free(&b->outbox);
    outbox_mem_free(&b->mem);
    world_teardown((void **)&b->w);
    free(b);
    return 0;
}

static void
put(struct bench *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct outbox_record record = {slice_text("00001"), slice_text("\x80")};
        uint64_t first;
        assert_int_equal(outbox_put(b->outbox, &record, 1, NOON_US, &first), ERR_OK);
    }
    outbox_sender_wake(b->sender);
}

static void
turn(struct bench *b)
{
    assert_int_equal(outbox_sender_turn(b->sender), ERR_OK);
}

static uint64_t
count_of(struct bench *b, enum outbox_state state)
{
    struct outbox_totals totals;
    assert_int_equal(outbox_totals(b->outbox, &totals), ERR_OK);
    return totals.counts[state];
}

/* Until what the played broker said has arrived and was noted. */
static void
until_count(struct bench *b, enum outbox_state state, uint64_t wanted)
{
    for (unsigned i = 0; i < TURNS_MAX && count_of(b, state) != wanted; i++) {
        client_step(b->w->client, 2);
        turn(b);
    }
    assert_int_equal(count_of(b, state), wanted);
}

static uint32_t
submit_count(const struct message_submit *m)
{
    struct cursor c = cursor_of(m->records);
    uint32_t n = 0;
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    return n;
}

static struct message_submit
expect_submit(struct bench *b, uint32_t records)
{
    struct message_submit m;
    played_expect(b->w, &b->w->a, MESSAGE_submit, &m);
    assert_int_equal(submit_count(&m), records);
    return m;
}

static enum outbox_need
need(struct bench *b)
{
    int64_t until;
    return outbox_sender_need(b->sender, &until);
}

static void
one_group_is_in_flight(void **state)
{
    struct bench *b = *state;
    turn(b);
    assert_int_equal(need(b), NEED_NOTHING);
    put(b, 3);
    turn(b);
    assert_int_equal(need(b), NEED_LINE);
    put(b, 2); /* these wait for the first three */
    turn(b);
    played_greet(b->w, &b->w->a);
    struct message_submit first = expect_submit(b, 3);
    turn(b);
    played_expect_none(b->w, &b->w->a, MESSAGE_submit);
    assert_int_equal(count_of(b, OUTBOX_PENDING), 5);
    played_receipts(&b->w->a, first.request, 7, 0, 3);
    until_count(b, OUTBOX_RECEIPTED, 3);
    struct message_submit second = expect_submit(b, 2);
    played_receipts(&b->w->a, second.request, 8, 0, 2);
    until_count(b, OUTBOX_RECEIPTED, 5);
    assert_int_equal(need(b), NEED_NOTHING);
}

static void
the_refused_one_is_found(void **state)
{
    struct bench *b = *state;
    put(b, 3);
    turn(b);
    played_greet(b->w, &b->w->a);
    played_error(&b->w->a, expect_submit(b, 3).request, CODE_TOO_LARGE);
    for (unsigned i = 0; i < 20; i++) {
        client_step(b->w->client, 2);
        turn(b);
    }
    assert_int_equal(count_of(b, OUTBOX_PENDING), 3);
    played_receipts(&b->w->a, expect_submit(b, 1).request, 7, 0, 1);
    until_count(b, OUTBOX_RECEIPTED, 1);
    played_error(&b->w->a, expect_submit(b, 1).request, CODE_TOO_LARGE);
    until_count(b, OUTBOX_REJECTED, 1);
    played_receipts(&b->w->a, expect_submit(b, 1).request, 8, 0, 1);
    until_count(b, OUTBOX_RECEIPTED, 2);
    assert_int_equal(need(b), NEED_NOTHING);
}

static void
a_refused_key_leaves_all_pending(void **state)
{
    struct bench *b = *state;
    struct complaint why;
    put(b, 3);
    turn(b);
    played_greet(b->w, &b->w->a);
    played_error(&b->w->a, expect_submit(b, 3).request, CODE_KEY_REVOKED);
    for (unsigned i = 0; i < TURNS_MAX && !outbox_sender_trouble(b->sender, &why); i++) {
        client_step(b->w->client, 2);
        turn(b);
    }
    assert_true(outbox_sender_trouble(b->sender, &why));
    assert_int_equal(why.code, CODE_KEY_REVOKED);
    assert_int_equal(count_of(b, OUTBOX_PENDING), 3);
    assert_int_equal(need(b), NEED_PAUSE);
    time_pass(b->w, 4000);
    outbox_sender_wake(b->sender); /* too soon */
    assert_int_equal(need(b), NEED_PAUSE);
    time_pass(b->w, 1000);
    outbox_sender_wake(b->sender);
    assert_int_equal(need(b), NEED_LINE);
}

static void
busy_is_obeyed(void **state)
{
    struct bench *b = *state;
    put(b, 1);
    turn(b);
    played_greet(b->w, &b->w->a);
    played_busy(&b->w->a, expect_submit(b, 1).request, 60000);
    played_expect_none(b->w, &b->w->a, MESSAGE_submit);
    for (unsigned s = 0; s < 58; s++) {
        time_pass(b->w, 1000);
        turn(b);
        assert_int_equal(need(b), NEED_LINE); /* no trouble, no other try */
    }
}

static void
no_answer_is_a_pause_that_grows(void **state)
{
    struct bench *b = *state;
    int64_t until, before = 0;
    put(b, 1);
    for (unsigned i = 0; i < 10; i++) {
        turn(b);
        assert_int_equal(outbox_sender_need(b->sender, &until), NEED_LINE);
        turn(b);
        time_pass(b->w, 20000);
        turn(b);
        assert_int_equal(outbox_sender_need(b->sender, &until), NEED_PAUSE);
        int64_t pause = until - clock_mono_ms(&b->w->clock);
        assert_true(pause >= 5000 && pause <= 375000 && (pause > before || pause >= 300000));
        before = pause;
        client_end(b);
        time_pass(b->w, pause);
        client_open(b);
    }
    assert_int_equal(count_of(b, OUTBOX_PENDING), 1);
}

/* ---- verdicts ---- */

static void
verdict_pack(struct buf *out, const char *receipt, const char *verdict, const char *code)
{
    pack_map(out, 6);
    pack_key_text(out, "receipt", slice_text(receipt));
    pack_key_text(out, "verdict", slice_text(verdict));
    pack_cstr(out, "flags");
    pack_array(out, 1);
    pack_cstr(out, "late");
    pack_key_text(out, "code", slice_text(code));
    pack_key_text(out, "subject", slice_text("w1"));
    pack_key_text(out, "detail", slice_text(""));
}

static void
verdicts_find_their_entries(void **state)
{
    struct outbox_note notes[4] = {{1, {.receipt = {9, 1}}},
                                   {2, {.receipt = {9, 2}}},
                                   {3, {.receipt = {7, 0}}},
                                   {4, {.receipt = {9, 4}}}};
    struct buf args = BUF_EMPTY, body = BUF_EMPTY;
    (void)state;
    assert_int_equal(outbox_verdicts_ask(notes, 4, &args), 9);
    struct cursor c = cursor_of(buf_slice_of(&args));
    uint32_t n;
    assert_int_equal(cursor_map(&c, &n), ERR_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cursor_skip(&c), ERR_OK);
    }
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    assert_int_equal(n, 3); /* 7.0, 9.1 and 9.2, 9.4 */
    pack_map(&body, 1);
    pack_cstr(&body, "records");
    pack_array(&body, 2);
    verdict_pack(&body, "9.2", "rejected", "unit-unknown");
    verdict_pack(&body, "7.0", "corrected", "");
    assert_true(outbox_verdicts_read(buf_slice_of(&body), notes, 4));
    assert_int_equal(notes[0].number, 3);
    assert_int_equal(notes[0].fate.verdict, VERDICT_CORRECTED);
    assert_int_equal(notes[0].fate.flags, FLAG_LATE);
    assert_int_equal(notes[1].fate.verdict, VERDICT_ACCEPTED);
    assert_int_equal(notes[2].fate.state, OUTBOX_REJECTED);
    assert_int_equal(notes[2].fate.why.code, CODE_UNIT_UNKNOWN);
    assert_int_equal(notes[3].fate.state, OUTBOX_DONE);
    for (size_t len = 0; len < body.len; len++) {
        assert_false(outbox_verdicts_read(slice_of(body.data, len), notes, 4));
    }
    buf_clear(&body);
    pack_map(&body, 1);
    pack_cstr(&body, "records");
    pack_array(&body, 1);
    verdict_pack(&body, "9.3", "rejected", ""); /* nobody asked about it */
    assert_false(outbox_verdicts_read(buf_slice_of(&body), notes, 4));
    buf_fini(&args);
    buf_fini(&body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_group_is_in_flight),           TEST(the_refused_one_is_found),
        TEST(a_refused_key_leaves_all_pending), TEST(busy_is_obeyed),
        TEST(no_answer_is_a_pause_that_grows),  cmocka_unit_test(verdicts_find_their_entries),
    };
    log_open("test", (enum log_level)(LOG_ERROR + 1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
