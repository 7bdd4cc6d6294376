/* What one principal may send, hold and see: quotas through the core, sessions, records of one's own. */
#include "tests/lib/broker_people.h"

#include "broker/limits.h"
#include "common/log.h"
#include "proto/cursor.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

/* ---- quotas ---- */

static uint64_t
busy_with(struct broker_rig *rig, const char *who, const char *reason)
{
    struct message_busy busy;
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_busy, &busy);
    assert_true(slice_is(busy.reason, reason));
    return busy.retry_ms;
}

/* One that floods is told to wait, however many its sessions are; the others and local are not. */
static void
a_flood_of_one(void **state)
{
    struct broker_rig *rig = *state;
    client_with_key(rig, "f1", WARD);
    client_with_key(rig, "f2", WARD);
    rig_submit(rig, "f1", 1, 1000, 8); /* 100 a second, bursts of 500: 500 too many */
    receipt_for(rig, "f1");
    rig_submit(rig, "f1", 2, 1, 8);
    assert_true(busy_with(rig, "f1", "quota") == 5001);
    rig_submit(rig, "f2", 3, 1, 8);
    assert_true(busy_with(rig, "f2", "quota") == 5001);
    client_with_key(rig, "i", INGEST);
    rig_submit(rig, "i", 4, 1000, 8); /* ten times as much */
    receipt_for(rig, "i");
    rig_submit(rig, "i", 5, 1000, 8);
    receipt_for(rig, "i");
    client_with_key(rig, "l", 0);
    for (int i = 0; i < 20; i++) {
        rig_submit(rig, "l", 6, 1000, 8);
        receipt_for(rig, "l");
    }
}

static void
bytes_count_too(void **state)
{
    struct broker_rig *rig = *state;
    client_with_key(rig, "w", WARD);
    rig_submit(rig, "w", 1, 1, 600000); /* 100 KiB a second, bursts of 500 KiB */
    receipt_for(rig, "w");
    rig_submit(rig, "w", 2, 1, 8);
    uint64_t retry_ms = busy_with(rig, "w", "quota");
    assert_in_range(retry_ms, 850, 870); /* (600000 - 512000) / 102400, and the envelope */
    rig_advance(rig, (int64_t)retry_ms - 1);
    rig_submit(rig, "w", 3, 1, 8);
    assert_true(busy_with(rig, "w", "quota") == 1);
    rig_advance(rig, 1);
    rig_submit(rig, "w", 4, 1, 8);
    receipt_for(rig, "w");
}

/* Its bytes count though it is no good: nobody floods with what cannot be read. And one that must wait
 * is not read at all. */
static void
what_is_no_good_counts(void **state)
{
    struct broker_rig *rig = *state;
    struct buf header = BUF_EMPTY;
    uint8_t *zeros = calloc(1, 600000);
    client_with_key(rig, "w", WARD);
    pack_map(&header, 3);
    pack_uint(&header, 0);
    pack_uint(&header, MESSAGE_submit);
    pack_uint(&header, 1);
    pack_uint(&header, 77);
    pack_uint(&header, 2);
    pack_bytes(&header, slice_of(zeros, 600000)); /* no array */
    rig_say(rig, "w", &header);
    rig_turn(rig);
    rig_told_error(rig, "w", 77, CODE_WRONG_TYPE);
    rig_say(rig, "w", &header);
    busy_with(rig, "w", "quota");
    free(zeros);
    buf_fini(&header);
}

static void
asks_for_later(struct broker_rig *rig, const char *who, uint64_t request)
{
    rig_query(rig, who, request, "tally", 1000, 60000);
}

/* Questions park for a minute: one principal's sessions together must leave places to the others. */
static void
questions_of_one(void **state)
{
    struct broker_rig *rig = *state;
    client_with_key(rig, "w1", WARD);
    client_with_key(rig, "w2", WARD);
    for (uint64_t i = 1; i <= ROUTES_SESSION_MAX; i++) {
        asks_for_later(rig, i % 2 == 0 ? "w1" : "w2", i);
    }
    rig_turn(rig);
    rig_silent(rig, "w1");
    rig_silent(rig, "w2");
    asks_for_later(rig, "w1", 1000);
    assert_true(busy_with(rig, "w1", "share") > 0);
    client_with_key(rig, "other", SECRETARY);
    asks_for_later(rig, "other", 1);
    rig_turn(rig);
    rig_silent(rig, "other");
    rig_user(rig, WARD);
    rig_bye(rig, "w2"); /* gives its places back */
    asks_for_later(rig, "w1", 1000);
    rig_turn(rig);
    rig_silent(rig, "w1");
}

