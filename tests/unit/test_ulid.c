/* ULIDs as text: the digits of the spec's example, every bit at its place, prefixes as ranges. */
#include "proto/ulid.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static void
test_format(void **context)
{
    /* 0x01563E3AB5D3 ms is 01ARYZ6S41 in the spec's example. */
    const uint8_t id[ULID_SIZE] = {0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76,
                                   0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b};
    char text[ULID_TEXT];
    (void)context;
    ulid_format(id, text);
    assert_string_equal(text, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

static void
test_round_trip(void **context)
{
    (void)context;
    for (unsigned bit = 0; bit < 8 * ULID_SIZE; bit++) {
        uint8_t id[ULID_SIZE] = {0}, first[ULID_SIZE], last[ULID_SIZE];
        char text[ULID_TEXT];
        id[bit / 8] = (uint8_t)(1u << bit % 8);
        ulid_format(id, text);
        assert_true(ulid_range(slice_text(text), first, last));
        assert_memory_equal(first, id, ULID_SIZE);
        assert_memory_equal(last, id, ULID_SIZE);
    }
}

static void
test_prefix(void **context)
{
    uint8_t first[ULID_SIZE], last[ULID_SIZE];
    char text[ULID_TEXT];
    (void)context;
    assert_true(ulid_range(slice_text("01arz3n"), first, last));
    ulid_format(first, text);
    assert_string_equal(text, "01ARZ3N0000000000000000000");
    ulid_format(last, text);
    assert_string_equal(text, "01ARZ3NZZZZZZZZZZZZZZZZZZZ");
    assert_true(ulid_range(slice_text("7olili"), first, last));
    ulid_format(first, text);
    assert_string_equal(text, "70111100000000000000000000");
}

static void
test_refused(void **context)
{
    static const char *const texts[] = {
        "", "01ARZ", "81ARZ3", "01ARZU", "01ARZ-", "01ARZ\xc3\xa9", "01ARZ3NDEKTSV4RRFFQ69G5FAV0"};
    uint8_t first[ULID_SIZE], last[ULID_SIZE];
    (void)context;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(ulid_range(slice_text(texts[i]), first, last));
    }
    assert_false(ulid_range(slice_of("01ARZ\0", 6), first, last));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
