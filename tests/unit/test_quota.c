/* Token buckets at their edges: by the millisecond and the record. */
#include "broker/quota.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static const struct quota_rate RATE = {.records = 100, .bytes = 1000, .handshakes = 4};

static int
set_up(void **state)
{
    static struct quota q;
    quota_init(&q, 7);
    *state = &q;
    return 0;
}

static int
tear_down(void **state)
{
    quota_fini(*state);
    return 0;
}

static struct account *
account(struct quota *q, const char *principal)
{
    return quota_account(q, slice_text(principal), &RATE, 0);
}

/* A full bucket gives five seconds' worth at once, and not one record more. */
static void
a_burst_and_its_end(void **state)
{
    struct account *a = account(*state, "p");
    for (int i = 0; i < 100 * QUOTA_BURST_S; i++) {
        assert_int_equal(quota_wait_ms(a, &RATE, 0), 0);
        quota_take(a, 1, 1);
    }
    assert_int_equal(quota_wait_ms(a, &RATE, 0), 1); /* a tenth of a record is something */
    assert_int_equal(quota_wait_ms(a, &RATE, 1), 0);
    quota_take(a, 1, 1); /* 0.1 - 1: in debt by 0.9 */
    assert_int_equal(quota_wait_ms(a, &RATE, 1), 10);
    assert_int_equal(quota_wait_ms(a, &RATE, 10), 1);
    assert_int_equal(quota_wait_ms(a, &RATE, 11), 0);
}

/* What was told to be the wait is the wait: a millisecond before is too early. */
static void
the_wait_is_exact(void **state)
{
    struct account *a = account(*state, "p");
    quota_take(a, 1000, 0); /* twice the burst */
    uint32_t wait_ms = quota_wait_ms(a, &RATE, 0);
    assert_int_equal(wait_ms, 5001);
    assert_int_equal(quota_wait_ms(a, &RATE, wait_ms - 1), 1);
    assert_int_equal(quota_wait_ms(a, &RATE, wait_ms), 0);
}

/* Bytes are counted beside records, and the longer wait is told. */
static void
bytes_and_records(void **state)
{
    struct account *a = account(*state, "p");
    quota_take(a, 600, 9000);
    assert_int_equal(quota_wait_ms(a, &RATE, 0), 4001);
    quota_take(a, 800, 0);
    assert_int_equal(quota_wait_ms(a, &RATE, 0), 9001);
}

/* The largest debt at the smallest rate: the wait fits a BUSY, and comes to its end. */
static void
the_largest_debt(void **state)
{
    const struct quota_rate least = {1, 1, 1};
    struct account *a = quota_account(*state, slice_text("p"), &least, 0);
    quota_take(a, SUBMIT_RECORDS_MAX, 0);
    assert_int_equal(quota_wait_ms(a, &least, 0), RETRY_QUOTA_MAX_MS);
    assert_int_equal(quota_wait_ms(a, &least, 600000), 395001);
    assert_int_equal(quota_wait_ms(a, &least, 995000), 1);
    assert_int_equal(quota_wait_ms(a, &least, 995001), 0);
}

/* Time never earns more than a burst, however long it was, and at the greatest rate nothing overflows. */
static void
a_long_silence(void **state)
{
    const struct quota_rate most = {10000000, (uint64_t)10 << 30, 40};
    struct account *a = quota_account(*state, slice_text("p"), &most, 0);
    quota_take(a, 1, 1);
    assert_int_equal(quota_wait_ms(a, &most, INT64_MAX / 2), 0);
    assert_true(a->records == (int64_t)most.records * 1000 * QUOTA_BURST_S);
    assert_true(a->bytes == (int64_t)most.bytes * 1000 * QUOTA_BURST_S);
}

/* One's flood is nobody else's; each has one account, whatever name falls into the same bucket. */
static void
each_its_own(void **state)
{
    struct quota *q = *state;
    char name[16];
    quota_take(account(q, "flood"), 100000, 0);
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof(name), "ward-%05d", i);
        assert_int_equal(quota_wait_ms(account(q, name), &RATE, 0), 0);
    }
    assert_int_equal(q->count, 10001);
    assert_ptr_equal(account(q, "ward-00042"), account(q, "ward-00042"));
    assert_true(quota_wait_ms(account(q, "flood"), &RATE, 0) > 0);
}

/* To leave and come back earns nothing: an account is forgotten once it is full, and unused. */
static void
swept_when_full(void **state)
{
    struct quota *q = *state;
    account(q, "in-use")->sessions = 1;
    quota_take(account(q, "spent"), 100, 0);
    account(q, "full");
    quota_sweep(q, &RATE, 999);
    assert_int_equal(q->count, 2);
    quota_sweep(q, &RATE, 1000);
    assert_int_equal(q->count, 1);
    account(q, "in-use")->sessions = 0;
    quota_sweep(q, &RATE, 1000);
    assert_int_equal(q->count, 0);
}

/* Connections come in bursts, when a line is back; no more than that, and then so many a second. */
static void
handshakes_are_counted(void **state)
{
    struct account *a = account(*state, "p");
    for (int i = 0; i < 4 * QUOTA_BURST_S; i++) {
        assert_true(quota_handshake(a, &RATE, 0));
    }
    assert_false(quota_handshake(a, &RATE, 0));
    assert_false(quota_handshake(a, &RATE, 249));
    assert_true(quota_handshake(a, &RATE, 250));
    assert_false(quota_handshake(a, &RATE, 250));
    assert_int_equal(quota_wait_ms(a, &RATE, 250), 0); /* records are not theirs */
    quota_sweep(*state, &RATE, 5249);
    assert_int_equal(((struct quota *)*state)->count, 1);
    quota_sweep(*state, &RATE, 5250);
    assert_int_equal(((struct quota *)*state)->count, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_burst_and_its_end), TEST(the_wait_is_exact),      TEST(bytes_and_records),
        TEST(the_largest_debt),    TEST(a_long_silence),         TEST(each_its_own),
        TEST(swept_when_full),     TEST(handshakes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
