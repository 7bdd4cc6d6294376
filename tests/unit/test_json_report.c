/* JSON reports: cutting a stream into objects, going on after mistakes, exact numbers. */
#include "clients/json_stream.h"
#include "proto/report_json.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

/* The objects of a stream as "line:text|line:text". */
static void
cut(const char *stream, const char *wanted)
{
    FILE *file = fmemopen((void *)stream, strlen(stream), "r");
    struct json_stream s = json_stream_of(file);
    struct slice text;
    uint64_t line;
    struct buf got = BUF_EMPTY;
    while (json_stream_next(&s, &text, &line)) {
        buf_printf(&got, "%s%d:%.*s", got.len == 0 ? "" : "|", (int)line, SLICE_ARG(text));
    }
    buf_byte(&got, 0);
    assert_string_equal((char *)got.data, wanted);
    assert_false(s.bad);
    buf_fini(&got);
    json_stream_fini(&s);
    fclose(file);
}

static void
test_stream(void **state)
{
    (void)state;
    cut("{\"a\":1}", "1:{\"a\":1}");
    cut("\xef\xbb\xbf {\"a\":1}\r\n{\"b\":2}\n\n{}", "1:{\"a\":1}|2:{\"b\":2}|4:{}");
    cut("[{\"a\":1},\n {\"b\":{\"c\":2}}]\n", "1:{\"a\":1}|2:{\"b\":{\"c\":2}}");
    cut("[ ]", "");
    cut(" \n", "");
    /* Braces and quotes inside of strings are text. */
    cut("{\"a\":\"}\\\"}{\"}{}", "1:{\"a\":\"}\\\"}{\"}|1:{}");
    cut("{\"a\":\n{\"b\":1}\n}\n", "1:{\"a\":\n|2:{\"b\":1}|3:}");
    cut("{\n \"a\":\n {\"b\":1}\n}\n", "1:{\n \"a\":\n {\"b\":1}\n}");
    /* A line that begins with { begins a record, though the one before has no end. */
    cut("{\"a\":{\"b\":1}\n{\"c\":2}\n", "1:{\"a\":{\"b\":1}\n|2:{\"c\":2}");
    cut("{\"a\":\"open\n{\"c\":2}\n", "1:{\"a\":\"open\n|2:{\"c\":2}");
    cut("stray {\n{\"c\":2}", "1:stray {|2:{\"c\":2}");
}

static void
refused(const char *text, enum code code)
{
    struct draft draft = {0};
    struct complaint why = {0};
    json_t *owner;
    assert_false(report_json_read(slice_text(text), &draft, &owner, &why));
    assert_null(owner);
    assert_string_equal(code_text(why.code), code_text(code));
    draft_fini(&draft);
}

#define HEAD "{\"unit\":\"w1\",\"period\":\"20211104\",\"form\":\"daily\","

static void
test_refused(void **state)
{
    (void)state;
    refused("{\"unit\":\"w1\"", CODE_SYNTAX);
    refused("1,2]", CODE_SYNTAX);
    refused(HEAD "\"unit\":\"w2\",\"values\":{}}", CODE_DUPLICATE_KEY);
    refused(HEAD "\"values\":{\"a\":1,\"a\":2}}", CODE_DUPLICATE_KEY);
    refused(HEAD "\"colour\":\"red\",\"values\":{}}", CODE_KEY_UNKNOWN);
    refused("{\"period\":\"20211104\",\"form\":\"daily\",\"values\":{}}", CODE_MISSING_FIELD);
    refused("{\"unit\":\"w1\",\"form\":\"daily\",\"values\":{}}", CODE_MISSING_FIELD);
    refused(HEAD "\"revision\":1}", CODE_MISSING_FIELD);
    refused(HEAD "\"values\":[]}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{\"a\":[1]}}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{},\"revision\":0}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{},\"revision\":\"1\"}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{},\"merge\":1}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{},\"source\":7}", CODE_WRONG_TYPE);
    refused(HEAD "\"values\":{},\"source\":\"Ấp\"}", CODE_CODE_INVALID);
    refused(HEAD "\"values\":{\"a\":1e300}}", CODE_VALUE_TYPE);
    refused(HEAD "\"values\":{\"a\":0.12345678901234567}}", CODE_VALUE_TYPE);
    refused(HEAD "\"values\":{\"a\":99999999999999999999}}", CODE_VALUE_OVERFLOW);
    refused("{\"unit\":\"W 1\",\"period\":\"2021\",\"form\":\"daily\",\"values\":{}}",
            CODE_CODE_INVALID);
    refused("{\"unit\":\"w1\",\"period\":\"the whole of last year\",\"form\":\"daily\","
            "\"values\":{}}",
            CODE_PERIOD_INVALID);
}

