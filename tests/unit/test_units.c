/* The registry: what a record carries comes back, hostile bytes are told, and each mistake of meaning
 * is found, on the row that has it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/period.h"
#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/units.h"
#include "tests/lib/told.h"

static struct arena *arena;
static struct told told;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    told_begin(&told);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static int32_t
day(const char *text)
{
    int32_t value = 0;
    assert_int_equal(date_parse(slice_text(text), &value), ERR_OK);
    return value;
}

/* A row with a name and a level; "" for what is open. */
static struct unit_row
row(const char *code, const char *parent, const char *from, const char *to)
{
    static uint32_t line;
    return (struct unit_row){
        .code = slice_text(code),
        .parent = slice_text(parent),
        .level = slice_text("commune"),
        .name = slice_text("Phường Phúc Xá"),
        .from = *from == '\0' ? DAY_MIN : day(from),
        .to = *to == '\0' ? DAY_MAX : day(to),
        .line = ++line,
    };
}

static uint32_t
check(struct unit_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        rows[i].line = i + 2;
    }
    struct units units = {rows, count};
    uint32_t mistakes = units_check(&units, arena, &told.complaints);
    assert_int_equal(mistakes, told.count);
    return mistakes;
}

#define CHECK_ROWS(rows) check((rows), sizeof(rows) / sizeof((rows)[0]))

static void
assert_one(enum code code, uint32_t line)
{
    if (told.count != 1 || told_times(&told, code, line) != 1) {
        told_print(&told);
    }
    assert_int_equal(told.count, 1);
    assert_int_equal(told_times(&told, code, line), 1);
}

static void
round_trip(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("001", "01", "2021-08-01", ""),
                              row("00001", "001", "", "2025-06-30")};
    rows[0].population = 8418883;
    rows[1].kind = slice_text("quan");
    rows[1].bloc = slice_text("khoi-1");
    rows[2].successor = slice_text("00004");
    rows[2].contact = slice_text("bà Hà, 024");
    struct buf first = BUF_EMPTY, second = BUF_EMPTY;
    units_encode(&(struct units){rows, 3}, &first);
    struct units back;
    struct complaint why = {0};
    assert_true(units_decode(buf_slice_of(&first), arena, &back, &why));
    assert_int_equal(back.count, 3);
    assert_true(slice_is(back.rows[1].bloc, "khoi-1"));
    assert_true(slice_is(back.rows[2].contact, "bà Hà, 024"));
    assert_int_equal(back.rows[0].population, 8418883);
    assert_int_equal(back.rows[0].from, DAY_MIN);
    assert_int_equal(back.rows[0].to, DAY_MAX);
    assert_int_equal(back.rows[1].from, day("2021-08-01"));
    assert_int_equal(back.rows[2].to, day("2025-06-30"));
    units_encode(&back, &second);
    assert_true(slice_equal(buf_slice_of(&first), buf_slice_of(&second)));
    buf_fini(&first);
    buf_fini(&second);
}

/* Every prefix, and every byte changed to each of some telling values, is answered, not crashed on. */
static void
hostile_bytes_are_told(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("001", "01", "2021-08-01", "2022-01-01")};
    rows[1].contact = slice_text("x");
    rows[1].population = 70000;
    struct buf bytes = BUF_EMPTY;
    units_encode(&(struct units){rows, 2}, &bytes);
    static const uint8_t CHANGES[] = {0x00, 0x7f, 0x80, 0x90, 0xc0, 0xc1, 0xcb, 0xcf,
                                      0xd3, 0xd9, 0xdb, 0xdc, 0xdd, 0xdf, 0xff};
    struct units back;
    struct complaint why = {0};
    for (size_t len = 0; len < bytes.len; len++) {
        assert_false(units_decode(slice_of(bytes.data, len), arena, &back, &why));
        assert_int_not_equal(why.code, CODE_NONE);
    }
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t kept = bytes.data[i];
        for (size_t j = 0; j < sizeof(CHANGES); j++) {
            bytes.data[i] = CHANGES[j];
            if (units_decode(buf_slice_of(&bytes), arena, &back, &why)) {
                (void)units_check(&back, arena, &told.complaints);
            }
        }
        bytes.data[i] = kept;
        arena_reset(arena);
    }
    buf_fini(&bytes);
}

