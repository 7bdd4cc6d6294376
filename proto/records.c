/* records.def as tables; the values of a report; receipts, ULIDs and the words for verdicts. */
#include "proto/records.h"

#include "common/check.h"
#include "common/text.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

/* Keys and types stand once: a second one is a second `case`, which does not compile. 0 and 1 are
 * the type's and the version's. */
#define RECORD(name, type, effect)                                                                 \
    static inline __attribute__((unused)) void keys_of_##name(unsigned key)                        \
    {                                                                                              \
        switch (key) {                                                                             \
        case 0:                                                                                    \
        case 1:
#define FIELD(record, name, key, kind, required, limit, meaning) case key:
#define END(record)                                                                                \
    break;                                                                                         \
    }                                                                                              \
    }
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END

static inline __attribute__((unused)) void
types_of_records(unsigned type)
{
    switch (type) {
#define RECORD(name, type, effect) case type:
#define FIELD(record, name, key, kind, required, limit, meaning)
#define END(record)
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END
        break;
    }
}

/* clang-format off */
#define RECORD(name, type, effect) static const struct field name##_fields[] = {
#define FIELD(record, name, key, kind, required, limit, meaning)                                  \
    {#name, key, FIELD_##kind, required, offsetof(struct record_##record, name), limit},
#define END(record) };
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END

static const struct layout layouts[] = {
#define RECORD(name, type, effect)                                                                   \
    [type] = {#name, type, RECORD_VERSION, sizeof(name##_fields) / sizeof(struct field), name##_fields,     \
              sizeof(struct record_##name)},
#define FIELD(record, name, key, kind, required, limit, meaning)
#define END(record)
#include "proto/records.def"
#undef RECORD
#undef FIELD
#undef END
};
/* clang-format on */

const struct layout *
record_layout(uint64_t type)
{
    bool there = type < sizeof(layouts) / sizeof(layouts[0]) && layouts[type].name != NULL;
    return there ? &layouts[type] : NULL;
}

bool
values_open(struct slice values, struct cursor *c, uint32_t *n, struct complaint *why)
{
    *c = cursor_of(values);
    enum kind kind = cursor_kind(c);
    if (kind != KIND_NONE && kind != KIND_MAP) {
        return complain(why, CODE_WRONG_TYPE, slice_text("values"), "≠ map");
    }
    if (cursor_map(c, n) != ERR_OK) {
        return complain(why, CODE_MALFORMED, slice_text("values"), "values");
    }
    if (*n > REPORT_VALUES_MAX) {
        return complain(why, CODE_TOO_MANY_VALUES, slice_text("values"), "%" PRIu32 " > %d", *n,
                        REPORT_VALUES_MAX);
    }
    return true;
}

static bool
number_read(struct cursor *c, struct slice indicator, struct value *value, struct complaint *why)
{
    value->kind = VALUE_INT;
    if (cursor_int(c, &value->number) == ERR_OK) {
        return true;
    }
    uint64_t found = 0;
    enum err err = cursor_uint(c, &found);
    return complain(why, err == ERR_OK ? CODE_VALUE_OVERFLOW : CODE_MALFORMED, indicator,
                    "%" PRIu64, found);
}

static bool
value_read(struct cursor *c, struct slice indicator, struct value *value, struct complaint *why)
{
    bool flag = false;
    enum err err = ERR_OK;
    *value = (struct value){.kind = VALUE_NIL};
    switch (cursor_kind(c)) {
    case KIND_NIL:
        err = cursor_nil(c);
        break;
    case KIND_UINT:
    case KIND_INT:
        return number_read(c, indicator, value, why);
    case KIND_BOOL:
        err = cursor_bool(c, &flag);
        value->kind = VALUE_BOOL;
        value->number = flag;
        break;
    case KIND_TEXT:
        err = cursor_text(c, &value->text);
        value->kind = VALUE_TEXT;
        break;
    case KIND_FLOAT:
        /* 0.1 has no exact double: a sender who means a decimal must write its digits. */
        return complain(why, CODE_VALUE_TYPE, indicator, "float");
    case KIND_NONE:
        err = ERR_FORMAT;
        break;
    default:
        return complain(why, CODE_WRONG_TYPE, indicator, "≠ int, str, bool, nil");
    }
    return err == ERR_OK || complain(why, CODE_MALFORMED, indicator, "values");
}

bool
values_next(struct cursor *c, struct slice *indicator, struct value *value, struct complaint *why)
{
    if (cursor_text(c, indicator) != ERR_OK) {
        enum code code = cursor_kind(c) == KIND_NONE || cursor_kind(c) == KIND_TEXT
                             ? CODE_MALFORMED
                             : CODE_WRONG_TYPE;
        return complain(why, code, slice_text("values"), "≠ map {str: …}");
    }
    if (!code_is_valid(*indicator)) {
        return complain(why, CODE_CODE_INVALID, slice_text("values"), "%.*s",
                        SLICE_ARG(*indicator));
    }
    return value_read(c, *indicator, value, why);
}

void
receipt_format(struct receipt receipt, char text[RECEIPT_TEXT])
{
    snprintf(text, RECEIPT_TEXT, "%" PRIu64 ".%" PRIu32, receipt.block, receipt.index);
}

/* Digits without leading zeros, so that a receipt has one text; moves *at past them. */
static bool
number_parse(struct slice text, size_t *at, uint64_t most, uint64_t *number)
{
    size_t start = *at;
    *number = 0;
    while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9') {
        unsigned digit = text.data[*at] - '0';
        if (*number > (most - digit) / 10) {
            return false;
        }
        *number = *number * 10 + digit;
        (*at)++;
    }
    size_t digits = *at - start;
    return digits == 1 || (digits > 1 && text.data[start] != '0');
}

enum err
receipt_parse(struct slice text, struct receipt *receipt)
{
    size_t at = 0;
    uint64_t block;
    uint64_t index;
    if (!number_parse(text, &at, UINT64_MAX, &block) || block == 0) {
        return ERR_FORMAT;
    }
    if (at == text.len || text.data[at++] != '.') {
        return ERR_FORMAT;
    }
    if (!number_parse(text, &at, UINT32_MAX, &index) || at != text.len) {
        return ERR_FORMAT;
    }
    *receipt = (struct receipt){block, (uint32_t)index};
    return ERR_OK;
}

void
ulid_new(int64_t wall_us, uint8_t id[16])
{
    CHECK(sodium_init() >= 0);
    uint64_t ms = (uint64_t)wall_us / 1000;
    for (unsigned i = 0; i < 6; i++) {
        id[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    randombytes_buf(id + 6, 10);
}

const char *
verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_ACCEPTED] = "accepted",   [VERDICT_CORRECTED] = "corrected",
        [VERDICT_UNCHANGED] = "unchanged", [VERDICT_SUPERSEDED] = "superseded",
        [VERDICT_REJECTED] = "rejected",   [VERDICT_QUARANTINED] = "quarantined",
    };
    bool there = verdict >= VERDICT_ACCEPTED && verdict <= VERDICT_QUARANTINED;
    return there ? names[verdict] : "";
}

const char *
flag_name(unsigned flag)
{
    switch (flag) {
    case FLAG_LATE:
        return "late";
    case FLAG_OUTLIER:
        return "outlier";
    case FLAG_INCOMPLETE:
        return "incomplete";
    case FLAG_WARNED:
        return "warned";
    default:
        return "";
    }
}
