/* thidua.conf: lines into the variables that a table of keys names. A mistake changes nothing but
 * what stood before it, and is told with its line. */
#include "common/conf.h"
#include "common/check.h"
#include "common/decimal.h"
#include "common/lang.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define WHY_SIZE 256
#define CONF_KEYS_MAX 64 /* more and a person can no longer oversee the file */

__attribute__((format(printf, 2, 3))) static enum err
mistake(char why[WHY_SIZE], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, WHY_SIZE, format, args);
    va_end(args);
    text_cut(why);
    return ERR_FORMAT;
}

#define SHOWN_SIZE 44

/* What was written, fit to stand in a sentence: short, whole characters, no control characters. */
static const char *
shown(struct slice written, char text[SHOWN_SIZE])
{
    size_t len = written.len < SHOWN_SIZE ? written.len : SHOWN_SIZE - 1;
    memcpy(text, written.data, len);
    text[len] = '\0';
    text_cut(text);
    bool utf8 = text_is_utf8(slice_text(text));
    for (char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
            *p = '?';
        }
    }
    return text;
}

static enum err
set_text(const struct conf_key *key, struct slice value, char why[WHY_SIZE])
{
    if (value.len >= key->size) {
        return mistake(why, LANG_PICK("%s: dài quá %zu byte", "%s: longer than %zu bytes"),
                       key->name, key->size - 1);
    }
    if (!text_is_utf8(value) || memchr(value.data, '\0', value.len) != NULL) {
        return mistake(why, LANG_PICK("%s: không phải văn bản UTF-8", "%s: not UTF-8 text"),
                       key->name);
    }
    memcpy(key->to.text, value.data, value.len);
    key->to.text[value.len] = '\0';
    return ERR_OK;
}

static enum err
set_number(const struct conf_key *key, struct slice value, char why[WHY_SIZE])
{
    int64_t number;
    char text[SHOWN_SIZE];
    if (decimal_parse(value, 0, &number) != ERR_OK || number < 0 || (uint64_t)number < key->min ||
        (uint64_t)number > key->max) {
        return mistake(
            why,
            LANG_PICK("%s: cần một số nguyên từ %" PRIu64 " đến %" PRIu64 ", không phải “%s”",
                      "%s: a whole number from %" PRIu64 " to %" PRIu64 " is needed, not “%s”"),
            key->name, key->min, key->max, shown(value, text));
    }
    *key->to.number = (uint64_t)number;
    return ERR_OK;
}

static const struct conf_key *
key_find(struct slice name, const struct conf_key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_is(name, keys[i].name)) {
            return &keys[i];
        }
    }
    return NULL;
}

static enum err
key_set(const struct conf_key *key, struct slice value, char why[WHY_SIZE])
{
    if (value.len == 0) {
        return mistake(why, LANG_PICK("%s: thiếu giá trị", "%s: the value is missing"), key->name);
    }
    return key->kind == CONF_TEXT ? set_text(key, value, why) : set_number(key, value, why);
}

static enum err
key_unknown(struct slice name, char why[WHY_SIZE])
{
    char text[SHOWN_SIZE];
    return mistake(why, LANG_PICK("không biết khóa “%s”", "the key “%s” is not known"),
                   shown(name, text));
}

enum err
conf_set(const char *name, const char *value, const struct conf_key *keys, size_t n,
         char why[WHY_SIZE])
{
    const struct conf_key *key = key_find(slice_text(name), keys, n);
    if (key == NULL) {
        return key_unknown(slice_text(name), why);
    }
    return key_set(key, slice_text(value), why);
}

/* One line without its end. `seen` tells which keys stood before it. */
static enum err
line_read(struct slice line, const struct conf_key *keys, size_t n, bool *seen, char why[WHY_SIZE])
{
    line = text_trim(line);
    if (line.len == 0 || line.data[0] == '#') {
        return ERR_OK;
    }
    const uint8_t *equals = memchr(line.data, '=', line.len);
    if (equals == NULL) {
        return mistake(why, LANG_PICK("cần “khóa = giá trị”", "“key = value” is needed"));
    }
    size_t at = (size_t)(equals - line.data);
    struct slice name = text_trim(slice_of(line.data, at));
    const struct conf_key *key = key_find(name, keys, n);
    if (key == NULL) {
        return key_unknown(name, why);
    }
    if (seen[key - keys]) {
        return mistake(why, LANG_PICK("%s: được ghi hai lần", "%s: stands twice"), key->name);
    }
    seen[key - keys] = true;
    return key_set(key, text_trim(slice_of(equals + 1, line.len - at - 1)), why);
}

/* Takes the first line off `text`. */
static struct slice
line_next(struct slice *text)
{
    const uint8_t *end = memchr(text->data, '\n', text->len);
    size_t len = end == NULL ? text->len : (size_t)(end - text->data);
    struct slice line = slice_of(text->data, len);
    size_t taken = end == NULL ? len : len + 1;
    *text = slice_of(text->data + taken, text->len - taken);
    return line;
}

enum err
conf_read(struct slice text, const struct conf_key *keys, size_t n, char why[WHY_SIZE])
{
    CHECK(n <= CONF_KEYS_MAX);
    bool seen[CONF_KEYS_MAX] = {false};
    /* Editors on Windows begin a file with a byte order mark. */
    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
        text = slice_of(text.data + 3, text.len - 3);
    }
    for (unsigned number = 1; text.len > 0; number++) {
        char sentence[WHY_SIZE];
        enum err err = line_read(line_next(&text), keys, n, seen, sentence);
        if (err != ERR_OK) {
            return mistake(why, LANG_PICK("dòng %u: %s", "line %u: %s"), number, sentence);
        }
    }
    return ERR_OK;
}
