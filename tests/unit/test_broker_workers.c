/* The broker's core and its workers, stepped: the feed, shards and who holds them, questions on their
 * way, workers that end. */
#include "common/log.h"
#include "proto/pack.h"
#include "tests/lib/broker_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static int
setup(void **state)
{
    struct broker_rig *rig = rig_new();
    rig->settings.shards = 2;
    rig_start(rig);
    rig_client(rig, "a");
    *state = rig;
    return 0;
}

static int
teardown(void **state)
{
    struct broker_rig *rig = *state;
    rig_free(&rig);
    return 0;
}

/* `n` blocks of one record each. */
static void
journal(struct broker_rig *rig, int n, size_t size)
{
    struct message_receipts receipts;
    for (int i = 0; i < n; i++) {
        rig_submit(rig, "a", 1, 1, size);
        rig_turn(rig);
        rig_told(rig, "a", MESSAGE_receipts, &receipts);
    }
}

/* ---- the feed ---- */

static void
told_blocks(struct broker_rig *rig, const char *who, uint64_t first, uint32_t count, uint64_t head)
{
    struct message_blocks blocks;
    const struct told_message *told = rig_told(rig, who, MESSAGE_blocks, &blocks);
    assert_true(blocks.first == first);
    assert_true(blocks.count == count && told->blocks == count);
    assert_true(blocks.head == head);
}

static void
test_feed_waits_for_commit(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_fetch(rig, "t", 1, 10, 1 << 20);
    rig_turn(rig);
    rig_silent(rig, "t");
    rig_submit(rig, "a", 1, 2, 10);
    broker_tick(rig->broker);
    rig_silent(rig, "t");
    rig_turn(rig);
    told_blocks(rig, "t", 1, 1, 1);
    journal(rig, 1, 10);
    rig_silent(rig, "t"); /* it has not asked again */
}

static void
test_feed_limits(void **state)
{
    struct broker_rig *rig = *state;
    journal(rig, 5, 1000);
    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_fetch(rig, "t", 2, 2, 1 << 20);
    rig_turn(rig);
    told_blocks(rig, "t", 2, 2, 5);
    rig_fetch(rig, "t", 2, 10, 2500); /* two blocks of a thousand and their heads */
    rig_turn(rig);
    told_blocks(rig, "t", 2, 2, 5);
    rig_fetch(rig, "t", 5, 10, 1); /* at least one */
    rig_turn(rig);
    told_blocks(rig, "t", 5, 1, 5);
}

static void
test_feed_several(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_worker(rig, "t1", ROLE_TALLY, 101);
    rig_hello(rig, "r", ROLE_READER, 0, 0);
    journal(rig, 1, 10);
    struct message_welcome welcome;
    rig_told(rig, "r", MESSAGE_welcome, &welcome);
    rig_fetch(rig, "t0", 2, 10, 1 << 20);
    rig_fetch(rig, "t1", 2, 10, 1 << 20);
    rig_fetch(rig, "t1", 1, 10, 1 << 20); /* takes the place of the one before */
    rig_fetch(rig, "r", 2, 10, 1 << 20);
    rig_turn(rig);
    told_blocks(rig, "t1", 1, 1, 1);
    rig_silent(rig, "t0");
    journal(rig, 1, 10);
    told_blocks(rig, "t0", 2, 1, 2);
    told_blocks(rig, "r", 2, 1, 2);
    rig_silent(rig, "t1");
}

/* More than a turn may hold goes out in the next ones, and the loop does not sleep between. */
static void
test_feed_bounds_a_turn(void **state)
{
    struct broker_rig *rig = *state;
    struct message_blocks blocks;
    char who[16];
    journal(rig, 10, 1000000);
    for (int i = 0; i < 5; i++) {
        struct message_welcome welcome;
        snprintf(who, sizeof(who), "r%d", i);
        rig_hello(rig, who, ROLE_READER, 0, 0);
        rig_turn(rig);
        rig_told(rig, who, MESSAGE_welcome, &welcome);
    }
    for (int i = 0; i < 5; i++) {
        snprintf(who, sizeof(who), "r%d", i);
        rig_fetch(rig, who, 1, 10, MESSAGE_BYTES_MAX);
    }
    rig_turn(rig);
    rig_told(rig, "r3", MESSAGE_blocks, &blocks);
    rig_silent(rig, "r4");
    assert_int_equal(broker_wait_ms(rig->broker), 0);
    rig_turn(rig);
    rig_told(rig, "r4", MESSAGE_blocks, &blocks);
    assert_true(broker_wait_ms(rig->broker) > 0);
}

