/* Approvals in the state machine: what each of their rules refuses, what they lock and what opens again,
 * who may approve, units that move, and that any number of shards and any transactions give the same.
 * The random sequences are held against a model that knows the rig's tree and nothing of approvals.c. */
#include "tests/lib/apply_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define LATER "2021-12-05"

static struct rig rig;
static uint8_t ulid;
static const char *today; /* of what has no date of its own */

static int
set_up(void **state)
{
    (void)state;
    ulid = 0;
    today = LATER;
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

static const char *
approve(const char *date, const char *unit, const char *period)
{
    uint32_t index = rig_approve(&rig, ++ulid, unit, period);
    return rig_verdict(&rig, rig_commit(&rig, date), index);
}

static const char *
reopen(const char *unit, const char *period, const char *reason)
{
    uint32_t index = rig_reopen(&rig, ++ulid, unit, period, reason);
    return rig_verdict(&rig, rig_commit(&rig, today), index);
}

/* Of a daily report with a revision of its own. */
static const char *
report(const char *unit, const char *period)
{
    static uint64_t revision;
    return rig_tell(&rig, LATER, "daily", unit, period, NULL, ++revision, "doses=5");
}

static const char *
as(const char *principal, const char *unit, const char *period)
{
    rig.principal = principal;
    const char *told = approve(LATER, unit, period);
    rig.principal = "local";
    return told;
}

/* w1, w2 and w3, which is there from October to December, before d1; d1 before the city. */
static void
from_below_upwards(void **state)
{
    (void)state;
    assert_string_equal(approve("2021-11-30", "w1", "202111"), "rejected not-closed 202111 |");
    assert_string_equal(approve("2021-12-01", "city", "202111"), "rejected below-first d1 |202111");
    assert_string_equal(approve("2021-12-01", "d1", "202111"), "rejected below-first w1 |202111");
    assert_string_equal(approve("2021-12-01", "w1", "202111"), "accepted");
    assert_string_equal(approve("2021-12-01", "w2", "202111"), "accepted");
    assert_string_equal(approve("2021-12-01", "d1", "202111"), "rejected below-first w3 |202111");
    assert_string_equal(approve("2021-12-01", "w3", "202111"), "accepted");
    assert_string_equal(approve("2021-12-01", "w3", "202111"), "unchanged");
    assert_string_equal(approve("2021-12-01", "city", "202111"), "rejected below-first d1 |202111");
    assert_string_equal(approve("2021-12-01", "d1", "202111"), "accepted");
    assert_string_equal(approve("2021-12-01", "city", "202111"), "accepted");
    assert_int_equal(rig_rows(&rig, TABLE_APPROVAL), 3 * 5); /* every shard has all of them */
    /* w3 was not there in September, and the other two were */
    assert_string_equal(approve("2021-12-01", "w1", "202109"), "accepted");
    assert_string_equal(approve("2021-12-01", "w2", "202109"), "accepted");
    assert_string_equal(approve("2021-12-01", "d1", "202109"), "accepted");
}

static void
what_is_wrong_is_told(void **state)
{
    (void)state;
    assert_string_equal(approve(LATER, "nobody", "202111"), "rejected unit-unknown nobody |");
    assert_string_equal(approve(LATER, "w1", "November"), "rejected period-invalid November |");
    assert_string_equal(approve(LATER, "w3", "202109"), "rejected unit-not-then w3 |202109");
    assert_string_equal(approve(LATER, "w1", "202107"),
                        "rejected period-outside 202107 |2021-08-31..2022-12-31");
    assert_string_equal(reopen("w1", "202111", ""), "rejected reason-missing w1 |");
    assert_string_equal(reopen("w1", "202111", " \t"), "rejected reason-missing w1 |");
    assert_string_equal(reopen("w1", "202111", "nhầm"), "unchanged");
    rig.envelope = "w2";
    assert_string_equal(approve(LATER, "w1", "202111"), "rejected unit-mismatch w1 |w2");
    assert_int_equal(rig_rows(&rig, TABLE_APPROVAL), 0);
}

/* The reports that lie in it, and no others: a week by its Thursday. */
static void
a_month_locks_what_lies_in_it(void **state)
{
    (void)state;
    assert_string_equal(report("w1", "20211130"), "accepted late");
    assert_string_equal(approve(LATER, "w1", "202111"), "accepted");
    assert_string_equal(report("w1", "20211130"), "rejected period-locked 20211130 |w1 202111");
    assert_string_equal(report("w1", "20211201"), "accepted late");
    assert_string_equal(report("w2", "20211130"), "accepted late");
    uint32_t withdrawal = rig_withdraw(&rig, "daily", "w1", "20211130", NULL, 1000);
    uint32_t merge = rig_merge(&rig, "daily", "w1", "20211130", 200, "doses=7");
    uint32_t first = rig_report(&rig, "weekly", "w1", "2021W44", NULL, 1, "doses=1");
    uint32_t last = rig_report(&rig, "weekly", "w1", "2021W47", NULL, 1, "doses=1");
    uint32_t next = rig_report(&rig, "weekly", "w1", "2021W48", NULL, 1, "doses=1");
    uint32_t year = rig_report(&rig, "yearly", "w1", "2021", NULL, 1, "doses=1");
    uint64_t block = rig_commit(&rig, LATER);
    assert_string_equal(rig_verdict(&rig, block, withdrawal),
                        "rejected period-locked 20211130 |w1 202111");
    assert_string_equal(rig_verdict(&rig, block, merge),
                        "rejected period-locked 20211130 |w1 202111");
    assert_string_equal(rig_verdict(&rig, block, first),
                        "rejected period-locked 2021W44 |w1 202111");
    assert_string_equal(rig_verdict(&rig, block, last),
                        "rejected period-locked 2021W47 |w1 202111");
    assert_string_equal(rig_verdict(&rig, block, next), "accepted");
    assert_string_equal(rig_verdict(&rig, block, year), "accepted");
}

static void
opened_again_corrected_approved_again(void **state)
{
    (void)state;
    assert_string_equal(report("w1", "20211130"), "accepted late");
    assert_string_equal(approve(LATER, "w1", "202111"), "accepted");
    assert_string_equal(approve(LATER, "w1", "2021Q3"), "accepted");
    assert_string_equal(reopen("w1", "202111", "đếm thiếu một điểm tiêm"), "accepted");
    assert_string_equal(reopen("w1", "202111", "đếm thiếu một điểm tiêm"), "unchanged");
    assert_string_equal(rig_tell(&rig, LATER, "daily", "w1", "20211130", NULL, 900, "doses=6"),
                        "corrected late");
    assert_string_equal(approve(LATER, "w1", "202111"), "accepted");
    assert_string_equal(report("w1", "20211130"), "rejected period-locked 20211130 |w1 202111");
    /* a ULID that was used does nothing, whatever came between */
    assert_string_equal(reopen("w1", "202111", "lần hai"), "accepted");
    ulid = 0;
    assert_string_equal(approve(LATER, "w1", "202111"), "unchanged");
    assert_string_equal(rig_tell(&rig, LATER, "daily", "w1", "20211130", NULL, 901, "doses=7"),
                        "corrected late");
}

static void
the_upper_one_is_opened_first(void **state)
{
    (void)state;
    static const char *const units[] = {"w1", "w2", "w3", "d1"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(approve(LATER, units[i], "202111"), "accepted");
    }
    assert_string_equal(reopen("w1", "202111", "sai"), "rejected above-first d1 |202111");
    assert_string_equal(reopen("d1", "202111", "sai"), "accepted");
    assert_string_equal(reopen("w1", "202111", "sai"), "accepted");
}

/* A longer approval of its own holds a month as well; and a month above rests on the longer one below. */
static void
longer_and_shorter_ones(void **state)
{
    (void)state;
    today = "2022-01-10";
    static const char *const wards[] = {"w1", "w2", "w3"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(approve(today, wards[i], "2021Q4"), "accepted");
    }
    assert_string_equal(reopen("w1", "202111", "sai"), "rejected above-first w1 |2021Q4");
    assert_string_equal(approve(today, "d1", "202111"), "accepted");
    assert_string_equal(reopen("w1", "2021Q4", "sai"), "rejected above-first d1 |202111");
    assert_string_equal(reopen("d1", "202111", "sai"), "accepted");
    assert_string_equal(reopen("w1", "2021Q4", "sai"), "accepted");
}

/* A ward that the registry gets later: its reports would move a total that the district approved. */
static void
what_comes_later_is_locked_by_the_one_above(void **state)
{
    (void)state;
    static const char *const units[] = {"w1", "w2", "w3", "d1"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(approve(LATER, units[i], "202111"), "accepted");
    }
    const struct unit_row rows[] = {
        rig_unit("city//city"),    rig_unit("d1/city/district"),
        rig_unit("w1/d1/commune"), rig_unit("w2/d1/commune"),
        rig_unit("w4/d1/commune"), rig_unit("w3/d1/commune/2021-10-01/2021-12-31"),
    };
    rig_units(&rig, 150, rows, sizeof(rows) / sizeof(rows[0]));
    rig_commit(&rig, LATER);
    assert_string_equal(report("w4", "20211130"), "rejected period-locked 20211130 |d1 202111");
    assert_string_equal(report("w4", "20211201"), "accepted late");
}

/* w2 moves to d2 in mid-November: it counts there in November, and beneath d1 on the days before. */
static void
a_ward_that_moves(void **state)
{
    (void)state;
    const struct unit_row rows[] = {
        rig_unit("city//city"),
        rig_unit("d1/city/district"),
        rig_unit("d2/city/district"),
        rig_unit("w1/d1/commune"),
        rig_unit("w2/d1/commune//2021-11-14"),
        rig_unit("w2/d2/commune/2021-11-15"),
    };
    rig_units(&rig, 150, rows, sizeof(rows) / sizeof(rows[0]));
    rig_access(&rig, 151, "of-d1 roles=submitter units=d1 keys=1");
    rig_access(&rig, 152, "of-d2 roles=submitter units=d2+ keys=2");
    rig_commit(&rig, "2021-09-01");
    assert_string_equal(as("of-d1", "w1", "202111"), "accepted");
    assert_string_equal(approve(LATER, "d2", "202111"), "rejected below-first w2 |202111");
    assert_string_equal(approve(LATER, "d1", "202111"), "accepted");
    assert_string_equal(as("of-d1", "w2", "202111"), "rejected not-allowed w2 |of-d1");
    assert_string_equal(as("of-d2", "w2", "202110"), "rejected not-allowed w2 |of-d2");
    assert_string_equal(as("of-d1", "w2", "202110"), "accepted");
    assert_string_equal(as("of-d2", "w2", "202111"), "accepted");
    assert_string_equal(approve(LATER, "d2", "202111"), "accepted");
    assert_string_equal(report("w2", "20211110"), "rejected period-locked 20211110 |w2 202111");
}

static void
who_may(void **state)
{
    (void)state;
    rig_access(&rig, 140, "ward roles=submitter units=w1 keys=1");
    rig_access(&rig, 141, "district roles=submitter units=d1 keys=2");
    rig_access(&rig, 142, "top roles=submitter units=city keys=3");
    rig_access(&rig, 143, "secretary roles=secretary units=city keys=4");
    rig_access(&rig, 144, "member roles=council units=city+ keys=5");
    rig_commit(&rig, "2021-09-01");
    assert_string_equal(as("ward", "w1", "202111"), "rejected not-allowed w1 |ward");
    assert_string_equal(as("district", "w1", "202111"), "accepted");
    assert_string_equal(as("top", "w2", "202111"), "accepted");
    assert_string_equal(as("secretary", "w3", "202111"), "accepted");
    assert_string_equal(as("district", "d1", "202111"), "rejected not-allowed d1 |district");
    assert_string_equal(as("member", "d1", "202111"), "rejected not-in-role member |approval");
    assert_string_equal(as("nobody", "d1", "202111"), "rejected not-allowed d1 |nobody");
    assert_string_equal(as("top", "d1", "202111"), "accepted");
    assert_string_equal(as("top", "city", "202111"), "rejected not-allowed city |top");
    assert_string_equal(as("secretary", "city", "202111"), "accepted");
}

/* In one block: what stands before it, and what behind. */
static void
it_holds_for_what_comes_behind_it(void **state)
{
    (void)state;
    uint32_t before = rig_report(&rig, "daily", "w1", "20211130", NULL, 1, "doses=5");
    rig_approve(&rig, 1, "w1", "202111");
    uint32_t between = rig_report(&rig, "daily", "w1", "20211130", NULL, 2, "doses=6");
    rig_reopen(&rig, 2, "w1", "202111", "sai");
    uint32_t behind = rig_report(&rig, "daily", "w1", "20211130", NULL, 3, "doses=7");
    uint64_t block = rig_commit(&rig, LATER);
    assert_string_equal(rig_verdict(&rig, block, before), "accepted late");
    assert_string_equal(rig_verdict(&rig, block, between),
                        "rejected period-locked 20211130 |w1 202111");
    assert_string_equal(rig_verdict(&rig, block, behind), "corrected late");
}

/* A transaction that is given up takes its approvals with it, in memory too. */
static void
an_abort_takes_them_back(void **state)
{
    (void)state;
    struct rig other;
    rig_approve(&rig, 1, "w1", "202111");
    rig_commit(&rig, LATER);
    struct slice good[2] = {buf_slice_of(&rig.blocks[0]), buf_slice_of(&rig.blocks[1])};
    struct slice bad[2] = {good[1], good[1]};
    rig_open(&other, 1);
    assert_int_equal(apply_blocks(other.applies[0], good, 1), ERR_OK);
    assert_int_equal(apply_blocks(other.applies[0], bad, 2), ERR_CORRUPT);
    struct block_builder builder;
    const struct position *at = apply_position(other.applies[0]);
    block_begin(&builder, 1, 9, 1);
    rig_report(&rig, "daily", "w1", "20211130", NULL, 1, "doses=5");
    rig_commit(&rig, LATER);
    struct block block;
    struct block_record record;
    assert_int_equal(block_open(buf_slice_of(&rig.blocks[2]), &block), ERR_OK);
    struct block_records it = block_records(&block);
    assert_true(block_next(&it, &record));
    assert_true(block_add(&builder, record.principal, record.unit, record.body));
    block_finish(&builder, at->block + 1, block.time_us, block.time_us, at->chain);
    struct slice bytes = buf_slice_of(&builder.bytes);
    assert_int_equal(apply_blocks(other.applies[0], &bytes, 1), ERR_OK);
    assert_string_equal(rig_verdict(&other, 2, 0), "accepted late");
    assert_string_equal(rig_verdict(&rig, 3, 0), "rejected period-locked 20211130 |w1 202111");
    block_builder_fini(&builder);
    rig_close(&other);
}

/* ---- random sequences against a model ---- */

enum { U_CITY, U_D1, U_W1, U_W2, U_W3, UNITS };
static const char *const UNIT[UNITS] = {"city", "d1", "w1", "w2", "w3"};
static const int PARENT[UNITS] = {-1, U_CITY, U_D1, U_D1, U_D1};

/* Periods as runs of days: what lies in what is their inclusion, for months have no weeks here. */
static const struct {
    const char *text;
    int from, to; /* yyyymmdd */
} PERIODS[] = {{"202109", 20210901, 20210930}, {"202110", 20211001, 20211031},
               {"202111", 20211101, 20211130}, {"2021Q3", 20210701, 20210930},
               {"2021Q4", 20211001, 20211231}, {"2021", 20210101, 20211231}};
#define PERIOD_COUNT 6

static bool approved[UNITS][PERIOD_COUNT];

static bool
lies_in(int a, int b)
{
    return PERIODS[a].from >= PERIODS[b].from && PERIODS[a].to <= PERIODS[b].to;
}

static bool
above(int a, int unit)
{
    for (int up = PARENT[unit]; up >= 0; up = PARENT[up]) {
        if (up == a) {
            return true;
        }
    }
    return false;
}

static bool
was_there(int unit, int p)
{
    return unit != U_W3 || (PERIODS[p].to >= 20211001 && PERIODS[p].from <= 20211231);
}

static bool
is_covered(int unit, int p)
{
    for (int q = 0; q < PERIOD_COUNT; q++) {
        if (lies_in(p, q) && approved[unit][q]) {
            return true;
        }
    }
    return false;
}

static bool
in_the_way(int unit, int p)
{
    for (int u = 0; u < UNITS; u++) {
        /* The district and the city are asked by the yearly form; by the month the district alone. */
        bool is_asked = u >= U_D1 || strlen(PERIODS[p].text) == 4;
        if (above(unit, u) && was_there(u, p) && is_asked && !is_covered(u, p)) {
            return true;
        }
    }
    return false;
}

static bool
held_above(int unit, int p)
{
    for (int q = 0; q < PERIOD_COUNT; q++) {
        for (int u = 0; u < UNITS; u++) {
            bool up = above(u, unit) && (lies_in(p, q) || lies_in(q, p));
            bool own = u == unit && p != q && lies_in(p, q);
            if ((up || own) && approved[u][q] && was_there(unit, q)) {
                return true;
            }
        }
    }
    return false;
}

static const char *
expect_approve(int unit, int p)
{
    if (!was_there(unit, p)) {
        return "rejected unit-not-then";
    }
    if (approved[unit][p]) {
        return "unchanged";
    }
    if (in_the_way(unit, p)) {
        return "rejected below-first";
    }
    approved[unit][p] = true;
    return "accepted";
}

static const char *
expect_reopen(int unit, int p)
{
    if (!was_there(unit, p)) {
        return "rejected unit-not-then";
    }
    if (held_above(unit, p)) {
        return "rejected above-first";
    }
    bool there = approved[unit][p];
    approved[unit][p] = false;
    return there ? "accepted" : "unchanged";
}

static const char *
expect_report(int unit, int month)
{
    if (!was_there(unit, month)) {
        return "rejected unit-not-then";
    }
    for (int u = 0; u < UNITS; u++) {
        if ((u == unit || above(u, unit)) && is_covered(u, month)) {
            return "rejected period-locked";
        }
    }
    return "";
}

static uint64_t
dice(uint64_t *seed, uint64_t sides)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % sides;
}

