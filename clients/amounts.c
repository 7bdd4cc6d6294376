/* Amounts in words: see amounts.h. */
#include "clients/amounts.h"

#include "clients/table.h"
#include "clients/words.h"

#include <inttypes.h>
#include <stdio.h>

struct unit_of {
    uint64_t size; /* in the smallest unit */
    const char *vi, *en;
};

/* Below ten of a unit one decimal, and none where it is 0. */
static void
amount_text(uint64_t amount, const struct unit_of *units, size_t n, char text[AMOUNT_TEXT])
{
    size_t i = n - 1;
    while (i > 0 && amount < units[i].size) {
        i--;
    }
    uint64_t whole = amount / units[i].size;
    uint64_t tenth = amount % units[i].size * 10 / units[i].size;
    const char *unit = tr(units[i].vi, units[i].en);
    if (whole < 10 && tenth > 0) {
        snprintf(text, AMOUNT_TEXT, "%" PRIu64 "%s%" PRIu64 " %s", whole, tr(",", "."), tenth,
                 unit);
    } else {
        snprintf(text, AMOUNT_TEXT, "%" PRIu64 " %s", whole, unit);
    }
}

void
bytes_text(uint64_t bytes, char text[AMOUNT_TEXT])
{
    static const struct unit_of units[] = {
        {1, "byte", "bytes"},
        {UINT64_C(1) << 10, "KiB", "KiB"},
        {UINT64_C(1) << 20, "MiB", "MiB"},
        {UINT64_C(1) << 30, "GiB", "GiB"},
        {UINT64_C(1) << 40, "TiB", "TiB"},
    };
    amount_text(bytes, units, sizeof units / sizeof units[0], text);
}

void
duration_text(int64_t took_us, char text[AMOUNT_TEXT])
{
    static const struct unit_of units[] = {
        {1, "µs", "µs"},
        {1000, "ms", "ms"},
        {1000000, "giây", "s"},
        {UINT64_C(60000000), "phút", "min"},
        {UINT64_C(3600000000), "giờ", "h"},
        {UINT64_C(86400000000), "ngày", "days"},
    };
    amount_text(took_us < 0 ? -(uint64_t)took_us : (uint64_t)took_us, units,
                sizeof units / sizeof units[0], text);
}

void
count_text(int64_t count, char text[AMOUNT_TEXT])
{
    char exact[24];
    snprintf(exact, sizeof exact, "%" PRId64, count);
    number_group(exact, text, AMOUNT_TEXT);
}
