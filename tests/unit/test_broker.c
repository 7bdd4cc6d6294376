/* The broker's core, stepped: sessions, submits and their receipts, BUSY, what is wrong, the feed. The
 * workers' side of it is in test_broker_workers.c. */
#include "broker/limits.h"
#include "common/log.h"
#include "proto/cursor.h"
#include "proto/pack.h"
#include "proto/records.h"
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
    rig_start(rig);
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

static struct message_receipts
receipts_of(struct broker_rig *rig, const char *who)
{
    struct message_receipts receipts;
    rig_told(rig, who, MESSAGE_receipts, &receipts);
    return receipts;
}

static uint64_t
head_of(struct broker_rig *rig)
{
    struct journal_head head;
    journal_head(rig->journal, &head);
    return head.number;
}

/* ---- sessions ---- */

static void
test_hello(void **state)
{
    struct broker_rig *rig = *state;
    struct message_welcome welcome;
    rig_hello(rig, "a", ROLE_CLIENT, 0, 0);
    rig_silent(rig, "a"); /* nothing leaves before the flush */
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_welcome, &welcome);
    assert_int_equal(welcome.version, PROTOCOL_VERSION);
    assert_int_equal(welcome.site, 1);
    assert_int_equal(welcome.shards, 1);
    assert_int_equal(welcome.shard, 0);
    assert_int_equal(welcome.lease_ms, 5000);
    assert_true(welcome.start_id != 0);
    assert_true(welcome.time_us == (uint64_t)rig->clock.now_us);
}

static void
test_hello_refused(void **state)
{
    struct broker_rig *rig = *state;
    struct message_hello hello = {.version = PROTOCOL_VERSION + 1, .role = ROLE_CLIENT};
    struct buf header = BUF_EMPTY;
    message_encode_hello(&hello, &header);
    rig_say(rig, "a", &header);
    rig_hello(rig, "b", (enum role)9, 0, 0);
    rig_hello(rig, "c", ROLE_TALLY, 0, 0); /* a worker without a process */
    rig_submit(rig, "d", 5, 1, 10);        /* nobody that we know */
    rig_turn(rig);
    rig_told_error(rig, "a", 0, CODE_VERSION_UNKNOWN);
    rig_told_error(rig, "b", 0, CODE_TYPE_UNKNOWN);
    rig_told_error(rig, "c", 0, CODE_MISSING_FIELD);
    rig_told_error(rig, "d", 5, CODE_HELLO_FIRST);
    assert_int_equal(head_of(rig), 0);
    buf_fini(&header);
}

/* Clients may fill their part of the sessions; workers still find a place. */
static void
test_sessions_full(void **state)
{
    struct broker_rig *rig = *state;
    char who[16];
    for (int i = 0; i < 14; i++) {
        snprintf(who, sizeof(who), "c%d", i);
        rig_client(rig, who);
    }
    rig_hello(rig, "one-more", ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "one-more", 0, CODE_SESSIONS_FULL);
    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_bye(rig, "c3");
    rig_bye(rig, "c4");
    rig_client(rig, "one-more");
}

static void
test_lease(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "quiet");
    rig_client(rig, "alive");
    for (int i = 0; i < 6; i++) {
        struct message_heartbeat heartbeat = {};
        struct buf header = BUF_EMPTY;
        rig_advance(rig, 1000);
        message_encode_heartbeat(&heartbeat, &header);
        rig_say(rig, "alive", &header);
        rig_turn(rig);
        rig_told(rig, "alive", MESSAGE_heartbeat, &heartbeat);
        buf_fini(&header);
    }
    rig_submit(rig, "quiet", 1, 1, 10);
    rig_submit(rig, "alive", 1, 1, 10);
    rig_turn(rig);
    rig_told_error(rig, "quiet", 1, CODE_HELLO_FIRST);
    assert_int_equal(receipts_of(rig, "alive").block, 1);
}

static void
test_wait(void **state)
{
    struct broker_rig *rig = *state;
    assert_int_equal(broker_wait_ms(rig->broker), TURN_WAIT_MAX_MS);
    rig_client(rig, "a");
    rig_advance(rig, 4600);
    assert_int_equal(broker_wait_ms(rig->broker), 401);
    rig_advance(rig, 401);
    assert_int_equal(broker_wait_ms(rig->broker), 0);
    rig_turn(rig);
    assert_int_equal(broker_wait_ms(rig->broker), TURN_WAIT_MAX_MS);
}

/* ---- submits ---- */

