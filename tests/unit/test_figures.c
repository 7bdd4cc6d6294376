/* How long things take and what workers count: histograms, a worker's figures there and back, and what
 * broker.status makes of them. */
#include "tests/lib/broker_rig.h"

#include "broker/core.h"
#include "common/log.h"
#include "proto/cursor.h"
#include "proto/figures.h"
#include "proto/pack.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static void
bounds_belong_to_what_is_below(void **state)
{
    struct histogram h = {0};
    (void)state;
    histogram_add(&h, 100, 1);
    histogram_add(&h, 101, 2);
    histogram_add(&h, 60000000, 1);
    histogram_add(&h, 60000001, 1);
    histogram_add(&h, -5, 1); /* a clock that went back took no time */
    assert_int_equal(h.counts[0], 2);
    assert_int_equal(h.counts[1], 2);
    assert_int_equal(h.counts[HISTOGRAM_BOUNDS - 1], 1);
    assert_int_equal(h.counts[HISTOGRAM_BOUNDS], 1);
    assert_int_equal(histogram_count(&h), 6);
    assert_int_equal(h.sum_us, 100 + 202 + 60000000 + 60000001);
    for (unsigned i = 1; i < HISTOGRAM_BOUNDS; i++) {
        assert_true(HISTOGRAM_BOUND_US[i] > HISTOGRAM_BOUND_US[i - 1]);
    }
}

static void
so_many_of_a_thousand(void **state)
{
    struct histogram h = {0}, later;
    (void)state;
    assert_int_equal(histogram_quantile_us(&h, 500), -1);
    h.counts[0] = h.counts[1] = h.counts[2] = 1;
    assert_int_equal(histogram_quantile_us(&h, 333), 100);
    assert_int_equal(histogram_quantile_us(&h, 500), 250); /* one and a half of three are two */
    assert_int_equal(histogram_quantile_us(&h, 1000), 500);
    h = (struct histogram){.counts = {[3] = 99, [HISTOGRAM_BOUNDS] = 1}};
    assert_int_equal(histogram_quantile_us(&h, 990), 1000);
    assert_int_equal(histogram_quantile_us(&h, 991), INT64_MAX);
    later = h;
    histogram_add(&later, 700, 5);
    later = histogram_since(&later, &h);
    assert_int_equal(histogram_count(&later), 5);
    assert_int_equal(later.sum_us, 3500);
    later = histogram_since(&h, &(struct histogram){.counts = {[2] = 1}}); /* begun anew since */
    assert_memory_equal(&later, &h, sizeof h);
}

/* As a worker that has seen everything: the largest there is. */
static struct figures
figures_full(void)
{
    struct figures f = {0};
    for (unsigned i = 0; i < HISTOGRAM_COUNTS; i++) {
        f.transactions.counts[i] = UINT64_MAX;
    }
    f.transactions.sum_us = UINT64_MAX;
    for (unsigned v = 0; v < FIGURES_VERDICTS; v++) {
        f.verdicts[v] = UINT64_MAX - v;
    }
    for (unsigned c = 1; c < CODE_COUNT; c++) {
        f.codes[c] = UINT64_MAX - c;
    }
    return f;
}

static void
figures_there_and_back(void **state)
{
    struct figures f = figures_full(), back = {0};
    struct buf out = BUF_EMPTY;
    (void)state;
    figures_pack(&f, &out);
    assert_true(out.len <= FIGURES_BYTES_MAX);
    assert_true(figures_read(buf_slice_of(&out), &back));
    assert_memory_equal(&f, &back, sizeof f);
    buf_fini(&out);
}

/* Cut anywhere, or with anything behind it, they are none, and what was known stays. */
static void
figures_that_are_none(void **state)
{
    struct figures f = figures_full(), kept = {.verdicts = {7}};
    struct buf out = BUF_EMPTY;
    (void)state;
    figures_pack(&f, &out);
    for (size_t len = 0; len < out.len; len++) {
        uint8_t *copy = malloc(len + 1);
        memcpy(copy, out.data, len);
        assert_false(figures_read(slice_of(copy, len), &kept));
        free(copy);
    }
    pack_uint(&out, 1);
    assert_false(figures_read(buf_slice_of(&out), &kept));
    assert_int_equal(kept.verdicts[0], 7);
    assert_int_equal(kept.verdicts[1], 0);
    buf_fini(&out);
}

