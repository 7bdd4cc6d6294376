/* The state fails under the state machine, at every single call in turn: the run ends with that error,
 * and a new one from what was committed comes to the same rows as if nothing had happened. It is
 * DESIGN.md's second promise where disks are concerned: effects of all of a transaction, or of none. */
#include "tests/lib/apply_rig.h"

#include "common/log.h"
#include "common/mem.h"
#include "workers/state/state.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

/* ---- a state that gives ERR_IO at its n-th call ---- */

struct failing {
    struct state base;
    struct state *behind; /* borrowed: what was committed outlives us, as a disk does */
    uint64_t left;        /* calls until then */
};

struct failing_cursor {
    struct state_cursor base;
    struct state_cursor *behind;
};

static struct failing *
of(struct state *s)
{
    return (struct failing *)s;
}

static struct state_cursor *
cursor_behind(struct state_cursor *c)
{
    return ((struct failing_cursor *)c)->behind;
}

/* Once: if all calls behind it failed too, an error that was passed over would come out with the next. */
static bool
fails(struct state *s)
{
    return of(s)->left > 0 && --of(s)->left == 0;
}

static enum err
failing_begin(struct state *s, bool write)
{
    return fails(s) ? ERR_IO : state_begin(of(s)->behind, write);
}

static void
failing_abort(struct state *s)
{
    state_abort(of(s)->behind);
}

static enum err
failing_commit(struct state *s)
{
    if (fails(s)) {
        failing_abort(s); /* a commit that failed ends the transaction too */
        return ERR_IO;
    }
    return state_commit(of(s)->behind);
}

static enum err
failing_sync(struct state *s)
{
    return fails(s) ? ERR_IO : state_sync(of(s)->behind);
}

static enum err
failing_get(struct state *s, enum table t, struct slice key, struct slice *value)
{
    return fails(s) ? ERR_IO : state_get(of(s)->behind, t, key, value);
}

static enum err
failing_put(struct state *s, enum table t, struct slice key, struct slice value)
{
    return fails(s) ? ERR_IO : state_put(of(s)->behind, t, key, value);
}

static enum err
failing_del(struct state *s, enum table t, struct slice key)
{
    return fails(s) ? ERR_IO : state_del(of(s)->behind, t, key);
}

static enum err
failing_cursor_open(struct state *s, enum table t, struct state_cursor **cursor)
{
    if (fails(s)) {
        return ERR_IO;
    }
    struct failing_cursor *c = mem_alloc(sizeof *c);
    c->base.state = s;
    *cursor = &c->base;
    return state_cursor_open(of(s)->behind, t, &c->behind);
}

static enum err
failing_seek(struct state_cursor *c, struct slice key, struct state_row *row)
{
    return fails(c->state) ? ERR_IO : cursor_seek(cursor_behind(c), key, row);
}

static enum err
failing_next(struct state_cursor *c, struct state_row *row)
{
    return fails(c->state) ? ERR_IO : cursor_next(cursor_behind(c), row);
}

static enum err
failing_prev(struct state_cursor *c, struct state_row *row)
{
    return fails(c->state) ? ERR_IO : cursor_prev(cursor_behind(c), row);
}

static void
failing_cursor_close(struct state_cursor *c)
{
    cursor_close(cursor_behind(c));
    free(c);
}

static void
failing_free(struct state *s)
{
    (void)s;
}

static const struct state_ops FAILING_OPS = {
    .begin = failing_begin,
    .commit = failing_commit,
    .abort = failing_abort,
    .sync = failing_sync,
    .get = failing_get,
    .put = failing_put,
    .del = failing_del,
    .cursor_open = failing_cursor_open,
    .seek = failing_seek,
    .next = failing_next,
    .prev = failing_prev,
    .cursor_close = failing_cursor_close,
    .free = failing_free,
};

/* ---- a journal in which everything happens once ---- */

