/* A campaign as msgpack: maps with the file's own keys, in the order of campaign_keys.c. The bytes
 * may come from anyone: every count is held against its limit and against the bytes that are left
 * before anything is allocated, nothing is read past the end, and nesting is that of the tables.
 * Unknown keys are skipped, so that a newer sender may say more. */
#include "proto/campaign_keys.h"

#include "proto/cursor.h"
#include "proto/limits.h"
#include "proto/pack.h"

/* ---- writing ---- */

static void
title_encode(const struct title *title, struct buf *out)
{
    pack_map(out, 2);
    pack_key_text(out, "vi", title->vi);
    pack_key_text(out, "en", title->en);
}

static void
codes_encode(const struct slice *codes, uint32_t count, struct buf *out)
{
    pack_array(out, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_text(out, codes[i]);
    }
}

static void
words_encode(const struct campaign_key *key, unsigned set, struct buf *out)
{
    pack_array(out, (uint32_t)__builtin_popcount(set));
    for (const struct campaign_word *word = key->words; word->word != NULL; word++) {
        if (set & word->value) {
            pack_cstr(out, word->word);
        }
    }
}

static void shape_encode(const struct campaign_shape *shape, const void *item, struct buf *out);

static void
items_encode(const struct campaign_key *key, const void *item, struct buf *out)
{
    const uint8_t *base = item;
    const uint8_t *items = *(const uint8_t *const *)(const void *)(base + key->offset);
    uint32_t count = *(const uint32_t *)(const void *)(base + key->extra);
    pack_array(out, count);
    for (uint32_t i = 0; i < count; i++) {
        shape_encode(key->shape, items + i * key->shape->size, out);
    }
}

static void
value_encode(const struct campaign_key *key, const void *item, struct buf *out)
{
    const void *field = (const uint8_t *)item + key->offset;
    switch (key->kind) {
    case KEY_CODE:
    case KEY_TEXT:
        pack_text(out, *(const struct slice *)field);
        break;
    case KEY_TITLE:
        title_encode(field, out);
        break;
    case KEY_DAY:
    case KEY_OFFSET:
    case KEY_DAYS:
        pack_int(out, *(const int32_t *)field);
        break;
    case KEY_WORD:
        pack_cstr(out, campaign_word_text(key->words, campaign_enum_get(field)));
        break;
    case KEY_DECIMALS:
        pack_uint(out, *(const uint8_t *)field);
        break;
    case KEY_BOUND:
    case KEY_TARGET:
        pack_int(out, *(const int64_t *)field);
        break;
    case KEY_NUMBER:
    case KEY_POINTS:
        pack_uint(out, *(const uint32_t *)field);
        break;
    case KEY_SWITCH:
        pack_bool(out, *(const bool *)field);
        break;
    case KEY_WORDS:
        words_encode(key, *(const unsigned *)field, out);
        break;
    case KEY_CODES: {
        const struct code_list *list = field;
        codes_encode(list->codes, list->count, out);
        break;
    }
    case KEY_INDICES:
    case KEY_TERMS: {
        const struct index_list *list = field;
        codes_encode(list->codes, list->count, out);
        break;
    }
    case KEY_MAP:
        shape_encode(key->shape, item, out);
        break;
    case KEY_ITEMS:
        items_encode(key, item, out);
        break;
    }
}

static void
shape_encode(const struct campaign_shape *shape, const void *item, struct buf *out)
{
    uint32_t present = 0;
    for (uint32_t i = 0; i < shape->count; i++) {
        present += campaign_key_present(&shape->keys[i], item);
    }
    pack_map(out, present);
    for (uint32_t i = 0; i < shape->count; i++) {
        if (campaign_key_present(&shape->keys[i], item)) {
            pack_cstr(out, shape->keys[i].name);
            value_encode(&shape->keys[i], item, out);
        }
    }
}

void
campaign_encode(const struct campaign *campaign, struct buf *out)
{
    shape_encode(&CAMPAIGN_SHAPE, campaign, out);
}

/* ---- reading ---- */

struct decoding {
    struct cursor cursor;
    struct arena *arena;
    struct complaint *why;
};

static bool
wrong_type(struct decoding *d, const struct campaign_key *key, const char *expected)
{
    return complain(d->why, CODE_WRONG_TYPE, slice_text(key->name), "%s", expected);
}

static bool
text_decode(struct decoding *d, const struct campaign_key *key, struct slice *text)
{
    return cursor_text(&d->cursor, text) == ERR_OK || wrong_type(d, key, "str");
}

