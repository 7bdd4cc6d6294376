/* JSON -> drafts. */
#include "proto/report_json.h"

#include "common/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define REAL_DIGITS 15 /* what a double keeps of any decimal */
#define REAL_PLACES 30 /* longest row of zeros that an exponent may stand for */
#define REAL_TEXT 64

static bool
text_take(const char *key, const json_t *value, struct slice *to, struct complaint *why)
{
    if (!json_is_string(value)) {
        return complain(why, CODE_WRONG_TYPE, slice_text(key), "JSON: ≠ \"…\"");
    }
    *to = slice_of(json_string_value(value), json_string_length(value));
    return true;
}

static bool
revision_take(const json_t *value, struct draft *d, struct complaint *why)
{
    if (!json_is_integer(value) || json_integer_value(value) < 1) {
        return complain(why, CODE_WRONG_TYPE, slice_text("revision"), "JSON: ≠ 1, 2, 3, …");
    }
    d->revision = (uint64_t)json_integer_value(value);
    return true;
}

/* digits × 10^(exponent - number of digits + 1), written without an exponent. */
static void
digits_spread(const char *digits, int exponent, bool negative, struct buf *out)
{
    int count = (int)strlen(digits);
    if (negative) {
        buf_byte(out, '-');
    }
    if (exponent < 0) {
        buf_printf(out, "0.%.*s%s", -exponent - 1, "000000000000000000000000000000", digits);
        return;
    }
    for (int i = 0; i < count || i <= exponent; i++) {
        if (i == exponent + 1) {
            buf_byte(out, '.');
        }
        buf_byte(out, (uint8_t)(i < count ? digits[i] : '0'));
    }
}

static bool
real_take(struct slice indicator, double real, struct draft *d, struct complaint *why)
{
    char text[REAL_TEXT], digits[REAL_DIGITS + 1];
    struct buf plain = BUF_EMPTY;
    snprintf(text, sizeof text, "%.*e", REAL_DIGITS - 1, real);
    char *end = strchr(text, 'e');
    int exponent = end == NULL ? REAL_PLACES : atoi(end + 1);
    bool negative = text[0] == '-';
    if (strtod(text, NULL) != real || abs(exponent) >= REAL_PLACES) {
        return complain(why, CODE_VALUE_TYPE, indicator, "%.17g", real);
    }
    size_t count = 0;
    for (const char *c = text; c < end; c++) {
        if (*c >= '0' && *c <= '9') {
            digits[count++] = *c;
        }
    }
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    digits[count] = '\0';
    digits_spread(digits, exponent, negative, &plain);
    draft_decimal(d, indicator, buf_slice_of(&plain));
    buf_fini(&plain);
    return true;
}

static bool
value_take(struct slice indicator, const json_t *value, struct draft *d, struct complaint *why)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        draft_nil(d, indicator);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        draft_bool(d, indicator, json_is_true(value));
        return true;
    case JSON_INTEGER:
        draft_int(d, indicator, json_integer_value(value));
        return true;
    case JSON_REAL:
        return real_take(indicator, json_real_value(value), d, why);
    case JSON_STRING:
        draft_decimal(d, indicator, slice_of(json_string_value(value), json_string_length(value)));
        return true;
    default:
        return complain(why, CODE_WRONG_TYPE, indicator, "JSON: {} []");
    }
}

static bool
values_take(json_t *values, struct draft *d, struct complaint *why)
{
    const char *key;
    json_t *value;
    if (!json_is_object(values)) {
        return complain(why, CODE_WRONG_TYPE, slice_text("values"), "JSON: ≠ {…}");
    }
    json_object_foreach(values, key, value)
    {
        if (!value_take(slice_text(key), value, d, why)) {
            return false;
        }
    }
    return true;
}

static bool
member_take(const char *key, json_t *value, struct draft *d, struct complaint *why)
{
    const struct {
        const char *key;
        struct slice *to;
    } texts[] = {{"campaign", &d->campaign},
                 {"form", &d->form},
                 {"unit", &d->unit},
                 {"period", &d->period},
                 {"source", &d->source}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(key, texts[i].key) == 0) {
            return text_take(key, value, texts[i].to, why);
        }
    }
    if (strcmp(key, "revision") == 0) {
        return revision_take(value, d, why);
    }
    if (strcmp(key, "values") == 0) {
        return values_take(value, d, why);
    }
    if (strcmp(key, "merge") == 0) {
        d->merge = json_is_true(value);
        return json_is_boolean(value) ||
               complain(why, CODE_WRONG_TYPE, slice_text(key), "JSON: ≠ true, false");
    }
    return complain(why, CODE_KEY_UNKNOWN, slice_text(key), "%s", key);
}

/* jansson's own words are English: in a complaint they are the detail of a sentence in both. */
static bool
syntax_complain(const json_error_t *error, struct complaint *why)
{
    enum code code = CODE_SYNTAX;
    if (json_error_code(error) == json_error_duplicate_key) {
        code = CODE_DUPLICATE_KEY;
    } else if (json_error_code(error) == json_error_numeric_overflow) {
        code = CODE_VALUE_OVERFLOW;
    }
    return complain(why, code, slice_text("JSON"), "%s", error->text);
}

bool
report_json_read(struct slice text, struct draft *d, json_t **owner, struct complaint *why)
{
    json_error_t error;
    const char *key;
    json_t *value;
    draft_clear(d);
    *owner = NULL;
    if (text.len > RECORD_BYTES_MAX) {
        return complain(why, CODE_TOO_LARGE, slice_text("JSON"), "> %u", RECORD_BYTES_MAX);
    }
    json_t *object = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL) {
        return syntax_complain(&error, why);
    }
    bool good =
        json_is_object(object) || complain(why, CODE_SHAPE_INVALID, slice_text("JSON"), "{…}");
    if (good && json_object_get(object, "values") == NULL) {
        good = complain(why, CODE_MISSING_FIELD, slice_text("values"), "values");
    }
    if (good) {
        json_object_foreach(object, key, value)
        {
            good = good && member_take(key, value, d, why);
        }
    }
    good = good && draft_check(d, why);
    if (!good) {
        json_decref(object);
        return false;
    }
    *owner = object;
    return true;
}
