/* What an import makes of rows: records counted, mistakes with their places, reports gathered, the map.
 * The client library has no broker here: records wait in it, which is as far as these tests look. */
#include "clients/answers.h"
#include "clients/import.h"
#include "tests/lib/tempdir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

struct bench {
    struct import im;
    struct options options;
    char *folder;
    bool header_good;
    struct complaint header_why;
};

static void
told(void *context, const struct outcome *outcome)
{
    struct bench *b = context;
    if (outcome->why != NULL) {
        import_summary_error(&b->im.summary, outcome->why, "");
    }
}

static void
bench_open(struct bench *b, const struct import_layout *layout)
{
    char endpoint[256], why[256];
    *b = (struct bench){.options = {.verb = "import", .quiet = true}};
    b->folder = tempdir_new();
    snprintf(endpoint, sizeof endpoint, "ipc://%s/broker", b->folder);
    struct client_options client = {.brokers = endpoint, .name = "test"};
    b->im = (struct import){.options = &b->options,
                            .layout = layout,
                            .form = "daily",
                            .unit_column = "unit",
                            .period_column = "period"};
    b->im.contact = (struct contact){.options = &b->options};
    b->im.contact.client = client_new(&client, why);
    assert_non_null(b->im.contact.client);
    b->im.indicators = json_pack("[s, s, s]", "doses", "first", "open");
    assert_int_equal(import_summary_begin(&b->im.summary, "test.csv", NULL), 0);
    outcomes_begin(&b->im.outcomes, &b->im.contact, WANT_RECEIPTS, told, b);
}

static void
bench_close(struct bench *b)
{
    json_decref(b->im.summary.first);
    json_decref(b->im.summary.ignored);
    json_decref(b->im.indicators);
    outcomes_fini(&b->im.outcomes);
    contact_close(&b->im.contact);
    import_map_fini(&b->im.map);
    import_seen_fini(&b->im.seen);
    import_seen_fini(&b->im.combos);
    import_gather_fini(&b->im.gather);
    draft_fini(&b->im.draft);
    buf_fini(&b->im.body);
    free(b->im.indicator_of);
    tempdir_free(b->folder);
}

static bool
on_row(void *context, const struct csv_row *row)
{
    struct bench *b = context;
    if (b->im.header_done) {
        b->im.layout->row(&b->im, row);
        return true;
    }
    b->im.header_done = true;
    b->im.width = row->count;
    b->header_good = b->im.layout->header(&b->im, row, &b->header_why);
    return b->header_good;
}

static void
on_mistake(void *context, const struct complaint *why)
{
    import_refuse(&((struct bench *)context)->im, why);
}

static void
feed(struct bench *b, const char *csv)
{
    FILE *in = fmemopen((void *)csv, strlen(csv), "r");
    struct csv_handler handler = {on_row, on_mistake, b};
    enum err err = csv_read(in, &handler);
    assert_true(err == ERR_OK || (err == ERR_CLOSED && !b->header_good));
    if (b->header_good && b->im.layout->end != NULL) {
        b->im.layout->end(&b->im);
    }
    fclose(in);
}

/* Errors as "line:column:code …". */
static void
errors_are(struct bench *b, const char *wanted)
{
    struct buf got = BUF_EMPTY;
    size_t i;
    json_t *error;
    json_array_foreach(b->im.summary.first, i, error)
    {
        buf_printf(&got, "%s%d:%d:%s", i == 0 ? "" : " ", (int)json_number(error, "line"),
                   (int)json_number(error, "column"), json_text(error, "code"));
    }
    buf_byte(&got, 0);
    assert_string_equal((char *)got.data, wanted);
    buf_fini(&got);
}

static void
sent(const struct bench *b, uint64_t records, uint64_t refused)
{
    assert_int_equal(b->im.summary.records, records);
    assert_int_equal(b->im.outcomes.counts[COUNT_REJECTED], refused);
    assert_int_equal(client_pending(b->im.contact.client), records - refused);
}

static void
test_wide(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, &IMPORT_WIDE);
    feed(&b, "\xef\xbb\xbfunit,note,period,doses,open\r\n"
             "w1,x,20211104,5,\r\n"
             "w 2,x,20211104,5,1\r\n"
             "w3,x,20211104\r\n"
             "w4,x,the day before yesterday,1,2\r\n"
             "w5,x,20211104,12a,\"a\tb\x01\"\r\n"
             "w6,x,,1,2\r\n");
    sent(&b, 6, 5);
    errors_are(&b, "3:0:code-invalid 4:0:row-shape 5:0:period-invalid 6:5:value-type "
                   "7:0:missing-field");
    assert_int_equal(json_array_size(b.im.summary.ignored), 1);
    assert_string_equal(json_string_value(json_array_get(b.im.summary.ignored, 0)), "note");
    bench_close(&b);
}

static void
header_refused(const struct import_layout *layout, const char *csv, enum code code)
{
    struct bench b;
    bench_open(&b, layout);
    feed(&b, csv);
    assert_false(b.header_good);
    assert_string_equal(code_text(b.header_why.code), code_text(code));
    bench_close(&b);
}

static void
test_headers(void **state)
{
    (void)state;
    header_refused(&IMPORT_WIDE, "ward,period,doses\n", CODE_COLUMN_MISSING);
    header_refused(&IMPORT_WIDE, "unit,date,doses\n", CODE_COLUMN_MISSING);
    header_refused(&IMPORT_WIDE, "unit,period,doses,doses\n", CODE_DUPLICATE_CODE);
    header_refused(&IMPORT_LONG, "unit,period,doses\n", CODE_COLUMN_MISSING);
    header_refused(&IMPORT_LONG, "unit,period,indicator\n", CODE_COLUMN_MISSING);
    header_refused(&IMPORT_DHIS2, "dataelement,period,value\n", CODE_COLUMN_MISSING);
    header_refused(&IMPORT_DHIS2, "a,b,c\n", CODE_COLUMN_MISSING);
}

