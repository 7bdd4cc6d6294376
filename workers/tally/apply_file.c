/* A chunk of a document. A document is its hash: it is there once all its chunks are and the whole has
 * that hash. Until then its chunks wait under file_stage, by hash, size and sending unit; the chunk that makes
 * it whole moves all of them under the hash, or, where the whole has another, takes all of them back
 * and is refused: without that, what one bad chunk spoilt could never be sent again.
 *
 * No ULID: the same chunk again changes nothing, and another in its place replaces it while the
 * document is still on its way. A rejected chunk has no other effect than the one said above. */
#include "proto/limits.h"
#include "workers/tally/council.h"
#include "workers/tally/validate.h"

#include <sodium.h>

#define HASH_SIZE 32

/* One chunk on its way. */
struct chunk {
    struct record_file in;
    uint32_t count; /* chunks of the whole document */
    uint8_t stage[HASH_SIZE];
};

static bool
shape_check(struct chunk *c, struct complaint *why)
{
    const struct record_file *in = &c->in;
    if (in->hash.len != HASH_SIZE) {
        return complain(why, CODE_SHAPE_INVALID, slice_text("hash"), "%d bytes", HASH_SIZE);
    }
    if (in->size == 0) {
        return complain(why, CODE_NOTHING_THERE, slice_text("size"), "%s", "");
    }
    c->count = (uint32_t)((in->size - 1) / FILE_CHUNK_BYTES) + 1;
    if (in->index >= c->count) {
        return complain(why, CODE_SHAPE_INVALID, slice_text("index"), "< %u", c->count);
    }
    uint64_t before = in->index * FILE_CHUNK_BYTES;
    uint64_t len = in->index + 1 == c->count ? in->size - before : FILE_CHUNK_BYTES;
    if (in->bytes.len != len) {
        return complain(why, CODE_SHAPE_INVALID, slice_text("bytes"), "%llu bytes",
                        (unsigned long long)len);
    }
    return true;
}

/* Whoever may nominate for a unit may attach for it. No campaign is named: the day is the first's. */
static bool
right_check(struct apply *a, const struct record *record, struct slice code, struct complaint *why)
{
    const struct registry *r = &a->registry;
    int32_t offset = r->campaign_count == 0 ? 0 : r->campaigns[0].campaign.utc_offset_minutes;
    int32_t today = local_day(record->time_us, offset);
    uint32_t unit = registry_find(r, code);
    if (unit == UNIT_NONE) {
        return complain(why, CODE_UNIT_UNKNOWN, code, "%s", "");
    }
    return principal_may_speak(a, record, unit, today, why);
}

/* ---- chunks ---- */

