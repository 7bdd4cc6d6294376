/* Words of papers. No locale is asked: a paper is Vietnamese on every machine. */
#include "clients/paper_words.h"

#include "clients/answers.h"
#include "common/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicase.h>

const char *
words_text(struct buf *buf)
{
    buf_byte(buf, '\0');
    buf->len--;
    return (const char *)buf->data;
}

/* Digits alone: sscanf would take signs and blanks. */
static bool
date_read(const char *date, struct date *out)
{
    int end = 0;
    return strlen(date) == 10 && strspn(date, "0123456789-") == 10 &&
           sscanf(date, "%4d-%2u-%2u%n", &out->year, &out->month, &out->day, &end) == 3 &&
           end == 10 && out->year > 0 && out->month >= 1 && out->month <= 12 && out->day >= 1 &&
           out->day <= 31;
}

void
date_words(const char *date, struct buf *out)
{
    struct date d;
    if (!date_read(date, &d)) {
        buf_slice(out, slice_text("ngày …… tháng …… năm 20……"));
        return;
    }
    buf_printf(out, d.month <= 2 ? "ngày %02u tháng %02u năm %d" : "ngày %02u tháng %u năm %d",
               d.day, d.month, d.year);
}

void
date_short(const char *date, struct buf *out)
{
    struct date d;
    if (date_read(date, &d)) {
        buf_printf(out, "%02u/%02u/%d", d.day, d.month, d.year);
    }
}

void
count_words(int64_t count, struct buf *out)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, count < 0 ? "%" PRId64 : "%02" PRId64, count);
    for (int i = 0; i < len; i++) {
        int left = len - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-') {
            buf_byte(out, '.');
        }
        buf_byte(out, (uint8_t)digits[i]);
    }
}

void
percent_words(int64_t part, int64_t whole, struct buf *out)
{
    int64_t hundredths = 0;
    if (part > 0 && whole > 0 && part <= INT64_MAX / 10000) {
        hundredths = part * 10000 / whole;
    }
    buf_printf(out, "%" PRId64, hundredths / 100);
    if (hundredths % 10 != 0) {
        buf_printf(out, ",%02" PRId64, hundredths % 100);
    } else if (hundredths % 100 != 0) {
        buf_printf(out, ",%" PRId64, hundredths % 100 / 10);
    }
    buf_byte(out, '%');
}

void
upper_words(const char *text, struct buf *out)
{
    size_t len = 0;
    uint8_t *upper = u8_toupper((const uint8_t *)text, strlen(text), "vi", UNINORM_NFC, NULL, &len);
    if (upper == NULL) {
        buf_slice(out, slice_text(text));
        return;
    }
    buf_put(out, upper, len);
    free(upper);
}

bool
agency_is_committee(const json_t *unit)
{
    static const char *const LEVELS[] = {"commune", "district", "city", "province"};
    const char *level = json_text(unit, "level");
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (strcmp(level, LEVELS[i]) == 0) {
            return true;
        }
    }
    return false;
}

void
agency_words(const json_t *unit, struct buf *out)
{
    buf_printf(out, "%s%s", agency_is_committee(unit) ? "Ủy ban nhân dân " : "",
               json_text(unit, "name"));
}

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

const char *
award_words(const char *title, struct buf *out)
{
    const char *of = strstr(title, " của ");
    if (begins(title, "Bằng khen") || begins(title, "Giấy khen") || begins(title, "Cờ ")) {
        buf_put(out, title, of == NULL ? strlen(title) : (size_t)(of - title));
        return "TẶNG";
    }
    buf_slice(out, slice_text(title));
    bool form = begins(title, "Huân chương") || begins(title, "Huy chương") ||
                begins(title, "Kỷ niệm chương");
    return form ? "TẶNG" : "TẶNG DANH HIỆU";
}
