/* Text from outside: what is UTF-8, what is clean, what is a code. */
#include "common/text.h"
#include "common/lang.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#define COMPOSED "Ti\xe1\xba\xbfn \xc4\x91\xe1\xbb\x99" /* Tiến độ, one code point a letter */
#define DECOMPOSED "Tie\xcc\x82\xcc\x81n \xc4\x91o\xcc\xa3\xcc\x82" /* the same, with marks apart */

static void
test_utf8(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "a\xe1\xba", "\xf4\x90\x80\x80", "\x80"};
    assert_true(text_is_utf8(slice_text(COMPOSED)));
    assert_true(text_is_utf8(slice_of(NULL, 0)));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(text_is_utf8(slice_text(wrong[i])));
        assert_false(text_is_clean(slice_text(wrong[i])));
    }
}

static void
test_clean(void **state)
{
    (void)state;
    assert_true(text_is_clean(slice_of(NULL, 0)));
    assert_true(text_is_clean(slice_text("plain\twith a tab\nand a line")));
    assert_true(text_is_clean(slice_text(COMPOSED)));
    assert_false(text_is_clean(slice_text(DECOMPOSED)));
    assert_false(text_is_clean(slice_text("a\rb")));
    assert_false(text_is_clean(slice_text("\x1b[31m")));
    assert_false(text_is_clean(slice_text(COMPOSED "\x7f")));
    assert_false(text_is_clean(slice_of("a\0b", 3)));
}

static void
test_nfc(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct slice composed = slice_text(COMPOSED);
    assert_true(slice_is(text_nfc(arena, slice_text(DECOMPOSED)), COMPOSED));
    assert_ptr_equal(text_nfc(arena, composed).data, composed.data);
    assert_int_equal(text_nfc(arena, slice_of(NULL, 0)).len, 0);

    /* Longer than the room on the stack. */
    char *marked = arena_printf(arena, "%0700d" DECOMPOSED, 1);
    char *whole = arena_printf(arena, "%0700d" COMPOSED, 1);
    assert_false(text_is_clean(slice_text(marked)));
    assert_true(text_is_clean(slice_text(whole)));
    assert_true(slice_is(text_nfc(arena, slice_text(marked)), whole));
    arena_free(&arena);
}

static void
test_code(void **state)
{
    (void)state;
    assert_true(code_is_valid(slice_text("ba-dinh.p_01")));
    assert_true(code_is_valid(slice_text("01234567890123456789012345678901")));
    assert_false(code_is_valid(slice_text("012345678901234567890123456789012")));
    static const char *const wrong[] = {"", "A", "a b", "a/b", "ba-\xc4\x91", "a\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(code_is_valid(slice_text(wrong[i])));
    }
    assert_false(code_is_valid(slice_of("a\0", 2)));
}

static void
test_columns(void **state)
{
    (void)state;
    assert_int_equal(text_columns(slice_of(NULL, 0)), 0);
    assert_int_equal(text_columns(slice_text(COMPOSED)), 7);
    assert_int_equal(text_columns(slice_text(DECOMPOSED)), 7);
    assert_int_equal(text_columns(slice_text("\xe5\xb8\x82")), 2);
    assert_int_equal(text_columns(slice_text("a\xff")), 2);
}

static void
test_trim(void **state)
{
    (void)state;
    assert_true(slice_is(text_trim(slice_text(" \t a b\r\n")), "a b"));
    assert_true(slice_is(text_trim(slice_text("a")), "a"));
    assert_int_equal(text_trim(slice_text(" \n ")).len, 0);
    assert_int_equal(text_trim(slice_of(NULL, 0)).len, 0);
}

static void
check_cut(const char *given, const char *expected)
{
    char text[32];
    strcpy(text, given);
    text_cut(text);
    assert_string_equal(text, expected);
}

static void
test_cut(void **state)
{
    (void)state;
    check_cut("", "");
    check_cut("abc", "abc");
    check_cut("ti\xe1\xba\xbf", "ti\xe1\xba\xbf");
    check_cut("ti\xe1\xba", "ti");
    check_cut("ti\xe1", "ti");
    check_cut("\xf0\x9f\x87", "");
    check_cut("\xf0\x9f\x87\xbb", "\xf0\x9f\x87\xbb");
    check_cut("\x80\x80", "\x80\x80");
}

static void
test_language(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "vi_VN.UTF-8", 1);
    assert_true(lang_is_vietnamese());
    setenv("LC_MESSAGES", "C", 1);
    assert_false(lang_is_vietnamese());
    setenv("LC_ALL", "vi", 1);
    assert_true(lang_is_vietnamese());
    setenv("LC_ALL", "vie", 1);
    assert_false(lang_is_vietnamese());
    assert_string_equal(LANG_PICK("một", "one"), "one");
    lang_set(true);
    assert_string_equal(LANG_PICK("một", "one"), "một");
    lang_set(false);
    assert_string_equal(LANG_PICK("một", "one"), "one");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8), cmocka_unit_test(test_clean),    cmocka_unit_test(test_nfc),
        cmocka_unit_test(test_code), cmocka_unit_test(test_columns),  cmocka_unit_test(test_trim),
        cmocka_unit_test(test_cut),  cmocka_unit_test(test_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
