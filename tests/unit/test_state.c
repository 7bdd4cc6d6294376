/* The state's promises, one table of tests against memory and LMDB; then both against each other
 * under the same random operations, and LMDB across reopening. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "tests/lib/tempdir.h"
#include "workers/state/state.h"

#include <stdio.h>
#include <stdlib.h>

#define MAP_BYTES (256ull << 20) /* small, so that a sanitizer's shadow has room */

struct place {
    bool disk;
    char *folder; /* of LMDB's; NULL in memory */
};

static struct state *
open_state(struct place *p)
{
    struct state *s = NULL;
    if (!p->disk) {
        return state_mem_new();
    }
    p->folder = tempdir_new();
    assert_int_equal(state_lmdb_open_sized(p->folder, STATE_WRITE, MAP_BYTES, &s), ERR_OK);
    return s;
}

static void
close_state(struct place *p, struct state **s)
{
    state_free(s);
    if (p->disk) {
        tempdir_free(p->folder);
    }
}

static void
put(struct state *s, enum table t, const char *key, const char *value)
{
    assert_int_equal(state_put(s, t, slice_text(key), slice_text(value)), ERR_OK);
}

static void
expect(struct state *s, enum table t, const char *key, const char *value)
{
    struct slice got;
    enum err err = state_get(s, t, slice_text(key), &got);
    assert_int_equal(err, value == NULL ? ERR_NOT_FOUND : ERR_OK);
    if (value != NULL) {
        assert_true(slice_is(got, value));
    }
}

static void
commit_ends_and_keeps(struct state *s)
{
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_META, "k", "1");
    put(s, TABLE_META, "k", "two"); /* over itself, with another length */
    expect(s, TABLE_META, "k", "two");
    expect(s, TABLE_IDENT, "k", NULL); /* tables are apart */
    put(s, TABLE_IDENT, "empty", "");
    assert_int_equal(state_commit(s), ERR_OK);
    assert_int_equal(state_begin(s, false), ERR_OK);
    expect(s, TABLE_META, "k", "two");
    expect(s, TABLE_IDENT, "empty", "");
    state_abort(s);
    assert_int_equal(state_sync(s), ERR_OK);
}

static void
abort_forgets(struct state *s)
{
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_REPORT, "a", "1");
    put(s, TABLE_REPORT, "b", "2");
    assert_int_equal(state_commit(s), ERR_OK);
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_REPORT, "a", "changed");
    put(s, TABLE_REPORT, "a", "changed again");
    assert_int_equal(state_del(s, TABLE_REPORT, slice_text("b")), ERR_OK);
    put(s, TABLE_REPORT, "b", "back");
    assert_int_equal(state_del(s, TABLE_REPORT, slice_text("b")), ERR_OK);
    put(s, TABLE_REPORT, "c", "3");
    state_abort(s);
    assert_int_equal(state_begin(s, false), ERR_OK);
    expect(s, TABLE_REPORT, "a", "1");
    expect(s, TABLE_REPORT, "b", "2");
    expect(s, TABLE_REPORT, "c", NULL);
    state_abort(s);
}

static void
keys_have_limits(struct state *s)
{
    uint8_t bytes[STATE_KEY_MAX + 1] = {1};
    struct slice got, longest = slice_of(bytes, STATE_KEY_MAX);
    const struct slice wrong[] = {slice_of(bytes, 0), slice_of(bytes, sizeof(bytes))};
    assert_int_equal(state_begin(s, true), ERR_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(state_put(s, TABLE_ULID, wrong[i], longest), ERR_LIMIT);
        assert_int_equal(state_get(s, TABLE_ULID, wrong[i], &got), ERR_LIMIT);
        assert_int_equal(state_del(s, TABLE_ULID, wrong[i]), ERR_LIMIT);
    }
    assert_int_equal(state_put(s, TABLE_ULID, longest, slice_of(NULL, 0)), ERR_OK);
    assert_int_equal(state_get(s, TABLE_ULID, longest, &got), ERR_OK);
    assert_int_equal(got.len, 0);
    assert_int_equal(state_del(s, TABLE_ULID, slice_text("not there")), ERR_NOT_FOUND);
    state_abort(s);
}