static bool
title_decode(struct decoding *d, const struct campaign_key *key, struct title *title)
{
    uint32_t n = 0;
    if (cursor_map(&d->cursor, &n) != ERR_OK) {
        return wrong_type(d, key, "map");
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice name;
        if (!text_decode(d, key, &name)) {
            return false;
        }
        struct slice *text = slice_is(name, "vi")   ? &title->vi
                             : slice_is(name, "en") ? &title->en
                                                    : NULL;
        if (text == NULL) {
            if (cursor_skip(&d->cursor) != ERR_OK) {
                return wrong_type(d, key, "map");
            }
        } else if (text->data != NULL) {
            return complain(d->why, CODE_DUPLICATE_KEY, name, "%s", key->name);
        } else if (!text_decode(d, key, text)) {
            return false;
        }
    }
    if (title->vi.data == NULL) {
        return complain(d->why, CODE_KEY_MISSING, slice_text("vi"), "%s", key->name);
    }
    if (title->en.data == NULL) {
        title->en = title->vi;
    }
    return true;
}

static bool
number_decode(struct decoding *d, const struct campaign_key *key, int64_t min, int64_t max,
              int64_t *number)
{
    if (cursor_int(&d->cursor, number) != ERR_OK) {
        return wrong_type(d, key, "int");
    }
    if (*number < min || *number > max) {
        return complain(d->why, CODE_NUMBER_INVALID, slice_text(key->name), "%lld",
                        (long long)*number);
    }
    return true;
}

static bool
int32_decode(struct decoding *d, const struct campaign_key *key, int32_t min, int32_t max,
             int32_t *field)
{
    int64_t number = 0;
    if (!number_decode(d, key, min, max, &number)) {
        return false;
    }
    *field = (int32_t)number;
    return true;
}

static bool
word_decode(struct decoding *d, const struct campaign_key *key, void *field)
{
    struct slice word;
    if (!text_decode(d, key, &word)) {
        return false;
    }
    unsigned value = campaign_word_value(key->words, word);
    if (value == 0) {
        return complain(d->why, CODE_CHOICE_INVALID, slice_text(key->name), "%.*s",
                        SLICE_ARG(word));
    }
    campaign_enum_set(field, value);
    return true;
}

static bool
codes_decode(struct decoding *d, const struct campaign_key *key, struct slice **codes,
             uint32_t *count)
{
    uint32_t n = 0;
    if (cursor_array(&d->cursor, &n) != ERR_OK) {
        return wrong_type(d, key, "array");
    }
    if (n > key->limit) {
        return complain(d->why, CODE_TOO_MANY, slice_text(key->name), "%llu",
                        (unsigned long long)key->limit);
    }
    *codes = ARENA_ARRAY(d->arena, struct slice, (size_t)n + 1); /* never NULL: present, if empty */
    for (*count = 0; *count < n; (*count)++) {
        if (!text_decode(d, key, &(*codes)[*count])) {
            return false;
        }
    }
    return true;
}

static bool shape_decode(struct decoding *d, const struct campaign_shape *shape, void *item);

static bool
items_decode(struct decoding *d, const struct campaign_key *key, void *item)
{
    uint8_t *base = item;
    uint32_t *count = (uint32_t *)(void *)(base + key->extra);
    uint32_t n = 0;
    if (cursor_array(&d->cursor, &n) != ERR_OK) {
        return wrong_type(d, key, "array");
    }
    if (n > key->limit) {
        return complain(d->why, CODE_TOO_MANY, slice_text(key->name), "%llu",
                        (unsigned long long)key->limit);
    }
    uint8_t *items = arena_alloc(d->arena, key->shape->size * ((size_t)n + 1));
    *(void **)(void *)(base + key->offset) = items;
    for (*count = 0; *count < n; (*count)++) {
        if (!shape_decode(d, key->shape, items + *count * key->shape->size)) {
            return false;
        }
    }
    return true;
}

static bool
terms_decode(struct decoding *d, const struct campaign_key *key, struct rule *rule,
             struct index_list *list)
{
    if (campaign_key_rule_kind(key) != 0) {
        rule->kind = campaign_key_rule_kind(key);
    }
    return codes_decode(d, key, &list->codes, &list->count);
}

/* A set that nobody is in says nothing. */
static bool
words_decode(struct decoding *d, const struct campaign_key *key, unsigned *set)
{
    uint32_t n = 0;
    if (cursor_array(&d->cursor, &n) != ERR_OK) {
        return wrong_type(d, key, "array");
    }
    for (uint32_t i = 0; i < n; i++) {
        unsigned value = 0;
        if (!word_decode(d, key, &value)) {
            return false;
        }
        *set |= value;
    }
    return *set != 0 || complain(d->why, CODE_NOTHING_THERE, slice_text(key->name), "%s", "");
}

static bool
switch_decode(struct decoding *d, const struct campaign_key *key, bool *on)
{
    return cursor_bool(&d->cursor, on) == ERR_OK || wrong_type(d, key, "bool");
}

static bool
uint32_decode(struct decoding *d, const struct campaign_key *key, uint32_t *field)
{
    int64_t number = 0;
    if (!number_decode(d, key, 1, (int64_t)key->limit, &number)) {
        return false;
    }
    *field = (uint32_t)number;
    return true;
}