/* The only value of a report, as it would be sent. */
static struct value
value_of(const char *json, struct draft *draft, json_t **owner)
{
    char text[256];
    struct complaint why;
    struct slice indicator;
    struct value value;
    struct cursor c;
    snprintf(text, sizeof text, HEAD "\"values\":{\"a\":%s}}", json);
    assert_true(report_json_read(slice_text(text), draft, owner, &why));
    assert_int_equal(draft->count, 1);
    c = cursor_of(buf_slice_of(&draft->values));
    assert_true(values_next(&c, &indicator, &value, &why));
    assert_true(slice_is(indicator, "a"));
    return value;
}

static void
sent_as_text(const char *json, const char *wanted)
{
    struct draft draft = {0};
    json_t *owner;
    struct value value = value_of(json, &draft, &owner);
    assert_int_equal(value.kind, VALUE_TEXT);
    assert_int_equal(value.text.len, strlen(wanted));
    assert_memory_equal(value.text.data, wanted, strlen(wanted));
    json_decref(owner);
    draft_fini(&draft);
}

static void
sent_as(const char *json, int kind, int64_t number)
{
    struct draft draft = {0};
    json_t *owner;
    struct value value = value_of(json, &draft, &owner);
    assert_int_equal(value.kind, kind);
    assert_int_equal(value.number, number);
    json_decref(owner);
    draft_fini(&draft);
}

static void
test_numbers(void **state)
{
    (void)state;
    sent_as("9223372036854775807", VALUE_INT, INT64_MAX);
    sent_as("-9223372036854775808", VALUE_INT, INT64_MIN);
    sent_as("0", VALUE_INT, 0);
    sent_as("true", VALUE_BOOL, 1);
    sent_as("false", VALUE_BOOL, 0);
    sent_as("null", VALUE_NIL, 0);
    sent_as_text("0.1", "0.1");
    sent_as_text("12.50", "12.5");
    sent_as_text("-0.000125", "-0.000125");
    sent_as_text("12.0", "12");
    sent_as_text("0.0", "0");
    sent_as_text("1.5e3", "1500");
    sent_as_text("123456789012.345", "123456789012.345");
    sent_as_text("1e-3", "0.001");
    sent_as_text("1E20", "100000000000000000000");
    sent_as_text("\"12.5000\"", "12.5000");
}

static void
test_whole(void **state)
{
    struct draft draft = {0};
    struct complaint why;
    json_t *owner;
    (void)state;
    assert_true(report_json_read(
        slice_text("{\"campaign\":\"c\",\"unit\":\"w1\",\"period\":\"2021-11-04\",\"form\":\"f\","
                   "\"source\":\"office\",\"revision\":7,\"merge\":true,\"values\":{}}"),
        &draft, &owner, &why));
    assert_true(slice_is(draft.campaign, "c") && slice_is(draft.unit, "w1"));
    assert_true(slice_is(draft.period, "2021-11-04") && slice_is(draft.form, "f"));
    assert_true(slice_is(draft.source, "office") && draft.merge);
    assert_int_equal(draft.revision, 7);
    assert_int_equal(draft.count, 0);
    json_decref(owner);
    draft_fini(&draft);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