static void
test_receipts_after_commit(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    rig_submit(rig, "a", 7, 3, 100);
    rig_silent(rig, "a");
    assert_int_equal(head_of(rig), 0);
    rig_turn(rig);
    struct message_receipts receipts = receipts_of(rig, "a");
    assert_int_equal(receipts.request, 7);
    assert_int_equal(receipts.block, 1);
    assert_int_equal(receipts.first, 0);
    assert_int_equal(receipts.count, 3);
    assert_true(receipts.time_us == (uint64_t)rig->clock.now_us);
    assert_int_equal(head_of(rig), 1);
}

static void
test_two_submits_one_block(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    rig_client(rig, "b");
    rig_submit(rig, "a", 1, 2, 100);
    rig_submit(rig, "b", 1, 3, 100);
    rig_bye(rig, "a"); /* owed receipts come all the same */
    rig_turn(rig);
    struct message_receipts a = receipts_of(rig, "a"), b = receipts_of(rig, "b");
    assert_true(a.block == 1 && a.first == 0 && a.count == 2);
    assert_true(b.block == 1 && b.first == 2 && b.count == 3);

    struct slice bytes;
    struct block block;
    struct block_record record;
    assert_int_equal(journal_read(rig->journal, 1, &bytes), ERR_OK);
    assert_int_equal(block_open(bytes, &block), ERR_OK);
    struct block_records it = block_records(&block);
    assert_true(block_next(&it, &record));
    assert_true(slice_is(record.principal, "local"));
    assert_true(slice_is(record.unit, "ba-dinh"));
    assert_int_equal(record.body.len, 100);
}

/* A SUBMIT that the open block cannot take whole begins the next one, in the same turn. */
static void
test_block_full(void **state)
{
    struct broker_rig *rig = *state;
    char who[16];
    for (int i = 0; i < 9; i++) {
        snprintf(who, sizeof(who), "c%d", i);
        rig_client(rig, who);
    }
    for (int i = 0; i < 9; i++) {
        snprintf(who, sizeof(who), "c%d", i);
        rig_submit(rig, who, 1, 2, 500000);
    }
    rig_turn(rig);
    uint64_t block = 1, next = 0;
    for (int i = 0; i < 9; i++) {
        snprintf(who, sizeof(who), "c%d", i);
        struct message_receipts receipts = receipts_of(rig, who);
        next = receipts.block > block ? 0 : next;
        block = receipts.block;
        assert_true(receipts.first == next && receipts.count == 2);
        next += 2;
    }
    assert_int_equal(block, 2);
}

static void
test_failed_append(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    rig_submit(rig, "a", 1, 1, 100);
    journal_mem_fail_next(rig->journal, true);
    assert_int_equal(broker_commit(rig->broker), ERR_IO);
    rig_restart(rig); /* what the process does: nothing was flushed */
    rig_silent(rig, "a");
    assert_int_equal(head_of(rig), 1);
    rig_client(rig, "a");
    rig_submit(rig, "a", 1, 1, 100);
    rig_turn(rig);
    assert_int_equal(receipts_of(rig, "a").block, 2);
}

static void
test_clock_set_back(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    rig_submit(rig, "a", 1, 1, 10);
    rig_turn(rig);
    uint64_t then = receipts_of(rig, "a").time_us;
    rig->clock.now_us -= 1000;
    rig_submit(rig, "a", 2, 1, 10);
    rig_turn(rig);
    assert_true(receipts_of(rig, "a").time_us == then);
}

/* ---- what is wrong with a message ---- */

static void
say_raw(struct broker_rig *rig, const char *who, const char *bytes, size_t len)
{
    struct buf header = BUF_EMPTY;
    buf_put(&header, bytes, len);
    rig_say(rig, who, &header);
    buf_fini(&header);
}

static void
submit_raw(struct broker_rig *rig, uint64_t request, struct buf *records)
{
    struct message_submit submit = {.request = request, .records = buf_slice_of(records)};
    struct buf header = BUF_EMPTY;
    message_encode_submit(&submit, &header);
    rig_say(rig, "a", &header);
    buf_fini(&header);
    buf_clear(records);
}

