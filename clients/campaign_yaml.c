/* The document of yaml_text.h; the tables of proto/campaign_keys.h say what stands in it.
 *
 * A value that cannot be read is told and left absent; campaign_check passes over what is
 * absent. */
#include "clients/campaign_yaml.h"

#include "clients/limits.h"
#include "clients/yaml_text.h"
#include "common/decimal.h"
#include "common/text.h"
#include "proto/campaign_keys.h"
#include "proto/limits.h"

#define KEYS_MAX 32 /* of one map: campaign_keys.h */

struct reading {
    struct yaml_text yaml;
    struct arena *arena;
    yaml_node_item_t root_values[KEYS_MAX]; /* by the campaign's keys: where its own mistakes are */
};

/* ---- values ---- */

static const yaml_node_t *
node_at(struct reading *r, yaml_node_item_t item)
{
    return yaml_document_get_node(&r->yaml.document, item);
}

static struct slice
scalar_of(const yaml_node_t *node)
{
    return slice_of(node->data.scalar.value, node->data.scalar.length);
}

/* False, and told, where the node is no scalar. */
static bool
text_read(struct reading *r, const yaml_node_t *node, const char *subject, struct slice *text)
{
    if (node->type != YAML_SCALAR_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, subject, slice_text("abc"));
        return false;
    }
    *text = arena_copy(r->arena, text_nfc(r->arena, scalar_of(node)));
    return true;
}

static void
title_pair_read(struct reading *r, const yaml_node_pair_t *pair, struct title *title)
{
    const yaml_node_t *key = node_at(r, pair->key), *value = node_at(r, pair->value);
    struct slice name = {0};
    if (!text_read(r, key, "title", &name)) {
        return;
    }
    struct slice *text = slice_is(name, "vi")   ? &title->vi
                         : slice_is(name, "en") ? &title->en
                                                : NULL;
    if (text == NULL) {
        mistake_at(&r->yaml.mistakes, (uint32_t)key->start_mark.line + 1,
                   (uint32_t)key->start_mark.column + 1, CODE_KEY_UNKNOWN, name, "%s", "title");
    } else if (text->data != NULL) {
        yaml_tell(&r->yaml, key, CODE_DUPLICATE_KEY, text == &title->vi ? "vi" : "en",
                  slice_text("title"));
    } else {
        (void)text_read(r, value, "title", text);
    }
}

/* A plain text is the title in both languages; without `en`, the other is. */
static void
title_read(struct reading *r, const yaml_node_t *node, struct title *title)
{
    if (node->type == YAML_SCALAR_NODE) {
        (void)text_read(r, node, "title", &title->vi);
    } else if (node->type == YAML_MAPPING_NODE) {
        const yaml_node_pair_t *end = node->data.mapping.pairs.top;
        for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < end; p++) {
            title_pair_read(r, p, title);
        }
        if (title->vi.data == NULL) {
            yaml_tell(&r->yaml, node, CODE_KEY_MISSING, "vi", slice_text("title"));
        }
    } else {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, "title", slice_text("{vi: …, en: …}"));
    }
    if (title->en.data == NULL) {
        title->en = title->vi;
    }
}

static void
number_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
            unsigned decimals, int64_t min, int64_t max, int64_t *number, bool *there)
{
    struct slice text;
    *there = false;
    if (!text_read(r, node, key->name, &text)) {
        return;
    }
    enum err err = decimal_parse(text, decimals, number);
    if (err == ERR_FRACTION) {
        yaml_tell(&r->yaml, node, CODE_VALUE_FRACTION, key->name, text);
    } else if (err == ERR_RANGE) {
        yaml_tell(&r->yaml, node, CODE_VALUE_OVERFLOW, key->name, text);
    } else if (err != ERR_OK || *number < min || *number > max) {
        yaml_tell(&r->yaml, node, CODE_NUMBER_INVALID, key->name, text);
    } else {
        *there = true;
    }
}

/* A wrong word is told with those that would do. */
static void
choice_tell(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
            struct slice word)
{
    struct buf detail = BUF_EMPTY;
    buf_printf(&detail, "%.*s ≠ ", SLICE_ARG(word));
    for (const struct campaign_word *may = key->words; may->word != NULL; may++) {
        buf_printf(&detail, "%s%s", may == key->words ? "" : " | ", may->word);
    }
    yaml_tell(&r->yaml, node, CODE_CHOICE_INVALID, key->name, buf_slice_of(&detail));
    buf_fini(&detail);
}

