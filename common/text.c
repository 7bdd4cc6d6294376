/* UTF-8, NFC, codes. libunistring knows Unicode; here are only the questions that we ask it. Most
 * text is ASCII, which is NFC by definition and is told apart first. */
#include "common/text.h"
#include "common/mem.h"

#include <stdlib.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#define CODE_LEN_MAX 32 /* as the documents of the contract say; proto/limits.h CODE_MAX */

static bool
text_is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

bool
text_is_utf8(struct slice text)
{
    return text.len == 0 || u8_check(text.data, text.len) == NULL;
}

/* The NFC of valid UTF-8: `room` where it fits, else memory that the caller frees. */
static uint8_t *
nfc_of(struct slice text, uint8_t *room, size_t *len)
{
    uint8_t *nfc = u8_normalize(UNINORM_NFC, text.data, text.len, room, len);
    if (nfc == NULL) {
        mem_exhausted(text.len);
    }
    return nfc;
}

static bool
text_is_nfc(struct slice text)
{
    uint8_t room[512];
    size_t len = sizeof room;
    uint8_t *nfc = nfc_of(text, room, &len);
    bool same = slice_equal(slice_of(nfc, len), text);
    if (nfc != room) {
        free(nfc);
    }
    return same;
}

bool
text_is_clean(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f) {
            return false;
        }
    }
    return text_is_ascii(text) || (text_is_utf8(text) && text_is_nfc(text));
}

struct slice
text_nfc(struct arena *arena, struct slice text)
{
    if (text_is_ascii(text)) {
        return text;
    }
    uint8_t room[512];
    size_t len = sizeof room;
    uint8_t *nfc = nfc_of(text, room, &len);
    struct slice made = slice_of(nfc, len);
    struct slice given = slice_equal(made, text) ? text : arena_copy(arena, made);
    if (nfc != room) {
        free(nfc);
    }
    return given;
}

static const bool OF_CODES[UINT8_MAX + 1] = {
    ['a' ... 'z'] = true, ['0' ... '9'] = true, ['.'] = true, ['_'] = true, ['-'] = true,
};

bool
code_is_valid(struct slice text)
{
    if (text.len == 0 || text.len > CODE_LEN_MAX) {
        return false;
    }
    /* To the end in any case: nearly all codes are valid, and a loop that never stops early is quick. */
    bool valid = true;
    for (size_t i = 0; i < text.len; i++) {
        valid &= OF_CODES[text.data[i]];
    }
    return valid;
}

size_t
text_columns(struct slice text)
{
    /* Bytes that are no text have no width; one column each is what a terminal shows of them. */
    if (text.len == 0 || !text_is_utf8(text)) {
        return text.len;
    }
    return (size_t)u8_width(text.data, text.len, "UTF-8");
}

static bool
is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice
text_trim(struct slice text)
{
    while (text.len > 0 && is_space(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

void
text_cut(char *text)
{
    size_t len = strlen(text);
    size_t start = len;
    while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    if (start == 0 || (unsigned char)text[start - 1] < 0xc0) {
        return; /* ASCII at the end, or nothing that begins a character */
    }
    start--;
    if (u8_check((uint8_t *)text + start, len - start) != NULL) {
        text[start] = '\0';
    }
}