static void
expect_row(enum err err, const struct state_row *row, const char *key)
{
    assert_int_equal(err, key == NULL ? ERR_NOT_FOUND : ERR_OK);
    if (key != NULL) {
        assert_true(slice_is(row->key, key));
    }
}

static void
cursors_turn_round_at_both_ends(struct state *s)
{
    struct state_cursor *c;
    struct state_row row;
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_TALLY, "b", "");
    put(s, TABLE_TALLY, "ba", "");
    put(s, TABLE_TALLY, "d", "");
    assert_int_equal(state_cursor_open(s, TABLE_TALLY, &c), ERR_OK);
    expect_row(cursor_next(c, &row), &row, "b");
    expect_row(cursor_next(c, &row), &row, "ba");
    expect_row(cursor_seek(c, slice_text("c"), &row), &row, "d");
    expect_row(cursor_prev(c, &row), &row, "ba");
    expect_row(cursor_seek(c, slice_text("e"), &row), &row, NULL);
    expect_row(cursor_next(c, &row), &row, NULL);
    expect_row(cursor_prev(c, &row), &row, "d");
    expect_row(cursor_next(c, &row), &row, NULL);
    expect_row(cursor_prev(c, &row), &row, "d");
    expect_row(cursor_seek(c, slice_text(""), &row), &row, "b");
    expect_row(cursor_prev(c, &row), &row, NULL);
    expect_row(cursor_prev(c, &row), &row, NULL);
    expect_row(cursor_next(c, &row), &row, "b");
    cursor_close(c);
    assert_int_equal(state_cursor_open(s, TABLE_TALLY, &c), ERR_OK);
    expect_row(cursor_prev(c, &row), &row, "d");
    cursor_close(c);
    state_abort(s);
}

static void
empty_table_has_no_rows(struct state *s)
{
    struct state_cursor *c;
    struct state_row row;
    assert_int_equal(state_begin(s, false), ERR_OK);
    assert_int_equal(state_cursor_open(s, TABLE_HISTORY, &c), ERR_OK);
    expect_row(cursor_seek(c, slice_text(""), &row), &row, NULL);
    expect_row(cursor_prev(c, &row), &row, NULL);
    expect_row(cursor_next(c, &row), &row, NULL);
    cursor_close(c);
    state_abort(s);
}

static void (*const promises[])(struct state *) = {
    commit_ends_and_keeps,           abort_forgets,           keys_have_limits,
    cursors_turn_round_at_both_ends, empty_table_has_no_rows,
};

static void
run_promises(bool disk)
{
    for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++) {
        struct place p = {.disk = disk};
        struct state *s = open_state(&p);
        promises[i](s);
        close_state(&p, &s);
    }
}

static void
test_memory(void **context)
{
    (void)context;
    run_promises(false);
}

static void
test_lmdb(void **context)
{
    (void)context;
    run_promises(true);
}

/* ---- both under the same random operations ---- */

struct twins {
    struct state *mem, *lmdb;
    uint64_t random; /* xorshift: the seed is all there is to a failure */
};

static uint32_t
pick(struct twins *t, uint32_t below)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (uint32_t)(t->random % below);
}

static void
random_change(struct twins *t)
{
    enum table table = (enum table)pick(t, 3);
    char key[16], value[64];
    struct slice k = slice_of(key, (size_t)snprintf(key, sizeof(key), "%u", pick(t, 200)));
    struct slice v = slice_of(
        value, (size_t)snprintf(value, sizeof(value), "%0*u", 1 + (int)pick(t, 40), pick(t, 1000)));
    if (pick(t, 3) == 0) {
        enum err err = state_del(t->mem, table, k);
        assert_int_equal(state_del(t->lmdb, table, k), err);
    } else {
        assert_int_equal(state_put(t->mem, table, k, v), ERR_OK);
        assert_int_equal(state_put(t->lmdb, table, k, v), ERR_OK);
    }
}