/* A question counts as a record does, answered or not. */
static void
questions_take_quota(void **state)
{
    struct broker_rig *rig = *state;
    struct message_answer answer;
    client_with_key(rig, "w", WARD);
    for (uint64_t i = 0; i < 500; i++) { /* 100 a second, bursts of 500 */
        rig_query(rig, "w", i, "broker.status", 0, 0);
        rig_turn(rig);
        rig_told(rig, "w", MESSAGE_answer, &answer);
    }
    rig_query(rig, "w", 500, "broker.status", 0, 0);
    assert_true(busy_with(rig, "w", "quota") == 1);
    client_with_key(rig, "l", 0);
    rig_query(rig, "l", 1, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told(rig, "l", MESSAGE_answer, &answer);
}

static void
sessions_of_one(void **state)
{
    struct broker_rig *rig = *state;
    char who[16];
    for (int i = 0; i < 4; i++) {
        snprintf(who, sizeof(who), "w%d", i);
        client_with_key(rig, who, WARD);
    }
    client_with_key(rig, "w0", WARD); /* a session that begins anew is one */
    rig_hello(rig, "more", ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "more", 0, CODE_SESSIONS_FULL);
    client_with_key(rig, "other", SECRETARY);
    rig_user(rig, WARD);
    rig_bye(rig, "w1");
    client_with_key(rig, "more", WARD);
    for (int i = 0; i < 40; i++) {
        snprintf(who, sizeof(who), "i%d", i);
        client_with_key(rig, who, INGEST);
    }
    rig_hello(rig, "i-more", ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "i-more", 0, CODE_SESSIONS_FULL);
}

/* ---- own and all ---- */

static struct cursor
rows_of(struct broker_rig *rig, const char *who, const char *key, uint32_t *n)
{
    struct message_answer answer;
    struct slice name;
    uint32_t pairs;
    rig_turn(rig);
    rig_told(rig, who, MESSAGE_answer, &answer);
    struct cursor c = cursor_of(answer.body);
    assert_int_equal(cursor_map(&c, &pairs), ERR_OK);
    assert_int_equal(cursor_text(&c, &name), ERR_OK);
    assert_true(slice_is(name, key));
    assert_int_equal(cursor_array(&c, n), ERR_OK);
    return c;
}

static void
ask_records(struct broker_rig *rig, const char *who, uint8_t key, const char *principal)
{
    struct buf args = BUF_EMPTY, header = BUF_EMPTY;
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 3);
    pack_cstr(&args, "1.0");
    pack_cstr(&args, "2.0");
    pack_cstr(&args, "3.0");
    struct message_query query = {.request = 5,
                                  .name = slice_text("broker.records"),
                                  .args = buf_slice_of(&args),
                                  .principal = slice_text(principal)};
    message_encode_query(&query, &header);
    rig_user(rig, key);
    rig_say(rig, who, &header);
    buf_fini(&args);
    buf_fini(&header);
}

/* A submitter reads what it sent, itself or by a gateway, and nothing of another's. */
static void
records_of_ones_own(void **state)
{
    struct broker_rig *rig = *state;
    uint32_t n;
    client_with_key(rig, "w", WARD);
    submit_for(rig, "w", 1, "");
    receipt_for(rig, "w");
    client_with_key(rig, "i", INGEST);
    submit_for(rig, "i", 1, "");
    receipt_for(rig, "i");
    client_with_key(rig, "g", GATEWAY);
    submit_for(rig, "g", 1, "ward");
    receipt_for(rig, "g");
    ask_records(rig, "w", WARD, "");
    rows_of(rig, "w", "records", &n);
    assert_int_equal(n, 2);
    ask_records(rig, "g", GATEWAY, "ward");
    rows_of(rig, "g", "records", &n);
    assert_int_equal(n, 2);
    ask_records(rig, "i", INGEST, "");
    rows_of(rig, "i", "records", &n);
    assert_int_equal(n, 1);
    client_with_key(rig, "a", AUDITOR);
    ask_records(rig, "a", AUDITOR, "");
    rows_of(rig, "a", "records", &n);
    assert_int_equal(n, 3);
}

static void
who_is_there(void **state)
{
    struct broker_rig *rig = *state;
    struct slice key, principal;
    uint32_t n, pairs;
    client_with_key(rig, "w", WARD);
    query_for(rig, "w", "broker.sessions", "");
    rig_told_error(rig, "w", 5, CODE_NOT_IN_ROLE);
    client_with_key(rig, "a", AUDITOR);
    rig_advance(rig, 5);
    query_for(rig, "a", "broker.sessions", "");
    struct cursor c = rows_of(rig, "a", "sessions", &n);
    assert_int_equal(n, 3); /* tally, w, a: the longest silent first */
    assert_int_equal(cursor_map(&c, &pairs), ERR_OK);
    assert_int_equal(pairs, 8);
    assert_int_equal(cursor_text(&c, &key), ERR_OK);
    assert_int_equal(cursor_text(&c, &principal), ERR_OK);
    assert_true(slice_is(key, "principal") && slice_is(principal, "local"));
}

int
main(void)
{
    log_open("test", LOG_ERROR);
#define TEST(name) cmocka_unit_test_setup_teardown(name, people_set_up, people_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_flood_of_one),      TEST(bytes_count_too),      TEST(what_is_no_good_counts),
        TEST(questions_of_one),    TEST(questions_take_quota), TEST(sessions_of_one),
        TEST(records_of_ones_own), TEST(who_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
