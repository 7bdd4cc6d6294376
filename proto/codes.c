/* Complaints: codes.def as tables, and texts from peers made fit to be shown, stored and sent on.
 * What a complaint holds is always valid UTF-8 in NFC on one line, whatever bytes it was made from:
 * it goes into ERROR messages, whose fields are checked, and onto terminals, which obey control
 * characters. The replaced characters are a fixed list, because complaints are kept in the state
 * and must come out the same on every machine. */
#include "proto/codes.h"

#include <stdarg.h>
#include <stdio.h>
#include <uninorm.h>
#include <unistr.h>

struct code_row {
    const char *text;
    const char *sentence[2]; /* by enum language */
};

static const struct code_row rows[CODE_COUNT] = {
    [CODE_NONE] = {"", {"", ""}},
#define CODE(name, text, vi, en) [CODE_##name] = {text, {[LANGUAGE_EN] = en, [LANGUAGE_VI] = vi}},
#include "proto/codes.def"
#undef CODE
};

const char *
code_text(enum code code)
{
    return (unsigned)code < CODE_COUNT ? rows[code].text : "";
}

enum code
code_of_text(struct slice text)
{
    for (unsigned code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        if (slice_is(text, rows[code].text)) {
            return (enum code)code;
        }
    }
    return CODE_NONE;
}

/* Control characters, line separators, and the marks that turn the direction of what follows. */
static bool
is_shown(ucs4_t c)
{
    return c >= 0x20 && (c < 0x7f || c > 0x9f) && c != 0x2028 && c != 0x2029 && c != 0x200e &&
           c != 0x200f && !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) &&
           c != 0xfeff;
}

/* `in` with '?' for each byte or character that cannot be shown; `out` has room for as many bytes.
 * Gives the length. */
static size_t
text_clean(struct slice in, uint8_t *out)
{
    size_t len = 0;
    for (size_t at = 0; at < in.len;) {
        ucs4_t c;
        int size = u8_mbtoucr(&c, in.data + at, in.len - at);
        if (size > 0 && is_shown(c)) {
            memcpy(out + len, in.data + at, (size_t)size);
            len += (size_t)size;
        } else {
            out[len++] = '?';
        }
        at += size > 0 ? (size_t)size : 1;
    }
    return len;
}

/* The longest prefix of valid UTF-8 within `most` bytes that ends between two characters. */
static size_t
prefix_within(const uint8_t *text, size_t len, size_t most)
{
    if (len <= most) {
        return len;
    }
    while (most > 0 && (text[most] & 0xc0) == 0x80) {
        most--;
    }
    return most;
}

#define ROUGH_MAX 512 /* bytes of a text before it is composed and cut to its field */
#define NFC_GROWTH 3  /* UAX 15: composing makes UTF-8 at most three times as long */

static void
text_put(char *field, size_t size, struct slice in)
{
    uint8_t clean[ROUGH_MAX];
    uint8_t composed[ROUGH_MAX * NFC_GROWTH];
    size_t len = text_clean(slice_of(in.data, prefix_within(in.data, in.len, ROUGH_MAX)), clean);
    size_t composed_len = sizeof(composed);
    if (u8_normalize(UNINORM_NFC, clean, len, composed, &composed_len) != composed) {
        composed_len = 0; /* no memory for its work: the code alone must do */
    }
    len = prefix_within(composed, composed_len, size - 1);
    memcpy(field, composed, len);
    field[len] = '\0';
}

bool
complain(struct complaint *why, enum code code, struct slice subject, const char *detail, ...)
{
    char text[ROUGH_MAX];
    va_list args;
    va_start(args, detail);
    int written = vsnprintf(text, sizeof(text), detail, args);
    va_end(args);
    *why = (struct complaint){.code = code};
    text_put(why->subject, sizeof(why->subject), subject);
    if (written > 0) {
        text_put(why->detail, sizeof(why->detail), slice_text(text));
    }
    return false;
}

/* What stands for the braces at `at`, or NULL; *len is their length. */
static const char *
brace_value(const struct complaint *why, const char *at, size_t *len)
{
    static const char subject[] = "{subject}";
    static const char detail[] = "{detail}";
    if (strncmp(at, subject, sizeof(subject) - 1) == 0) {
        *len = sizeof(subject) - 1;
        return why->subject;
    }
    if (strncmp(at, detail, sizeof(detail) - 1) == 0) {
        *len = sizeof(detail) - 1;
        return why->detail;
    }
    return NULL;
}

#define SENTENCE_MAX 640 /* the longest of codes.def with both braces filled, with room */

void
complaint_sentence(const struct complaint *why, enum language language, char *text, size_t size)
{
    const char *at = (unsigned)why->code < CODE_COUNT ? rows[why->code].sentence[language] : "";
    char whole[SENTENCE_MAX];
    size_t len = 0;
    while (*at != '\0' && len < sizeof(whole)) {
        size_t braces;
        const char *value = brace_value(why, at, &braces);
        if (value == NULL) {
            whole[len++] = *at++;
            continue;
        }
        size_t n = strlen(value);
        n = n < sizeof(whole) - len ? n : sizeof(whole) - len;
        memcpy(whole + len, value, n);
        len += n;
        at += braces;
    }
    if (size > 0) {
        len = prefix_within((const uint8_t *)whole, len, size - 1);
        memcpy(text, whole, len);
        text[len] = '\0';
    }
}
