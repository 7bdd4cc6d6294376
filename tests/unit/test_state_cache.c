/* The rows that wait against a state where none does, under the same random operations: every answer
 * is the same at every moment, and so is what is behind it after each commit and each abort. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "workers/limits.h"
#include "workers/state/rows.h"
#include "workers/state/state_cache.h"

#include <stdio.h>

#define STEPS 60000
#define UNITS 300

struct pair {
    struct state *plain;  /* what must be */
    struct state *behind; /* of the cache */
    struct state *cache;
    uint64_t random;
    enum table table; /* of the key in hand */
};

/* xorshift64: the same run on every machine. */
static uint32_t
draw(struct pair *p, uint32_t most)
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return (uint32_t)(p->random >> 32) % most;
}

/* Keys that differ in their first bytes, only behind the first sixteen, or only in their length. */
static void
random_key(struct pair *p, struct buf *key)
{
    static const enum table tables[] = {TABLE_REPORT, TABLE_HISTORY, TABLE_ULID};
    p->table = tables[draw(p, 3)];
    struct report_key k = {1, 2, draw(p, UNITS / 10), 7, 1};
    key_report(key, &k);
    if (p->table == TABLE_HISTORY) {
        key_history(key, &k, (struct receipt){1, draw(p, 10)});
    } else if (p->table == TABLE_ULID) {
        buf_clear(key);
        for (uint32_t n = 1 + draw(p, UNITS / 10); n > 0; n--) {
            buf_byte(key, (uint8_t)(draw(p, 10) == 0));
        }
    }
}

static void
check_get(struct pair *p, struct slice key)
{
    struct slice a, b;
    enum err err = state_get(p->plain, p->table, key, &a);
    assert_int_equal(state_get(p->cache, p->table, key, &b), err);
    if (err == ERR_OK) {
        assert_true(slice_equal(a, b));
    }
}

static void
step_put(struct pair *p, struct slice key)
{
    uint8_t bytes[200];
    size_t len = draw(p, sizeof(bytes));
    memset(bytes, (int)draw(p, 256), sizeof(bytes));
    assert_int_equal(state_put(p->plain, p->table, key, slice_of(bytes, len)), ERR_OK);
    assert_int_equal(state_put(p->cache, p->table, key, slice_of(bytes, len)), ERR_OK);
}

static void
step_scan(struct pair *p, struct slice key)
{
    struct state_cursor *a, *b;
    struct state_row row_a, row_b;
    assert_int_equal(state_cursor_open(p->plain, p->table, &a), ERR_OK);
    assert_int_equal(state_cursor_open(p->cache, p->table, &b), ERR_OK);
    enum err err = cursor_seek(a, key, &row_a);
    assert_int_equal(cursor_seek(b, key, &row_b), err);
    for (int i = 0; i < 20 && err == ERR_OK; i++) {
        assert_true(slice_equal(row_a.key, row_b.key) && slice_equal(row_a.value, row_b.value));
        err = cursor_next(a, &row_a);
        assert_int_equal(cursor_next(b, &row_b), err);
    }
    cursor_close(b);
    cursor_close(a);
}

static void
begin_both(struct pair *p)
{
    assert_int_equal(state_begin(p->plain, true), ERR_OK);
    assert_int_equal(state_begin(p->cache, true), ERR_OK);
}

/* Ends the transaction one way or the other; what is behind must then be what must be. */
static void
step_end(struct pair *p)
{
    char difference[256];
    if (draw(p, 3) == 0) {
        state_abort(p->plain);
        state_abort(p->cache);
    } else {
        assert_int_equal(state_commit(p->plain), ERR_OK);
        assert_int_equal(state_commit(p->cache), ERR_OK);
    }
    assert_int_equal(state_begin(p->plain, false), ERR_OK);
    assert_int_equal(state_begin(p->behind, false), ERR_OK);
    assert_int_equal(state_compare(p->plain, p->behind, difference), ERR_OK);
    state_abort(p->behind);
    state_abort(p->plain);
    begin_both(p);
}