static void
test_bad_messages(void **state)
{
    struct broker_rig *rig = *state;
    struct buf heartbeat = BUF_EMPTY;
    rig_client(rig, "a");
    say_raw(rig, "a", "", 0);
    say_raw(rig, "a", "\xc1\xc1", 2);
    say_raw(rig, "a", "\x81\x00\x63", 3);                 /* type 99 */
    say_raw(rig, "a", "\x81\x00\x02", 3);                 /* WELCOME: the broker's own */
    say_raw(rig, "a", "\x82\x00\x03\x01\x09", 5);         /* SUBMIT 9 without records */
    say_raw(rig, "a", "\x83\x00\x03\x02\x90\x01\x08", 7); /* SUBMIT 8 of none, keys out of order */
    say_raw(rig, "a", "\x82\x00\x06\x02\xa1x", 6);        /* ERROR: never answered */
    rig_progress(rig, "a", 0);                            /* not a client's to say */
    message_encode_heartbeat(&(struct message_heartbeat){}, &heartbeat);
    rig_say_frames(rig, "a", &heartbeat, 2);
    rig_turn(rig);
    rig_told_error(rig, "a", 0, CODE_MALFORMED);
    rig_told_error(rig, "a", 0, CODE_MALFORMED);
    rig_told_error(rig, "a", 0, CODE_MESSAGE_UNKNOWN);
    rig_told_error(rig, "a", 0, CODE_MESSAGE_UNKNOWN);
    rig_told_error(rig, "a", 9, CODE_MISSING_FIELD);
    rig_told_error(rig, "a", 8, CODE_NOTHING_THERE);
    rig_told_error(rig, "a", 0, CODE_MESSAGE_UNKNOWN);
    rig_told_error(rig, "a", 0, CODE_MALFORMED);
    rig_silent(rig, "a");
    assert_int_equal(head_of(rig), 0);
    buf_fini(&heartbeat);
}

static void
test_bad_records(void **state)
{
    struct broker_rig *rig = *state;
    struct buf records = BUF_EMPTY;
    rig_client(rig, "a");
    pack_uint(&records, 3); /* no array */
    submit_raw(rig, 1, &records);
    pack_array(&records, SUBMIT_RECORDS_MAX + 1);
    for (int i = 0; i <= SUBMIT_RECORDS_MAX; i++) {
        pack_nil(&records);
    }
    submit_raw(rig, 2, &records);
    pack_array(&records, 1);
    pack_array(&records, 3); /* a pair has two */
    pack_cstr(&records, "u");
    pack_bytes(&records, slice_text("body"));
    pack_nil(&records);
    submit_raw(rig, 3, &records);
    pack_array(&records, 2); /* the first is good, and not taken either */
    pack_array(&records, 2);
    pack_cstr(&records, "");
    pack_bytes(&records, slice_text("body"));
    pack_array(&records, 2);
    pack_cstr(&records, "Ba Đình\xff");
    pack_bytes(&records, slice_text("body"));
    submit_raw(rig, 4, &records);
    rig_turn(rig);
    rig_told_error(rig, "a", 1, CODE_WRONG_TYPE);
    rig_told_error(rig, "a", 2, CODE_TOO_MANY);
    rig_told_error(rig, "a", 3, CODE_MALFORMED);
    rig_told_error(rig, "a", 4, CODE_CODE_INVALID);
    assert_int_equal(head_of(rig), 0);
    buf_fini(&records);
}

/* ---- BUSY ---- */

static void
told_busy(struct broker_rig *rig, const char *who, uint64_t request, const char *reason)
{
    struct message_busy busy;
    rig_told(rig, who, MESSAGE_busy, &busy);
    assert_true(busy.request == request);
    assert_true(slice_is(busy.reason, reason));
    assert_true(busy.retry_ms > 0);
}

static void
test_busy_disk(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    rig->free_bytes = (256u << 20) - 1;
    rig_advance(rig, 1000);
    rig_turn(rig);
    rig_submit(rig, "a", 1, 1, 10);
    rig_turn(rig);
    told_busy(rig, "a", 1, "disk");
    assert_int_equal(head_of(rig), 0);
    rig->free_bytes = 256u << 20;
    rig_advance(rig, 1000);
    rig_turn(rig);
    rig_submit(rig, "a", 1, 1, 10);
    rig_turn(rig);
    assert_int_equal(receipts_of(rig, "a").block, 1);
}

static void
test_busy_lag(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    for (uint64_t n = 1; n <= 12; n++) {
        rig_submit(rig, "a", n, 1, 10);
        rig_turn(rig);
        receipts_of(rig, "a"); /* no worker has spoken: nothing to lag */
    }
    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_progress(rig, "t", 1);
    rig_submit(rig, "a", 13, 1, 10);
    rig_turn(rig);
    told_busy(rig, "a", 13, "lag");
    rig_progress(rig, "t", 2);
    rig_submit(rig, "a", 13, 1, 10);
    rig_turn(rig);
    assert_int_equal(receipts_of(rig, "a").block, 13);
}

