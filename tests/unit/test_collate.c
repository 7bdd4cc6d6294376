/* Names sort as in a Vietnamese dictionary and are found without their marks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/collate.h"

static const char *const NAMES[] = {
    "",        "Cụm 1",     "Cụm 2",   "an",       "An",     "An Khánh", "àn",
    "ản",      "ãn",        "án",      "ạn",       "ăn",     "ắn",       "ân",
    "ấn",      "ba",        "Ba Đình", "Ba Vì",    "Bà",     "Bắc",      "Dân",
    "Đan",     "Đà Nẵng",   "Đống Đa", "Đống Mác", "e",      "ê",        "Hai Bà Trưng",
    "Hà Đông", "Hoàn Kiếm", "hoa",     "nguyên",   "nguyễn", "Nguyễn",   "o",
    "ô",       "ơ",         "Tây Hồ",  "u",        "ư",      "yên",      "Yên",
};

static int
compare(const char *a, const char *b)
{
    struct buf x = {0}, y = {0};
    collate_key(slice_text(a), &x);
    collate_key(slice_text(b), &y);
    size_t least = x.len < y.len ? x.len : y.len;
    int sign = memcmp(x.data, y.data, least);
    sign = sign != 0 ? sign : (x.len > y.len) - (x.len < y.len);
    buf_fini(&x);
    buf_fini(&y);
    return sign;
}

static void
test_order(void **state)
{
    (void)state;
    static const char *const chains[][6] = {
        {"", "1", "a", "z", NULL},
        {"a", "ă", "â", "b", "c", NULL},
        {"d", "đ", "e", "ê", "f", NULL},
        {"o", "ô", "ơ", "p", NULL},
        {"t", "u", "ư", "v", NULL},
        {"la", "là", "lả", "lã", "lá", "lạ"},
        {"an", "An", "àn", "ăn", "ân", NULL},
        {"Ba Đình", "Bà Rịa", "Ba Vì", "Bắc Từ Liêm", NULL},
        {"Hà Đông", "Hai Bà Trưng", "Hoàn Kiếm", "Hoàng Mai", NULL},
        {"Phường Dịch Vọng", "Phường Đống Mác", "Phường Đồng Xuân", NULL},
    };
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        for (size_t j = 1; j < 6 && chains[i][j] != NULL; j++) {
            if (compare(chains[i][j - 1], chains[i][j]) >= 0) {
                fail_msg("%s before %s", chains[i][j - 1], chains[i][j]);
            }
            assert_true(compare(chains[i][j], chains[i][j - 1]) > 0);
        }
    }
}

/* The key is a total order: never both before and after, whatever the two are. */
static void
test_antisymmetric(void **state)
{
    (void)state;
    size_t count = sizeof(NAMES) / sizeof(NAMES[0]);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int there = compare(NAMES[i], NAMES[j]), back = compare(NAMES[j], NAMES[i]);
            assert_true((there < 0) == (back > 0) && (there == 0) == (i == j));
        }
    }
}

static void
test_fold(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"  Phường  Đống Mác ", "phuong dong mac"},
        {"NGUYỄN VĂN THƯỞNG", "nguyen van thuong"},
        {"Lê-Nin, số 5", "le nin so 5"},
        {"", ""},
        {"...", ""},
        {"ĐƯỜNG", "duong"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct buf out = {0};
        collate_fold(slice_text(pairs[i][0]), &out);
        assert_true(slice_is(buf_slice_of(&out), pairs[i][1]));
        buf_fini(&out);
    }
}

static void
test_not_utf8(void **state)
{
    (void)state;
    struct buf out = {0};
    collate_fold(slice_of("a\xff\xfe", 3), &out);
    collate_key(slice_of("\xc3", 1), &out);
    assert_true(out.len < 10);
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_antisymmetric),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_not_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
