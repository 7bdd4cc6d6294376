/* What records hold beside their fields: a report's values, receipts, ULIDs, the words; and the
 * worked example of proto/PROTOCOL.md, byte by byte. Reads the folder `proto` of the checkout. */
#include "common/file.h"
#include "proto/pack.h"
#include "proto/records.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#define OBJECT(literal) slice_of(literal, sizeof(literal) - 1)

static void
values_come_one_by_one(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct cursor c;
    struct complaint why;
    struct slice indicator;
    struct value v;
    uint32_t n;
    pack_map(&b, 5);
    pack_key_uint(&b, "doses", 120);
    pack_key_int(&b, "balance", -3);
    pack_key_text(&b, "share", slice_text("12.5"));
    pack_key_bool(&b, "open", true);
    pack_cstr(&b, "gone");
    pack_nil(&b);
    assert_true(values_open(buf_slice_of(&b), &c, &n, &why));
    assert_int_equal(n, 5);
    assert_true(values_next(&c, &indicator, &v, &why));
    assert_true(slice_is(indicator, "doses") && v.kind == VALUE_INT && v.number == 120);
    assert_true(values_next(&c, &indicator, &v, &why));
    assert_true(v.kind == VALUE_INT && v.number == -3);
    assert_true(values_next(&c, &indicator, &v, &why));
    assert_true(v.kind == VALUE_TEXT && slice_is(v.text, "12.5"));
    assert_true(values_next(&c, &indicator, &v, &why));
    assert_true(v.kind == VALUE_BOOL && v.number == 1);
    assert_true(values_next(&c, &indicator, &v, &why));
    assert_true(slice_is(indicator, "gone") && v.kind == VALUE_NIL);
    assert_true(cursor_done(&c));
    buf_fini(&b);
}

static enum code
first_mistake(struct slice values)
{
    struct cursor c;
    struct complaint why = {0};
    struct slice indicator;
    struct value v;
    uint32_t n;
    bool good = values_open(values, &c, &n, &why);
    for (uint32_t i = 0; good && i < n; i++) {
        good = values_next(&c, &indicator, &v, &why);
    }
    assert_int_equal(good, why.code == CODE_NONE);
    return why.code;
}

static void
each_mistake_in_values_has_its_code(void **state)
{
    (void)state;
    assert_int_equal(first_mistake(OBJECT("\x80")), CODE_NONE);
    assert_int_equal(first_mistake(OBJECT("")), CODE_MALFORMED);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1")), CODE_MALFORMED);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1k\xcc")), CODE_MALFORMED);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1k\xa3z")), CODE_MALFORMED);
    assert_int_equal(first_mistake(OBJECT("\x91\x01")), CODE_WRONG_TYPE);
    assert_int_equal(first_mistake(OBJECT("\x81\x01\x01")), CODE_WRONG_TYPE);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1k\x90")), CODE_WRONG_TYPE);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1K\x01")), CODE_CODE_INVALID);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1k\xcf\x80\0\0\0\0\0\0\0")), CODE_VALUE_OVERFLOW);
    assert_int_equal(first_mistake(OBJECT("\x81\xa1k\xca\0\0\0\0")), CODE_VALUE_TYPE);
}

static void
values_are_limited(void **state)
{
    (void)state;
    for (uint32_t n = REPORT_VALUES_MAX; n <= REPORT_VALUES_MAX + 1; n++) {
        struct buf b = BUF_EMPTY;
        pack_map(&b, n);
        for (uint32_t i = 0; i < n; i++) {
            pack_key_uint(&b, "k", i);
        }
        assert_int_equal(first_mistake(buf_slice_of(&b)),
                         n > REPORT_VALUES_MAX ? CODE_TOO_MANY_VALUES : CODE_NONE);
        buf_fini(&b);
    }
}

static void
receipts_have_one_text_each(void **state)
{
    (void)state;
    const struct receipt good[] = {{1, 0}, {18231, 7}, {UINT64_MAX, UINT32_MAX}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        char text[RECEIPT_TEXT];
        struct receipt back;
        receipt_format(good[i], text);
        assert_int_equal(receipt_parse(slice_text(text), &back), ERR_OK);
        assert_true(back.block == good[i].block && back.index == good[i].index);
    }
    const char *const bad[] = {
        "",
        ".",
        "1",
        "1.",
        ".1",
        "0.1",
        "01.1",
        "1.01",
        "1.1.1",
        "1.1 ",
        " 1.1",
        "+1.1",
        "1.-1",
        "1,1",
        "18446744073709551616.0",
        "1.4294967296",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct receipt r;
        assert_int_equal(receipt_parse(slice_text(bad[i]), &r), ERR_FORMAT);
    }
}

static void
ulids_begin_with_their_time(void **state)
{
    (void)state;
    uint8_t a[16];
    uint8_t b[16];
    ulid_new(1636088400000999, a);
    ulid_new(1636088400001000, b);
    /* 1636088400000 ms is 0x017cee77c880 */
    assert_memory_equal(a, "\x01\x7c\xee\x77\xc8\x80", 6);
    assert_memory_equal(b, "\x01\x7c\xee\x77\xc8\x81", 6);
    assert_true(memcmp(a + 6, b + 6, 10) != 0);
}

