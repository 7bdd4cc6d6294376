/* The settings' file: what is read, and that every mistake is told with its line. */
#include "common/conf.h"
#include "common/lang.h"
#include "common/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct values {
    char name[8];
    uint64_t count;
    struct conf_key keys[2];
};

static struct values *
values_init(struct values *v)
{
    *v = (struct values){.name = "old", .count = 7};
    v->keys[0] = (struct conf_key){"name", CONF_TEXT, .to.text = v->name, .size = sizeof v->name};
    v->keys[1] =
        (struct conf_key){"count", CONF_NUMBER, .to.number = &v->count, .min = 2, .max = 100};
    return v;
}

static void
test_read(void **state)
{
    (void)state;
    struct values v;
    char why[256];
    values_init(&v);
    const char *text = "\xef\xbb\xbf# a comment\r\n\r\n  name=\tH\xc3\xa0 # N  \r\n\ncount = 100";
    assert_int_equal(conf_read(slice_text(text), v.keys, 2, why), ERR_OK);
    assert_string_equal(v.name, "H\xc3\xa0 # N");
    assert_int_equal(v.count, 100);
    assert_int_equal(conf_read(slice_of(NULL, 0), v.keys, 2, why), ERR_OK);
}

static void
check_wrong(const char *text, const char *expected)
{
    struct values v;
    char why[256];
    values_init(&v);
    assert_int_equal(conf_read(slice_text(text), v.keys, 2, why), ERR_FORMAT);
    assert_string_equal(why, expected);
}

static void
test_mistakes(void **state)
{
    (void)state;
    check_wrong("name = a\ncolour = red\n", "line 2: the key “colour” is not known");
    check_wrong("\n\nname", "line 3: “key = value” is needed");
    check_wrong("= 3", "line 1: the key “” is not known");
    check_wrong("count =", "line 1: count: the value is missing");
    check_wrong("count = 1", "line 1: count: a whole number from 2 to 100 is needed, not “1”");
    check_wrong("count = 101", "line 1: count: a whole number from 2 to 100 is needed, not “101”");
    check_wrong("count = -3", "line 1: count: a whole number from 2 to 100 is needed, not “-3”");
    check_wrong("count = 5x", "line 1: count: a whole number from 2 to 100 is needed, not “5x”");
    check_wrong("name = 12345678", "line 1: name: longer than 7 bytes");
    check_wrong("name = \xff", "line 1: name: not UTF-8 text");
    check_wrong("count = 5\n# x\ncount = 5", "line 3: count: stands twice");
}

static void
test_vietnamese(void **state)
{
    (void)state;
    lang_set(true);
    check_wrong("colour = red", "dòng 1: không biết khóa “colour”");
    lang_set(false);
}

static void
test_zero_bytes(void **state)
{
    (void)state;
    struct values v;
    char why[256];
    values_init(&v);
    assert_int_equal(conf_read(slice_of("name = a\0b", 10), v.keys, 2, why), ERR_FORMAT);
    assert_string_equal(v.name, "old");
    assert_int_equal(conf_read(slice_of("\0\0\n", 3), v.keys, 2, why), ERR_FORMAT);
}

/* Cut at a character, and nothing in them reaches a terminal as it is. */
static void
test_values_in_sentences(void **state)
{
    (void)state;
    struct values v;
    char why[256];
    char text[600] = "count = ";
    values_init(&v);
    for (size_t i = 8; i + 3 < sizeof text; i += 3) {
        memcpy(text + i, "\xe1\xba\xbf", 4);
    }
    assert_int_equal(conf_read(slice_text(text), v.keys, 2, why), ERR_FORMAT);
    assert_true(text_is_utf8(slice_text(why)));
    assert_int_equal(conf_read(slice_text(text + 8), v.keys, 2, why), ERR_FORMAT);
    check_wrong("count = \x1b[1m\xff.", "line 1: count: a whole number from 2 to 100 is needed, "
                                        "not “?[1m?.”");
}

static void
test_set(void **state)
{
    (void)state;
    struct values v;
    char why[256];
    values_init(&v);
    assert_int_equal(conf_set("count", "5", v.keys, 2, why), ERR_OK);
    assert_int_equal(v.count, 5);
    assert_int_equal(conf_set("count", "", v.keys, 2, why), ERR_FORMAT);
    assert_string_equal(why, "count: the value is missing");
    assert_int_equal(conf_set("coun", "5", v.keys, 2, why), ERR_FORMAT);
    assert_string_equal(why, "the key “coun” is not known");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_vietnamese),
        cmocka_unit_test(test_zero_bytes),
        cmocka_unit_test(test_values_in_sentences),
        cmocka_unit_test(test_set),
    };
    lang_set(false);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