static void
limits_of_a_record(void **state)
{
    (void)state;
    struct buf bytes = BUF_EMPTY;
    struct units back;
    struct complaint why = {0};
    pack_array(&bytes, UNITS_MAX + 1);
    for (uint32_t i = 0; i < UNITS_MAX + 1; i++) {
        pack_nil(&bytes);
    }
    assert_false(units_decode(buf_slice_of(&bytes), arena, &back, &why));
    assert_int_equal(why.code, CODE_TOO_MANY);

    buf_clear(&bytes);
    pack_array(&bytes, 1);
    pack_array(&bytes, 2);
    pack_cstr(&bytes, "01");
    pack_cstr(&bytes, "");
    assert_false(units_decode(buf_slice_of(&bytes), arena, &back, &why));
    assert_int_equal(why.code, CODE_ROW_SHAPE);

    buf_clear(&bytes);
    pack_array(&bytes, 1);
    pack_array(&bytes, 8);
    for (int i = 0; i < 6; i++) {
        pack_cstr(&bytes, "01");
    }
    pack_uint(&bytes, 5);
    pack_int(&bytes, DAY_MAX + 1);
    assert_false(units_decode(buf_slice_of(&bytes), arena, &back, &why));
    assert_int_equal(why.code, CODE_DATE_INVALID);
    assert_string_equal(why.subject, "from");
    buf_fini(&bytes);
}

static void
a_sound_registry_passes(void **state)
{
    (void)state;
    /* A ward that moves from one district to the other, and a district that ends. */
    struct unit_row rows[] = {
        row("01", "", "", ""),
        row("001", "01", "", ""),
        row("002", "01", "", "2024-12-31"),
        row("00001", "002", "", "2024-12-31"),
        row("00001", "001", "2025-01-01", ""),
        row("00002", "001", "2021-01-01", "2022-12-31"),
    };
    rows[5].successor = slice_text("00001");
    assert_int_equal(CHECK_ROWS(rows), 0);
}

static void
bad_cells(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""),
                              row("Quận 1", "01", "", ""),
                              row("002", "01", "2021-02-01", "2021-01-31"),
                              row("003", "01", "", ""),
                              row("004", "01", "", ""),
                              row("005", "01", "", "")};
    rows[3].name = slice_text("Pha\xcc\x89");
    rows[4].name = slice_of("\xff", 1);
    rows[4].kind = slice_text("Xã");
    rows[5].name = slice_of(NULL, 0);
    rows[5].successor = slice_text("999");
    rows[5].contact = slice_text("a\x01");
    CHECK_ROWS(rows);
    assert_int_equal(told_times(&told, CODE_CODE_INVALID, 3), 1);
    assert_int_equal(told_times(&told, CODE_DATE_ORDER, 4), 1);
    assert_int_equal(told_times(&told, CODE_NOT_NFC, 5), 1);
    assert_int_equal(told_times(&told, CODE_NOT_UTF8, 6), 1);
    assert_int_equal(told_times(&told, CODE_CODE_INVALID, 6), 1);
    assert_int_equal(told_times(&told, CODE_NOTHING_THERE, 7), 1);
    assert_int_equal(told_times(&told, CODE_REFERENCE_UNKNOWN, 7), 1);
    assert_int_equal(told_times(&told, CODE_CONTROL_CHARACTER, 7), 1);
    assert_int_equal(told.count, 8);
}

static void
nothing_at_all(void **state)
{
    (void)state;
    assert_int_equal(check(NULL, 0), 1);
    assert_int_equal(told.list[0].code, CODE_NOTHING_THERE);
}

static void
same_row_twice(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("01", "", "", "")};
    CHECK_ROWS(rows);
    assert_one(CODE_DUPLICATE_CODE, 3);
}

static void
days_overlap(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("02", "01", "2022-06-01", ""),
                              row("02", "01", "", "2022-06-01")};
    CHECK_ROWS(rows);
    assert_one(CODE_UNIT_OVERLAP, 4);
    assert_string_equal(told.list[0].detail, "2022-06-01");
}

