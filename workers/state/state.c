/* What holds for every kind of state: the tables' names, equality, and the hash. Both walk all
 * tables in their order, keys in theirs, so that neither depends on how rows came to be there. */
#include "workers/state/state.h"

#include "common/check.h"
#include "common/reader.h"

#include <sodium.h>
#include <stdio.h>

#define KEY_SHOWN 20 /* bytes of a differing key: all of a report, and a sentence has its limit */

const char *
table_name(enum table table)
{
    static const char *const names[TABLE_COUNT] = {
        [TABLE_META] = "meta",
        [TABLE_IDENT] = "ident",
        [TABLE_CAMPAIGN] = "campaign",
        [TABLE_UNIT] = "unit",
        [TABLE_REPORT] = "report",
        [TABLE_HISTORY] = "history",
        [TABLE_TALLY] = "tally",
        [TABLE_VERDICT] = "verdict",
        [TABLE_REJECTED] = "rejected",
        [TABLE_ULID] = "ulid",
        [TABLE_QUARANTINE] = "quarantine",
        [TABLE_APPROVAL] = "approval",
        [TABLE_NOMINATION] = "nomination",
        [TABLE_ACT] = "act",
        [TABLE_QUEUE] = "queue",
        [TABLE_SUBJECT] = "subject",
        [TABLE_MEETING] = "meeting",
        [TABLE_VOTE] = "vote",
        [TABLE_FILE] = "file",
        [TABLE_ACCESS] = "access",
    };
    CHECK(table < TABLE_COUNT);
    return names[table];
}

static enum err
differ(char difference[256], enum table t, struct slice key, const char *how)
{
    char hex[2 * KEY_SHOWN + 1];
    size_t shown = key.len < KEY_SHOWN ? key.len : KEY_SHOWN;
    sodium_bin2hex(hex, sizeof(hex), key.data, shown);
    snprintf(difference, 256, "%s: key %s%s %s", table_name(t), hex, shown < key.len ? "..." : "",
             how);
    return ERR_CONFLICT;
}

/* One step of the walk: ERR_NOT_FOUND when both ended, ERR_OK when both rows are equal. */
static enum err
compare_next(struct state_cursor *a, struct state_cursor *b, enum table t, char difference[256])
{
    struct state_row row_a, row_b;
    enum err err_a = cursor_next(a, &row_a);
    enum err err_b = cursor_next(b, &row_b);
    if ((err_a != ERR_OK && err_a != ERR_NOT_FOUND) || (err_a == ERR_NOT_FOUND && err_b == err_a)) {
        return err_a;
    }
    if (err_b != ERR_OK && err_b != ERR_NOT_FOUND) {
        return err_b;
    }
    int order = err_a != ERR_OK ? 1 : err_b != ERR_OK ? -1 : slice_compare(row_a.key, row_b.key);
    if (order != 0) {
        return order < 0 ? differ(difference, t, row_a.key, "is only in the first")
                         : differ(difference, t, row_b.key, "is only in the second");
    }
    if (!slice_equal(row_a.value, row_b.value)) {
        return differ(difference, t, row_a.key, "has different values");
    }
    return ERR_OK;
}

static enum err
compare_table(struct state *a, struct state *b, enum table t, char difference[256])
{
    struct state_cursor *cursor_a, *cursor_b;
    enum err err = state_cursor_open(a, t, &cursor_a);
    if (err != ERR_OK) {
        return err;
    }
    err = state_cursor_open(b, t, &cursor_b);
    if (err != ERR_OK) {
        goto close_a;
    }
    do {
        err = compare_next(cursor_a, cursor_b, t, difference);
    } while (err == ERR_OK);
    cursor_close(cursor_b);
close_a:
    cursor_close(cursor_a);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
state_compare(struct state *a, struct state *b, char difference[256])
{
    enum err err = ERR_OK;
    difference[0] = '\0';
    for (int t = 0; t < TABLE_COUNT && err == ERR_OK; t++) {
        err = compare_table(a, b, (enum table)t, difference);
    }
    return err;
}

/* Lengths go before bytes, so that no two different rows hash alike; a key is never empty, so that
 * a key's length of 0 ends a table. */
static void
hash_row(crypto_generichash_state *hash, struct slice key, struct slice value)
{
    uint8_t lengths[8];
    le32_put(lengths, (uint32_t)key.len);
    le32_put(lengths + 4, (uint32_t)value.len);
    crypto_generichash_update(hash, lengths, sizeof(lengths));
    crypto_generichash_update(hash, key.data, key.len);
    crypto_generichash_update(hash, value.data, value.len);
}

static enum err
hash_table(struct state *s, enum table t, crypto_generichash_state *hash)
{
    struct state_cursor *c;
    struct state_row row;
    enum err err = state_cursor_open(s, t, &c);
    if (err != ERR_OK) {
        return err;
    }
    const char *name = table_name(t);
    crypto_generichash_update(hash, (const uint8_t *)name, strlen(name) + 1);
    while ((err = cursor_next(c, &row)) == ERR_OK) {
        hash_row(hash, row.key, row.value);
    }
    hash_row(hash, slice_of(NULL, 0), slice_of(NULL, 0));
    cursor_close(c);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
state_hash(struct state *s, uint8_t hash[32])
{
    crypto_generichash_state context;
    enum err err = ERR_OK;
    crypto_generichash_init(&context, NULL, 0, 32);
    for (int t = 0; t < TABLE_COUNT && err == ERR_OK; t++) {
        err = hash_table(s, (enum table)t, &context);
    }
    crypto_generichash_final(&context, hash, 32);
    return err;
}
