/* Complaints stay fit to be shown, stored and sent whatever they are made of; and docs/CODES.md
 * says what codes.def says. Reads the folder `docs` of the checkout. */
#include "common/file.h"
#include "common/text.h"
#include "proto/codes.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

static void
codes_have_one_text_each(void **state)
{
    (void)state;
    for (unsigned code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        struct slice text = slice_text(code_text((enum code)code));
        assert_true(code_is_valid(text));
        assert_int_equal(code_of_text(text), code);
    }
    assert_string_equal(code_text(CODE_NONE), "");
    assert_string_equal(code_text((enum code)4711), "");
    assert_int_equal(code_of_text(slice_text("")), CODE_NONE);
    assert_int_equal(code_of_text(slice_text("no-such")), CODE_NONE);
}

static void
bytes_from_outside_are_made_fit_to_show(void **state)
{
    (void)state;
    struct complaint why;
    assert_false(complain(&why, CODE_MALFORMED, slice_of("a\xff\0b\x1b[2J\xe2\x80\xae", 11), "%s",
                          "x\ny\xc3"));
    assert_string_equal(why.subject, "a??b?[2J?");
    assert_string_equal(why.detail, "x?y?");
    /* Ends of lines, marks and overrides of direction, a byte order mark: none may turn a line around. */
    complain(&why, CODE_MALFORMED,
             slice_text("a\u2028\u2029\u200e\u200f\u202a\u2066\u2069\ufeff\xc2\x85"
                        "b"),
             "\u2027\u202f\u2065\u206a");
    assert_string_equal(why.subject, "a?????????b");
    assert_string_equal(why.detail, "\u2027\u202f\u2065\u206a");
    complain(&why, CODE_MALFORMED, slice_text("e\xcc\x81"), "%s", "");
    assert_string_equal(why.subject, "\xc3\xa9");
    complain(&why, CODE_MALFORMED, slice_of(NULL, 0), "%d", 7);
    assert_string_equal(why.subject, "");
    assert_string_equal(why.detail, "7");
}

static void
long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    char text[1201] = "";
    struct complaint why;
    for (unsigned i = 0; i < 400; i++) {
        memcpy(text + 3 * i, "ệ", 3);
    }
    for (unsigned skew = 0; skew < 3; skew++) {
        memcpy(text, "ab", skew);
        memmove(text + skew, text + 3, sizeof(text) - 3 - skew);
        complain(&why, CODE_MALFORMED, slice_text(text), "%s", text);
        assert_true(text_is_clean(slice_text(why.subject)));
        assert_true(text_is_clean(slice_text(why.detail)));
        assert_in_range(strlen(why.subject), sizeof(why.subject) - 3, sizeof(why.subject) - 1);
        assert_in_range(strlen(why.detail), sizeof(why.detail) - 3, sizeof(why.detail) - 1);
    }
}

/* Any bytes at all: the result is what an ERROR message's fields take. */
static void
random_bytes_become_clean_text(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (unsigned round = 0; round < 5000; round++) {
        uint8_t bytes[200];
        struct complaint why;
        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(seed >> 24);
        }
        complain(&why, CODE_MALFORMED, slice_of(bytes, seed % sizeof(bytes)), "%.*s",
                 (int)(seed % 150), (const char *)bytes);
        assert_true(text_is_clean(slice_text(why.subject)));
        assert_true(text_is_clean(slice_text(why.detail)));
    }
}

static void
sentences_are_filled_and_cut(void **state)
{
    (void)state;
    struct complaint why;
    char text[400];
    complain(&why, CODE_UNIT_ORPHAN, slice_text("00001"), "%s", "{subject}");
    complaint_sentence(&why, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "Unit “00001” has a parent “{subject}” that is not in the list.");
    complaint_sentence(&why, LANGUAGE_VI, text, sizeof(text));
    assert_non_null(strstr(text, "Đơn vị “00001”"));
    for (size_t size = 1; size < 40; size++) {
        complaint_sentence(&why, LANGUAGE_VI, text, size);
        assert_true(strlen(text) < size);
        assert_true(text_is_utf8(slice_text(text)));
    }
    complaint_sentence(&(struct complaint){0}, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "");
}

static bool
is_in(const struct buf *page, const char *text)
{
    return memmem(page->data, page->len, text, strlen(text)) != NULL;
}

struct documented {
    const char *code, *vi, *en;
};

static const struct documented documented[] = {
#define CODE(name, text, vi, en) {text, vi, en},
#include "proto/codes.def"
#undef CODE
};

static void
every_code_is_documented_with_its_sentences(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY;
    size_t count = sizeof(documented) / sizeof(documented[0]);
    size_t headings = 0;
    assert_int_equal(file_read("docs/CODES.md", 1 << 20, &page), ERR_OK);
    for (size_t i = 0; i < count; i++) {
        char entry[1024];
        snprintf(entry, sizeof(entry), "\n### `%s`\n\n- vi: %s\n- en: %s\n- ", documented[i].code,
                 documented[i].vi, documented[i].en);
        if (!is_in(&page, entry)) {
            fail_msg("docs/CODES.md lacks, or words otherwise:%s", entry);
        }
    }
    for (size_t i = 0; i + 5 < page.len; i++) {
        headings += memcmp(page.data + i, "\n### ", 5) == 0;
    }
    assert_int_equal(headings, count);
    buf_fini(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_one_text_each),
        cmocka_unit_test(bytes_from_outside_are_made_fit_to_show),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(random_bytes_become_clean_text),
        cmocka_unit_test(sentences_are_filled_and_cut),
        cmocka_unit_test(every_code_is_documented_with_its_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
