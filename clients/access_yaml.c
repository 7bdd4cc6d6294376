/* Reading access.yaml. What one principal may be is access_decode's to say, of the record that it will be;
 * told here is what has a place in the file: its shape, its words, and what stands twice. */
#include "clients/access_yaml.h"

#include "clients/limits.h"
#include "clients/yaml_text.h"
#include "common/text.h"
#include "proto/limits.h"

struct reading {
    struct yaml_text yaml;
    struct arena *arena;
    struct access_file *file;
};

static const yaml_node_t *
node_at(struct reading *r, yaml_node_item_t item)
{
    return yaml_document_get_node(&r->yaml.document, item);
}

/* False, and told, where the node is no scalar. */
static bool
text_read(struct reading *r, const yaml_node_t *node, const char *key, struct slice *text)
{
    if (node->type != YAML_SCALAR_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, key, slice_text("abc"));
        return false;
    }
    struct slice bytes = slice_of(node->data.scalar.value, node->data.scalar.length);
    *text = arena_copy(r->arena, text_nfc(r->arena, bytes));
    return true;
}

static bool
code_read(struct reading *r, const yaml_node_t *node, const char *key, struct slice *code)
{
    if (!text_read(r, node, key, code)) {
        return false;
    }
    if (!code_is_valid(*code)) {
        yaml_tell(&r->yaml, node, CODE_CODE_INVALID, key, *code);
        return false;
    }
    return true;
}

/* ---- the keys of one principal ---- */

static void
principal_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    struct access_entry *entry = &line->entry;
    if (!code_read(r, node, "principal", &entry->principal)) {
        return;
    }
    if (slice_is(entry->principal, PRINCIPAL_LOCAL)) {
        yaml_tell(&r->yaml, node, CODE_CHOICE_INVALID, "principal", entry->principal);
    }
    for (struct access_line *other = r->file->lines; other < line; other++) {
        if (slice_equal(other->entry.principal, entry->principal)) {
            yaml_tell(&r->yaml, node, CODE_DUPLICATE_CODE, "principal", entry->principal);
            return;
        }
    }
}

static void
title_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    struct slice title = {0};
    if (text_read(r, node, "title", &title) &&
        mistake_unless_text(&r->yaml.mistakes, (uint32_t)node->start_mark.line + 1,
                            slice_text("title"), title, NAME_MAX_BYTES)) {
        line->entry.title = title;
    }
}

/* The number of a list's items, -1 and told where it is none or too long. */
static int64_t
list_open(struct reading *r, const yaml_node_t *node, const char *key, uint32_t most)
{
    char limit[16];
    if (node->type != YAML_SEQUENCE_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, key, slice_text("[a, b, …]"));
        return -1;
    }
    int64_t count = node->data.sequence.items.top - node->data.sequence.items.start;
    if (count > most) {
        snprintf(limit, sizeof limit, "%u", most);
        yaml_tell(&r->yaml, node, CODE_TOO_MANY, key, slice_text(limit));
        return -1;
    }
    return count;
}

static void
roles_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    int64_t count = list_open(r, node, "roles", ACCESS_ROLE_COUNT);
    for (int64_t i = 0; i < count; i++) {
        const yaml_node_t *item = node_at(r, node->data.sequence.items.start[i]);
        struct slice word = {0};
        enum access_role role;
        if (!text_read(r, item, "roles", &word)) {
            continue;
        }
        if (access_role_parse(word, &role)) {
            line->entry.roles |= ACCESS_BIT(role);
        } else {
            yaml_tell(&r->yaml, item, CODE_CHOICE_INVALID, "roles", word);
        }
    }
}

bool
access_unit_parse(struct slice text, struct access_unit *unit)
{
    unit->subtree = text.len > 1 && text.data[text.len - 1] == '/';
    unit->code = slice_of(text.data, text.len - unit->subtree);
    return code_is_valid(unit->code);
}