static enum err
chunk_get(struct apply *a, struct slice under, uint32_t index, struct slice *bytes)
{
    *bytes = (struct slice){0};
    key_file(&a->key, under, (uint16_t)index);
    enum err err = state_get(a->state, TABLE_FILE, buf_slice_of(&a->key), bytes);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
chunk_put(struct apply *a, struct slice under, uint32_t index, struct slice bytes)
{
    key_file(&a->key, under, (uint16_t)index);
    return state_put(a->state, TABLE_FILE, buf_slice_of(&a->key), bytes);
}

/* The chunk of the staged document; the record's own is not stored yet. */
static enum err
staged_get(struct apply *a, const struct chunk *c, uint32_t index, struct slice *bytes)
{
    if (index == c->in.index) {
        *bytes = c->in.bytes;
        return ERR_OK;
    }
    return chunk_get(a, slice_of(c->stage, HASH_SIZE), index, bytes);
}

/* Looked at before anything is hashed: each chunk of a document would else hash all before it. */
static enum err
staged_all(struct apply *a, const struct chunk *c, bool *all)
{
    enum err err = ERR_OK;
    *all = true;
    for (uint32_t i = 0; err == ERR_OK && *all && i < c->count; i++) {
        struct slice bytes;
        err = staged_get(a, c, i, &bytes);
        *all = bytes.len != 0;
    }
    return err;
}

static enum err
staged_hash(struct apply *a, const struct chunk *c, uint8_t hash[HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    for (uint32_t i = 0; i < c->count; i++) {
        struct slice bytes;
        enum err err = staged_get(a, c, i, &bytes);
        if (err != ERR_OK) {
            return err;
        }
        crypto_generichash_update(&state, bytes.data, bytes.len);
    }
    crypto_generichash_final(&state, hash, HASH_SIZE);
    return ERR_OK;
}

/* Every chunk leaves the stage; with `keep` it goes under the document's hash. */
static enum err
staged_clear(struct apply *a, const struct chunk *c, bool keep)
{
    struct slice stage = slice_of(c->stage, HASH_SIZE);
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < c->count; i++) {
        struct slice bytes;
        err = staged_get(a, c, i, &bytes);
        if (err == ERR_OK && keep) {
            /* A slice of the state ends with the next write. */
            buf_clear(&a->value);
            buf_slice(&a->value, bytes);
            err = chunk_put(a, c->in.hash, i, buf_slice_of(&a->value));
        }
        if (err == ERR_OK) {
            key_file(&a->key, stage, (uint16_t)i);
            err = state_del(a->state, TABLE_FILE, buf_slice_of(&a->key));
            err = err == ERR_NOT_FOUND ? ERR_OK : err; /* the record's own never stood there */
        }
    }
    return err;
}

static enum err
chunk_last(struct apply *a, const struct chunk *c, struct outcome *outcome)
{
    uint8_t hash[HASH_SIZE];
    enum err err = staged_hash(a, c, hash);
    if (err != ERR_OK) {
        return err;
    }
    bool fits = slice_equal(slice_of(hash, HASH_SIZE), c->in.hash);
    err = staged_clear(a, c, fits);
    if (err != ERR_OK || fits) {
        return err;
    }
    char text[2 * HASH_SIZE + 1];
    sodium_bin2hex(text, sizeof(text), hash, HASH_SIZE);
    complain(&outcome->why, CODE_DOCUMENT_WRONG, slice_text("file"), "%s", text);
    return outcome_reject(outcome);
}

static enum err
chunk_store(struct apply *a, const struct chunk *c, struct outcome *outcome)
{
    struct slice stage = slice_of(c->stage, HASH_SIZE), there;
    uint32_t index = (uint32_t)c->in.index;
    bool all;
    enum err err = chunk_get(a, stage, index, &there);
    if (err != ERR_OK || slice_equal(there, c->in.bytes)) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    err = staged_all(a, c, &all);
    if (err != ERR_OK) {
        return err;
    }
    return all ? chunk_last(a, c, outcome) : chunk_put(a, stage, index, c->in.bytes);
}

/* Under its hash there is only what was whole: a chunk that is not of it would not fit. */
static enum err
chunk_apply(struct apply *a, const struct chunk *c, struct outcome *outcome)
{
    struct slice there;
    enum err err = chunk_get(a, c->in.hash, (uint32_t)c->in.index, &there);
    if (err != ERR_OK || slice_equal(there, c->in.bytes)) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    err = chunk_get(a, c->in.hash, 0, &there);
    if (err != ERR_OK || there.len == 0) {
        return err == ERR_OK ? chunk_store(a, c, outcome) : err;
    }
    complain(&outcome->why, CODE_DOCUMENT_WRONG, slice_text("file"), "%u/%u",
             (unsigned)c->in.index + 1, c->count);
    return outcome_reject(outcome);
}

enum err
apply_file(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct chunk c = {0};
    if (!record_decode(record, RECORD_file, &c.in, outcome) || !shape_check(&c, &outcome->why) ||
        !right_check(a, record, c.in.unit, &outcome->why)) {
        return outcome_reject(outcome);
    }
    file_stage(c.in.hash, c.in.size, c.in.unit, c.stage);
    return chunk_apply(a, &c, outcome);
}
