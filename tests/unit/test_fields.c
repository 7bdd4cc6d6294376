/* The walk over layouts: every message and record there and back, and every complaint it can make.
 */
#include "proto/cursor.h"
#include "proto/fields.h"
#include "proto/messages.h"
#include "proto/pack.h"
#include "proto/records.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static void
report_put(struct buf *b)
{
    struct buf values = BUF_EMPTY;
    pack_map(&values, 1);
    pack_key_uint(&values, "doses", 120);
    struct record_report report = {
        .form = slice_text("ward-daily"),
        .unit = slice_text("00001"),
        .period = slice_text("20211105"),
        .revision = 7,
        .values = buf_slice_of(&values),
    };
    record_encode_report(&report, b);
    buf_fini(&values);
}

static enum code
decode(struct slice in)
{
    struct record_report report;
    struct complaint why = {0};
    bool taken = layout_decode(record_layout(RECORD_report), in, &report, &why);
    assert_int_equal(taken, why.code == CODE_NONE);
    return why.code;
}

/* A report in which the object of one key is replaced by `object`; an empty one leaves it out, and
 * a key that it has not is added. */
static enum code
decode_with(uint64_t key, struct slice object)
{
    struct buf whole = BUF_EMPTY;
    struct buf b = BUF_EMPTY;
    uint32_t n;
    uint32_t kept = 0;
    report_put(&whole);
    struct cursor c = cursor_of(buf_slice_of(&whole));
    assert_int_equal(cursor_map(&c, &n), ERR_OK);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t k;
        struct slice raw;
        assert_int_equal(cursor_uint(&c, &k), ERR_OK);
        assert_int_equal(cursor_raw(&c, &raw), ERR_OK);
        if (k != key) {
            pack_uint(&b, k);
            pack_raw(&b, raw);
            kept++;
        }
    }
    if (object.len > 0) {
        pack_uint(&b, key);
        pack_raw(&b, object);
        kept++;
    }
    struct buf out = BUF_EMPTY;
    pack_map(&out, kept);
    pack_raw(&out, buf_slice_of(&b));
    enum code code = decode(buf_slice_of(&out));
    buf_fini(&out);
    buf_fini(&b);
    buf_fini(&whole);
    return code;
}

static struct slice
text_object(struct buf *b, const char *text)
{
    buf_clear(b);
    pack_cstr(b, text);
    return buf_slice_of(b);
}

#define OBJECT(literal) slice_of(literal, sizeof(literal) - 1)

static void
a_report_comes_back_as_it_was(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    struct record_report r;
    struct complaint why;
    uint64_t type;
    report_put(&b);
    assert_true(layout_peek(buf_slice_of(&b), &type));
    assert_int_equal(type, RECORD_report);
    assert_true(layout_decode(record_layout(type), buf_slice_of(&b), &r, &why));
    assert_true(slice_is(r.form, "ward-daily") && slice_is(r.unit, "00001"));
    assert_true(slice_is(r.period, "20211105") && r.revision == 7 && !r.merge);
    assert_true(r.campaign.len == 0 && r.source.len == 0 && r.id.len == 0);
    assert_int_equal(r.values.len, 8);
    buf_fini(&b);
}

/* Fills each field of a layout with its greatest value, there and back. */
static void
greatest_comes_back(const struct layout *layout)
{
    union {
        uint8_t bytes[512];
        uint64_t align;
    } in = {{0}}, out;
    static uint8_t raw[256];
    struct buf b = BUF_EMPTY;
    struct buf again = BUF_EMPTY;
    struct complaint why = {0};
    uint64_t type;
    memset(raw, 'a', sizeof(raw));
    assert_true(layout->size <= sizeof(in));
    for (unsigned i = 0; i < layout->count; i++) {
        const struct field *f = &layout->fields[i];
        void *at = in.bytes + f->offset;
        size_t len = f->limit < sizeof(raw) ? f->limit : sizeof(raw);
        if (f->kind == FIELD_UINT) {
            *(uint64_t *)at = f->limit;
        } else if (f->kind == FIELD_BOOL) {
            *(bool *)at = true;
        } else {
            *(struct slice *)at = slice_of(raw, f->kind == FIELD_RAW ? 1 : len);
        }
    }
    layout_encode(layout, in.bytes, &b);
    assert_true(layout_peek(buf_slice_of(&b), &type));
    assert_int_equal(type, layout->type);
    assert_true(layout_decode(layout, buf_slice_of(&b), out.bytes, &why));
    layout_encode(layout, out.bytes, &again);
    assert_true(slice_equal(buf_slice_of(&b), buf_slice_of(&again)));
    buf_fini(&b);
    buf_fini(&again);
}