static void
a_code_of_a_newer_worker(void **state)
{
    struct figures f = {0};
    struct buf out = BUF_EMPTY;
    (void)state;
    pack_array(&out, 3);
    histogram_pack(&(struct histogram){0}, &out);
    pack_array(&out, FIGURES_VERDICTS);
    for (unsigned v = 0; v < FIGURES_VERDICTS; v++) {
        pack_uint(&out, v);
    }
    pack_array(&out, 2);
    pack_array(&out, 2);
    pack_cstr(&out, "unheard-of");
    pack_uint(&out, 3);
    pack_array(&out, 2);
    pack_cstr(&out, code_text(CODE_UNIT_UNKNOWN));
    pack_uint(&out, 4);
    assert_true(figures_read(buf_slice_of(&out), &f));
    assert_int_equal(f.codes[CODE_UNIT_UNKNOWN], 4);
    assert_int_equal(f.codes[CODE_NONE], 0);
    buf_fini(&out);
}

/* ---- in the broker ---- */

/* A journal that takes its time. */
struct slow {
    struct journal base;
    struct journal *behind;
    struct clock *clock;
    int64_t append_us;
};

static enum err
slow_append(struct journal *j, struct slice block)
{
    struct slow *slow = (struct slow *)j;
    slow->clock->now_us += slow->append_us;
    return journal_append(slow->behind, block);
}

static enum err
slow_read(struct journal *j, uint64_t number, struct slice *block)
{
    return journal_read(((struct slow *)j)->behind, number, block);
}

static void
slow_head(const struct journal *j, struct journal_head *head)
{
    journal_head(((const struct slow *)j)->behind, head);
}

static void
slow_free(struct journal *j)
{
    journal_free(&((struct slow *)j)->behind);
    free(j);
}

static const struct journal_ops SLOW_OPS = {
    .append = slow_append, .read = slow_read, .head = slow_head, .free = slow_free};

static int
set_up(void **state)
{
    struct broker_rig *rig = rig_new();
    struct slow *slow = calloc(1, sizeof *slow);
    assert_non_null(slow);
    *slow = (struct slow){{&SLOW_OPS}, rig->journal, &rig->clock, 3000};
    rig->journal = &slow->base;
    rig->settings.lease_ms = 600000;
    rig_start(rig);
    rig_client(rig, "a");
    rig_worker(rig, "t", ROLE_TALLY, 101);
    *state = rig;
    return 0;
}

static int
tear_down(void **state)
{
    struct broker_rig *rig = *state;
    rig_free(&rig);
    return 0;
}

/* The value of a key in a map; a cursor at its end where there is none. */
static struct cursor
at_key(struct cursor map, const char *key)
{
    uint32_t n;
    assert_int_equal(cursor_map(&map, &n), ERR_OK);
    while (n-- > 0) {
        struct slice name;
        assert_int_equal(cursor_text(&map, &name), ERR_OK);
        if (slice_is(name, key)) {
            return map;
        }
        assert_int_equal(cursor_skip(&map), ERR_OK);
    }
    return cursor_of(slice_of(NULL, 0));
}

static uint64_t
number(struct cursor at)
{
    uint64_t value = UINT64_MAX; /* nil, or not there */
    (void)!cursor_uint(&at, &value);
    return value;
}

static struct cursor
status(struct broker_rig *rig)
{
    struct message_answer answer;
    rig_query(rig, "a", 99, "broker.status", 0, 0);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_answer, &answer);
    return cursor_of(answer.body);
}

static struct cursor
first_shard(struct cursor status)
{
    uint32_t n;
    struct cursor shards = at_key(status, "shards");
    assert_int_equal(cursor_array(&shards, &n), ERR_OK);
    return shards;
}

static struct histogram
times(struct cursor status, const char *which)
{
    struct histogram h;
    struct cursor at = at_key(at_key(status, "times"), which);
    assert_true(histogram_read(&at, &h));
    return h;
}

static void
block_make(struct broker_rig *rig, uint32_t records)
{
    struct message_receipts receipts;
    rig_submit(rig, "a", 1, records, 8);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_receipts, &receipts);
}