/* The longest of the earlier rows is what a later one must not touch, not just its neighbour. */
static void
days_overlap_behind_a_neighbour(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("02", "01", "2021-01-01", "2021-12-31"),
                              row("02", "01", "2021-02-01", "2021-02-28"),
                              row("02", "01", "2021-06-01", "2022-06-30")};
    CHECK_ROWS(rows);
    assert_int_equal(told_times(&told, CODE_UNIT_OVERLAP, 4), 1);
    assert_int_equal(told_times(&told, CODE_UNIT_OVERLAP, 5), 1);
    assert_int_equal(told.count, 2);
}

static void
parent_is_not_there(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", ""), row("001", "02", "", "")};
    CHECK_ROWS(rows);
    assert_one(CODE_UNIT_ORPHAN, 3);
}

static void
parent_is_not_there_on_some_days(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "", "", "2021-06-30"), row("01", "", "2021-07-02", ""),
                              row("001", "01", "", ""), row("002", "01", "2021-07-02", "")};
    CHECK_ROWS(rows);
    assert_one(CODE_PARENT_NOT_THEN, 4);
    assert_string_equal(told.list[0].detail, "01, 2021-07-01");
}

static void
own_parent(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("01", "01", "", ""), row("001", "01", "", "")};
    CHECK_ROWS(rows);
    assert_one(CODE_UNIT_CYCLE, 2);
}

static void
cycle_of_three_is_one_mistake(void **state)
{
    (void)state;
    struct unit_row rows[] = {row("a", "b", "", ""), row("b", "c", "", ""), row("c", "a", "", ""),
                              row("under", "b", "", "")};
    CHECK_ROWS(rows);
    assert_one(CODE_UNIT_CYCLE, 2);
    assert_string_equal(told.list[0].detail, "b");
}

static void
cycle_on_some_days_only(void **state)
{
    (void)state;
    struct unit_row rows[] = {
        row("a", "", "", "2021-12-31"),
        row("a", "b", "2022-01-01", ""),
        row("b", "a", "", "2022-01-01"),
        row("b", "", "2022-01-02", ""),
    };
    CHECK_ROWS(rows);
    assert_one(CODE_UNIT_CYCLE, 3);
}

static void
turned_round_between_two_days_is_no_cycle(void **state)
{
    (void)state;
    struct unit_row rows[] = {
        row("a", "", "", "2021-12-31"),
        row("a", "b", "2022-01-01", ""),
        row("b", "a", "", "2021-12-31"),
        row("b", "", "2022-01-01", ""),
    };
    assert_int_equal(CHECK_ROWS(rows), 0);
}

static void
depth(void **state)
{
    (void)state;
    static char codes[UNIT_DEPTH_MAX + 1][16];
    struct unit_row rows[UNIT_DEPTH_MAX + 1];
    for (int i = 0; i <= UNIT_DEPTH_MAX; i++) {
        snprintf(codes[i], sizeof(codes[i]), "u%02d", i);
        rows[i] = row(codes[i], i == 0 ? "" : codes[i - 1], "", "");
    }
    assert_int_equal(check(rows, UNIT_DEPTH_MAX), 0);
    check(rows, UNIT_DEPTH_MAX + 1);
    assert_one(CODE_UNIT_TOO_DEEP, UNIT_DEPTH_MAX + 2);
}

/* 19,000 rows of two units that change parents daily: refused in bounded time. */
static void
work_is_bounded(void **state)
{
    (void)state;
    uint32_t count = 19000;
    struct unit_row *rows = ARENA_ARRAY(arena, struct unit_row, count);
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = row(i % 2 ? "a" : "b", i % 2 ? "b" : "a", "", "");
        rows[i].from = rows[i].to = (int32_t)(i / 2);
        rows[i].to += i % 2 ? 0 : 30;
    }
    assert_int_not_equal(check(rows, count), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(round_trip),
        TEST(hostile_bytes_are_told),
        TEST(limits_of_a_record),
        TEST(a_sound_registry_passes),
        TEST(bad_cells),
        TEST(nothing_at_all),
        TEST(same_row_twice),
        TEST(days_overlap),
        TEST(days_overlap_behind_a_neighbour),
        TEST(parent_is_not_there),
        TEST(parent_is_not_there_on_some_days),
        TEST(own_parent),
        TEST(cycle_of_three_is_one_mistake),
        TEST(cycle_on_some_days_only),
        TEST(turned_round_between_two_days_is_no_cycle),
        TEST(depth),
        TEST(work_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
