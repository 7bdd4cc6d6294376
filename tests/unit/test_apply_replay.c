/* The journal alone decides: replays are equal, however blocks are cut and shards are counted; a
 * state that somebody else has moved is left alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/apply_rig.h"

#include <stdio.h>

static uint64_t
dice(uint64_t *seed, uint64_t sides)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % sides;
}

/* One record of any sort, right or wrong. */
static void
any_record(struct rig *rig, uint64_t *seed)
{
    static const char *const units[] = {"w1", "w2", "w3", "d1", "nobody"};
    static const char *const sources[] = {"office", "health"};
    const char *unit = units[dice(seed, 5)], *source = sources[dice(seed, 2)];
    char period[16], values[64];
    snprintf(period, sizeof(period), "202111%02u", (unsigned)dice(seed, 20) + 1);
    snprintf(values, sizeof(values), "doses=%d beds=%u peak=%u", (int)dice(seed, 20) - 1,
             (unsigned)dice(seed, 9), (unsigned)dice(seed, 9));
    uint64_t revision = dice(seed, 9);
    switch (dice(seed, 6)) {
    case 0:
        rig_withdraw(rig, "daily", unit, period, source, revision + 1);
        break;
    case 1:
        rig_merge(rig, "daily", unit, period, (uint8_t)dice(seed, 90), values);
        break;
    case 2:
        rig_add(rig, unit, slice_text("garbage"));
        break;
    default:
        rig_report(rig, "daily", unit, period, source, revision, values);
    }
}

/* `records` records in blocks of `per_block`; the same records whatever the blocks. */
static void
any_journal(struct rig *rig, uint32_t shards, uint64_t seed, unsigned records, unsigned per_block)
{
    rig_open_ready(rig, shards);
    for (unsigned i = 0; i < records; i++) {
        any_record(rig, &seed);
        if ((i + 1) % per_block == 0) {
            rig_commit(rig, "2021-11-20");
        }
    }
    rig_commit(rig, "2021-11-20");
}

/* Rows of a table from one state, looked for in another. */
static uint64_t
rows_within(struct state *part, struct state *whole, enum table table)
{
    struct state_cursor *cursor;
    struct state_row row;
    struct slice value;
    uint64_t count = 0;
    assert_int_equal(state_begin(part, false), ERR_OK);
    assert_int_equal(state_begin(whole, false), ERR_OK);
    assert_int_equal(state_cursor_open(part, table, &cursor), ERR_OK);
    enum err err = cursor_seek(cursor, slice_text(""), &row);
    for (; err == ERR_OK; err = cursor_next(cursor, &row)) {
        assert_int_equal(state_get(whole, table, row.key, &value), ERR_OK);
        assert_true(slice_equal(value, row.value));
        count++;
    }
    cursor_close(cursor);
    state_abort(whole);
    state_abort(part);
    return count;
}

static void
assert_states_equal(struct state *a, struct state *b)
{
    char difference[256] = "";
    assert_int_equal(state_begin(a, false), ERR_OK);
    assert_int_equal(state_begin(b, false), ERR_OK);
    enum err err = state_compare(a, b, difference);
    state_abort(b);
    state_abort(a);
    if (err != ERR_OK) {
        fail_msg("%s", difference);
    }
}

static void
test_replay_is_equal(void **test)
{
    (void)test;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        struct rig first, again;
        any_journal(&first, 3, seed, 400, 7);
        /* other transactions over the same blocks */
        for (uint32_t step = 1; step <= 50; step += 24) {
            rig_replay(&first, &again, 3, step);
            for (uint32_t i = 0; i < 3; i++) {
                assert_states_equal(first.states[i], again.states[i]);
            }
            rig_close(&again);
        }
        rig_close(&first);
    }
}

/* The same records in other blocks: receipts differ, so reports and verdicts are compared without
 * them, through what the rig prints; tallies, which name no receipt, byte for byte. */