static void
told_as(uint64_t seed, const char *told, const char *expected, const char *what)
{
    bool ok = expected[0] == '\0' ? strncmp(told, "rejected", 8) != 0
                                  : strncmp(told, expected, strlen(expected)) == 0;
    if (!ok) {
        fail_msg("seed %llu: %s: %s, expected %s", (unsigned long long)seed, what, told, expected);
    }
}

static void
one_step(uint64_t *seed, uint64_t first, uint32_t step)
{
    int unit = (int)dice(seed, UNITS), p = (int)dice(seed, PERIOD_COUNT);
    char what[64], day[16];
    uint64_t kind = dice(seed, 5);
    const char *told, *expected;
    uint8_t id = (uint8_t)(step < 100 ? step : step + 3); /* 101 and 102 are the rig's */
    if (kind < 2) {
        uint32_t index = rig_approve(&rig, id, UNIT[unit], PERIODS[p].text);
        told = rig_verdict(&rig, rig_commit(&rig, "2022-01-05"), index);
        expected = expect_approve(unit, p);
    } else if (kind == 2) {
        uint32_t index = rig_reopen(&rig, id, UNIT[unit], PERIODS[p].text, "vì");
        told = rig_verdict(&rig, rig_commit(&rig, "2022-01-05"), index);
        expected = expect_reopen(unit, p);
    } else {
        unit = unit < U_W1 ? U_W1 : unit;
        p %= 3;
        snprintf(day, sizeof(day), "%s%02u", PERIODS[p].text, 7 + (unsigned)dice(seed, 20));
        uint32_t index = rig_withdraw(&rig, "daily", UNIT[unit], day, NULL, 1 + step);
        told = rig_verdict(&rig, rig_commit(&rig, "2022-01-05"), index);
        expected = expect_report(unit, p);
    }
    snprintf(what, sizeof(what), "step %u kind %u %s %s", step, (unsigned)kind, UNIT[unit],
             PERIODS[p].text);
    told_as(first, told, expected, what);
}

