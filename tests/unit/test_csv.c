/* Rows of CSV: cells, the line that each row begins on, limits, and going on after a bad row. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "clients/csv.h"
#include "clients/limits.h"
#include "common/buf.h"

/* What was read, as text: "line:cell|cell;" a row and "line!code;" a mistake. */
struct heard {
    struct buf text;
    uint32_t rows;
    uint32_t stop_after; /* rows; 0: never */
    uint64_t end;
};

static bool
on_row(void *context, const struct csv_row *row)
{
    struct heard *h = context;
    buf_printf(&h->text, "%u:", row->line);
    for (uint32_t i = 0; i < row->count; i++) {
        assert_non_null(row->cells[i].data); /* empty ones too */
        buf_printf(&h->text, "%s%.*s", i == 0 ? "" : "|", SLICE_ARG(row->cells[i]));
    }
    buf_byte(&h->text, ';');
    assert_true(row->end > h->end);
    h->end = row->end;
    return ++h->rows != h->stop_after;
}

static void
on_mistake(void *context, const struct complaint *why)
{
    struct heard *h = context;
    buf_printf(&h->text, "%u!%s;", why->line, code_text(why->code));
}

static enum err
read_bytes(struct heard *h, const void *bytes, size_t len)
{
    struct csv_handler handler = {on_row, on_mistake, h};
    FILE *in = fmemopen((void *)(uintptr_t)bytes, len, "r");
    assert_non_null(in);
    enum err err = csv_read(in, &handler);
    fclose(in);
    return err;
}

static void
assert_heard(const char *csv, const char *expected)
{
    struct heard h = {0};
    assert_int_equal(read_bytes(&h, csv, strlen(csv)), ERR_OK);
    buf_byte(&h.text, 0);
    assert_string_equal((const char *)h.text.data, expected);
    buf_fini(&h.text);
}

static void
cells(void **state)
{
    (void)state;
    assert_heard("a,b,c\n1,2,3\n", "1:a|b|c;2:1|2|3;");
    assert_heard("a,,c", "1:a||c;");
    assert_heard("a,b,\n", "1:a|b|;");
    assert_heard(",", "1:|;");
    assert_heard(" a , b\n", "1:a|b;");
    assert_heard("\"a,b\",\"say \"\"no\"\"\",\" c \"\n", "1:a,b|say \"no\"| c ;");
    assert_heard("Phường Phúc Xá,1\n", "1:Phường Phúc Xá|1;");
}

static void
marks_and_line_ends(void **state)
{
    (void)state;
    assert_heard("\xef\xbb\xbf"
                 "code,name\r\n1,x\r\n",
                 "1:code|name;2:1|x;");
    assert_heard("a\n\n  \r\nb\n", "1:a;4:b;");
    assert_heard("\n\na\n", "3:a;");
}

static void
rows_of_several_lines(void **state)
{
    (void)state;
    assert_heard("a,\"x\n\ny\"\nb,z\n", "1:a|x\n\ny;4:b|z;");
    assert_heard("\"x\r\ny\"\r\nb\r\n", "1:x\r\ny;3:b;");
}

static void
nothing(void **state)
{
    (void)state;
    struct heard h = {0};
    assert_int_equal(read_bytes(&h, "\n", 1), ERR_OK);
    assert_int_equal(h.rows, 0);
    buf_fini(&h.text);
}

static void
quotes_out_of_place(void **state)
{
    (void)state;
    assert_heard("a\nb\"c,d\ne\n", "1:a;2!csv-quote;3:e;");
    assert_heard("a\n\"b\"c,d\ne\n", "1:a;2!csv-quote;3:e;");
    assert_heard("a\nb,\"never closed\ne\n", "1:a;2!csv-quote;");
}

static void
a_cell_too_long(void **state)
{
    (void)state;
    struct buf csv = BUF_EMPTY;
    struct heard h = {0};
    buf_printf(&csv, "a\n");
    memset(buf_reserve(&csv, CSV_CELL_MAX + 1), 'x', CSV_CELL_MAX + 1);
    buf_printf(&csv, ",y\nb\n");
    assert_int_equal(read_bytes(&h, csv.data, csv.len), ERR_OK);
    assert_true(slice_is(buf_slice_of(&h.text), "1:a;2!too-large;3:b;"));
    buf_fini(&h.text);
    buf_fini(&csv);
}

static void
too_many_cells(void **state)
{
    (void)state;
    struct buf csv = BUF_EMPTY;
    struct heard h = {0};
    memset(buf_reserve(&csv, CSV_CELLS_MAX), ',', CSV_CELLS_MAX);
    buf_printf(&csv, "\nb\n");
    assert_int_equal(read_bytes(&h, csv.data, csv.len), ERR_OK);
    assert_true(slice_is(buf_slice_of(&h.text), "1!too-many;2:b;"));
    buf_fini(&h.text);
    buf_fini(&csv);
}

/* An open quote swallows lines up to the limit of a row, one without end costs no more memory. */
static void
a_row_without_end(void **state)
{
    (void)state;
    struct buf csv = BUF_EMPTY;
    struct heard h = {0};
    buf_printf(&csv, "a\n\"");
    memset(buf_reserve(&csv, 3 * CSV_ROW_MAX), 'x', 3 * CSV_ROW_MAX);
    buf_printf(&csv, "\nb\n");
    assert_int_equal(read_bytes(&h, csv.data, csv.len), ERR_OK);
    assert_true(slice_is(buf_slice_of(&h.text), "1:a;2!too-large;3:b;"));
    buf_fini(&h.text);
    buf_fini(&csv);
}

/* Rows cross the borders of chunks; lines stay right. */
static void
a_file_of_many_chunks(void **state)
{
    (void)state;
    enum { ROWS = 40000 };
    struct buf csv = BUF_EMPTY;
    for (int i = 1; i <= ROWS; i++) {
        buf_printf(&csv, "%d,\"some, text\"\r\n", i);
    }
    buf_printf(&csv, "\"");
    struct heard h = {0};
    assert_int_equal(read_bytes(&h, csv.data, csv.len), ERR_OK);
    assert_int_equal(h.rows, ROWS);
    buf_byte(&h.text, 0);
    const char *text = (const char *)h.text.data;
    assert_non_null(strstr(text, ";9973:9973|some, text;"));
    assert_non_null(strstr(text, ";40000:40000|some, text;40001!csv-quote;"));
    buf_fini(&h.text);
    buf_fini(&csv);
}

static void
the_handler_may_stop(void **state)
{
    (void)state;
    struct heard h = {.stop_after = 2};
    assert_int_equal(read_bytes(&h, "a\nb\nc\n", 6), ERR_CLOSED);
    assert_int_equal(h.rows, 2);
    assert_int_equal(h.end, 4);
    buf_fini(&h.text);
}

static void
a_folder_is_no_file(void **state)
{
    (void)state;
    struct heard h = {0};
    struct csv_handler handler = {on_row, on_mistake, &h};
    FILE *in = fopen("/", "r");
    assert_non_null(in);
    assert_int_equal(csv_read(in, &handler), ERR_IO);
    fclose(in);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells),
        cmocka_unit_test(marks_and_line_ends),
        cmocka_unit_test(rows_of_several_lines),
        cmocka_unit_test(nothing),
        cmocka_unit_test(quotes_out_of_place),
        cmocka_unit_test(a_cell_too_long),
        cmocka_unit_test(too_many_cells),
        cmocka_unit_test(a_row_without_end),
        cmocka_unit_test(a_file_of_many_chunks),
        cmocka_unit_test(the_handler_may_stop),
        cmocka_unit_test(a_folder_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
