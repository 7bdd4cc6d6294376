/* Blocks: made by the accepting broker, finished by the sequencer, opened by everybody. The format
 * is drawn in block.h; its numbers are here once, as the places below. */
#include "proto/block.h"
#include "common/check.h"
#include "common/mem.h"
#include "common/reader.h"

#include <sodium.h>
#include <xxhash.h>

static const uint8_t magic[4] = {'T', 'D', 'B', '1'};

enum place {
    AT_MAGIC = 0,
    AT_LENGTH = 4,
    AT_NUMBER = 8,
    AT_TIME = 16,
    AT_CHECKSUM = 24,
    AT_CHAIN = 32,
    AT_VERSION = 64, /* of the part made by the broker, which begins here */
    AT_SITE = 66,
    AT_COUNT = 68,
    AT_START_ID = 72,
    AT_MADE_COUNT = 80,
    AT_MADE_TIME = 88,
    AT_RECORDS_LENGTH = 96,
    AT_ZERO = 100,
    AT_RECORDS = 104,
};

_Static_assert(AT_VERSION == BLOCK_HEADER_SIZE, "the made part follows the header");
_Static_assert(AT_RECORDS == BLOCK_HEADER_SIZE + BLOCK_MADE_SIZE, "records follow the made part");

#define RECORD_HEAD 8 /* u16 principal length, u16 unit length, u32 body length */

static uint64_t
checksum_of(struct slice bytes)
{
    /* The library makes the state: its size is not part of the shared library's interface. */
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL) {
        mem_exhausted(bytes.len);
    }
    XXH3_64bits_reset(state);
    XXH3_64bits_update(state, bytes.data, AT_CHECKSUM);
    XXH3_64bits_update(state, bytes.data + AT_CHAIN, bytes.len - AT_CHAIN);
    uint64_t checksum = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return checksum;
}

static void
chain_of(struct slice bytes, const uint8_t previous[BLOCK_CHAIN_SIZE],
         uint8_t chain[BLOCK_CHAIN_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, BLOCK_CHAIN_SIZE);
    crypto_generichash_update(&state, previous, BLOCK_CHAIN_SIZE);
    crypto_generichash_update(&state, bytes.data + AT_NUMBER, AT_CHECKSUM - AT_NUMBER);
    crypto_generichash_update(&state, bytes.data + AT_VERSION, bytes.len - AT_VERSION);
    crypto_generichash_final(&state, chain, BLOCK_CHAIN_SIZE);
}

void
block_begin(struct block_builder *b, uint16_t site, uint64_t start_id, uint64_t made_count)
{
    buf_clear(&b->bytes);
    b->count = 0;
    uint8_t *at = buf_reserve(&b->bytes, AT_RECORDS);
    memset(at, 0, AT_RECORDS);
    le16_put(at + AT_VERSION, BLOCK_VERSION);
    le16_put(at + AT_SITE, site);
    le64_put(at + AT_START_ID, start_id);
    le64_put(at + AT_MADE_COUNT, made_count);
}

bool
block_add(struct block_builder *b, struct slice principal, struct slice unit, struct slice body)
{
    CHECK(b->bytes.len >= AT_RECORDS);
    if (b->count == BLOCK_RECORDS_MAX || principal.len > UINT16_MAX || unit.len > UINT16_MAX ||
        body.len > BLOCK_BYTES_MAX) {
        return false;
    }
    size_t len = RECORD_HEAD + principal.len + unit.len + body.len;
    if (len > BLOCK_BYTES_MAX - b->bytes.len) {
        return false;
    }
    uint8_t *head = buf_reserve(&b->bytes, RECORD_HEAD);
    le16_put(head, (uint16_t)principal.len);
    le16_put(head + 2, (uint16_t)unit.len);
    le32_put(head + 4, (uint32_t)body.len);
    buf_slice(&b->bytes, principal);
    buf_slice(&b->bytes, unit);
    buf_slice(&b->bytes, body);
    b->count++;
    return true;
}

void
block_finish(struct block_builder *b, uint64_t number, int64_t time_us, int64_t made_us,
             const uint8_t previous_chain[BLOCK_CHAIN_SIZE])
{
    CHECK(b->bytes.len >= AT_RECORDS);
    uint8_t *at = b->bytes.data;
    struct slice bytes = buf_slice_of(&b->bytes);
    memcpy(at + AT_MAGIC, magic, sizeof magic);
    le32_put(at + AT_LENGTH, (uint32_t)bytes.len);
    le64_put(at + AT_NUMBER, number);
    le64_put(at + AT_TIME, (uint64_t)time_us);
    le32_put(at + AT_COUNT, b->count);
    le64_put(at + AT_MADE_TIME, (uint64_t)made_us);
    le32_put(at + AT_RECORDS_LENGTH, (uint32_t)(bytes.len - AT_RECORDS));
    /* The checksum covers the chain, so the chain is first. */
    chain_of(bytes, previous_chain, at + AT_CHAIN);
    le64_put(at + AT_CHECKSUM, checksum_of(bytes));
}