/* A campaign whose reports never expire, so that nothing but a lock refuses them. */
static void
never_expires(void)
{
    struct campaign *c = rig_campaign_new(&rig);
    c->forms[0].expires = -1;
    uint32_t index = rig_campaign(&rig, 250, c);
    assert_string_equal(rig_verdict(&rig, rig_commit(&rig, "2021-09-01"), index), "accepted");
}

static void
one_random_run(uint64_t seed)
{
    uint64_t dies = seed * 0x9e3779b97f4a7c15u | 1;
    memset(approved, 0, sizeof(approved));
    rig_close(&rig);
    rig_open_ready(&rig, 1 + (uint32_t)dice(&dies, 4));
    never_expires();
    for (uint32_t step = 0; step < 190; step++) {
        one_step(&dies, seed, step);
    }
}

static void
as_the_model_says(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        one_random_run(seed);
    }
}

/* ---- any shards, any transactions ---- */

static void
rows_equal(struct state *a, struct state *b)
{
    struct state_cursor *left, *right;
    struct state_row x, y;
    enum err err;
    assert_int_equal(state_begin(a, false), ERR_OK);
    assert_int_equal(state_begin(b, false), ERR_OK);
    assert_int_equal(state_cursor_open(a, TABLE_APPROVAL, &left), ERR_OK);
    assert_int_equal(state_cursor_open(b, TABLE_APPROVAL, &right), ERR_OK);
    do {
        err = cursor_next(left, &x);
        assert_int_equal(err, cursor_next(right, &y));
        assert_true(err != ERR_OK || (slice_equal(x.key, y.key) && slice_equal(x.value, y.value)));
    } while (err == ERR_OK);
    cursor_close(left);
    cursor_close(right);
    state_abort(a);
    state_abort(b);
}

static void
shards_and_transactions_do_not_matter(void **state)
{
    (void)state;
    struct rig replay;
    one_random_run(77);
    assert_true(rig_rows(&rig, TABLE_APPROVAL) > 0);
    for (uint32_t shards = 1; shards <= 5; shards += 2) {
        for (uint32_t step = 1; step <= 64; step *= 8) {
            rig_replay(&rig, &replay, shards, step);
            for (uint32_t i = 0; i < shards; i++) {
                rows_equal(rig.states[0], replay.states[i]);
            }
            rig_close(&replay);
        }
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(from_below_upwards),
        TEST(what_is_wrong_is_told),
        TEST(a_month_locks_what_lies_in_it),
        TEST(opened_again_corrected_approved_again),
        TEST(the_upper_one_is_opened_first),
        TEST(longer_and_shorter_ones),
        TEST(what_comes_later_is_locked_by_the_one_above),
        TEST(a_ward_that_moves),
        TEST(who_may),
        TEST(it_holds_for_what_comes_behind_it),
        TEST(an_abort_takes_them_back),
        TEST(as_the_model_says),
        TEST(shards_and_transactions_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
