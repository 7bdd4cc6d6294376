/* A text is taken apart into letters, each with what makes it another letter (breve, circumflex, horn,
 * the stroke of đ), its tone and its case; the levels of the key are then three walks over them. */
#include "common/collate.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum mark { MARK_NONE, MARK_BREVE, MARK_CIRCUMFLEX, MARK_HORN, MARK_STROKE };
enum tone { TONE_NONE, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_ACUTE, TONE_DOT };

struct letter {
    ucs4_t base; /* small, unmarked; ' ' for a run of spaces and punctuation */
    enum mark mark;
    enum tone tone;
    bool capital;
};

/* Text on its way through its letters, decomposed (NFD). */
struct letters {
    uint32_t *points;
    size_t count, at;
};

static struct letters
letters_open(struct slice text)
{
    struct letters in = {0};
    size_t len;
    uint32_t *points = u8_to_u32(text.data, text.len, NULL, &len);
    if (points != NULL) {
        in.points = u32_normalize(UNINORM_NFD, points, len, NULL, &in.count);
        free(points);
    }
    if (in.points == NULL) {
        in.count = 0;
    }
    return in;
}

static bool
is_space(ucs4_t c)
{
    return uc_is_property_white_space(c) || uc_is_general_category(c, UC_PUNCTUATION);
}

/* Takes a combining mark into the letter before it; what Vietnamese has not is left out. */
static void
mark_take(struct letter *letter, ucs4_t c)
{
    switch (c) {
    case 0x0306:
        letter->mark = MARK_BREVE;
        break;
    case 0x0302:
        letter->mark = MARK_CIRCUMFLEX;
        break;
    case 0x031B:
        letter->mark = MARK_HORN;
        break;
    case 0x0300:
        letter->tone = TONE_GRAVE;
        break;
    case 0x0309:
        letter->tone = TONE_HOOK;
        break;
    case 0x0303:
        letter->tone = TONE_TILDE;
        break;
    case 0x0301:
        letter->tone = TONE_ACUTE;
        break;
    case 0x0323:
        letter->tone = TONE_DOT;
        break;
    default:
        break;
    }
}

static bool
letters_next(struct letters *in, struct letter *letter)
{
    if (in->at == in->count) {
        return false;
    }
    ucs4_t c = in->points[in->at++];
    *letter = (struct letter){.base = uc_tolower(c)};
    letter->capital = letter->base != c;
    if (is_space(c)) {
        letter->base = ' ';
        while (in->at < in->count && is_space(in->points[in->at])) {
            in->at++;
        }
    }
    if (letter->base == 0x0111) { /* đ */
        letter->base = 'd';
        letter->mark = MARK_STROKE;
    }
    while (in->at < in->count && uc_combining_class(in->points[in->at]) != 0) {
        mark_take(letter, in->points[in->at++]);
    }
    return true;
}

/* 1 is left free: it ends a level. A letter has room for its marked forms behind it. */
enum { WEIGHT_END = 1, WEIGHT_SPACE = 2, WEIGHT_DIGIT = 4, WEIGHT_LETTER = 20, WEIGHT_OTHER = 250 };
#define FORMS 5 /* of one base letter: enum mark */

static void
put_letter(const struct letter *letter, struct buf *out)
{
    ucs4_t c = letter->base;
    if (c == ' ') {
        buf_byte(out, WEIGHT_SPACE);
    } else if (c >= '0' && c <= '9') {
        buf_byte(out, (uint8_t)(WEIGHT_DIGIT + (c - '0')));
    } else if (c >= 'a' && c <= 'z') {
        buf_byte(out, (uint8_t)(WEIGHT_LETTER + (c - 'a') * FORMS + letter->mark));
    } else {
        buf_byte(out, WEIGHT_OTHER);
        buf_be32(out, c);
    }
}

void
collate_key(struct slice text, struct buf *out)
{
    struct letters in = letters_open(text);
    struct letter letter;
    while (letters_next(&in, &letter)) {
        put_letter(&letter, out);
    }
    buf_byte(out, WEIGHT_END);
    for (in.at = 0; letters_next(&in, &letter);) {
        buf_byte(out, (uint8_t)(WEIGHT_END + 1 + letter.tone));
    }
    buf_byte(out, WEIGHT_END);
    for (in.at = 0; letters_next(&in, &letter);) {
        buf_byte(out, (uint8_t)(WEIGHT_END + 1 + letter.capital));
    }
    free(in.points);
}

void
collate_fold(struct slice text, struct buf *out)
{
    struct letters in = letters_open(text);
    struct letter letter;
    bool space = false, begun = false;
    while (letters_next(&in, &letter)) {
        uint8_t bytes[6];
        if (letter.base == ' ') {
            space = begun;
            continue;
        }
        if (space) {
            buf_byte(out, ' ');
        }
        int len = u8_uctomb(bytes, letter.base, sizeof(bytes));
        buf_put(out, bytes, len > 0 ? (size_t)len : 0);
        begun = true;
        space = false;
    }
    free(in.points);
}