static void
every_layout_comes_back(void **state)
{
    (void)state;
    unsigned layouts = 0;
    for (unsigned type = 0; type < 300; type++) {
        const struct layout *both[2] = {message_layout(type), record_layout(type)};
        for (unsigned i = 0; i < 2; i++) {
            if (both[i] != NULL) {
                assert_int_equal(both[i]->type, type);
                greatest_comes_back(both[i]);
                layouts++;
            }
        }
    }
    assert_true(layouts >= MESSAGE_TYPE_MAX + 5);
    assert_null(message_layout(UINT64_MAX));
    assert_null(record_layout(UINT64_MAX));
}

static void
each_prefix_is_refused(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    report_put(&b);
    for (size_t len = 0; len <= b.len; len++) {
        uint8_t *part = malloc(len + 1);
        assert_non_null(part);
        memcpy(part, b.data, len);
        part[len] = 0xc0;
        assert_int_equal(decode(slice_of(part, len)), len == b.len ? CODE_NONE : CODE_MALFORMED);
        if (len == b.len) {
            assert_int_equal(decode(slice_of(part, len + 1)), CODE_MALFORMED);
        }
        free(part);
    }
    buf_fini(&b);
}

static void
each_mistake_has_its_code(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    char long_text[40];
    memset(long_text, '1', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    assert_int_equal(decode(OBJECT("\x90")), CODE_WRONG_TYPE);
    assert_int_equal(decode(OBJECT("\xc1")), CODE_MALFORMED);
    assert_int_equal(decode_with(0, OBJECT("")), CODE_MISSING_FIELD);
    assert_int_equal(decode_with(0, OBJECT("\xa1r")), CODE_WRONG_TYPE);
    assert_int_equal(decode_with(0, OBJECT("\x02")), CODE_TYPE_UNKNOWN);
    assert_int_equal(decode_with(1, OBJECT("")), CODE_MISSING_FIELD);
    assert_int_equal(decode_with(1, OBJECT("\x00")), CODE_VERSION_UNKNOWN);
    assert_int_equal(decode_with(1, OBJECT("\x02")), CODE_VERSION_UNKNOWN);
    assert_int_equal(decode_with(3, OBJECT("")), CODE_MISSING_FIELD);
    assert_int_equal(decode_with(3, OBJECT("\x07")), CODE_WRONG_TYPE);
    assert_int_equal(decode_with(3, OBJECT("\xa0")), CODE_CODE_INVALID);
    assert_int_equal(decode_with(2, OBJECT("\xa0")), CODE_NONE);
    assert_int_equal(decode_with(3, text_object(&b, "Ward")), CODE_CODE_INVALID);
    assert_int_equal(decode_with(3, text_object(&b, long_text)), CODE_CODE_INVALID);
    assert_int_equal(decode_with(5, text_object(&b, long_text)), CODE_TOO_LARGE);
    assert_int_equal(decode_with(5, text_object(&b, "\xff")), CODE_NOT_UTF8);
    assert_int_equal(decode_with(5, text_object(&b, "a\xcc\x81")), CODE_NOT_NFC);
    assert_int_equal(decode_with(5, text_object(&b, "a\ab")), CODE_CONTROL_CHARACTER);
    assert_int_equal(decode_with(7, OBJECT("\xff")), CODE_WRONG_TYPE);
    assert_int_equal(decode_with(7, OBJECT("\xcf\x80\0\0\0\0\0\0\0")), CODE_TOO_LARGE);
    assert_int_equal(decode_with(8, OBJECT("\x01")), CODE_WRONG_TYPE);
    assert_int_equal(decode_with(8, OBJECT("\xc3")), CODE_NONE);
    assert_int_equal(decode_with(9, OBJECT("\xa1x")), CODE_WRONG_TYPE);
    assert_int_equal(decode_with(9, OBJECT("\xc4\x11"
                                           "01234567890123456")),
                     CODE_TOO_LARGE);
    assert_int_equal(decode_with(10, OBJECT("\x91\x91\x91\x91\x91\x91\x91\x91\x90")),
                     CODE_TOO_DEEP);
    assert_int_equal(decode_with(60, OBJECT("\xc0")), CODE_NONE);
    assert_int_equal(decode_with(1000, OBJECT("\xc0")), CODE_NONE);
    assert_int_equal(decode_with(60, OBJECT("\x91\x91\x91\x91\x91\x91\x91\x91\x90")),
                     CODE_TOO_DEEP);
    buf_fini(&b);
}

static void
raw_is_limited(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    uint8_t *large = calloc(1, QUERY_ARGS_MAX);
    assert_non_null(large);
    pack_map(&b, 4);
    pack_raw(&b, OBJECT("\x00\x07\x01\x01\x02\xa1q\x05"));
    pack_bytes(&b, slice_of(large, QUERY_ARGS_MAX));
    struct message_query query;
    struct complaint why;
    assert_false(layout_decode(message_layout(MESSAGE_query), buf_slice_of(&b), &query, &why));
    assert_int_equal(why.code, CODE_TOO_LARGE);
    assert_string_equal(why.subject, "args");
    free(large);
    buf_fini(&b);
}

/* A newer version is told as such, whatever its other fields look like and wherever key 1 stands.
 */
static void
the_version_is_looked_at_first(void **state)
{
    (void)state;
    assert_int_equal(decode(OBJECT("\x84\x07\xa1x\x03\xc0\x01\x09\x00\x01")), CODE_VERSION_UNKNOWN);
    assert_int_equal(decode(OBJECT("\x83\x07\xa1x\x01\x09\x00\x02")), CODE_TYPE_UNKNOWN);
}

static void
a_key_that_stands_twice_is_refused(void **state)
{
    (void)state;
    struct complaint why;
    struct message_busy busy;
    const struct layout *layout = message_layout(MESSAGE_busy);
    const struct slice twice[] = {
        OBJECT("\x85\x00\x05\x01\x01\x02\x02\x03\xa1x\x02\x03"),
        OBJECT("\x85\x00\x05\x01\x01\x02\x02\x03\xa1x\x00\x05"),
        OBJECT("\x86\x00\x05\x01\x01\x02\x02\x03\xa1x\x3c\x05\x3c\x05"),
    };
    for (size_t i = 0; i < sizeof(twice) / sizeof(twice[0]); i++) {
        assert_false(layout_decode(layout, twice[i], &busy, &why));
        assert_int_equal(why.code, CODE_DUPLICATE_KEY);
    }
    assert_string_equal(why.subject, "60");
}

static void
keys_may_stand_in_any_order_beside_others(void **state)
{
    (void)state;
    struct complaint why;
    struct message_busy busy;
    struct slice in = OBJECT("\x87\x03\xa1x\xa1k\x91\x01\xc0\xc0\x02\x09\xff\x01\x01\x08\x00\x05");
    assert_true(layout_decode(message_layout(MESSAGE_busy), in, &busy, &why));
    assert_true(busy.request == 8 && busy.retry_ms == 9 && slice_is(busy.reason, "x"));
}

static void
peek_takes_only_a_map_with_a_type(void **state)
{
    (void)state;
    uint64_t type = 0;
    assert_true(layout_peek(OBJECT("\x82\x09\xc0\x00\xcd\x01\x00"), &type));
    assert_int_equal(type, 256);
    const struct slice bad[] = {
        OBJECT(""),
        OBJECT("\x80"),
        OBJECT("\x00"),
        OBJECT("\x81\x01\x01"),
        OBJECT("\x81\x00"),
        OBJECT("\x81\x00\xc0"),
        OBJECT("\xdf\xff\xff\xff\xff\x00\x01"),
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(layout_peek(bad[i], &type));
    }
}

/* One bit of a valid record turned: taken or refused, never more. The sanitizers watch. */
static void
turned_bits_do_no_harm(void **state)
{
    (void)state;
    struct buf b = BUF_EMPTY;
    report_put(&b);
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        decode(buf_slice_of(&b));
        b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(decode(buf_slice_of(&b)), CODE_NONE);
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_comes_back_as_it_was),
        cmocka_unit_test(every_layout_comes_back),
        cmocka_unit_test(each_prefix_is_refused),
        cmocka_unit_test(each_mistake_has_its_code),
        cmocka_unit_test(raw_is_limited),
        cmocka_unit_test(the_version_is_looked_at_first),
        cmocka_unit_test(a_key_that_stands_twice_is_refused),
        cmocka_unit_test(keys_may_stand_in_any_order_beside_others),
        cmocka_unit_test(peek_takes_only_a_map_with_a_type),
        cmocka_unit_test(turned_bits_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