static void
test_busy_share(void **state)
{
    struct broker_rig *rig = *state;
    rig->settings.share_kb = 1024;
    rig_restart(rig);
    rig_client(rig, "greedy");
    rig_client(rig, "other");
    rig_submit(rig, "greedy", 1, 1, 600000);
    rig_submit(rig, "greedy", 2, 1, 600000);
    rig_submit(rig, "other", 1, 1, 600000);
    rig_turn(rig);
    told_busy(rig, "greedy", 2, "share");
    assert_int_equal(receipts_of(rig, "greedy").request, 1);
    assert_int_equal(receipts_of(rig, "other").block, 1);
    rig_submit(rig, "greedy", 2, 1, 600000);
    rig_turn(rig);
    assert_int_equal(receipts_of(rig, "greedy").block, 2);
}

/* ---- a peer that does not hear ---- */

static void
test_dropped_reply_ends_session(void **state)
{
    struct broker_rig *rig = *state;
    rig_client(rig, "a");
    snprintf(rig->unreachable, sizeof(rig->unreachable), "a");
    rig_submit(rig, "a", 1, 1, 10);
    rig_turn(rig);
    assert_int_equal(broker_wait_ms(rig->broker), 0);
    rig->unreachable[0] = '\0';
    rig_turn(rig);
    rig_submit(rig, "a", 1, 1, 10);
    rig_turn(rig);
    rig_told_error(rig, "a", 1, CODE_HELLO_FIRST);
    rig_client(rig, "a");
}

/* ---- questions to the broker ---- */

static struct slice
answer_of(struct broker_rig *rig, const char *who, uint64_t request)
{
    struct message_answer answer;
    rig_told(rig, who, MESSAGE_answer, &answer);
    assert_true(answer.request == request);
    return answer.body;
}

/* The value of a key of a map with text keys. */
static struct cursor
value_of(struct slice map, const char *key)
{
    struct cursor c = cursor_of(map);
    struct slice name;
    uint32_t n;
    assert_int_equal(cursor_map(&c, &n), ERR_OK);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(cursor_text(&c, &name), ERR_OK);
        if (slice_is(name, key)) {
            return c;
        }
        assert_int_equal(cursor_skip(&c), ERR_OK);
    }
    fail_msg("no key %s", key);
    return c;
}

static uint64_t
number_of(struct slice map, const char *key)
{
    struct cursor c = value_of(map, key);
    uint64_t number;
    assert_int_equal(cursor_uint(&c, &number), ERR_OK);
    return number;
}

static void
ask(struct broker_rig *rig, uint64_t request, const char *name, const struct buf *args)
{
    struct message_query query = {
        .request = request,
        .name = slice_text(name),
        .args = buf_slice_of(args),
    };
    struct buf header = BUF_EMPTY;
    message_encode_query(&query, &header);
    rig_say(rig, "a", &header);
    buf_fini(&header);
}

static uint32_t
list_length(struct slice map, const char *key)
{
    struct cursor c = value_of(map, key);
    uint32_t n;
    assert_int_equal(cursor_array(&c, &n), ERR_OK);
    return n;
}