static void
journal_write(struct rig *rig)
{
    static const char *const days[] = {"20211101", "20211102", "20211103", "20211104"};
    struct campaign *campaign = rig_campaign_new(rig);
    const struct unit_row rows[] = {rig_unit("city//city"),
                                    rig_unit("d1/city/district"),
                                    rig_unit("d2/city/district"),
                                    rig_unit("w1/d1/commune"),
                                    rig_unit("w2/d1/commune//2021-11-30"),
                                    rig_unit("w2/d2/commune/2021-12-01")};
    for (int i = 0; i < 4; i++) {
        rig_report(rig, "daily", "w1", days[i], NULL, 1, "doses=10 peak=9 low=3 temp=36.5 beds=2");
    }
    rig_commit(rig, "2021-11-05");
    rig_report(rig, "daily", "w1", "20211102", NULL, 2, "doses=10 peak=4 low=5 temp=37.5 beds=3");
    rig_report(rig, "daily", "w1", "20211103", "health", 1, "doses=11");
    rig_merge(rig, "daily", "w1", "20211104", 1, "doses=12 peak=nil");
    rig_withdraw(rig, "daily", "w1", "20211101", NULL, 2);
    rig_report(rig, "weekly", "w2", "2021W44", NULL, 1, "doses=5 beds=1 peak=2");
    rig_commit(rig, "2021-11-06");
    rig_units(rig, 2, rows, sizeof rows / sizeof rows[0]);
    campaign->title.en = slice_text("Another title");
    rig_campaign(rig, 3, campaign);
    rig_report(rig, "daily", "w9", "20211105", NULL, 1, "doses=1");
    rig_report(rig, "daily", "w2", "20211106", NULL, 1, "doses=7 first=3 second=3");
    rig_commit(rig, "2021-11-07");
    rig->principal = PRINCIPAL_BROKER;
    rig_quarantine(rig, 4, (struct receipt){2, 1});
    rig_commit(rig, "2021-11-08");
}

static enum err
blocks_apply(const struct rig *rig, struct apply *apply)
{
    enum err err = ERR_OK;
    for (uint64_t i = apply_position(apply)->block; i < rig->block_count && err == ERR_OK; i++) {
        struct slice block = buf_slice_of(&rig->blocks[i]);
        err = apply_blocks(apply, &block, 1);
    }
    return err;
}

static void
hash_of(struct state *state, uint8_t hash[32])
{
    assert_int_equal(state_begin(state, false), ERR_OK);
    assert_int_equal(state_hash(state, hash), ERR_OK);
    state_abort(state);
}

/* Runs until the n-th call; false where the run ended before it. */
static bool
run_until(const struct rig *rig, struct failing *state, uint64_t n)
{
    struct apply *apply = NULL;
    state->left = n;
    enum err err = apply_new(&state->base, 0, 1, &apply);
    if (err == ERR_OK) {
        err = blocks_apply(rig, apply);
    }
    bool failed = state->left == 0;
    /* An error is never passed over, and never told as another. */
    assert_int_equal(err, failed ? ERR_IO : ERR_OK);
    apply_free(&apply);
    return failed;
}

static void
test_every_call_fails_once(void **test)
{
    struct rig rig;
    uint8_t whole[32], again[32];
    uint64_t n = 1;
    bool failed = true;
    (void)test;
    rig_open_ready(&rig, 1);
    journal_write(&rig);
    hash_of(rig.states[0], whole);
    for (; failed; n++) {
        struct state *disk = state_mem_new();
        struct failing state = {.base = {&FAILING_OPS}, .behind = disk};
        failed = run_until(&rig, &state, n);
        if (failed) {
            assert_false(run_until(&rig, &state, UINT64_MAX));
        }
        hash_of(disk, again);
        if (memcmp(whole, again, sizeof whole) != 0) {
            fail_msg("another state after the %llu-th call failed", (unsigned long long)n);
        }
        state_free(&disk);
    }
    print_message("%llu calls\n", (unsigned long long)n - 2);
    assert_true(n > 300);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_call_fails_once),
    };
    log_open("test_apply_fails", (enum log_level)(LOG_ERROR + 1)); /* each failure is wanted */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