void
block_builder_fini(struct block_builder *b)
{
    buf_fini(&b->bytes);
    b->count = 0;
}

/* The fixed part of condition 1: what must hold before anything behind it may be read. */
static bool
shape_is_valid(struct slice bytes)
{
    return bytes.len >= AT_RECORDS && bytes.len <= BLOCK_BYTES_MAX &&
           memcmp(bytes.data + AT_MAGIC, magic, sizeof magic) == 0 &&
           le32_get(bytes.data + AT_LENGTH) == bytes.len &&
           le16_get(bytes.data + AT_VERSION) == BLOCK_VERSION &&
           le32_get(bytes.data + AT_RECORDS_LENGTH) == bytes.len - AT_RECORDS &&
           le32_get(bytes.data + AT_ZERO) == 0 &&
           le32_get(bytes.data + AT_COUNT) <= BLOCK_RECORDS_MAX;
}

static size_t
record_length(const uint8_t *head)
{
    return RECORD_HEAD + (size_t)le16_get(head) + le16_get(head + 2) + le32_get(head + 4);
}

/* The rest of condition 1: the records fill the block to its last byte. After this block_next need
 * not look again. */
static bool
records_are_valid(struct slice bytes)
{
    size_t at = AT_RECORDS;
    for (uint32_t left = le32_get(bytes.data + AT_COUNT); left > 0; left--) {
        if (bytes.len - at < RECORD_HEAD || record_length(bytes.data + at) > bytes.len - at) {
            return false;
        }
        at += record_length(bytes.data + at);
    }
    return at == bytes.len;
}

static struct block
fields_of(struct slice bytes)
{
    const uint8_t *at = bytes.data;
    return (struct block){
        .bytes = bytes,
        .number = le64_get(at + AT_NUMBER),
        .time_us = (int64_t)le64_get(at + AT_TIME),
        .chain = at + AT_CHAIN,
        .site = le16_get(at + AT_SITE),
        .start_id = le64_get(at + AT_START_ID),
        .made_count = le64_get(at + AT_MADE_COUNT),
        .made_us = (int64_t)le64_get(at + AT_MADE_TIME),
        .count = le32_get(at + AT_COUNT),
    };
}

struct block
block_of(const struct block_builder *b)
{
    CHECK(b->bytes.len >= AT_RECORDS && memcmp(b->bytes.data, magic, sizeof magic) == 0);
    return fields_of(buf_slice_of(&b->bytes));
}

enum err
block_open(struct slice bytes, struct block *block)
{
    if (!shape_is_valid(bytes) || le64_get(bytes.data + AT_CHECKSUM) != checksum_of(bytes) ||
        !records_are_valid(bytes)) {
        return ERR_CORRUPT;
    }
    *block = fields_of(bytes);
    return ERR_OK;
}

enum err
block_follows(const struct block *block, uint64_t previous_number, int64_t previous_time_us,
              const uint8_t previous_chain[BLOCK_CHAIN_SIZE])
{
    uint8_t chain[BLOCK_CHAIN_SIZE];
    chain_of(block->bytes, previous_chain, chain);
    bool follows = block->number == previous_number + 1 && block->time_us >= previous_time_us &&
                   memcmp(block->chain, chain, sizeof chain) == 0;
    return follows ? ERR_OK : ERR_CORRUPT;
}

struct block_records
block_records(const struct block *block)
{
    return (struct block_records){.at = block->bytes.data + AT_RECORDS, .left = block->count};
}

bool
block_next(struct block_records *it, struct block_record *record)
{
    if (it->left == 0) {
        return false;
    }
    const uint8_t *head = it->at;
    record->principal = slice_of(head + RECORD_HEAD, le16_get(head));
    record->unit = slice_of(record->principal.data + record->principal.len, le16_get(head + 2));
    record->body = slice_of(record->unit.data + record->unit.len, le32_get(head + 4));
    record->index = it->index++;
    it->at += record_length(head);
    it->left--;
    return true;
}

uint32_t
shard_of_unit(struct slice unit, uint32_t shards)
{
    CHECK(shards > 0);
    return (uint32_t)(XXH64(unit.data, unit.len, 0) % shards);
}