static void
units_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    struct access_entry *entry = &line->entry;
    int64_t count = list_open(r, node, "units", ACCESS_UNITS_MAX);
    if (count <= 0) {
        return;
    }
    entry->units = ARENA_ARRAY(r->arena, struct access_unit, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        const yaml_node_t *item = node_at(r, node->data.sequence.items.start[i]);
        struct slice text = {0};
        if (!text_read(r, item, "units", &text)) {
            continue;
        }
        if (access_unit_parse(text, &entry->units[entry->unit_count])) {
            entry->unit_count++;
        } else {
            yaml_tell(&r->yaml, item, CODE_CODE_INVALID, "units", text);
        }
    }
}

/* Whose key this is already; NULL. */
static const struct access_entry *
key_owner(const struct reading *r, const struct access_line *line, const uint8_t *key)
{
    for (const struct access_line *other = r->file->lines; other <= line; other++) {
        for (uint32_t i = 0; i < other->entry.key_count; i++) {
            if (memcmp(other->entry.keys[i], key, ACCESS_KEY_SIZE) == 0) {
                return &other->entry;
            }
        }
    }
    return NULL;
}

static void
key_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    struct slice text = {0};
    uint8_t key[ACCESS_KEY_SIZE];
    if (!text_read(r, node, "keys", &text)) {
        return;
    }
    if (!access_key_parse(text, key)) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, "keys", slice_text("64 × 0-9 a-f"));
        return;
    }
    const struct access_entry *owner = key_owner(r, line, key);
    if (owner != NULL) {
        mistake_at(&r->yaml.mistakes, (uint32_t)node->start_mark.line + 1,
                   (uint32_t)node->start_mark.column + 1, CODE_KEY_TAKEN, owner->principal, "%.*s",
                   SLICE_ARG(text));
        return;
    }
    memcpy(line->entry.keys[line->entry.key_count++], key, sizeof key);
}

static void
keys_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    int64_t count = list_open(r, node, "keys", ACCESS_KEYS_MAX);
    for (int64_t i = 0; i < count; i++) {
        key_read(r, node_at(r, node->data.sequence.items.start[i]), line);
    }
}

static void
acts_for_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    struct access_entry *entry = &line->entry;
    int64_t count = list_open(r, node, "acts_for", ACCESS_ACTS_FOR_MAX);
    if (count <= 0) {
        return;
    }
    entry->acts_for = ARENA_ARRAY(r->arena, struct slice, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        const yaml_node_t *item = node_at(r, node->data.sequence.items.start[i]);
        struct slice text = {0};
        if (!text_read(r, item, "acts_for", &text)) {
            continue;
        }
        if (slice_is(text, "*") || code_is_valid(text)) {
            entry->acts_for[entry->acts_for_count++] = text;
        } else {
            yaml_tell(&r->yaml, item, CODE_CODE_INVALID, "acts_for", text);
        }
    }
}

/* ---- the list ---- */

static const struct {
    const char *name;
    void (*read)(struct reading *r, const yaml_node_t *node, struct access_line *line);
} KEYS[] = {
    {"principal", principal_read}, {"title", title_read}, {"roles", roles_read},
    {"units", units_read},         {"keys", keys_read},   {"acts_for", acts_for_read},
};

#define KEY_COUNT (sizeof KEYS / sizeof KEYS[0])

static void
pair_read(struct reading *r, const yaml_node_pair_t *pair, struct access_line *line, unsigned *seen)
{
    const yaml_node_t *key = node_at(r, pair->key);
    struct slice name = {0};
    if (!text_read(r, key, "principals", &name)) {
        return;
    }
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        if (!slice_is(name, KEYS[i].name)) {
            continue;
        }
        if ((*seen & 1u << i) != 0) {
            yaml_tell(&r->yaml, key, CODE_DUPLICATE_KEY, KEYS[i].name, name);
        } else {
            *seen |= 1u << i;
            KEYS[i].read(r, node_at(r, pair->value), line);
        }
        return;
    }
    mistake_at(&r->yaml.mistakes, (uint32_t)key->start_mark.line + 1,
               (uint32_t)key->start_mark.column + 1, CODE_KEY_UNKNOWN, name, "%s", "principals");
}