static void
word_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, void *field)
{
    struct slice word;
    if (!text_read(r, node, key->name, &word)) {
        return;
    }
    unsigned value = campaign_word_value(key->words, word);
    if (value == 0) {
        choice_tell(r, node, key, word);
    }
    campaign_enum_set(field, value);
}

static void
day_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, int32_t *day)
{
    struct slice text;
    int32_t value = 0;
    if (!text_read(r, node, key->name, &text)) {
        return;
    }
    if (date_parse(text, &value) != ERR_OK) {
        yaml_tell(&r->yaml, node, CODE_DATE_INVALID, key->name, text);
        return;
    }
    *day = value;
}

static void
offset_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
            int32_t *minutes)
{
    struct slice text;
    if (text_read(r, node, key->name, &text) && utc_offset_parse(text, minutes) != ERR_OK) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, key->name, slice_text("\"+07:00\""));
    }
}

/* A scalar that says nothing, as in `rules:` with all of them commented out. */
static bool
node_is_nothing(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
           node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* The number of a sequence's nodes, or -1, told, where it is none or longer than the limit. */
static int64_t
sequence_open(struct reading *r, const yaml_node_t *node, const struct campaign_key *key)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, key->name,
                  slice_text(key->kind == KEY_ITEMS ? "[{…}, …]" : "[a, b, …]"));
        return -1;
    }
    int64_t count = node->data.sequence.items.top - node->data.sequence.items.start;
    if ((uint64_t)count > key->limit) {
        char limit[24];
        snprintf(limit, sizeof(limit), "%llu", (unsigned long long)key->limit);
        yaml_tell(&r->yaml, node, CODE_TOO_MANY, key->name, slice_text(limit));
        return -1;
    }
    return count;
}

static void
codes_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
           struct slice **codes, uint32_t *count)
{
    int64_t n = sequence_open(r, node, key);
    if (n < 0) {
        return;
    }
    if (n == 0) {
        yaml_tell(&r->yaml, node, CODE_NOTHING_THERE, key->name, slice_text(""));
        return;
    }
    *codes = ARENA_ARRAY(r->arena, struct slice, (size_t)n);
    *count = 0;
    for (int64_t i = 0; i < n; i++) {
        const yaml_node_t *item = node_at(r, node->data.sequence.items.start[i]);
        *count += text_read(r, item, key->name, &(*codes)[*count]);
    }
}

static void
terms_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
           struct rule *rule, struct index_list *list)
{
    if (campaign_key_rule_kind(key) != 0) {
        rule->kind = campaign_key_rule_kind(key);
    }
    codes_read(r, node, key, &list->codes, &list->count);
}

static void
bound_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
           struct indicator *indicator)
{
    uint8_t *base = (uint8_t *)indicator;
    unsigned decimals = indicator->decimals < DECIMALS_MAX ? indicator->decimals : DECIMALS_MAX;
    number_read(r, node, key, decimals, INT64_MIN, INT64_MAX,
                (int64_t *)(void *)(base + key->offset), (bool *)(base + key->extra));
}

/* One that cannot be read is told once: the line has its target, if an unknown one. */
static void
target_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, void *item)
{
    int64_t *target = (int64_t *)(void *)((uint8_t *)item + key->offset);
    bool there = false;
    number_read(r, node, key, CAMPAIGN_TARGET_DECIMALS, 0,
                (int64_t)key->limit * CAMPAIGN_TARGET_SCALE, target, &there);
    *target = there ? *target : CAMPAIGN_TARGET_SCALE;
    *((bool *)item + key->extra) = true;
}

static void
uint32_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
            uint32_t *field)
{
    int64_t number = 0;
    bool there = false;
    unsigned decimals = key->kind == KEY_POINTS ? CAMPAIGN_POINTS_DECIMALS : 0;
    number_read(r, node, key, decimals, 1, (int64_t)key->limit, &number, &there);
    *field = there ? (uint32_t)number : 0;
}

static void
switch_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, bool *on)
{
    struct slice word = {0};
    if (!text_read(r, node, key->name, &word)) {
        return;
    }
    *on = slice_is(word, "true");
    if (!*on && !slice_is(word, "false")) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, key->name, slice_text("true | false"));
    }
}