static void
verdicts_and_flags_have_words(void **state)
{
    (void)state;
    assert_string_equal(verdict_name(VERDICT_ACCEPTED), "accepted");
    assert_string_equal(verdict_name(VERDICT_QUARANTINED), "quarantined");
    assert_string_equal(verdict_name((enum verdict)0), "");
    assert_string_equal(verdict_name((enum verdict)7), "");
    assert_string_equal(flag_name(FLAG_LATE), "late");
    assert_string_equal(flag_name(FLAG_WARNED), "warned");
    assert_string_equal(flag_name(3), "");
}

/* ---- the worked example ---- */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of the fenced block that follows "<!-- NAME -->": on each line pairs of hex digits, up
 * to two spaces, behind which stands what they mean. */
static void
example_bytes(struct slice page, const char *name, struct buf *out)
{
    char mark[64];
    snprintf(mark, sizeof(mark), "<!-- %s -->\n```\n", name);
    const char *at = memmem(page.data, page.len, mark, strlen(mark));
    assert_non_null(at);
    at += strlen(mark);
    while (strncmp(at, "```", 3) != 0) {
        while (hex_digit(at[0]) >= 0) {
            assert_true(hex_digit(at[1]) >= 0);
            buf_byte(out, (uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1])));
            at += at[2] == ' ' ? 3 : 2;
        }
        at = strchr(at, '\n') + 1;
    }
}

static void
example_is(struct slice page, const char *name, struct buf *made)
{
    struct buf shown = BUF_EMPTY;
    example_bytes(page, name, &shown);
    if (!slice_equal(buf_slice_of(&shown), buf_slice_of(made))) {
        for (size_t i = 0; i < made->len; i++) {
            fprintf(stderr, "%02x ", made->data[i]);
        }
        fail_msg("%s: these bytes are made, others are shown", name);
    }
    buf_fini(&shown);
    buf_fini(made);
}

static void
report_make(struct buf *out)
{
    struct buf values = BUF_EMPTY;
    pack_map(&values, 2);
    pack_key_uint(&values, "doses", 120);
    pack_key_text(&values, "share", slice_text("12.5"));
    record_encode_report(&(struct record_report){.form = slice_text("ward-daily"),
                                                 .unit = slice_text("00001"),
                                                 .period = slice_text("20211105"),
                                                 .revision = 1636088400000,
                                                 .values = buf_slice_of(&values)},
                         out);
    buf_fini(&values);
}

static void
the_worked_example_is_right(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY;
    struct buf made = BUF_EMPTY;
    struct buf records = BUF_EMPTY;
    assert_int_equal(file_read("proto/PROTOCOL.md", 1 << 20, &page), ERR_OK);
    buf_byte(&page, '\0');
    struct slice text = slice_of(page.data, page.len - 1);
    message_encode_hello(&(struct message_hello){.version = 1,
                                                 .role = ROLE_CLIENT,
                                                 .name = slice_text("ward office")},
                         &made);
    example_is(text, "hello", &made);
    report_make(&made);
    pack_array(&records, 1);
    pack_array(&records, 2);
    pack_cstr(&records, "00001");
    pack_bytes(&records, buf_slice_of(&made));
    example_is(text, "report", &made);
    message_encode_submit(&(struct message_submit){.request = 1, .records = buf_slice_of(&records)},
                          &made);
    example_is(text, "submit", &made);
    message_encode_receipts(
        &(struct message_receipts){
            .request = 1, .block = 18231, .first = 7, .count = 1, .time_us = 1636088400250000},
        &made);
    example_is(text, "receipts", &made);
    buf_fini(&records);
    buf_fini(&page);
}

/* Every message, record, field and limit stands in the page, so that neither is changed alone. */
static void
the_page_names_everything(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY;
    assert_int_equal(file_read("proto/PROTOCOL.md", 1 << 20, &page), ERR_OK);
    const char *const rows[] = {
#define MESSAGE(name, type, says) "| `" #name "` | " #type " |",
#define RECORD(name, type, says) "| `" #name "` | " #type " |",
#define FIELD(of, name, key, kind, required, limit, meaning)                                       \
    "| " #of "." #name " | " #key " | " #kind " |",
#define END(name)
#include "proto/messages.def"
#include "proto/records.def"
#undef MESSAGE
#undef RECORD
#undef FIELD
#undef END
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (memmem(page.data, page.len, rows[i], strlen(rows[i])) == NULL) {
            fail_msg("proto/PROTOCOL.md lacks \"%s\"", rows[i]);
        }
    }
    buf_fini(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_one_by_one),
        cmocka_unit_test(each_mistake_in_values_has_its_code),
        cmocka_unit_test(values_are_limited),
        cmocka_unit_test(receipts_have_one_text_each),
        cmocka_unit_test(ulids_begin_with_their_time),
        cmocka_unit_test(verdicts_and_flags_have_words),
        cmocka_unit_test(the_worked_example_is_right),
        cmocka_unit_test(the_page_names_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
