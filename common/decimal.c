/* Scaled integers: reading, writing, means. Everything is exact; what does not fit is refused. */
#include "common/decimal.h"
#include "common/check.h"

typedef unsigned __int128 uwide;

wide
decimal_power(unsigned decimals)
{
    CHECK(decimals <= DECIMALS_MAX);
    wide power = 1;
    for (unsigned i = 0; i < decimals; i++) {
        power *= 10;
    }
    return power;
}

/* The digits at `at`; gives back where they end. */
static size_t
digits_end(struct slice text, size_t at)
{
    while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9') {
        at++;
    }
    return at;
}

/* *magnitude = *magnitude * 10 + digit, held at a number that is out of range in any case. */
static void
magnitude_add(uwide *magnitude, unsigned digit)
{
    if (*magnitude <= UINT64_MAX) {
        *magnitude = *magnitude * 10 + digit;
    }
}

static enum err
magnitude_sign(uwide magnitude, bool negative, int64_t *value)
{
    if (magnitude > (uwide)INT64_MAX + negative) {
        return ERR_RANGE;
    }
    *value = (int64_t)(negative ? -(wide)magnitude : (wide)magnitude);
    return ERR_OK;
}

enum err
decimal_parse(struct slice text, unsigned decimals, int64_t *value)
{
    if (decimals > DECIMALS_MAX) {
        return ERR_RANGE;
    }
    bool negative = text.len > 0 && text.data[0] == '-';
    size_t whole = negative;
    size_t point = digits_end(text, whole);
    size_t end = point;
    if (point < text.len && text.data[point] == '.') {
        end = digits_end(text, point + 1);
        if (end == point + 1) {
            return ERR_FORMAT;
        }
    }
    if (point == whole || end != text.len) {
        return ERR_FORMAT;
    }

    uwide magnitude = 0;
    for (size_t i = whole; i < point; i++) {
        magnitude_add(&magnitude, text.data[i] - '0');
    }
    for (size_t i = 0; i < decimals; i++) {
        size_t at = point + 1 + i;
        magnitude_add(&magnitude, at < end ? text.data[at] - '0' : 0);
    }
    for (size_t at = point + 1 + decimals; at < end; at++) {
        if (text.data[at] != '0') {
            return ERR_FRACTION;
        }
    }
    return magnitude_sign(magnitude, negative, value);
}

enum err
decimal_scale(int64_t whole, unsigned decimals, int64_t *value)
{
    if (decimals > DECIMALS_MAX ||
        __builtin_mul_overflow(whole, (int64_t)decimal_power(decimals), value)) {
        return ERR_RANGE;
    }
    return ERR_OK;
}

size_t
decimal_format(wide value, unsigned decimals, char text[DECIMAL_TEXT])
{
    CHECK(decimals <= DECIMALS_MAX);
    /* Negated as unsigned: the smallest wide has no positive twin. */
    uwide left = value < 0 ? -(uwide)value : (uwide)value;
    while (decimals > 0 && left % 10 == 0) {
        left /= 10;
        decimals--;
    }
    /* From the last digit to the first, then moved to the front. */
    char reversed[DECIMAL_TEXT];
    size_t len = 0;
    for (unsigned place = 0; left > 0 || place <= decimals; place++) {
        if (place == decimals && decimals > 0) {
            reversed[len++] = '.';
        }
        reversed[len++] = (char)('0' + (int)(left % 10));
        left /= 10;
    }
    if (value < 0) {
        reversed[len++] = '-';
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = reversed[len - 1 - i];
    }
    text[len] = '\0';
    return len;
}

wide
decimal_mean(wide sum, uint64_t count)
{
    CHECK(count > 0);
    uwide magnitude = sum < 0 ? -(uwide)sum : (uwide)sum;
    uwide quotient = magnitude / count;
    uwide remainder = magnitude % count;
    /* Compared as remainder >= count - remainder: an odd count has no whole half. */
    if (remainder >= count - remainder) {
        quotient++;
    }
    return sum < 0 ? (wide)-quotient : (wide)quotient;
}
