/* Access records in the state machine: what is refused of them, from when on they hold, who speaks through
 * a gateway, units that move and end, and that any number of shards and any transactions give the same. */
#include "tests/lib/apply_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define DAY "2021-11-05"
#define PERIOD "20211105"

static struct rig rig;

static int
set_up(void **state)
{
    (void)state;
    rig_open_ready(&rig, 3);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

/* What became of an access record alone in its block. */
static const char *
publish(const char *principal, uint8_t ulid, const char *words)
{
    rig.principal = principal;
    uint32_t index = rig_access(&rig, ulid, words);
    rig.principal = "local";
    return rig_verdict(&rig, rig_commit(&rig, DAY), index);
}

/* What became of a daily report of a unit; each has a revision of its own. */
static const char *
report(const char *principal, const char *unit)
{
    static uint64_t revision;
    rig.principal = principal;
    uint32_t index = rig_report(&rig, "daily", unit, PERIOD, NULL, ++revision, "doses=5");
    rig.principal = "local";
    return rig_verdict(&rig, rig_commit(&rig, DAY), index);
}

static bool
counts(const char *verdict)
{
    return strncmp(verdict, "accepted", 8) == 0 || strncmp(verdict, "corrected", 9) == 0 ||
           strncmp(verdict, "unchanged", 9) == 0;
}

static void
a_principal_comes_and_goes(void **state)
{
    (void)state;
    assert_string_equal(report("ward", "w1"), "rejected not-allowed w1 |ward");
    assert_string_equal(publish("local", 1, "ward roles=submitter units=w1 keys=1"), "accepted");
    assert_string_equal(report("ward", "w1"), "accepted");
    assert_string_equal(report("ward", "w2"), "rejected not-allowed w2 |ward");
    assert_string_equal(publish("local", 2, "ward roles=submitter units=w2 keys=1,2"), "accepted");
    assert_string_equal(report("ward", "w1"), "rejected not-allowed w1 |ward");
    assert_string_equal(report("ward", "w2"), "accepted");
    assert_string_equal(publish("local", 3, "ward"), "accepted");
    assert_string_equal(report("ward", "w2"), "rejected not-allowed w2 |ward");
    assert_int_equal(rig_rows(&rig, TABLE_ACCESS), 3); /* one a shard */
}

/* In one block, one transaction: what stands before it, and what behind. */
static void
it_holds_for_what_comes_behind_it(void **state)
{
    (void)state;
    rig.principal = "ward";
    uint32_t before = rig_report(&rig, "daily", "w1", PERIOD, NULL, 1, "doses=5");
    rig.principal = "local";
    rig_access(&rig, 1, "ward roles=submitter units=w1 keys=1");
    rig.principal = "ward";
    uint32_t between = rig_report(&rig, "daily", "w1", PERIOD, NULL, 2, "doses=5");
    rig.principal = "local";
    rig_access(&rig, 2, "ward");
    rig.principal = "ward";
    uint32_t behind = rig_report(&rig, "daily", "w1", PERIOD, NULL, 3, "doses=5");
    uint64_t block = rig_commit(&rig, DAY);
    assert_string_equal(rig_verdict(&rig, block, before), "rejected not-allowed w1 |ward");
    assert_string_equal(rig_verdict(&rig, block, between), "accepted");
    assert_string_equal(rig_verdict(&rig, block, behind), "rejected not-allowed w1 |ward");
}

static void
what_is_wrong_is_told(void **state)
{
    (void)state;
    assert_string_equal(publish("local", 1, "ward roles=submitter units=w1 keys=1"), "accepted");
    assert_string_equal(publish("local", 2, "local roles=submitter"),
                        "rejected choice-invalid principal |local");
    assert_string_equal(publish("local", 3, "other roles=submitter units=w1,nowhere"),
                        "rejected reference-unknown units |nowhere");
    assert_string_equal(publish("local", 4, "other roles=submitter keys=2,1"),
                        "rejected key-taken ward |0101010101010101");
    assert_string_equal(publish("nobody", 5, "other roles=submitter"),
                        "rejected not-allowed  |nobody");
    assert_string_equal(publish("ward", 6, "ward roles=operator"),
                        "rejected not-in-role ward |access");
    assert_int_equal(rig_rows(&rig, TABLE_ACCESS), 3);
    assert_int_equal(apply_position(rig.applies[1])->access_revision, 2);
    /* a rejected one uses up nothing: neither its ULID nor its key */
    assert_string_equal(publish("local", 4, "other roles=submitter keys=2"), "accepted");
    assert_string_equal(publish("local", 4, "other roles=auditor keys=3"), "unchanged");
    assert_int_equal(apply_position(rig.applies[2])->access_revision, 8);
}

static void
an_operator_speaks_of_access_and_of_nothing_else(void **state)
{
    (void)state;
    publish("local", 1, "boss roles=operator keys=1");
    assert_string_equal(publish("boss", 2, "ward roles=submitter units=w1 keys=2"), "accepted");
    assert_string_equal(report("boss", "w1"), "rejected not-in-role boss |report");
    assert_string_equal(publish("boss", 3, "boss"), "accepted");
    assert_string_equal(publish("boss", 4, "ward"), "rejected not-allowed  |boss");
    assert_true(counts(report("ward", "w1")));
}

static void
a_key_that_was_set_free_may_be_anothers(void **state)
{
    (void)state;
    publish("local", 1, "a roles=submitter keys=1,2");
    publish("local", 2, "a roles=submitter keys=2");
    assert_string_equal(publish("local", 3, "b roles=submitter keys=1"), "accepted");
    assert_string_equal(publish("local", 4, "c roles=submitter keys=2"),
                        "rejected key-taken a |0202020202020202");
    publish("local", 5, "a");
    assert_string_equal(publish("local", 6, "c roles=submitter keys=2"), "accepted");
}

/* ---- gateways ---- */

static void
a_gateway_speaks_for_whom_it_may(void **state)
{
    (void)state;
    publish("local", 1, "ward roles=submitter units=w1");
    publish("local", 2, "clerk roles=submitter units=w2");
    publish("local", 3, "gate roles=gateway units=d1+ for=ward");
    assert_string_equal(report("ward@gate", "w1"), "accepted");
    assert_string_equal(report("ward@gate", "w2"), "rejected not-allowed w2 |ward@gate");
    assert_string_equal(report("clerk@gate", "w2"), "rejected not-allowed w2 |clerk@gate");
    assert_string_equal(report("gate", "w1"), "rejected not-in-role gate |report");
    assert_string_equal(report("ward@clerk", "w1"), "rejected not-allowed w1 |ward@clerk");
    assert_string_equal(report("ward@nobody", "w1"), "rejected not-allowed w1 |ward@nobody");
    assert_string_equal(report("ward@", "w1"), "rejected not-allowed w1 |ward@");
    assert_string_equal(report("ward@local", "w2"), "rejected not-allowed w2 |ward@local");
    assert_string_equal(report("local@local", "w2"), "rejected not-allowed w2 |local@local");
    publish("local", 4, "gate roles=gateway for=*,local");
    assert_true(counts(report("clerk@gate", "w2")));
    assert_string_equal(report("local@gate", "w1"), "rejected not-allowed w1 |local@gate");
    publish("local", 5, "gate");
    assert_string_equal(report("ward@gate", "w1"), "rejected not-allowed w1 |ward@gate");
    assert_true(counts(report("ward", "w1")));
}

/* Sent again through another gateway, or by itself, it is the same merge. */
static void
a_ulid_counts_once_whoever_brings_it(void **state)
{
    (void)state;
    publish("local", 1, "ward roles=submitter units=w1");
    publish("local", 2, "gate roles=gateway for=*");
    static const char *const bringers[] = {"ward@gate", "ward", "ward@gate"};
    for (int i = 0; i < 3; i++) {
        rig.principal = bringers[i];
        uint32_t index = rig_merge(&rig, "daily", "w1", PERIOD, 77, i == 0 ? "doses=5" : "doses=6");
        rig.principal = "local";
        const char *verdict = rig_verdict(&rig, rig_commit(&rig, DAY), index);
        assert_true((strcmp(verdict, "unchanged") == 0) == (i > 0));
    }
    assert_string_equal(rig_tally(&rig, "daily", "w1", PERIOD), "1/1/1/0/0 doses=5*1");
}

/* ---- units ---- */

static void
own_is_what_is_beneath_on_the_day(void **state)
{
    (void)state;
    const struct unit_row rows[] = {
        rig_unit("city//city"),
        rig_unit("other//city"),
        rig_unit("d1/city/district//2021-11-05"),
        rig_unit("d1/other/district/2021-11-06"), /* after w2 has ended beneath it */
        rig_unit("d2/city/district"),
        rig_unit("w1/d1/commune//2021-11-05"),
        rig_unit("w1/d2/commune/2021-11-06"),
        rig_unit("w2/d1/commune//2021-11-04"),
    };
    rig_units(&rig, 50, rows, sizeof(rows) / sizeof(rows[0]));
    rig_access(&rig, 1, "one roles=submitter units=d1+");
    rig_access(&rig, 2, "two roles=submitter units=d2+");
    rig_access(&rig, 3, "alone roles=submitter units=d1");
    rig_access(&rig, 4, "top roles=submitter units=city+,w1");
    rig_commit(&rig, "2021-11-04");
    static const struct {
        const char *date, *principal, *unit;
        bool may;
    } cases[] = {
        {"2021-11-05", "one", "w1", true},    {"2021-11-05", "two", "w1", false},
        {"2021-11-05", "alone", "w1", false}, {"2021-11-05", "top", "w1", true},
        {"2021-11-06", "one", "w1", false},   {"2021-11-06", "two", "w1", true},
        {"2021-11-06", "top", "w1", true},    {"2021-11-08", "one", "w2", true}, /* it has ended */
        {"2021-11-08", "two", "w2", false},   {"2021-11-08", "top", "w2", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig.principal = cases[i].principal;
        uint32_t index =
            rig_report(&rig, "daily", cases[i].unit, "20211104", NULL, i + 1, "doses=5");
        const char *verdict = rig_verdict(&rig, rig_commit(&rig, cases[i].date), index);
        rig.principal = "local";
        if (counts(verdict) != cases[i].may) {
            fail_msg("%s %s %s: %s", cases[i].date, cases[i].principal, cases[i].unit, verdict);
        }
    }
}

/* ---- the same everywhere ---- */

static void
a_long_story(void)
{
    static const char *const words[] = {
        "ward roles=submitter units=w1 keys=1",
        "clerk roles=ingest units=d1+ keys=2",
        "gate roles=gateway for=ward keys=3",
        "ward roles=submitter units=w2 keys=4",
        "clerk roles=ingest units=w1 keys=1",
        "ward",
        "gate roles=gateway for=*",
        "boss roles=operator keys=4",
    };
    static const char *const speakers[] = {"ward", "clerk", "ward@gate", "boss", "clerk@gate"};
    for (uint8_t i = 0; i < 8; i++) {
        rig_access(&rig, (uint8_t)(i + 1), words[i]);
        for (int k = 0; k < 5; k++) {
            rig.principal = speakers[k];
            rig_report(&rig, "daily", k % 2 == 0 ? "w1" : "w2", PERIOD, NULL,
                       (uint64_t)(i * 5 + k + 1), "doses=5");
        }
        rig.principal = "local";
        rig_commit(&rig, DAY);
    }
}

static void
replays_are_equal(void **state)
{
    (void)state;
    a_long_story();
    static const uint32_t shapes[][2] = {{3, 1}, {3, 9}, {1, 4}};
    for (size_t i = 0; i < 3; i++) {
        struct rig again;
        rig_replay(&rig, &again, shapes[i][0], shapes[i][1]);
        for (uint64_t block = 1; block <= rig.block_count; block++) {
            for (uint32_t k = 0; k < 6; k++) {
                assert_string_equal(rig_verdict(&rig, block, k), rig_verdict(&again, block, k));
            }
        }
        for (uint32_t shard = 0; again.shards == rig.shards && shard < 3; shard++) {
            char difference[256];
            assert_int_equal(state_begin(rig.states[shard], false), ERR_OK);
            assert_int_equal(state_begin(again.states[shard], false), ERR_OK);
            assert_int_equal(state_compare(rig.states[shard], again.states[shard], difference),
                             ERR_OK);
            state_abort(rig.states[shard]);
            state_abort(again.states[shard]);
        }
        rig_close(&again);
    }
}

/* A transaction that is given up takes back who may speak, in memory too: the next one holds a report
 * of whom the lost one had let in. */
static void
an_abort_takes_it_back(void **state)
{
    (void)state;
    struct rig fresh;
    rig_open_ready(&fresh, 1);
    rig_access(&fresh, 1, "ward roles=submitter units=w1");
    struct buf lost = BUF_EMPTY;
    const struct position *at = apply_position(fresh.applies[0]);
    block_finish(&fresh.builder, at->block + 1, at->time_us, at->time_us, at->chain);
    buf_slice(&lost, buf_slice_of(&fresh.builder.bytes));
    const struct slice blocks[] = {buf_slice_of(&lost), slice_text("no block")};
    assert_int_equal(apply_blocks(fresh.applies[0], blocks, 2), ERR_CORRUPT);
    assert_int_equal(apply_position(fresh.applies[0])->access_revision, 0);
    block_builder_fini(&fresh.builder);
    block_begin(&fresh.builder, 1, 7, 2);
    fresh.principal = "ward";
    rig_report(&fresh, "daily", "w1", PERIOD, NULL, 1, "doses=5");
    assert_string_equal(rig_verdict(&fresh, rig_commit(&fresh, DAY), 0),
                        "rejected not-allowed w1 |ward");
    buf_fini(&lost);
    rig_close(&fresh);
}

int
main(void)
{
#define ON_A_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_RIG(a_principal_comes_and_goes),
        ON_A_RIG(it_holds_for_what_comes_behind_it),
        ON_A_RIG(what_is_wrong_is_told),
        ON_A_RIG(an_operator_speaks_of_access_and_of_nothing_else),
        ON_A_RIG(a_key_that_was_set_free_may_be_anothers),
        ON_A_RIG(a_gateway_speaks_for_whom_it_may),
        ON_A_RIG(a_ulid_counts_once_whoever_brings_it),
        ON_A_RIG(own_is_what_is_beneath_on_the_day),
        ON_A_RIG(replays_are_equal),
        ON_A_RIG(an_abort_takes_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