static void
receipts_and_commits_are_timed(void **state)
{
    struct broker_rig *rig = *state;
    struct message_receipts receipts;
    rig_submit(rig, "a", 1, 2, 8);
    rig->clock.now_us += 40;
    rig_submit(rig, "a", 2, 1, 8);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_receipts, &receipts);
    rig_told(rig, "a", MESSAGE_receipts, &receipts);
    struct cursor now = status(rig);
    struct histogram h = times(now, "receipts");
    assert_int_equal(histogram_count(&h), 2); /* once a SUBMIT */
    assert_int_equal(h.sum_us, 3040 + 3000);
    h = times(now, "commits");
    assert_int_equal(histogram_count(&h), 1);
    assert_int_equal(h.sum_us, 3000);
    assert_int_equal(h.counts[5], 1); /* up to 5 ms */
}

static void
lag_is_timed_once_a_block(void **state)
{
    struct broker_rig *rig = *state;
    block_make(rig, 1);
    rig_advance(rig, 1000);
    block_make(rig, 1);
    assert_true(number(at_key(first_shard(status(rig)), "oldest_ms")) == UINT64_MAX);
    rig_progress(rig, "t", 0);
    assert_int_equal(number(at_key(first_shard(status(rig)), "oldest_ms")), 1003);
    rig_progress(rig, "t", 1);
    struct cursor now = status(rig);
    assert_int_equal(number(at_key(first_shard(now), "oldest_ms")), 0);
    struct histogram h = times(now, "lag");
    assert_int_equal(histogram_count(&h), 1);
    assert_int_equal(h.sum_us, 1003000);
    rig_progress(rig, "t", 0); /* it has begun anew from what its disk had */
    rig_progress(rig, "t", 2);
    now = status(rig);
    h = times(now, "lag");
    assert_int_equal(histogram_count(&h), 2);
    assert_int_equal(number(at_key(first_shard(now), "oldest_ms")), 0);
}

/* What was journalled before this start is no lag of the workers'; how old it is the journal knows. */
static void
blocks_of_before_the_start(void **state)
{
    struct broker_rig *rig = *state;
    block_make(rig, 1);
    block_make(rig, 1);
    rig_advance(rig, 5000);
    rig_restart(rig);
    rig_client(rig, "a");
    rig_worker(rig, "t", ROLE_TALLY, 101);
    block_make(rig, 1);
    rig_progress(rig, "t", 1);
    assert_true(number(at_key(first_shard(status(rig)), "oldest_ms")) >= 5000);
    rig_progress(rig, "t", 3);
    struct histogram h = times(status(rig), "lag");
    assert_int_equal(histogram_count(&h), 1);
}

/* Blocks that the ring has lost are at least as old as its oldest. */
static void
more_blocks_than_the_ring_has(void **state)
{
    struct broker_rig *rig = *state;
    struct broker *b = rig->broker;
    for (uint64_t n = 1; n <= TIMING_BLOCKS + 10; n++) {
        rig->clock.now_us += 2;
        timing_block(b, n, 1);
    }
    assert_int_equal(timing_age_ms(b, 10), -1);
    assert_int_equal(timing_age_ms(b, 11), (TIMING_BLOCKS - 1) * 2 / 1000);
    assert_int_equal(timing_age_ms(b, TIMING_BLOCKS + 11), -1);
    timing_passed(b, 0, 4);
    assert_int_equal(histogram_count(&b->timing.lag), 4);
    assert_int_equal(b->timing.lag.sum_us, 4 * (TIMING_BLOCKS - 1) * 2);
    timing_passed(b, 4, TIMING_BLOCKS + 10);
    assert_int_equal(histogram_count(&b->timing.lag), TIMING_BLOCKS + 10);
}

static void
records_of_the_last_seconds(void **state)
{
    struct broker_rig *rig = *state;
    rig->clock.now_us += 1000000 - rig->clock.now_us % 1000000;
    block_make(rig, 4);
    assert_int_equal(number(at_key(status(rig), "records_10s")), 0); /* this second is not over */
    rig_advance(rig, 1000);
    assert_int_equal(number(at_key(status(rig), "records_10s")), 4);
    block_make(rig, 2);
    rig_advance(rig, 10000);
    assert_int_equal(number(at_key(status(rig), "records_10s")), 2);
    assert_int_equal(number(at_key(status(rig), "records_60s")), 6);
    rig_advance(rig, 50000);
    assert_int_equal(number(at_key(status(rig), "records_60s")), 2);
    rig_advance(rig, 3600000 / 10);
    assert_int_equal(number(at_key(status(rig), "records_60s")), 0);
    block_make(rig, 1);
    rig_advance(rig, 1000);
    assert_int_equal(number(at_key(status(rig), "records_60s")), 1);
}

