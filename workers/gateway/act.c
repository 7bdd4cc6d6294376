/* JSON -> records. */
#include "workers/gateway/act.h"

#include "common/text.h"
#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/review.h"
#include "proto/ulid.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REAL_DIGITS 15 /* what a double keeps of any decimal */
#define HASH_SIZE 32

static const struct act ACTS[] = {
#define ACT(path, record, fields, makes) {path, RECORD_##record, fields, makes},
#include "workers/gateway/acts.def"
#undef ACT
};

const struct act *
act_find(const char *path)
{
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++) {
        if (strcmp(ACTS[i].path, path) == 0) {
            return &ACTS[i];
        }
    }
    return NULL;
}

/* ---- which fields ---- */

/* Where `name` stands in the act's list, NULL where it does not. *star: required. */
static const char *
listed(const char *fields, const char *name, bool *star)
{
    size_t len = strlen(name);
    while (*fields != '\0') {
        size_t word = strcspn(fields, " ");
        *star = fields[word - 1] == '*';
        if (word - *star == len && strncmp(fields, name, len) == 0) {
            return fields;
        }
        fields += word + (fields[word] == ' ');
    }
    return NULL;
}

static const struct field *
field_find(const struct layout *layout, const char *name)
{
    for (unsigned i = 0; i < layout->count; i++) {
        if (strcmp(layout->fields[i].name, name) == 0) {
            return &layout->fields[i];
        }
    }
    return NULL;
}

static bool
wrong_type(const char *name, const char *wanted, struct complaint *why)
{
    return complain(why, CODE_WRONG_TYPE, slice_text(name), "JSON: ≠ %s", wanted);
}

/* ---- words and numbers ---- */

static const char *
meeting_act_name(unsigned act)
{
    static const char *const names[] = {"", "open", "attend", "close", "cancel"};
    return act <= MEETING_CANCEL ? names[act] : "";
}

static const char *
choice_name(unsigned choice)
{
    static const char *const names[] = {"", "yes", "no", "abstain"};
    return choice <= CHOICE_ABSTAIN ? names[choice] : "";
}

static const char *
outcome_name(unsigned outcome)
{
    static const char *const names[] = {"", "decided", "refused"};
    return outcome <= OUTCOME_REFUSED ? names[outcome] : "";
}

static const char *
kind_name(unsigned kind)
{
    return subject_kind_name((enum subject_kind)kind);
}

static const char *
review_name(unsigned act)
{
    return act <= REVIEW_refuse ? review_act_name((enum review_act)act) : "";
}

static const struct {
    uint8_t type;
    const char *field;
    const char *(*name)(unsigned number);
} WORDS[] = {
    {RECORD_nomination, "kind", kind_name},     {RECORD_review, "act", review_name},
    {RECORD_meeting, "act", meeting_act_name},  {RECORD_vote, "choice", choice_name},
    {RECORD_decision, "outcome", outcome_name},
};

#define WORD_NUMBER_MAX 16

static bool
word_take(uint8_t type, const struct field *f, const char *word, uint64_t *to,
          struct complaint *why)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (WORDS[i].type != type || strcmp(WORDS[i].field, f->name) != 0) {
            continue;
        }
        for (unsigned number = 1; number <= WORD_NUMBER_MAX; number++) {
            if (word[0] != '\0' && strcmp(WORDS[i].name(number), word) == 0) {
                *to = number;
                return true;
            }
        }
        return complain(why, CODE_CHOICE_INVALID, slice_text(f->name), "%.80s", word);
    }
    return wrong_type(f->name, "1, 2, 3, …", why);
}

static bool
uint_take(uint8_t type, const struct field *f, const json_t *value, uint64_t *to,
          struct complaint *why)
{
    if (json_is_string(value)) {
        return word_take(type, f, json_string_value(value), to, why);
    }
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return wrong_type(f->name, "0, 1, 2, …", why);
    }
    *to = (uint64_t)json_integer_value(value);
    return *to <= f->limit ||
           complain(why, CODE_TOO_LARGE, slice_text(f->name), "%s: %" PRIu64, f->name, *to);
}

/* ---- text and bytes ---- */

static bool
text_check(const char *name, struct slice text, struct complaint *why)
{
    return text_is_clean(text) || complain(why, CODE_CONTROL_CHARACTER, slice_text(name), "%s", "");
}

/* In Unicode's composed form, which some keyboards do not type. */
static bool
text_take(const struct field *f, const json_t *value, struct arena *arena, struct slice *to,
          struct complaint *why)
{
    if (!json_is_string(value)) {
        return wrong_type(f->name, "\"…\"", why);
    }
    *to = slice_of(json_string_value(value), json_string_length(value));
    if (f->kind == FIELD_CODE) {
        return to->len == 0 || code_is_valid(*to) ||
               complain(why, CODE_CODE_INVALID, slice_text(f->name), "%.*s",
                        to->len > 80 ? 80 : (int)to->len, (const char *)to->data);
    }
    *to = text_trim(text_nfc(arena, *to));
    return (to->len <= f->limit || complain(why, CODE_TOO_LARGE, slice_text(f->name),
                                            "%s: %zu > %" PRIu64, f->name, to->len, f->limit)) &&
           text_check(f->name, *to, why);
}

