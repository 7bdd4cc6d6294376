#include "tests/lib/access_words.h"

#include "common/check.h"
#include "proto/limits.h"

#include <stdlib.h>

/* The next piece before `end`; false where there is none left. */
static bool
piece_next(struct slice *text, char end, struct slice *piece)
{
    if (text->len == 0) {
        return false;
    }
    const uint8_t *at = memchr(text->data, end, text->len);
    size_t len = at == NULL ? text->len : (size_t)(at - text->data);
    *piece = slice_of(text->data, len);
    len += at != NULL;
    *text = slice_of(text->data + len, text->len - len);
    return true;
}

static void
unit_add(struct access_entry *entry, struct slice word)
{
    bool subtree = word.len > 1 && word.data[word.len - 1] == '+';
    word.len -= subtree;
    entry->units[entry->unit_count++] = (struct access_unit){word, subtree};
}

static void
list_add(struct access_entry *entry, struct slice name, struct slice word)
{
    enum access_role role;
    if (slice_is(name, "roles")) {
        CHECK(access_role_parse(word, &role));
        entry->roles |= ACCESS_BIT(role);
    } else if (slice_is(name, "units")) {
        unit_add(entry, word);
    } else if (slice_is(name, "keys")) {
        CHECK(entry->key_count < ACCESS_KEYS_MAX);
        memset(entry->keys[entry->key_count++], atoi((const char *)word.data), ACCESS_KEY_SIZE);
    } else if (slice_is(name, "title")) {
        entry->title = word;
    } else {
        CHECK(slice_is(name, "for"));
        entry->acts_for[entry->acts_for_count++] = word;
    }
}

void
access_words(const char *words, const uint8_t id[16], struct buf *out)
{
    struct arena *arena = arena_new();
    struct access_entry entry = {0};
    struct slice text = slice_text(words), word, name, item;
    entry.units = ARENA_ARRAY(arena, struct access_unit, text.len + 1);
    entry.acts_for = ARENA_ARRAY(arena, struct slice, text.len + 1);
    CHECK(piece_next(&text, ' ', &entry.principal));
    while (piece_next(&text, ' ', &word)) {
        CHECK(piece_next(&word, '=', &name));
        char between = slice_is(name, "roles") ? '+' : ',';
        while (piece_next(&word, between, &item)) {
            list_add(&entry, name, item);
        }
    }
    access_encode(&entry, id, out);
    arena_free(&arena);
}