static void
figures_say(struct broker_rig *rig, struct slice figures)
{
    struct message_progress progress = {.figures = figures};
    struct buf header = BUF_EMPTY;
    message_encode_progress(&progress, &header);
    rig_say(rig, "t", &header);
    buf_fini(&header);
}

static void
figures_of_a_worker_are_told(void **state)
{
    struct broker_rig *rig = *state;
    struct figures f = {.verdicts = {[FIGURES_REJECTED] = 5}, .codes = {[CODE_UNIT_UNKNOWN] = 4}};
    struct buf out = BUF_EMPTY;
    struct cursor at = at_key(first_shard(status(rig)), "verdicts");
    assert_int_equal(cursor_kind(&at), KIND_NIL);
    histogram_add(&f.transactions, 700, 3);
    figures_pack(&f, &out);
    figures_say(rig, buf_slice_of(&out));
    rig_progress(rig, "t", 0); /* without any: the last ones stay */
    struct cursor shard = first_shard(status(rig));
    assert_int_equal(number(at_key(at_key(shard, "verdicts"), "rejected")), 5);
    assert_int_equal(number(at_key(at_key(shard, "rejected_by"), "unit-unknown")), 4);
    struct histogram h;
    at = at_key(shard, "transactions");
    assert_true(histogram_read(&at, &h));
    assert_int_equal(h.sum_us, 2100);
    figures_say(rig, slice_text("\x93\x01\x02\x03"));
    rig_turn(rig);
    rig_told_error(rig, "t", 0, CODE_MALFORMED);
    buf_fini(&out);
}

static void
busy_is_counted_by_reason(void **state)
{
    struct broker_rig *rig = *state;
    struct message_busy busy;
    rig_progress(rig, "t", 0);
    for (int i = 0; i < 11; i++) {
        block_make(rig, 1);
    }
    rig_submit(rig, "a", 1, 1, 8);
    rig_turn(rig);
    rig_told(rig, "a", MESSAGE_busy, &busy);
    struct cursor by = at_key(at_key(status(rig), "counts"), "busy_by");
    assert_int_equal(number(at_key(by, "disk")), 0);
    assert_int_equal(number(at_key(by, "lag")), 1);
    assert_int_equal(number(at_key(by, "quota")), 0);
}

static void
sessions_by_role(void **state)
{
    struct broker_rig *rig = *state;
    struct cursor now = status(rig);
    struct message_error error;
    char name[8];
    assert_int_equal(number(at_key(at_key(now, "session_roles"), "client")), 1);
    assert_int_equal(number(at_key(at_key(now, "session_roles"), "tally")), 1);
    assert_int_equal(number(at_key(now, "sessions_max")), 16);
    for (int i = 0; i < 12; i++) { /* two of the sixteen places are kept for workers */
        snprintf(name, sizeof name, "c%d", i);
        rig_client(rig, name);
    }
    rig_hello(rig, "last", ROLE_CLIENT, 0, 0);
    rig_turn(rig);
    rig_told(rig, "last", MESSAGE_error, &error);
    now = status(rig);
    assert_int_equal(number(at_key(at_key(now, "counts"), "sessions_refused")), 1);
    struct cursor problems = at_key(now, "problems");
    assert_non_null(memmem(problems.at, (size_t)(problems.end - problems.at), "sessions-full", 13));
    rig_bye(rig, "c0");
    rig_turn(rig);
    assert_int_equal(number(at_key(at_key(status(rig), "session_roles"), "client")), 12);
}

int
main(void)
{
#define IN_BROKER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_belong_to_what_is_below),
        cmocka_unit_test(so_many_of_a_thousand),
        cmocka_unit_test(figures_there_and_back),
        cmocka_unit_test(figures_that_are_none),
        cmocka_unit_test(a_code_of_a_newer_worker),
        IN_BROKER(receipts_and_commits_are_timed),
        IN_BROKER(lag_is_timed_once_a_block),
        IN_BROKER(blocks_of_before_the_start),
        IN_BROKER(more_blocks_than_the_ring_has),
        IN_BROKER(records_of_the_last_seconds),
        IN_BROKER(figures_of_a_worker_are_told),
        IN_BROKER(busy_is_counted_by_reason),
        IN_BROKER(sessions_by_role),
    };
    log_open("test_figures", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