static bool
ulid_take(const char *name, const json_t *value, uint8_t id[ULID_SIZE], struct complaint *why)
{
    uint8_t last[ULID_SIZE];
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != ULID_TEXT - 1 || !ulid_range(slice_text(text), id, last)) {
        return wrong_type(name, "\"01J…\" (26)", why);
    }
    return true;
}

static bool
hex_take(const char *name, const json_t *value, uint8_t *to, size_t size, struct complaint *why)
{
    size_t len = 0;
    const char *text = json_string_value(value);
    bool good = text != NULL && strlen(text) == 2 * size &&
                sodium_hex2bin(to, size, text, 2 * size, NULL, &len, NULL) == 0 && len == size;
    return good || wrong_type(name, "\"0123456789abcdef…\"", why);
}

static bool
bytes_take(const struct field *f, const json_t *value, struct arena *arena, struct slice *to,
           struct complaint *why)
{
    uint8_t *bytes = arena_alloc(arena, f->limit);
    *to = slice_of(bytes, f->limit);
    return f->limit == ULID_SIZE ? ulid_take(f->name, value, bytes, why)
                                 : hex_take(f->name, value, bytes, f->limit, why);
}

/* ---- shapes ---- */

/* What is packed of one field. */
struct packing {
    const char *name;
    struct arena *arena;
    struct buf *out;
    struct complaint *why;
};

/* Composed, as text_take has it: a file's name comes decomposed from some machines. */
static bool
text_pack(const struct packing *p, const char *name, const char *text)
{
    struct slice composed = text_nfc(p->arena, slice_text(text));
    pack_text(p->out, composed);
    return text_check(name, composed, p->why);
}

/* A decimal that a double kept whole; 0.1 as it was written, and nothing that was rounded. */
static bool
real_pack(const struct packing *p, const char *indicator, double real)
{
    char text[32];
    snprintf(text, sizeof text, "%.*g", REAL_DIGITS, real);
    if (!isfinite(real) || strtod(text, NULL) != real || strchr(text, 'e') != NULL) {
        return complain(p->why, CODE_VALUE_TYPE, slice_text(indicator), "%.17g", real);
    }
    pack_cstr(p->out, text);
    return true;
}

static bool
value_pack(const struct packing *p, const char *indicator, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        pack_nil(p->out);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        pack_bool(p->out, json_is_true(value));
        return true;
    case JSON_INTEGER:
        pack_int(p->out, json_integer_value(value));
        return true;
    case JSON_REAL:
        return real_pack(p, indicator, json_real_value(value));
    case JSON_STRING:
        return text_pack(p, indicator, json_string_value(value));
    default:
        return complain(p->why, CODE_WRONG_TYPE, slice_text(indicator), "JSON: {} []");
    }
}

static bool
values_pack(const struct packing *p, json_t *value)
{
    const char *indicator;
    json_t *each;
    size_t count = json_object_size(value);
    if (!json_is_object(value)) {
        return wrong_type(p->name, "{…}", p->why);
    }
    if (count > REPORT_VALUES_MAX) {
        return complain(p->why, CODE_TOO_MANY_VALUES, slice_text(p->name), "%zu", count);
    }
    pack_map(p->out, (uint32_t)count);
    json_object_foreach(value, indicator, each)
    {
        if (!code_is_valid(slice_text(indicator))) {
            return complain(p->why, CODE_INDICATOR_UNKNOWN, slice_text(indicator), "%s", "");
        }
        pack_cstr(p->out, indicator);
        if (!value_pack(p, indicator, each)) {
            return false;
        }
    }
    return true;
}

/* One member of a tuple, by its mark: # number, h 32 bytes in hexadecimal, t text. */
static bool
member_pack(const struct packing *p, const char *name, char mark, const json_t *value)
{
    uint8_t hash[HASH_SIZE];
    if (mark == '#') {
        pack_uint(p->out, (uint64_t)json_integer_value(value));
        return (json_is_integer(value) && json_integer_value(value) >= 0) ||
               wrong_type(name, "0, 1, 2, …", p->why);
    }
    if (mark == 'h') {
        bool good = hex_take(name, value, hash, sizeof hash, p->why);
        pack_bytes(p->out, slice_of(hash, good ? sizeof hash : 0));
        return good;
    }
    return json_is_string(value) ? text_pack(p, name, json_string_value(value))
                                 : wrong_type(name, "\"…\"", p->why);
}

/* `members`: "hhash tkind tname #bytes", each with its mark before it. */
static bool
tuple_pack(const struct packing *p, const char *members, const json_t *value)
{
    uint32_t count = 1;
    for (const char *c = members; *c != '\0'; c++) {
        count += *c == ' ';
    }
    pack_array(p->out, count);
    while (*members != '\0') {
        char name[CODE_MAX + 1];
        size_t len = strcspn(members, " ");
        snprintf(name, sizeof name, "%.*s", (int)len - 1, members + 1);
        if (!member_pack(p, name, members[0], json_object_get(value, name))) {
            return false;
        }
        members += len + (members[len] == ' ');
    }
    return true;
}