/* A set of words, all but the wrong ones. */
static void
words_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
           unsigned *set)
{
    int64_t n = sequence_open(r, node, key);
    if (n == 0) {
        yaml_tell(&r->yaml, node, CODE_NOTHING_THERE, key->name, slice_text(""));
    }
    for (int64_t i = 0; i < n; i++) {
        unsigned value = 0;
        word_read(r, node_at(r, node->data.sequence.items.start[i]), key, &value);
        *set |= value;
    }
}

/* ---- maps ---- */

static void shape_read(struct reading *r, const yaml_node_t *node,
                       const struct campaign_shape *shape, void *item);

static void value_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key,
                       void *item);

static void
items_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, void *item)
{
    uint8_t *base = item;
    if (!key->required && node_is_nothing(node)) {
        return;
    }
    int64_t n = sequence_open(r, node, key);
    if (n < 0) {
        return;
    }
    uint8_t *items = arena_alloc(r->arena, key->shape->size * ((size_t)n + 1));
    for (int64_t i = 0; i < n; i++) {
        shape_read(r, node_at(r, node->data.sequence.items.start[i]), key->shape,
                   items + (size_t)i * key->shape->size);
    }
    *(void **)(void *)(base + key->offset) = items;
    *(uint32_t *)(void *)(base + key->extra) = (uint32_t)n;
}

/* `target: 95` is `target: {value: 95}`. */
static void
map_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, void *item)
{
    if (key->extra == 1 && node->type == YAML_SCALAR_NODE) {
        value_read(r, node, &key->shape->keys[0], item);
    } else {
        shape_read(r, node, key->shape, item);
    }
}

static void
value_read(struct reading *r, const yaml_node_t *node, const struct campaign_key *key, void *item)
{
    void *field = (uint8_t *)item + key->offset;
    int64_t number = 0;
    bool there = false;
    switch (key->kind) {
    case KEY_CODE:
    case KEY_TEXT:
        (void)text_read(r, node, key->name, field);
        break;
    case KEY_TITLE:
        title_read(r, node, field);
        break;
    case KEY_DAY:
        day_read(r, node, key, field);
        break;
    case KEY_OFFSET:
        offset_read(r, node, key, field);
        break;
    case KEY_WORD:
        word_read(r, node, key, field);
        break;
    case KEY_DECIMALS:
        number_read(r, node, key, 0, 0, (int64_t)key->limit, &number, &there);
        *(uint8_t *)field = (uint8_t)(there ? number : 0);
        break;
    case KEY_DAYS:
        number_read(r, node, key, 0, 0, (int64_t)key->limit, &number, &there);
        *(int32_t *)field = there ? (int32_t)number : -1;
        break;
    case KEY_BOUND:
        bound_read(r, node, key, item);
        break;
    case KEY_CODES:
        codes_read(r, node, key, &((struct code_list *)field)->codes,
                   &((struct code_list *)field)->count);
        break;
    case KEY_INDICES:
        codes_read(r, node, key, &((struct index_list *)field)->codes,
                   &((struct index_list *)field)->count);
        break;
    case KEY_TERMS:
        terms_read(r, node, key, item, field);
        break;
    case KEY_MAP:
        map_read(r, node, key, item);
        break;
    case KEY_ITEMS:
        items_read(r, node, key, item);
        break;
    case KEY_NUMBER:
    case KEY_POINTS:
        uint32_read(r, node, key, field);
        break;
    case KEY_TARGET:
        target_read(r, node, key, item);
        break;
    case KEY_SWITCH:
        switch_read(r, node, key, field);
        break;
    case KEY_WORDS:
        words_read(r, node, key, field);
        break;
    }
}

/* The values of a map's keys by their place in the shape, 0 where there is none, since the order in
 * the file is the writer's and min is scaled by decimals. */
static uint32_t
pairs_sort(struct reading *r, const yaml_node_t *node, const struct campaign_shape *shape,
           yaml_node_item_t values[KEYS_MAX])
{
    uint32_t seen = 0;
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < end; p++) {
        const yaml_node_t *key = node_at(r, p->key);
        struct slice name = {0};
        if (!text_read(r, key, shape->name, &name)) {
            continue;
        }
        uint32_t place = campaign_key_find(shape, name);
        if (place == shape->count) {
            mistake_at(&r->yaml.mistakes, (uint32_t)key->start_mark.line + 1,
                       (uint32_t)key->start_mark.column + 1, CODE_KEY_UNKNOWN, name, "%s",
                       shape->name);
        } else if (seen >> place & 1) {
            yaml_tell(&r->yaml, key, CODE_DUPLICATE_KEY, shape->keys[place].name,
                      slice_text(shape->name));
        } else {
            seen |= 1u << place;
            values[place] = p->value;
        }
    }
    return seen;
}