static void
test_blocks_cut_otherwise(void **test)
{
    (void)test;
    struct rig one, many;
    any_journal(&one, 1, 5, 300, 1);
    any_journal(&many, 1, 5, 300, 100);
    static const enum table tables[] = {TABLE_IDENT, TABLE_CAMPAIGN, TABLE_UNIT, TABLE_TALLY};
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        uint64_t rows = rows_within(one.states[0], many.states[0], tables[i]);
        assert_int_equal(rows, rig_rows(&many, tables[i]));
    }
    const struct position *a = apply_position(one.applies[0]);
    const struct position *b = apply_position(many.applies[0]);
    assert_int_equal(a->accepted, b->accepted);
    assert_int_equal(a->corrected, b->corrected);
    assert_int_equal(a->unchanged, b->unchanged);
    assert_int_equal(a->superseded, b->superseded);
    assert_int_equal(a->rejected, b->rejected);
    assert_int_equal(rig_rows(&one, TABLE_HISTORY), rig_rows(&many, TABLE_HISTORY));
    assert_string_equal(rig_stored(&one, "daily", "w1", "20211105", "office"),
                        rig_stored(&many, "daily", "w1", "20211105", "office"));
    rig_close(&one);
    rig_close(&many);
}

static void
test_shards_together_are_one(void **test)
{
    (void)test;
    struct rig one, five;
    any_journal(&one, 1, 11, 400, 13);
    rig_replay(&one, &five, 5, 3);
    uint64_t counts[6] = {0};
    for (int t = 0; t < TABLE_COUNT; t++) {
        uint64_t rows = 0;
        bool everywhere = t == TABLE_IDENT || t == TABLE_CAMPAIGN || t == TABLE_UNIT;
        for (uint32_t i = 0; t != TABLE_META && i < 5; i++) {
            uint64_t here = rows_within(five.states[i], one.states[0], (enum table)t);
            assert_true(!everywhere || here == rig_rows(&one, (enum table)t));
            rows += here;
        }
        if (t == TABLE_ULID) {
            rows -= 4 * 2; /* of the units and the campaign, in every shard */
        }
        if (t != TABLE_META && !everywhere) {
            assert_int_equal(rows, rig_rows(&one, (enum table)t));
        }
    }
    for (uint32_t i = 0; i < 5; i++) {
        const struct position *p = apply_position(five.applies[i]);
        const uint64_t own[] = {p->accepted,   p->corrected, p->unchanged,
                                p->superseded, p->rejected,  p->quarantined};
        for (int k = 0; k < 6; k++) {
            counts[k] += own[k];
        }
        assert_int_equal(p->registry_revision, 2);
    }
    const struct position *p = apply_position(one.applies[0]);
    const uint64_t whole[] = {p->accepted,   p->corrected, p->unchanged,
                              p->superseded, p->rejected,  p->quarantined};
    assert_memory_equal(counts, whole, sizeof(whole));
    rig_close(&one);
    rig_close(&five);
}

