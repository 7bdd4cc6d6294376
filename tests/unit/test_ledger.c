/* The ledger of tallies against a plain table of rows, under the same random operations: every row is the
 * same at every moment, and so is what the state holds after each commit and each abort. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/arena.h"
#include "workers/tally/ledger.h"
#include "workers/tally/limits.h"

#include <string.h>

#define STEPS 40000
#define UNITS 40
#define CELLS 6

/* A row of a fixed shape, to compare with; received 0: there is none. */
struct note {
    uint32_t received, count;
    struct tally_cell cells[CELLS];
};

struct book {
    struct state *state;
    struct ledger *ledger;
    struct arena *arena;
    struct note now[UNITS][GRAN_YEAR + 1], kept[UNITS][GRAN_YEAR + 1]; /* kept: committed */
    uint64_t random;
};

static uint32_t
draw(struct book *b, uint32_t below)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return (uint32_t)(b->random >> 32) % below;
}

static struct tally_key
key_of(uint32_t unit, uint32_t gran)
{
    /* Numbers whose bytes all count in the order of keys. */
    return (struct tally_key){(uint16_t)(unit % 3), 0x101, (enum granularity)gran,
                              unit % 5 * 0x10001, unit << 20 | unit};
}

static struct entry *
entry_of(struct book *b, uint32_t unit, uint32_t gran)
{
    struct entry *entry;
    struct tally_key key = key_of(unit, gran);
    assert_int_equal(ledger_get(b->ledger, b->state, &key, gran == GRAN_DAY, &entry), ERR_OK);
    return entry;
}

static void
same(const struct note *note, const struct tally_row *row)
{
    assert_int_equal(row->received, note->received);
    assert_int_equal(row->count, note->count);
    for (uint32_t i = 0; i < note->count; i++) {
        assert_int_equal(row->cells[i].indicator, note->cells[i].indicator);
        assert_int_equal(row->cells[i].value, note->cells[i].value);
        assert_int_equal(row->cells[i].periods, note->cells[i].periods);
    }
}

static void
step_put(struct book *b, uint32_t unit, uint32_t gran)
{
    struct note *note = &b->now[unit][gran];
    *note = (struct note){.received = draw(b, 5)};
    note->count = note->received == 0 ? 0 : draw(b, CELLS + 1);
    for (uint32_t i = 0; i < note->count; i++) {
        note->cells[i] = (struct tally_cell){
            .indicator = (uint16_t)(3 * i), .value = (int64_t)draw(b, 1000) - 500, .periods = 1};
    }
    struct tally_row row = {.received = note->received, .cells = note->cells, .count = note->count};
    ledger_put(b->ledger, entry_of(b, unit, gran), &row, gran == GRAN_DAY);
}

/* What the state itself holds is what was committed. */
static void
check_state(struct book *b)
{
    struct buf key = BUF_EMPTY;
    assert_int_equal(state_begin(b->state, false), ERR_OK);
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        for (uint32_t gran = GRAN_DAY; gran <= GRAN_YEAR; gran++) {
            struct tally_key k = key_of(unit, gran);
            struct slice value;
            struct tally_row row = {0};
            key_tally(&key, &k);
            enum err err = state_get(b->state, TABLE_TALLY, buf_slice_of(&key), &value);
            assert_int_equal(err, b->kept[unit][gran].received > 0 ? ERR_OK : ERR_NOT_FOUND);
            if (err == ERR_OK) {
                assert_int_equal(tally_decode(value, b->arena, &row), ERR_OK);
            }
            same(&b->kept[unit][gran], &row);
        }
    }
    state_abort(b->state);
    arena_reset(b->arena);
    buf_fini(&key);
}

static void
step_end(struct book *b)
{
    if (draw(b, 3) == 0) {
        ledger_forget(b->ledger);
        state_abort(b->state);
        memcpy(b->now, b->kept, sizeof(b->now));
    } else {
        assert_int_equal(ledger_flush(b->ledger, b->state), ERR_OK);
        assert_int_equal(state_commit(b->state), ERR_OK);
        ledger_settle(b->ledger);
        memcpy(b->kept, b->now, sizeof(b->now));
    }
    check_state(b);
    assert_int_equal(state_begin(b->state, true), ERR_OK);
}

static void
test_same_as_a_table(void **unused)
{
    (void)unused;
    static struct book b;
    b = (struct book){
        .state = state_mem_new(), .ledger = ledger_new(), .arena = arena_new(), .random = 20210923};
    assert_int_equal(state_begin(b.state, true), ERR_OK);
    for (int i = 0; i < STEPS; i++) {
        uint32_t what = draw(&b, 100), unit = draw(&b, UNITS), gran = 1 + draw(&b, GRAN_YEAR);
        if (what < 50) {
            same(&b.now[unit][gran], &entry_of(&b, unit, gran)->row);
        } else if (what < 99) {
            step_put(&b, unit, gran);
        } else {
            step_end(&b);
        }
    }
    state_abort(b.state);
    ledger_free(&b.ledger);
    state_free(&b.state);
    arena_free(&b.arena);
}

/* More rows than are kept: a commit forgets them, and nothing is lost. */
static void
test_more_than_is_kept(void **unused)
{
    (void)unused;
    struct state *state = state_mem_new();
    struct ledger *ledger = ledger_new();
    struct entry *entry;
    assert_int_equal(state_begin(state, true), ERR_OK);
    for (uint32_t unit = 0; unit <= LEDGER_OWN_MAX; unit++) {
        struct tally_row row = {.received = 1 + unit};
        entry = ledger_get_new(ledger, &(struct tally_key){1, 1, GRAN_DAY, 9, unit});
        ledger_put(ledger, entry, &row, true);
    }
    assert_int_equal(ledger_flush(ledger, state), ERR_OK);
    assert_int_equal(state_commit(state), ERR_OK);
    ledger_settle(ledger);
    assert_int_equal(state_begin(state, true), ERR_OK);
    for (uint32_t unit = 0; unit <= LEDGER_OWN_MAX; unit += 999) {
        struct tally_key key = {1, 1, GRAN_DAY, 9, unit};
        assert_int_equal(ledger_get(ledger, state, &key, true, &entry), ERR_OK);
        assert_int_equal(entry->row.received, 1 + unit);
    }
    state_abort(state);
    ledger_free(&ledger);
    state_free(&state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_a_table),
        cmocka_unit_test(test_more_than_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
