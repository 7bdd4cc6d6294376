/* units.csv: any order of columns, and every mistake of a file in one run, on its line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "clients/units_csv.h"
#include "common/period.h"
#include "tests/lib/told.h"

static struct arena *arena;
static struct told told;
static struct units units;

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

static uint32_t
read_text(const char *text)
{
    uint32_t mistakes = 0;
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(in);
    assert_int_equal(units_csv_read(in, arena, &units, &told.complaints, &mistakes), ERR_OK);
    fclose(in);
    assert_int_equal(mistakes, told.count);
    return mistakes;
}

static void
assert_told(enum code code, uint32_t line)
{
    if (told_times(&told, code, line) != 1) {
        told_print(&told);
        fail_msg("%s on line %u: told %u times", code_text(code), line,
                 told_times(&told, code, line));
    }
}

static void
all_columns(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(
            "code,parent,level,kind,bloc,name,population,from,to,successor,contact\n"
            "01,,city,,,Hà Nội,8418883,,,,\n"
            "001,01,district,quan,khoi-1,Quận Ba Đình,,2021-08-01,2025-06-30,01,\"Bà A, B\"\n"),
        0);
    assert_int_equal(units.count, 2);
    const struct unit_row *row = &units.rows[1];
    char from[DATE_TEXT], to[DATE_TEXT];
    date_format(row->from, from);
    date_format(row->to, to);
    assert_string_equal(from, "2021-08-01");
    assert_string_equal(to, "2025-06-30");
    assert_true(slice_is(row->name, "Quận Ba Đình"));
    assert_true(slice_is(row->contact, "Bà A, B"));
    assert_true(slice_is(row->successor, "01"));
    assert_true(slice_is(row->bloc, "khoi-1"));
    assert_int_equal(row->line, 3);
    assert_int_equal(units.rows[0].population, 8418883);
    assert_int_equal(units.rows[0].to, DAY_MAX);
}

static void
other_order_mark_and_crlf(void **state)
{
    (void)state;
    assert_int_equal(read_text("\xef\xbb\xbfname,level,code,parent\r\n"
                               "Hà Nội,city,01,\r\n"
                               "Quận Ba Đình,district,001,01\r\n"
                               ",,,\r\n"),
                     0);
    assert_int_equal(units.count, 2);
    assert_true(slice_is(units.rows[1].parent, "01"));
    assert_int_equal(units.rows[1].from, DAY_MIN);
}

static void
decomposed_names_are_composed(void **state)
{
    (void)state;
    assert_int_equal(read_text("code,parent,level,name\n01,,city,Ha\xcc\x80 No\xcc\xa3\xcc\x82i\n"),
                     0);
    assert_true(slice_is(units.rows[0].name, "Hà Nội"));
}

static void
columns_missing_and_unknown(void **state)
{
    (void)state;
    assert_int_equal(read_text("code,level,code,ten\n01,city,02,x\n"), 4);
    assert_int_equal(told_times(&told, CODE_COLUMN_MISSING, 1), 2); /* parent, name */
    assert_told(CODE_COLUMN_UNKNOWN, 1);
    assert_told(CODE_DUPLICATE_CODE, 1);
}

static void
no_rows(void **state)
{
    (void)state;
    assert_int_equal(read_text("code,parent,level,name\n"), 1);
    assert_told(CODE_NOTHING_THERE, 0);
}

static void
twenty_mistakes_in_one_run(void **state)
{
    (void)state;
    read_text("code,parent,level,name,population,from,to,successor,phone\n" /* 1: column-unknown */
              "01,,city,Hà Nội,8418883,,,,\n"
              "001,01,district,Quận Ba Đình,,,,,\n"
              "001,01,district,Quận Ba Đình,,,,,\n"                       /* 4: twice */
              "002,99,district,Quận Hoàn Kiếm,,,,,\n"                     /* 5: orphan */
              "003,01,District,Quận Tây Hồ,,,,,\n"                        /* 6: level */
              "004,01,district,,,,,,\n"                                   /* 7: no name */
              "005,01,district,Quận Cầu Giấy,many,,,,\n"                  /* 8: number */
              "006,01,district,Quận Đống Đa,,1.8.2021,,,\n"               /* 9: date */
              "007,01,district,Quận Hai Bà Trưng,,,31/12/2021,,\n"        /* 10: date */
              "008,01,district,Quận Hoàng Mai,,2022-01-01,2021-01-01,,\n" /* 11: order */
              "009,01,district,Quận Thanh Xuân,,,,777,\n"                 /* 12: successor */
              "016,01,district,Huyện Sóc Sơn\n"                           /* 13: cells */
              "017,01,district,Huyện \xff\xfe,,,,,\n"                     /* 14: utf-8 */
              "018,019,district,Huyện Gia Lâm,,,,,\n"                     /* 15: cycle */
              "019,018,district,Quận Nam Từ Liêm,,,,,\n"
              "020,01,district,Huyện Thanh Trì,,,2021-12-31,,\n"
              "00640,020,commune,Xã Ngọc Hồi,,,,,\n"        /* 18: parent ends */
              "021,01,district,Quận \"Bắc\" Từ Liêm,,,,,\n" /* 19: quotes */
              "Q 22,01,district,Mê Linh,,,,,\n"             /* 20: code */
              "250,01,district,Mê Linh,-5,,,,\n"            /* 21: number */
              "268,01,district,Hà Đông,,2021-01-01,,,\n"
              "268,01,district,Hà Đông,,,2021-06-30,,\n" /* 23: overlap */
              "269,269,town,Sơn Tây,,,,,\n"              /* 24: cycle */
              "271,,,Ba Vì,,2021-02-30,,,\n"             /* 25: level, date */
    );
    static const struct {
        enum code code;
        uint32_t line;
    } EXPECTED[] = {
        {CODE_COLUMN_UNKNOWN, 1},     {CODE_DUPLICATE_CODE, 4},   {CODE_UNIT_ORPHAN, 5},
        {CODE_CODE_INVALID, 6},       {CODE_NOTHING_THERE, 7},    {CODE_NUMBER_INVALID, 8},
        {CODE_DATE_INVALID, 9},       {CODE_DATE_INVALID, 10},    {CODE_DATE_ORDER, 11},
        {CODE_REFERENCE_UNKNOWN, 12}, {CODE_ROW_SHAPE, 13},       {CODE_NOT_UTF8, 14},
        {CODE_UNIT_CYCLE, 15},        {CODE_PARENT_NOT_THEN, 18}, {CODE_CSV_QUOTE, 19},
        {CODE_CODE_INVALID, 20},      {CODE_NUMBER_INVALID, 21},  {CODE_UNIT_OVERLAP, 23},
        {CODE_UNIT_CYCLE, 24},        {CODE_NOTHING_THERE, 25},   {CODE_DATE_INVALID, 25},
    };
    size_t count = sizeof(EXPECTED) / sizeof(EXPECTED[0]);
    for (size_t i = 0; i < count; i++) {
        assert_told(EXPECTED[i].code, EXPECTED[i].line);
    }
    assert_int_equal(told.count, count);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(all_columns),
        TEST(other_order_mark_and_crlf),
        TEST(decomposed_names_are_composed),
        TEST(columns_missing_and_unknown),
        TEST(no_rows),
        TEST(twenty_mistakes_in_one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