static bool
target_decode(struct decoding *d, const struct campaign_key *key, void *item)
{
    *((bool *)item + key->extra) = true;
    return number_decode(d, key, 0, (int64_t)key->limit * CAMPAIGN_TARGET_SCALE,
                         (int64_t *)(void *)((uint8_t *)item + key->offset));
}

static bool
bound_decode(struct decoding *d, const struct campaign_key *key, void *item)
{
    *((bool *)item + key->extra) = true;
    return number_decode(d, key, INT64_MIN, INT64_MAX,
                         (int64_t *)(void *)((uint8_t *)item + key->offset));
}

static bool
value_decode(struct decoding *d, const struct campaign_key *key, void *item)
{
    void *field = (uint8_t *)item + key->offset;
    int64_t number = 0;
    switch (key->kind) {
    case KEY_CODE:
    case KEY_TEXT:
        return text_decode(d, key, field);
    case KEY_TITLE:
        return title_decode(d, key, field);
    case KEY_DAY:
        return int32_decode(d, key, DAY_MIN, DAY_MAX, field);
    case KEY_OFFSET:
        return int32_decode(d, key, -UTC_OFFSET_MAX, UTC_OFFSET_MAX, field);
    case KEY_DAYS:
        return int32_decode(d, key, 0, (int32_t)key->limit, field);
    case KEY_WORD:
        return word_decode(d, key, field);
    case KEY_DECIMALS:
        if (!number_decode(d, key, 0, (int64_t)key->limit, &number)) {
            return false;
        }
        *(uint8_t *)field = (uint8_t)number;
        return true;
    case KEY_BOUND:
        return bound_decode(d, key, item);
    case KEY_CODES:
        return codes_decode(d, key, &((struct code_list *)field)->codes,
                            &((struct code_list *)field)->count);
    case KEY_INDICES:
        return codes_decode(d, key, &((struct index_list *)field)->codes,
                            &((struct index_list *)field)->count);
    case KEY_TERMS:
        return terms_decode(d, key, item, field);
    case KEY_MAP:
        return shape_decode(d, key->shape, item);
    case KEY_ITEMS:
        return items_decode(d, key, item);
    case KEY_NUMBER:
    case KEY_POINTS:
        return uint32_decode(d, key, field);
    case KEY_TARGET:
        return target_decode(d, key, item);
    case KEY_SWITCH:
        return switch_decode(d, key, field);
    case KEY_WORDS:
        return words_decode(d, key, field);
    }
    return false;
}

static bool
pair_decode(struct decoding *d, const struct campaign_shape *shape, void *item, uint32_t *seen)
{
    struct slice name;
    if (cursor_text(&d->cursor, &name) != ERR_OK) {
        return complain(d->why, CODE_WRONG_TYPE, slice_text(shape->name), "%s", "str");
    }
    uint32_t index = campaign_key_find(shape, name);
    if (index == shape->count) {
        return cursor_skip(&d->cursor) == ERR_OK ||
               complain(d->why, CODE_MALFORMED, name, "%s", shape->name);
    }
    if (*seen >> index & 1) {
        return complain(d->why, CODE_DUPLICATE_KEY, name, "%s", shape->name);
    }
    *seen |= 1u << index;
    return value_decode(d, &shape->keys[index], item);
}

static bool
shape_decode(struct decoding *d, const struct campaign_shape *shape, void *item)
{
    uint32_t n = 0, seen = 0;
    if (cursor_map(&d->cursor, &n) != ERR_OK) {
        return complain(d->why, CODE_WRONG_TYPE, slice_text(shape->name), "%s", "map");
    }
    campaign_shape_begin(shape, item);
    for (uint32_t i = 0; i < n; i++) {
        if (!pair_decode(d, shape, item, &seen)) {
            return false;
        }
    }
    bool fits = true;
    uint32_t missing = campaign_keys_missing(shape, seen, &fits);
    if (missing != 0) {
        const char *name = shape->keys[__builtin_ctz(missing)].name;
        return complain(d->why, CODE_KEY_MISSING, slice_text(name), "%s", shape->name);
    }
    return fits || complain(d->why, CODE_SHAPE_INVALID, slice_text(shape->name), "%s",
                            campaign_shape_text(shape));
}

bool
campaign_decode(struct slice body, struct arena *arena, struct campaign *campaign,
                struct complaint *why)
{
    struct decoding d = {cursor_of(body), arena, why};
    if (!shape_decode(&d, &CAMPAIGN_SHAPE, campaign)) {
        return false;
    }
    if (!cursor_done(&d.cursor)) {
        return complain(why, CODE_MALFORMED, slice_text("campaign"), "%s", "campaign");
    }
    campaign_link(campaign, arena);
    return true;
}