/* What the broker would say of it, said here with its line. */
static void
record_check(struct reading *r, const yaml_node_t *node, const struct access_entry *entry)
{
    static const uint8_t id[16];
    struct buf body = BUF_EMPTY;
    struct record_access record;
    struct access_entry again;
    struct complaint why = {0};
    access_encode(entry, id, &body);
    if (!layout_decode(record_layout(RECORD_access), buf_slice_of(&body), &record, &why) ||
        !access_decode(&record, r->arena, &again, &why)) {
        mistake_at(&r->yaml.mistakes, (uint32_t)node->start_mark.line + 1,
                   (uint32_t)node->start_mark.column + 1, why.code, slice_text(why.subject), "%s",
                   why.detail);
    }
    buf_fini(&body);
}

static void
line_read(struct reading *r, const yaml_node_t *node, struct access_line *line)
{
    uint32_t before = r->yaml.mistakes.count;
    unsigned seen = 0;
    line->line = (uint32_t)node->start_mark.line + 1;
    if (node->type != YAML_MAPPING_NODE) {
        yaml_tell(&r->yaml, node, CODE_SHAPE_INVALID, "principals", slice_text("{principal: …}"));
        return;
    }
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < end; p++) {
        pair_read(r, p, line, &seen);
    }
    if ((seen & 1u) == 0) {
        yaml_tell(&r->yaml, node, CODE_KEY_MISSING, "principal", slice_text("principals"));
    }
    if (r->yaml.mistakes.count == before) {
        record_check(r, node, &line->entry);
    }
}

static void
list_read(struct reading *r, const yaml_node_t *node)
{
    int64_t count = list_open(r, node, "principals", ACCESS_PRINCIPALS_MAX);
    if (count == 0) {
        yaml_tell(&r->yaml, node, CODE_NOTHING_THERE, "principals", slice_text(""));
    }
    if (count <= 0) {
        return;
    }
    r->file->lines = ARENA_ARRAY(r->arena, struct access_line, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        line_read(r, node_at(r, node->data.sequence.items.start[i]), &r->file->lines[i]);
        r->file->count++;
    }
}

/* One key, `principals`: so that the file says what it is. */
static void
document_read(struct reading *r)
{
    const yaml_node_t *root = yaml_document_get_root_node(&r->yaml.document);
    const yaml_node_pair_t *pair =
        root != NULL && root->type == YAML_MAPPING_NODE ? root->data.mapping.pairs.start : NULL;
    struct slice name = {0};
    if (pair == NULL || root->data.mapping.pairs.top != pair + 1 ||
        !text_read(r, node_at(r, pair->key), "YAML", &name) || !slice_is(name, "principals")) {
        yaml_tell_mark(&r->yaml, root == NULL ? (yaml_mark_t){0} : root->start_mark,
                       CODE_SHAPE_INVALID, "YAML", slice_text("principals: [{…}, …]"));
        return;
    }
    list_read(r, node_at(r, pair->value));
}

uint32_t
access_yaml_read(struct slice text, struct arena *arena, struct access_file *file,
                 struct complaints *complaints)
{
    struct reading r = {
        .yaml = {.text = text, .mistakes = {.to = complaints}}, .arena = arena, .file = file};
    *file = (struct access_file){0};
    if (text.len > CAMPAIGN_FILE_MAX) {
        mistake(&r.yaml.mistakes, 0, CODE_TOO_LARGE, slice_text("YAML"), "> %u bytes",
                CAMPAIGN_FILE_MAX);
    } else if (yaml_text_load(&r.yaml)) {
        document_read(&r);
        yaml_text_fini(&r.yaml);
    }
    return r.yaml.mistakes.count;
}