static void
test_feed_refuses(void **state)
{
    struct broker_rig *rig = *state;
    journal(rig, 4, 10);
    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_fetch(rig, "t", 0, 1, 1);
    rig_fetch(rig, "t", 6, 1, 1); /* the state is ahead of the journal */
    assert_int_equal(journal_prune(rig->journal, 3), ERR_OK);
    rig_fetch(rig, "t", 2, 1, 1);
    rig_turn(rig);
    rig_told_error(rig, "t", 0, CODE_BLOCK_UNKNOWN);
    rig_told_error(rig, "t", 0, CODE_BLOCK_UNKNOWN);
    rig_told_error(rig, "t", 0, CODE_BLOCK_UNKNOWN);
    rig_fetch(rig, "t", 3, 10, 1 << 20);
    rig_turn(rig);
    told_blocks(rig, "t", 3, 2, 4);
}

/* ---- shards ---- */

static uint64_t
shard_told(struct broker_rig *rig, const char *who)
{
    struct message_welcome welcome;
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_welcome, &welcome);
    return welcome.shard;
}

static void
test_shards_given(void **state)
{
    struct broker_rig *rig = *state;
    assert_int_equal(rig_worker(rig, "t0", ROLE_TALLY, 100), 1);
    assert_int_equal(rig_worker(rig, "t1", ROLE_TALLY, 101), 2);
    rig_hello(rig, "t2", ROLE_TALLY, 102, 0);
    rig_hello(rig, "t3", ROLE_TALLY, 103, 1);
    rig_hello(rig, "t4", ROLE_TALLY, 104, 3); /* there is no such shard */
    rig_turn(rig);
    rig_told_error(rig, "t2", 0, CODE_NO_SHARD);
    rig_told_error(rig, "t3", 0, CODE_NO_SHARD);
    rig_told_error(rig, "t4", 0, CODE_NO_SHARD);
    /* The same process, over a new socket, keeps what it holds; its WELCOME may have been lost. */
    rig_hello(rig, "t0-again", ROLE_TALLY, 100, 1);
    assert_int_equal(shard_told(rig, "t0-again"), 1);
    rig_hello(rig, "t1-again", ROLE_TALLY, 101, 0);
    assert_int_equal(shard_told(rig, "t1-again"), 2);
    rig_progress(rig, "t0", 0); /* its old session has ended */
    rig_turn(rig);
    rig_told_error(rig, "t0", 0, CODE_HELLO_FIRST);
}

static void
test_shard_handed_over_by_bye(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_worker(rig, "t1", ROLE_TALLY, 101);
    rig_bye(rig, "t1");
    rig_hello(rig, "t2", ROLE_TALLY, 102, 0);
    assert_int_equal(shard_told(rig, "t2"), 2);
}

/* A worker that is silent may be stopped with LMDB's lock in its hand: its shard is not free. */
static void
test_silent_worker_keeps_shard(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_worker(rig, "t1", ROLE_TALLY, 101);
    rig_advance(rig, 5001);
    rig_turn(rig);
    rig_hello(rig, "t2", ROLE_TALLY, 102, 0);
    rig_turn(rig);
    rig_told_error(rig, "t2", 0, CODE_NO_SHARD);
    /* It was only slow, and keeps its shard. */
    rig_progress(rig, "t0", 0);
    rig_turn(rig);
    rig_told_error(rig, "t0", 0, CODE_HELLO_FIRST);
    rig_hello(rig, "t0", ROLE_TALLY, 100, 1);
    assert_int_equal(shard_told(rig, "t0"), 1);
    /* The other's process has ended. */
    rig_kill(rig, 101);
    rig_hello(rig, "t2", ROLE_TALLY, 102, 0);
    assert_int_equal(shard_told(rig, "t2"), 2);
}