static void
test_verdict_chain(void **test)
{
    (void)test;
    static const uint8_t zero[BLOCK_CHAIN_SIZE];
    struct rig a, b;
    uint8_t chain[BLOCK_CHAIN_SIZE];
    rig_open_ready(&a, 1);
    rig_open_ready(&b, 1);
    memcpy(chain, apply_position(a.applies[0])->verdict_chain, sizeof(chain));
    assert_memory_not_equal(chain, zero, sizeof(chain));
    /* a block without an own record moves nothing */
    rig_commit(&a, "2021-11-05");
    assert_memory_equal(apply_position(a.applies[0])->verdict_chain, chain, sizeof(chain));
    /* one verdict that differs is in the chain for ever */
    rig_report(&a, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_report(&b, "daily", "w1", "20211105", NULL, 1, "doses=-1");
    rig_commit(&a, "2021-11-05");
    rig_commit(&b, "2021-11-05");
    rig_commit(&a, "2021-11-05");
    rig_commit(&b, "2021-11-05");
    assert_memory_not_equal(apply_position(a.applies[0])->verdict_chain,
                            apply_position(b.applies[0])->verdict_chain, BLOCK_CHAIN_SIZE);
    rig_close(&a);
    rig_close(&b);
}

/* Two machines on one state: the second finds the position moved, and changes nothing. */
static void
test_position_conflict(void **test)
{
    (void)test;
    struct rig rig;
    rig_open_ready(&rig, 1);
    struct apply *other;
    assert_int_equal(apply_new(rig.states[0], 0, 1, &other), ERR_OK);
    assert_int_equal(apply_position(other)->block, 1);
    rig_report(&rig, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_commit(&rig, "2021-11-05");
    struct slice block = buf_slice_of(&rig.blocks[1]);
    assert_int_equal(apply_blocks(other, &block, 1), ERR_CONFLICT);
    assert_int_equal(apply_position(other)->block, 1);
    assert_string_equal(rig_tally(&rig, "daily", "w1", "2021"), "1/1/1/0/0 doses=1*1");
    apply_free(&other);
    /* one that starts where the state is goes on */
    assert_int_equal(apply_new(rig.states[0], 0, 1, &other), ERR_OK);
    assert_int_equal(apply_position(other)->block, 2);
    apply_free(&other);
    rig_close(&rig);
}

static void
test_another_shape(void **test)
{
    (void)test;
    struct state *state = state_mem_new();
    struct apply *apply = NULL;
    assert_int_equal(apply_new(state, 1, 3, &apply), ERR_OK);
    apply_free(&apply);
    assert_int_equal(apply_new(state, 0, 3, &apply), ERR_CONFLICT);
    assert_int_equal(apply_new(state, 1, 4, &apply), ERR_CONFLICT);
    assert_int_equal(apply_new(state, 1, 3, &apply), ERR_OK);
    apply_free(&apply);
    struct shape shape = {STATE_VERSION + 1, 1, 3};
    struct buf value = BUF_EMPTY;
    shape_encode(&shape, &value);
    assert_int_equal(state_begin(state, true), ERR_OK);
    assert_int_equal(state_put(state, TABLE_META, META_SHAPE, buf_slice_of(&value)), ERR_OK);
    assert_int_equal(state_commit(state), ERR_OK);
    assert_int_equal(apply_new(state, 1, 3, &apply), ERR_VERSION);
    buf_fini(&value);
    state_free(&state);
}

/* A block that does not follow undoes the whole transaction, what it put into memory included. */
static void
test_block_that_does_not_follow(void **test)
{
    (void)test;
    struct rig journal, rig;
    rig_open_ready(&journal, 1);
    rig_report(&journal, "daily", "w1", "20211105", NULL, 1, "doses=1");
    rig_commit(&journal, "2021-11-05");
    rig_commit(&journal, "2021-11-05");
    rig_open(&rig, 1);
    struct slice blocks[3];
    for (uint32_t i = 0; i < 3; i++) {
        blocks[i] = buf_slice_of(&journal.blocks[i]);
    }
    struct slice skipping[] = {blocks[0], blocks[2]};
    assert_int_equal(apply_blocks(rig.applies[0], skipping, 2), ERR_CORRUPT);
    struct slice damaged[] = {blocks[0], slice_of(blocks[1].data, blocks[1].len - 1)};
    assert_int_equal(apply_blocks(rig.applies[0], damaged, 2), ERR_CORRUPT);
    assert_int_equal(apply_position(rig.applies[0])->block, 0);
    assert_int_equal(rig_rows(&rig, TABLE_UNIT), 0);
    /* the registry of block 1 was in memory and is not any more: it comes again with its block */
    assert_int_equal(apply_blocks(rig.applies[0], blocks, 3), ERR_OK);
    assert_states_equal(rig.states[0], journal.states[0]);
    rig_close(&rig);
    rig_close(&journal);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay_is_equal),
        cmocka_unit_test(test_blocks_cut_otherwise),
        cmocka_unit_test(test_shards_together_are_one),
        cmocka_unit_test(test_verdict_chain),
        cmocka_unit_test(test_position_conflict),
        cmocka_unit_test(test_another_shape),
        cmocka_unit_test(test_block_that_does_not_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