static void
test_long(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, &IMPORT_LONG);
    feed(&b, "unit,period,indicator,value\n"
             "w1,20211104,doses,5\n"
             "w1,2021-11-04,first,3\n" /* the same period: the same report */
             "w1,20211104,first,4\n"   /* twice in one report */
             "w1,20211104,open,\n"     /* an empty cell is no value */
             "w2,20211104,doses,1\n");
    sent(&b, 3, 1);
    errors_are(&b, "4:4:duplicate-key");
    assert_false(b.im.gather.draft.merge);
    bench_close(&b);

    bench_open(&b, &IMPORT_LONG);
    feed(&b, "unit,period,indicator,value\n"
             "w1,20211104,doses,5\n"
             "w2,20211104,doses,5\n"
             "w1,20211104,first,3\n"); /* comes back: must not overwrite the doses */
    sent(&b, 3, 0);
    assert_true(b.im.gather.draft.merge);
    bench_close(&b);
}

static void
test_dhis2(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, &IMPORT_DHIS2);
    feed(&b, "dataElement,period,orgUnit,categoryOptionCombo,attributeOptionCombo,value,deleted\n"
             "doses,20211104,w1,HllvX50cXC0,,5\n"
             "first,20211104,w1,HllvX50cXC0,,,true\n"
             "doses,20211104,w2,HllvX50cXC0,,6,false\n"
             "doses,20211104,w2,other,,6,\n" /* would overwrite the value before it */
             "doses,20211104\n");
    sent(&b, 4, 2);
    errors_are(&b, "5:1:indicator-unknown 6:0:row-shape");
    assert_true(b.im.gather.draft.merge);
    bench_close(&b);

    /* By place, where the header has other names. */
    bench_open(&b, &IMPORT_DHIS2);
    feed(&b, "a,b,c,d,e,f\n"
             "doses,20211104,w1,,,5\n");
    sent(&b, 1, 0);
    bench_close(&b);
}

static void
map_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool
maps(const struct import_map *map, enum map_kind kind, const char *from, const char *to)
{
    return slice_is(import_map_find(map, kind, slice_text(from)), to);
}

static void
test_map(void **state)
{
    struct import_map map = {0};
    char *folder = tempdir_new();
    char path[256];
    (void)state;
    snprintf(path, sizeof path, "%s/map.csv", folder);
    map_write(path, "kind,from,to\nunit,\"Hà Nội, TP\",01\nindicator,fbfJHSPpUQD,doses\n"
                    "indicator,01,first\n");
    assert_int_equal(import_map_read(&map, path), 0);
    assert_true(maps(&map, MAP_UNIT, "Hà Nội, TP", "01"));
    assert_true(maps(&map, MAP_INDICATOR, "fbfJHSPpUQD", "doses"));
    assert_true(maps(&map, MAP_INDICATOR, "01", "first"));
    assert_true(maps(&map, MAP_UNIT, "w1", "w1")); /* what the map does not say stays */
    assert_false(import_map_has(&map, MAP_UNIT, slice_text("w1")));
    import_map_fini(&map);
    tempdir_free(folder);
}

static void
test_seen(void **state)
{
    struct import_seen seen = {0};
    bool fresh;
    (void)state;
    for (uint64_t i = 1; i <= 5000; i++) {
        assert_int_equal(import_seen_put(&seen, i * 0x9e3779b97f4a7c15u, i, &fresh), i);
        assert_true(fresh);
    }
    for (uint64_t i = 1; i <= 5000; i++) {
        assert_int_equal(import_seen_put(&seen, i * 0x9e3779b97f4a7c15u, 0, &fresh), i);
        assert_false(fresh);
    }
    /* "ab" and "c" are not "a" and "bc". */
    assert_true(seen_hash(slice_text("ab"), slice_text("c")) !=
                seen_hash(slice_text("a"), slice_text("bc")));
    import_seen_fini(&seen);
}

static void
cell_is(const char *cell, int kind, int64_t number)
{
    struct draft draft = {0};
    struct complaint why;
    struct slice indicator;
    struct value value;
    assert_true(draft_cell(&draft, slice_text("a"), slice_text(cell), &why));
    struct cursor c = cursor_of(buf_slice_of(&draft.values));
    assert_true(values_next(&c, &indicator, &value, &why));
    assert_int_equal(value.kind, kind);
    if (kind == VALUE_TEXT) {
        assert_true(slice_is(value.text, cell));
    } else {
        assert_int_equal(value.number, number);
    }
    draft_fini(&draft);
}

static void
test_cells(void **state)
{
    (void)state;
    cell_is("0", VALUE_INT, 0);
    cell_is("-12", VALUE_INT, -12);
    cell_is("999999999999999999", VALUE_INT, 999999999999999999);
    cell_is("9223372036854775808", VALUE_TEXT, 0); /* the worker says that it is too large */
    cell_is("12,5", VALUE_TEXT, 0);
    cell_is("1.234", VALUE_TEXT, 0);
    cell_is("-", VALUE_TEXT, 0);
    cell_is("true", VALUE_BOOL, 1);
    cell_is("false", VALUE_BOOL, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide),  cmocka_unit_test(test_headers), cmocka_unit_test(test_long),
        cmocka_unit_test(test_dhis2), cmocka_unit_test(test_map),     cmocka_unit_test(test_seen),
        cmocka_unit_test(test_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