/* After a restart of the broker the workers tell what they hold. */
static void
test_shards_after_restart(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_worker(rig, "t1", ROLE_TALLY, 101);
    rig_restart(rig);
    rig_fetch(rig, "t1", 1, 1, 1);
    rig_turn(rig);
    rig_told_error(rig, "t1", 0, CODE_HELLO_FIRST);
    rig_hello(rig, "t1", ROLE_TALLY, 101, 2);
    assert_int_equal(shard_told(rig, "t1"), 2);
    rig_hello(rig, "t0", ROLE_TALLY, 100, 1);
    assert_int_equal(shard_told(rig, "t0"), 1);
}

static void
test_position_beyond_head(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_progress(rig, "t0", 1);
    rig_turn(rig);
    rig_told_error(rig, "t0", 0, CODE_BLOCK_UNKNOWN);
}

/* ---- questions ---- */

/* The question as the worker got it; gives our number. */
static uint64_t
question_told(struct broker_rig *rig, const char *worker, const char *name)
{
    struct message_query query;
    rig_told(rig, worker, MESSAGE_query, &query);
    assert_true(slice_is(query.name, name));
    return query.request;
}

static void
answer(struct broker_rig *rig, const char *worker, uint64_t number)
{
    struct buf body = BUF_EMPTY, header = BUF_EMPTY;
    pack_map(&body, 0);
    struct message_answer message = {.request = number, .as_of = 3, .body = buf_slice_of(&body)};
    message_encode_answer(&message, &header);
    rig_say(rig, worker, &header);
    buf_fini(&header);
    buf_fini(&body);
}

static void
told_answer(struct broker_rig *rig, const char *who, uint64_t request)
{
    struct message_answer message;
    rig_told(rig, who, MESSAGE_answer, &message);
    assert_true(message.request == request);
    assert_int_equal(message.as_of, 3);
}

static void
test_query_routed(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "b");
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "a", 1, CODE_NOT_READY);
    rig_worker(rig, "q0", ROLE_QUERY, 200);
    rig_worker(rig, "q1", ROLE_QUERY, 201);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_query(rig, "b", 1, "missing", 0, 0); /* the same request of another: not mixed up */
    rig_turn(rig);
    uint64_t first = question_told(rig, "q0", "tally");
    uint64_t second = question_told(rig, "q1", "missing");
    answer(rig, "q0", second); /* not its to answer */
    answer(rig, "q1", second);
    answer(rig, "q0", first);
    answer(rig, "q0", first); /* nobody's by now */
    rig_turn(rig);
    told_answer(rig, "a", 1);
    told_answer(rig, "b", 1);
    rig_silent(rig, "a");
    rig_silent(rig, "b");
}

static void
test_error_routed(void **state)
{
    struct broker_rig *rig = *state;
    struct buf header = BUF_EMPTY;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_query(rig, "a", 44, "tally", 0, 0);
    rig_turn(rig);
    struct message_error error = {
        .request = question_told(rig, "q", "tally"),
        .code = slice_text(code_text(CODE_UNIT_UNKNOWN)),
        .subject = slice_text("hoan-kiem"),
    };
    message_encode_error(&error, &header);
    rig_say(rig, "q", &header);
    rig_turn(rig);
    rig_told_error(rig, "a", 44, CODE_UNIT_UNKNOWN);
    buf_fini(&header);
}

static void
test_query_after(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "t0", ROLE_TALLY, 100);
    rig_worker(rig, "t1", ROLE_TALLY, 101);
    rig_worker(rig, "q", ROLE_QUERY, 200);
    journal(rig, 2, 10);
    rig_query(rig, "a", 1, "tally", 2, 1000);
    rig_query(rig, "a", 2, "tally", 2, 0);
    rig_query(rig, "a", 3, "broker.head", 1, 1000);
    rig_query(rig, "a", 4, "tally", 99, 500);
    rig_progress(rig, "t0", 2);
    rig_turn(rig);
    rig_told_error(rig, "a", 2, CODE_QUERY_TIMEOUT); /* it would not wait */
    rig_silent(rig, "q");
    rig_progress(rig, "t1", 1);
    rig_turn(rig);
    struct message_answer head;
    rig_told(rig, "a", MESSAGE_answer, &head);
    assert_int_equal(head.request, 3);
    rig_progress(rig, "t1", 2);
    rig_turn(rig);
    answer(rig, "q", question_told(rig, "q", "tally"));
    assert_int_equal(broker_wait_ms(rig->broker), 500);
    rig_advance(rig, 500);
    rig_turn(rig);
    told_answer(rig, "a", 1);
    rig_told_error(rig, "a", 4, CODE_QUERY_TIMEOUT);
}