static void
random_walk(struct twins *t)
{
    enum table table = (enum table)pick(t, 3);
    struct state_cursor *a, *b;
    struct state_row row_a, row_b;
    assert_int_equal(state_cursor_open(t->mem, table, &a), ERR_OK);
    assert_int_equal(state_cursor_open(t->lmdb, table, &b), ERR_OK);
    for (int i = 0; i < 20; i++) {
        char key[16];
        struct slice k = slice_of(key, (size_t)snprintf(key, sizeof(key), "%u", pick(t, 220)));
        uint32_t move = pick(t, 7);
        enum err err_a = move == 0  ? cursor_seek(a, k, &row_a)
                         : move < 4 ? cursor_next(a, &row_a)
                                    : cursor_prev(a, &row_a);
        enum err err_b = move == 0  ? cursor_seek(b, k, &row_b)
                         : move < 4 ? cursor_next(b, &row_b)
                                    : cursor_prev(b, &row_b);
        assert_int_equal(err_a, err_b);
        if (err_a == ERR_OK) {
            assert_true(slice_equal(row_a.key, row_b.key));
            assert_true(slice_equal(row_a.value, row_b.value));
        }
    }
    cursor_close(a);
    cursor_close(b);
}

static void
random_transaction(struct twins *t)
{
    uint32_t changes = pick(t, 40);
    assert_int_equal(state_begin(t->mem, true), ERR_OK);
    assert_int_equal(state_begin(t->lmdb, true), ERR_OK);
    for (uint32_t i = 0; i < changes; i++) {
        random_change(t);
    }
    random_walk(t);
    if (pick(t, 3) == 0) {
        state_abort(t->mem);
        state_abort(t->lmdb);
    } else {
        assert_int_equal(state_commit(t->mem), ERR_OK);
        assert_int_equal(state_commit(t->lmdb), ERR_OK);
    }
}

static void
expect_equal(struct twins *t)
{
    char difference[256];
    uint8_t hash_a[32], hash_b[32];
    assert_int_equal(state_begin(t->mem, false), ERR_OK);
    assert_int_equal(state_begin(t->lmdb, false), ERR_OK);
    assert_int_equal(state_compare(t->mem, t->lmdb, difference), ERR_OK);
    assert_string_equal(difference, "");
    assert_int_equal(state_hash(t->mem, hash_a), ERR_OK);
    assert_int_equal(state_hash(t->lmdb, hash_b), ERR_OK);
    assert_memory_equal(hash_a, hash_b, sizeof(hash_a));
    state_abort(t->mem);
    state_abort(t->lmdb);
}

static void
test_both_do_the_same(void **context)
{
    (void)context;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct place disk = {.disk = true}, mem = {0};
        struct twins t = {open_state(&mem), open_state(&disk), seed * 0x9e3779b97f4a7c15u};
        for (int i = 0; i < 60; i++) {
            random_transaction(&t);
            expect_equal(&t);
        }
        close_state(&mem, &t.mem);
        close_state(&disk, &t.lmdb);
    }
}

/* ---- comparing ---- */