static void
shape_complete(struct reading *r, const yaml_node_t *node, const struct campaign_shape *shape,
               uint32_t seen, void *item)
{
    bool fits = true;
    uint32_t missing = campaign_keys_missing(shape, seen, &fits);
    for (uint32_t i = 0; i < shape->count; i++) {
        if (missing >> i & 1) {
            yaml_tell(&r->yaml, node, CODE_KEY_MISSING, shape->keys[i].name,
                      slice_text(shape->name));
        }
    }
    if (!fits) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, shape->name,
                  slice_text(campaign_shape_text(shape)));
        /* Half of one rule and half of another: nothing more can be said of it but its code. */
        campaign_shape_unfit(shape, item);
    }
}

static void
shape_read(struct reading *r, const yaml_node_t *node, const struct campaign_shape *shape,
           void *item)
{
    campaign_shape_begin(shape, item);
    if (shape->line != SIZE_MAX) {
        *(uint32_t *)(void *)((uint8_t *)item + shape->line) = (uint32_t)node->start_mark.line + 1;
    }
    if (node->type != YAML_MAPPING_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, shape->name, slice_text("{key: …}"));
        return;
    }
    yaml_node_item_t values[KEYS_MAX] = {0};
    uint32_t seen = pairs_sort(r, node, shape, values);
    if (shape == &CAMPAIGN_SHAPE) {
        memcpy(r->root_values, values, sizeof(values));
    }
    for (uint32_t i = 0; i < shape->count; i++) {
        if (values[i] != 0) {
            value_read(r, node_at(r, values[i]), &shape->keys[i], item);
        }
    }
    shape_complete(r, node, shape, seen, item);
}

/* ---- the file ---- */

/* campaign_check has no line for what belongs to no item; its subject ends with the key. */
struct placing {
    struct complaints complaints; /* first: what add() gets is cast back */
    struct reading *reading;
};

static void
placing_add(struct complaints *self, const struct complaint *why)
{
    struct reading *r = ((struct placing *)self)->reading;
    struct complaint placed = *why;
    const char *space = strrchr(why->subject, ' ');
    const char *key = space == NULL ? why->subject : space + 1;
    uint32_t place = campaign_key_find(&CAMPAIGN_SHAPE, slice_text(key));
    if (why->line == 0 && place < CAMPAIGN_SHAPE.count && r->root_values[place] != 0) {
        yaml_mark_t mark = node_at(r, r->root_values[place])->start_mark;
        placed.line = (uint32_t)mark.line + 1;
        placed.column = (uint32_t)mark.column + 1;
    }
    r->yaml.mistakes.to->add(r->yaml.mistakes.to, &placed);
}

static void
document_read(struct reading *r, struct campaign *campaign)
{
    const yaml_node_t *root = yaml_document_get_root_node(&r->yaml.document);
    if (root == NULL) {
        yaml_tell_mark(&r->yaml, (yaml_mark_t){0}, CODE_NOTHING_THERE, "campaign", slice_text(""));
        return;
    }
    shape_read(r, root, &CAMPAIGN_SHAPE, campaign);
    if (root->type == YAML_MAPPING_NODE) {
        struct placing placing = {{placing_add}, r};
        campaign_link(campaign, r->arena);
        r->yaml.mistakes.count += campaign_check(campaign, &placing.complaints);
    }
}

uint32_t
campaign_yaml_read(struct slice text, struct arena *arena, struct campaign *campaign,
                   struct complaints *complaints)
{
    struct reading r = {.yaml = {.text = text, .mistakes = {.to = complaints}}, .arena = arena};
    campaign_shape_begin(&CAMPAIGN_SHAPE, campaign);
    if (text.len > CAMPAIGN_FILE_MAX) {
        mistake(&r.yaml.mistakes, 0, CODE_TOO_LARGE, slice_text("YAML"), "> %u bytes",
                CAMPAIGN_FILE_MAX);
        return r.yaml.mistakes.count;
    }
    if (yaml_text_load(&r.yaml)) {
        document_read(&r, campaign);
        yaml_text_fini(&r.yaml);
    }
    return r.yaml.mistakes.count;
}