static void
test_status(void **state)
{
    struct broker_rig *rig = *state;
    bool ok;
    rig_client(rig, "a");
    say_raw(rig, "a", "\x81\x00\x63", 3);
    rig_query(rig, "a", 1, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told_error(rig, "a", 0, CODE_MESSAGE_UNKNOWN);
    struct slice body = answer_of(rig, "a", 1);
    struct cursor c = value_of(body, "ok");
    assert_int_equal(cursor_bool(&c, &ok), ERR_OK);
    assert_false(ok);
    assert_int_equal(list_length(body, "problems"), 2); /* no worker of either kind */
    struct cursor counts = value_of(body, "counts");
    assert_int_equal(number_of(slice_of(counts.at, (size_t)(counts.end - counts.at)), "errors"), 1);

    rig_worker(rig, "t", ROLE_TALLY, 100);
    rig_worker(rig, "q", ROLE_QUERY, 101);
    rig_query(rig, "a", 2, "broker.status", 0, 0);
    rig_turn(rig);
    body = answer_of(rig, "a", 2);
    c = value_of(body, "ok");
    assert_int_equal(cursor_bool(&c, &ok), ERR_OK);
    assert_true(ok);
    assert_int_equal(number_of(body, "sessions"), 3);
}

static void
test_journal_questions(void **state)
{
    struct broker_rig *rig = *state;
    struct buf args = BUF_EMPTY;
    rig_client(rig, "a");
    rig_submit(rig, "a", 1, 3, 64);
    rig_turn(rig);
    receipts_of(rig, "a");
    rig_query(rig, "a", 2, "broker.head", 0, 0);
    pack_map(&args, 1);
    pack_key_uint(&args, "block", 1);
    ask(rig, 3, "broker.block", &args);
    buf_clear(&args);
    pack_map(&args, 2);
    pack_key_uint(&args, "block", 1);
    pack_key_uint(&args, "index", 2);
    ask(rig, 4, "broker.record", &args);
    buf_clear(&args);
    pack_map(&args, 1);
    pack_cstr(&args, "receipts");
    pack_array(&args, 3);
    pack_cstr(&args, "1.0");
    pack_cstr(&args, "9.9");
    pack_cstr(&args, "1.2");
    ask(rig, 5, "broker.records", &args);
    rig_turn(rig);
    assert_int_equal(number_of(answer_of(rig, "a", 2), "block"), 1);
    struct slice block = answer_of(rig, "a", 3);
    assert_int_equal(number_of(block, "count"), 3);
    assert_int_equal(list_length(block, "records"), 3);
    assert_int_equal(number_of(answer_of(rig, "a", 4), "index"), 2);
    assert_int_equal(list_length(answer_of(rig, "a", 5), "records"), 2);
    buf_fini(&args);
}

static void
test_long_answer_in_pages(void **state)
{
    struct broker_rig *rig = *state;
    struct buf args = BUF_EMPTY;
    char text[RECEIPT_TEXT];
    rig_client(rig, "a");
    for (uint64_t n = 1; n <= 5; n++) {
        rig_submit(rig, "a", n, 1, 1000000);
        rig_turn(rig);
        receipts_of(rig, "a");
    }
    uint64_t start = 0, found = 0;
    for (uint64_t page = 1; page == 1 || start != 0; page++) {
        buf_clear(&args);
        pack_map(&args, 2);
        pack_key_uint(&args, "start", start);
        pack_cstr(&args, "receipts");
        pack_array(&args, 5);
        for (uint64_t n = 1; n <= 5; n++) {
            receipt_format((struct receipt){n, 0}, text);
            pack_cstr(&args, text);
        }
        ask(rig, page, "broker.records", &args);
        rig_turn(rig);
        struct slice body = answer_of(rig, "a", page);
        found += list_length(body, "records");
        start = found < 5 ? number_of(body, "next") : 0;
    }
    assert_int_equal(found, 5);
    buf_fini(&args);
}

static void
test_bad_questions(void **state)
{
    struct broker_rig *rig = *state;
    struct buf args = BUF_EMPTY;
    rig_client(rig, "a");
    rig_query(rig, "a", 1, "broker.weather", 0, 0);
    rig_query(rig, "a", 2, "broker.block", 0, 0);
    pack_map(&args, 1);
    pack_key_uint(&args, "colour", 1);
    ask(rig, 3, "broker.status", &args);
    buf_clear(&args);
    pack_map(&args, 1);
    pack_key_uint(&args, "block", 44);
    ask(rig, 4, "broker.block", &args);
    rig_turn(rig);
    rig_told_error(rig, "a", 1, CODE_QUERY_UNKNOWN);
    rig_told_error(rig, "a", 2, CODE_QUERY_INVALID);
    rig_told_error(rig, "a", 3, CODE_QUERY_INVALID);
    rig_told_error(rig, "a", 4, CODE_BLOCK_UNKNOWN);
    buf_fini(&args);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hello),
        TEST(test_hello_refused),
        TEST(test_sessions_full),
        TEST(test_lease),
        TEST(test_wait),
        TEST(test_receipts_after_commit),
        TEST(test_two_submits_one_block),
        TEST(test_block_full),
        TEST(test_failed_append),
        TEST(test_clock_set_back),
        TEST(test_bad_messages),
        TEST(test_bad_records),
        TEST(test_busy_disk),
        TEST(test_busy_lag),
        TEST(test_busy_share),
        TEST(test_dropped_reply_ends_session),
        TEST(test_status),
        TEST(test_journal_questions),
        TEST(test_long_answer_in_pages),
        TEST(test_bad_questions),
    };
    log_open("test_broker", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