static void
test_compare_names_the_row(void **context)
{
    (void)context;
    static const struct {
        const char *key_a, *value_a, *key_b, *value_b, *says;
    } cases[] = {
        {"a", "1", "a", "1", NULL},
        {"a", "1", "a", "2", "report: key 61 has different values"},
        {"a", "1", "b", "1", "report: key 61 is only in the first"},
        {"b", "1", "a", "1", "report: key 61 is only in the second"},
        {"a", "1", NULL, NULL, "report: key 61 is only in the first"},
        {NULL, NULL, "a", "1", "report: key 61 is only in the second"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct state *a = state_mem_new(), *b = state_mem_new();
        char difference[256];
        uint8_t hash_a[32], hash_b[32];
        assert_int_equal(state_begin(a, true), ERR_OK);
        assert_int_equal(state_begin(b, true), ERR_OK);
        if (cases[i].key_a != NULL) {
            put(a, TABLE_REPORT, cases[i].key_a, cases[i].value_a);
        }
        if (cases[i].key_b != NULL) {
            put(b, TABLE_REPORT, cases[i].key_b, cases[i].value_b);
        }
        enum err err = state_compare(a, b, difference);
        assert_int_equal(err, cases[i].says == NULL ? ERR_OK : ERR_CONFLICT);
        assert_string_equal(difference, cases[i].says == NULL ? "" : cases[i].says);
        assert_int_equal(state_hash(a, hash_a), ERR_OK);
        assert_int_equal(state_hash(b, hash_b), ERR_OK);
        assert_int_equal(memcmp(hash_a, hash_b, 32) == 0, cases[i].says == NULL);
        state_abort(a);
        state_free(&a);
        state_free(&b); /* with its transaction open */
    }
}

/* A row's key and value must not run into one another, nor one table into the next. */
static void
test_hash_sees_boundaries(void **context)
{
    (void)context;
    static const struct {
        enum table table;
        const char *key, *value;
    } rows[] = {{TABLE_REPORT, "ab", "c"}, {TABLE_REPORT, "a", "bc"}, {TABLE_HISTORY, "ab", "c"}};
    uint8_t hashes[3][32];
    for (int i = 0; i < 3; i++) {
        struct state *s = state_mem_new();
        assert_int_equal(state_begin(s, true), ERR_OK);
        put(s, rows[i].table, rows[i].key, rows[i].value);
        assert_int_equal(state_hash(s, hashes[i]), ERR_OK);
        state_free(&s);
    }
    assert_memory_not_equal(hashes[0], hashes[1], 32);
    assert_memory_not_equal(hashes[0], hashes[2], 32);
}

/* ---- LMDB's own ---- */

static void
test_reopening_keeps(void **context)
{
    (void)context;
    char *folder = tempdir_new();
    char *path = tempdir_path(folder, "00");
    struct state *s = NULL;
    assert_int_equal(state_lmdb_open(path, STATE_READ, &s), ERR_NOT_FOUND);
    assert_int_equal(state_lmdb_open_sized(path, STATE_WRITE, MAP_BYTES, &s), ERR_OK);
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_META, "kept", "yes");
    assert_int_equal(state_commit(s), ERR_OK);
    assert_int_equal(state_begin(s, true), ERR_OK);
    put(s, TABLE_META, "lost", "yes");
    state_free(&s); /* a transaction that is open is aborted */
    assert_int_equal(state_lmdb_open(path, STATE_READ, &s), ERR_OK);
    assert_int_equal(state_begin(s, false), ERR_OK);
    expect(s, TABLE_META, "kept", "yes");
    expect(s, TABLE_META, "lost", NULL);
    state_free(&s);
    free(path);
    tempdir_free(folder);
}

static void
test_reader_before_writer(void **context)
{
    (void)context;
    char *folder = tempdir_new();
    char *path = tempdir_path(folder, "data.mdb");
    struct state *s = NULL;
    assert_int_equal(state_lmdb_open(folder, STATE_READ, &s), ERR_NOT_FOUND);
    FILE *f = fopen(path, "w"); /* the writer has just begun */
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(state_lmdb_open(folder, STATE_READ, &s), ERR_NOT_FOUND);
    f = fopen(path, "w"); /* and this is no state at all */
    assert_non_null(f);
    for (int i = 0; i < 10000; i++) {
        fputs("not LMDB", f);
    }
    assert_int_equal(fclose(f), 0);
    assert_int_equal(state_lmdb_open(folder, STATE_READ, &s), ERR_CORRUPT);
    assert_int_equal(state_lmdb_open(folder, STATE_WRITE, &s), ERR_CORRUPT);
    free(path);
    tempdir_free(folder);
}

static void
test_full_map_is_an_error(void **context)
{
    (void)context;
    char *folder = tempdir_new();
    struct state *s = NULL;
    struct buf value = BUF_EMPTY;
    memset(buf_reserve(&value, 1 << 20), 7, 1 << 20);
    assert_int_equal(state_lmdb_open_sized(folder, STATE_TEMPORARY, 2 << 20, &s), ERR_OK);
    assert_int_equal(state_begin(s, true), ERR_OK);
    enum err err = ERR_OK;
    for (int i = 0; i < 4 && err == ERR_OK; i++) {
        const uint8_t key = (uint8_t)i;
        err = state_put(s, TABLE_CAMPAIGN, slice_of(&key, 1), buf_slice_of(&value));
    }
    assert_int_equal(err, ERR_FULL);
    state_abort(s);
    state_free(&s);
    buf_fini(&value);
    tempdir_free(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_lmdb),
        cmocka_unit_test(test_both_do_the_same),
        cmocka_unit_test(test_compare_names_the_row),
        cmocka_unit_test(test_hash_sees_boundaries),
        cmocka_unit_test(test_reopening_keeps),
        cmocka_unit_test(test_reader_before_writer),
        cmocka_unit_test(test_full_map_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
