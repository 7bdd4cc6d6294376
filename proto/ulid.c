#include "proto/ulid.h"

#define DIGITS (ULID_TEXT - 1)
#define DIGIT_BITS 5
#define PAD_BITS 2 /* 26 digits are 130 bits: the first two are always 0 */

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* -1: none. */
static int
digit_value(uint8_t c)
{
    c = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *at = c == 0 ? NULL : memchr(ALPHABET, c, sizeof ALPHABET - 1);
    return at == NULL ? -1 : (int)(at - ALPHABET);
}

void
ulid_format(const uint8_t *id, char text[ULID_TEXT])
{
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        unsigned value = 0;
        for (unsigned bit = digit * DIGIT_BITS; bit < (digit + 1) * DIGIT_BITS; bit++) {
            unsigned at = bit - PAD_BITS;
            value = value << 1 | (bit < PAD_BITS ? 0u : (id[at / 8] >> (7 - at % 8)) & 1u);
        }
        text[digit] = ALPHABET[value];
    }
    text[DIGITS] = '\0';
}

static void
digit_put(uint8_t id[ULID_SIZE], unsigned digit, unsigned value)
{
    for (unsigned i = 0; i < DIGIT_BITS; i++) {
        unsigned bit = digit * DIGIT_BITS + i;
        if (bit >= PAD_BITS && (value >> (DIGIT_BITS - 1 - i) & 1u) != 0) {
            id[(bit - PAD_BITS) / 8] |= (uint8_t)(1u << (7 - (bit - PAD_BITS) % 8));
        }
    }
}

bool
ulid_range(struct slice text, uint8_t first[ULID_SIZE], uint8_t last[ULID_SIZE])
{
    memset(first, 0, ULID_SIZE);
    memset(last, 0, ULID_SIZE);
    if (text.len < ULID_PREFIX_MIN || text.len > DIGITS) {
        return false;
    }
    for (unsigned i = 0; i < DIGITS; i++) {
        int value = i < text.len ? digit_value(text.data[i]) : 0;
        if (value < 0 || (i == 0 && value > 7)) {
            return false;
        }
        digit_put(first, i, (unsigned)value);
        digit_put(last, i, i < text.len ? (unsigned)value : 31u);
    }
    return true;
}
