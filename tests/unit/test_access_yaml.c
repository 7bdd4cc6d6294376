/* access.yaml: what each key becomes, and every mistake of a file with its line. */
#include "clients/access_book.h"
#include "clients/access_yaml.h"
#include "clients/limits.h"
#include "tests/lib/told.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define KEY_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static struct arena *arena;
static struct told told;
static struct access_file file;

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

static void
read_text(const char *text)
{
    uint32_t mistakes = access_yaml_read(slice_text(text), arena, &file, &told.complaints);
    assert_int_equal(mistakes, told.count);
}

static void
only(enum code code, uint32_t line, const char *text)
{
    told_begin(&told);
    read_text(text);
    if (told.count != 1 || told.list[0].code != code || told.list[0].line != line) {
        told_print(&told);
    }
    assert_int_equal(told.count, 1);
    assert_string_equal(code_text(told.list[0].code), code_text(code));
    assert_int_equal(told.list[0].line, line);
}

static void
a_file_becomes_its_principals(void **state)
{
    (void)state;
    read_text("principals:\n"
              "  - principal: ward-1\n"
              "    title: UBND phường 1\n"
              "    roles: [submitter, auditor]\n"
              "    units: [\"00001\", d1/]\n"
              "    keys:\n"
              "      - " KEY_A "\n"
              "      - " KEY_B "\n"
              "  - principal: gone\n"
              "  - principal: web\n"
              "    roles: [gateway]\n"
              "    acts_for: [ward-1, \"*\"]\n"
              "    keys: [" KEY_C "]\n");
    assert_int_equal(told.count, 0);
    assert_int_equal(file.count, 3);
    const struct access_entry *ward = &file.lines[0].entry;
    assert_true(slice_is(ward->principal, "ward-1"));
    assert_true(slice_is(ward->title, "UBND phường 1"));
    assert_int_equal(ward->roles, ACCESS_BIT(ACCESS_SUBMITTER) | ACCESS_BIT(ACCESS_AUDITOR));
    assert_int_equal(ward->unit_count, 2);
    assert_true(slice_is(ward->units[0].code, "00001") && !ward->units[0].subtree);
    assert_true(slice_is(ward->units[1].code, "d1") && ward->units[1].subtree);
    assert_int_equal(ward->key_count, 2);
    assert_int_equal(ward->keys[0][0], 0xaa);
    assert_int_equal(ward->keys[1][31], 0xbb);
    assert_int_equal(file.lines[0].line, 2);
    assert_int_equal(file.lines[1].entry.roles, 0);
    assert_int_equal(file.lines[2].entry.acts_for_count, 2);
    assert_true(slice_is(file.lines[2].entry.acts_for[1], "*"));
}

static void
each_mistake_has_its_line(void **state)
{
    (void)state;
    only(CODE_SHAPE_INVALID, 1, "[]\n");
    only(CODE_SHAPE_INVALID, 1, "people: []\n");
    only(CODE_NOTHING_THERE, 1, "principals: []\n");
    only(CODE_SHAPE_INVALID, 2, "principals:\n  - ward-1\n");
    only(CODE_KEY_MISSING, 2, "principals:\n  - title: x\n");
    only(CODE_CODE_INVALID, 2, "principals:\n  - principal: Ward 1\n");
    only(CODE_CHOICE_INVALID, 2, "principals:\n  - principal: local\n");
    only(CODE_DUPLICATE_CODE, 3, "principals:\n  - principal: a\n  - principal: a\n");
    only(CODE_KEY_UNKNOWN, 3, "principals:\n  - principal: a\n    role: submitter\n");
    only(CODE_DUPLICATE_KEY, 4, "principals:\n  - principal: a\n    title: x\n    title: y\n");
    only(CODE_CHOICE_INVALID, 3, "principals:\n  - principal: a\n    roles: [boss]\n");
    only(CODE_SHAPE_INVALID, 3, "principals:\n  - principal: a\n    roles: submitter\n");
    only(CODE_CODE_INVALID, 3, "principals:\n  - principal: a\n    units: [\"/\"]\n");
    only(CODE_SHAPE_INVALID, 3, "principals:\n  - principal: a\n    keys: [abc]\n");
    only(CODE_TOO_MANY, 3,
         "principals:\n  - principal: a\n    keys: [" KEY_A ", " KEY_B ", " KEY_C "]\n");
    only(CODE_KEY_TAKEN, 5,
         "principals:\n  - principal: a\n    keys: [" KEY_A "]\n  - principal: b\n    keys: [" KEY_A
         "]\n");
    only(CODE_CODE_INVALID, 4,
         "principals:\n  - principal: a\n    roles: [gateway]\n    acts_for: [\"**\"]\n");
    only(CODE_YAML_ALIAS, 2, "principals:\n  - &x principal: a\n");
}

static void
a_file_too_long_is_not_read(void **state)
{
    (void)state;
    size_t size = CAMPAIGN_FILE_MAX + 1;
    char *text = arena_alloc(arena, size + 1);
    memset(text, '#', size);
    only(CODE_TOO_LARGE, 0, text);
}

/* Two keys are the most; one that is there is not added twice. */
static void
keys_are_added_and_dropped(void **state)
{
    struct access_entry entry = {.principal = slice_text("a")};
    uint8_t keys[3][ACCESS_KEY_SIZE];
    (void)state;
    for (int i = 0; i < 3; i++) {
        memset(keys[i], i + 1, ACCESS_KEY_SIZE);
    }
    assert_true(access_book_add_key(&entry, keys[0]));
    assert_true(access_book_add_key(&entry, keys[0]));
    assert_int_equal(entry.key_count, 1);
    assert_true(access_book_add_key(&entry, keys[1]));
    assert_false(access_book_add_key(&entry, keys[2]));
    access_book_drop_key(&entry, keys[2]);
    assert_int_equal(entry.key_count, 2);
    access_book_drop_key(&entry, keys[0]);
    assert_int_equal(entry.key_count, 1);
    assert_true(access_book_has_key(&entry, keys[1]));
    assert_false(access_book_has_key(&entry, keys[0]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_becomes_its_principals),
        TEST(each_mistake_has_its_line),
        TEST(a_file_too_long_is_not_read),
        TEST(keys_are_added_and_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