static void
test_query_worker_ends(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "q0", ROLE_QUERY, 200);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_query(rig, "a", 2, "missing", 0, 0);
    rig_turn(rig);
    rig_worker(rig, "q1", ROLE_QUERY, 201);
    rig_kill(rig, 200);
    rig_advance(rig, 1000);
    rig_turn(rig);
    uint64_t again = question_told(rig, "q1", "tally");
    question_told(rig, "q1", "missing");
    answer(rig, "q1", again);
    rig_turn(rig);
    told_answer(rig, "a", 1);
    /* A question that has ended two workers does not get a third. */
    rig_worker(rig, "q2", ROLE_QUERY, 202);
    rig_bye(rig, "q1");
    rig_turn(rig);
    rig_told_error(rig, "a", 2, CODE_NOT_READY);
    rig_silent(rig, "q2");
}

static void
test_query_worker_says_hello_again(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    question_told(rig, "q", "tally");
    rig_worker(rig, "q-again", ROLE_QUERY, 200); /* a new socket of the same process */
    answer(rig, "q-again", question_told(rig, "q-again", "tally"));
    rig_turn(rig);
    told_answer(rig, "a", 1);
}

static void
test_query_worker_hangs(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    uint64_t number = question_told(rig, "q", "tally");
    for (int i = 0; i < 30; i++) {
        rig_advance(rig, 1000);
        rig_progress(rig, "q", 0);
        rig_progress(rig, "a", 0); /* wrong, but heard */
        rig_turn(rig);
    }
    answer(rig, "q", number);
    rig_turn(rig);
    for (int i = 0; i < 29; i++) {
        rig_told_error(rig, "a", 0, CODE_MESSAGE_UNKNOWN);
    }
    struct message_error error;
    rig_told(rig, "a", MESSAGE_error, &error);
    rig_told_error(rig, "a", 1, CODE_NOT_READY);
    rig_silent(rig, "a");
}

static void
test_asker_leaves(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    uint64_t number = question_told(rig, "q", "tally");
    rig_bye(rig, "a");
    answer(rig, "q", number);
    rig_turn(rig);
    rig_silent(rig, "a");
}

/* An asker that has waited for long asks again: the worker has the question already. Another
 * question under the same number is another question; one that was answered may be asked again. */
static void
test_query_asked_again(void **state)
{
    struct broker_rig *rig = *state;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    uint64_t number = question_told(rig, "q", "tally");
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    rig_silent(rig, "q");
    rig_query(rig, "a", 1, "missing", 0, 0);
    rig_turn(rig);
    question_told(rig, "q", "missing");
    answer(rig, "q", number);
    rig_query(rig, "a", 1, "tally", 0, 0);
    rig_turn(rig);
    told_answer(rig, "a", 1);
    question_told(rig, "q", "tally");
}

static void
test_too_many_questions(void **state)
{
    struct broker_rig *rig = *state;
    struct message_busy busy;
    rig_worker(rig, "q", ROLE_QUERY, 200);
    rig_client(rig, "b");
    for (uint64_t n = 1; n <= 101; n++) {
        rig_query(rig, "a", n, "tally", 0, 0);
    }
    rig_query(rig, "b", 1, "tally", 0, 0); /* one asker does not lock out the others */
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_busy, &busy);
    assert_int_equal(busy.request, 101);
    rig_silent(rig, "b");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_feed_waits_for_commit),
        TEST(test_feed_limits),
        TEST(test_feed_several),
        TEST(test_feed_bounds_a_turn),
        TEST(test_feed_refuses),
        TEST(test_shards_given),
        TEST(test_shard_handed_over_by_bye),
        TEST(test_silent_worker_keeps_shard),
        TEST(test_shards_after_restart),
        TEST(test_position_beyond_head),
        TEST(test_query_routed),
        TEST(test_error_routed),
        TEST(test_query_after),
        TEST(test_query_worker_ends),
        TEST(test_query_worker_says_hello_again),
        TEST(test_query_worker_hangs),
        TEST(test_asker_leaves),
        TEST(test_query_asked_again),
        TEST(test_too_many_questions),
    };
    log_open("test_broker_workers", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