static bool
item_pack(const struct packing *p, const char *shape, const json_t *item)
{
    uint8_t id[ULID_SIZE];
    if (strcmp(shape, "ulid") == 0) {
        bool good = ulid_take(p->name, item, id, p->why);
        pack_bytes(p->out, slice_of(id, good ? sizeof id : 0));
        return good;
    }
    return strcmp(shape, "text") == 0 ? member_pack(p, p->name, 't', item)
                                      : tuple_pack(p, shape, item);
}

static bool
list_pack(const struct packing *p, const char *shape, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value)) {
        return wrong_type(p->name, "[…]", p->why);
    }
    pack_array(p->out, (uint32_t)json_array_size(value));
    json_array_foreach(value, i, item)
    {
        if (!item_pack(p, shape, item)) {
            return false;
        }
    }
    return true;
}

static const struct {
    const char *field, *shape;
} SHAPES[] = {
    {"evidence", "tunit tperiod tindicator"},
    {"documents", "hhash tkind tname #bytes"},
    {"members", "text"},
    {"nominations", "ulid"},
};

static bool
raw_take(const struct field *f, json_t *value, struct arena *arena, struct slice *to,
         struct complaint *why)
{
    struct buf packed = BUF_EMPTY;
    const struct packing p = {.name = f->name, .arena = arena, .out = &packed, .why = why};
    const char *shape = NULL;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        shape = strcmp(SHAPES[i].field, f->name) == 0 ? SHAPES[i].shape : shape;
    }
    bool good = shape == NULL ? values_pack(&p, value) : list_pack(&p, shape, value);
    if (good && packed.len > f->limit) {
        good = complain(why, CODE_TOO_LARGE, slice_text(f->name), "%zu", packed.len);
    }
    *to = arena_copy(arena, buf_slice_of(&packed));
    buf_fini(&packed);
    return good;
}

/* ---- the record ---- */

static bool
field_take(const struct act_record *r, const struct field *f, json_t *value, struct arena *arena,
           struct complaint *why)
{
    void *to = (char *)r->fields + f->offset;
    switch ((enum field_kind)f->kind) {
    case FIELD_UINT:
        return uint_take(r->act->type, f, value, to, why);
    case FIELD_BOOL:
        *(bool *)to = json_is_true(value);
        return json_is_boolean(value) || wrong_type(f->name, "true, false", why);
    case FIELD_TEXT:
    case FIELD_CODE:
        return text_take(f, value, arena, to, why);
    case FIELD_BYTES:
        return bytes_take(f, value, arena, to, why);
    case FIELD_RAW:
        return raw_take(f, value, arena, to, why);
    }
    return false;
}

static bool
is_empty(const struct act_record *r, const struct field *f)
{
    const void *at = (const char *)r->fields + f->offset;
    return f->kind == FIELD_UINT   ? *(const uint64_t *)at == 0
           : f->kind == FIELD_BOOL ? false
                                   : ((const struct slice *)at)->len == 0;
}

static bool
required_check(const struct act_record *r, struct complaint *why)
{
    for (unsigned i = 0; i < r->layout->count; i++) {
        const struct field *f = &r->layout->fields[i];
        bool star;
        if (listed(r->act->fields, f->name, &star) != NULL && star && is_empty(r, f)) {
            return complain(why, CODE_MISSING_FIELD, slice_text(f->name), "%s", f->name);
        }
    }
    return true;
}

bool
act_read(const struct act *act, json_t *from, struct arena *arena, struct act_record *out,
         struct complaint *why)
{
    const char *name;
    json_t *value;
    *out = (struct act_record){.act = act, .layout = record_layout(act->type)};
    out->fields = arena_alloc(arena, out->layout->size);
    if (!json_is_object(from)) {
        return complain(why, CODE_SHAPE_INVALID, slice_text("JSON"), "{…}");
    }
    json_object_foreach(from, name, value)
    {
        bool star;
        const struct field *f = field_find(out->layout, name);
        if (f == NULL || listed(act->fields, name, &star) == NULL) {
            return complain(why, CODE_KEY_UNKNOWN, slice_text(name), "%.80s", name);
        }
        bool absent =
            json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
        if (!absent && !field_take(out, f, value, arena, why)) {
            return false;
        }
    }
    return required_check(out, why);
}

void *
act_field(const struct act_record *record, const char *name)
{
    const struct field *f = field_find(record->layout, name);
    return f == NULL ? NULL : (char *)record->fields + f->offset;
}

struct slice
act_unit(const struct act_record *record)
{
    bool named = record->act->type == RECORD_report || record->act->type == RECORD_withdrawal ||
                 record->act->type == RECORD_approval;
    return named ? *(struct slice *)act_field(record, "unit") : slice_text("");
}

void
act_record_encode(const struct act_record *record, struct buf *out)
{
    layout_encode(record->layout, record->fields, out);
}
