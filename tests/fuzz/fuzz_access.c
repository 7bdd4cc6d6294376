/* An access record, to the decoder and to a table that holds two principals already: refused, or found there
 * by its name and by each of its keys, and the same when encoded again. */
#include "tests/fuzz/fuzz.h"

#include "common/check.h"
#include "proto/access_table.h"
#include "tests/lib/access_words.h"

static const uint8_t ID[16] = {1};

static void
table_fill(struct access_table *table)
{
    static const char *const words[] = {"ward roles=submitter units=w1,d1+ keys=1,2",
                                        "gate roles=gateway for=ward keys=3"};
    for (int i = 0; i < 2; i++) {
        struct buf body = BUF_EMPTY;
        struct complaint why;
        access_words(words[i], ID, &body);
        CHECK(access_table_put(table, buf_slice_of(&body), &why));
        buf_fini(&body);
    }
}

static void
entry_check(const struct access_table *table, struct slice principal)
{
    const struct access_entry *entry = access_table_find(table, principal);
    CHECK(entry != NULL && slice_equal(entry->principal, principal));
    for (uint32_t i = 0; i < entry->key_count; i++) {
        CHECK(access_table_by_key(table, entry->keys[i]) == entry);
    }
    for (uint32_t i = 1; i < entry->unit_count; i++) {
        CHECK(slice_compare(entry->units[i - 1].code, entry->units[i].code) <= 0);
    }
}

/* What was read, written and read again, is written as before. */
static void
again_check(const struct access_entry *entry, struct arena *arena)
{
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    struct record_access record;
    struct access_entry again;
    struct complaint why;
    access_encode(entry, ID, &once);
    CHECK(layout_decode(record_layout(RECORD_access), buf_slice_of(&once), &record, &why));
    CHECK(access_decode(&record, arena, &again, &why));
    access_encode(&again, ID, &twice);
    CHECK(slice_equal(buf_slice_of(&once), buf_slice_of(&twice)));
    buf_fini(&once);
    buf_fini(&twice);
}

void
fuzz_access(struct slice in)
{
    struct arena *arena = arena_new();
    struct access_table *table = access_table_new();
    struct record_access record;
    struct access_entry entry;
    struct complaint why = {0};
    table_fill(table);
    if (layout_decode(record_layout(RECORD_access), in, &record, &why) &&
        access_decode(&record, arena, &entry, &why)) {
        again_check(&entry, arena);
        if (access_table_put(table, in, &why)) {
            entry_check(table, entry.principal);
        } else {
            fuzz_why(&why);
            entry_check(table, slice_text("ward"));
        }
    } else {
        fuzz_why(&why);
        CHECK(!access_table_put(table, in, &why));
    }
    access_table_free(&table);
    arena_free(&arena);
}