static struct pair
pair_new(void)
{
    struct pair p = {.plain = state_mem_new(), .behind = state_mem_new(), .random = 20210923};
    p.cache = state_cache_new(p.behind);
    return p;
}

static void
pair_free(struct pair *p)
{
    state_free(&p->cache);
    state_free(&p->behind);
    state_free(&p->plain);
}

static void
test_same_as_without(void **unused)
{
    (void)unused;
    struct pair p = pair_new();
    struct buf key = BUF_EMPTY;
    begin_both(&p);
    for (int i = 0; i < STEPS; i++) {
        uint32_t what = draw(&p, 1000);
        random_key(&p, &key);
        struct slice k = buf_slice_of(&key);
        if (what < 450) {
            check_get(&p, k);
        } else if (what < 800) {
            step_put(&p, k);
        } else if (what < 960) {
            enum err err = state_del(p.plain, p.table, k);
            assert_int_equal(state_del(p.cache, p.table, k), err);
        } else if (what < 985) {
            step_scan(&p, k);
        } else {
            step_end(&p);
        }
    }
    state_abort(p.cache);
    state_abort(p.plain);
    buf_fini(&key);
    pair_free(&p);
}

/* More than may wait: it is written within the transaction, which may still take all of it back. */
static void
test_more_than_may_wait(void **unused)
{
    (void)unused;
    static uint8_t bytes[4096];
    struct pair p = pair_new();
    struct buf key = BUF_EMPTY;
    struct slice value;
    uint32_t most = CACHE_BYTES_MAX / sizeof(bytes) + 2;
    assert_int_equal(state_begin(p.cache, true), ERR_OK);
    for (uint32_t unit = 0; unit < most; unit++) {
        key_report(&key, &(struct report_key){1, 1, most - unit, 9, 1});
        assert_int_equal(
            state_put(p.cache, TABLE_REPORT, buf_slice_of(&key), slice_of(bytes, sizeof(bytes))),
            ERR_OK);
    }
    key_report(&key, &(struct report_key){1, 1, most, 9, 1});
    assert_int_equal(state_get(p.behind, TABLE_REPORT, buf_slice_of(&key), &value), ERR_OK);
    key_report(&key, &(struct report_key){1, 1, 1, 9, 1});
    assert_int_equal(state_get(p.behind, TABLE_REPORT, buf_slice_of(&key), &value), ERR_NOT_FOUND);
    assert_int_equal(state_get(p.cache, TABLE_REPORT, buf_slice_of(&key), &value), ERR_OK);
    state_abort(p.cache);
    assert_int_equal(state_begin(p.cache, true), ERR_OK);
    assert_int_equal(state_get(p.cache, TABLE_REPORT, buf_slice_of(&key), &value), ERR_NOT_FOUND);
    state_abort(p.cache);
    buf_fini(&key);
    pair_free(&p);
}

/* The other tables, and what is no key, are as the state behind has them. */
static void
test_others_pass_through(void **unused)
{
    (void)unused;
    struct pair p = pair_new();
    struct slice value;
    assert_int_equal(state_begin(p.cache, true), ERR_OK);
    assert_int_equal(state_put(p.cache, TABLE_META, slice_text("k"), slice_text("v")), ERR_OK);
    assert_int_equal(state_put(p.cache, TABLE_TALLY, slice_text("tally"), slice_text("v")), ERR_OK);
    assert_int_equal(state_get(p.behind, TABLE_META, slice_text("k"), &value), ERR_OK);
    assert_int_equal(state_get(p.behind, TABLE_TALLY, slice_text("tally"), &value), ERR_OK);
    assert_int_equal(state_put(p.cache, TABLE_REPORT, slice_text(""), slice_text("v")), ERR_LIMIT);
    assert_int_equal(state_del(p.cache, TABLE_REPORT, slice_text("other")), ERR_NOT_FOUND);
    assert_int_equal(state_commit(p.cache), ERR_OK);
    assert_int_equal(state_sync(p.cache), ERR_OK);
    pair_free(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_without),
        cmocka_unit_test(test_more_than_may_wait),
        cmocka_unit_test(test_others_pass_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
