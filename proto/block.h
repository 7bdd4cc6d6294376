/* A block: what one group commit wrote. All integers little-endian.
 *
 *   appended (BLOCK_HEADER_SIZE bytes)          made by the accepting broker
 *   0   4  magic "TDB1"                         64  2  version of this part (1)
 *   4   4  length of the whole block            66  2  site
 *   8   8  number, from 1                       68  4  number of records
 *   16  8  time, µs since 1970 UTC              72  8  start id: random, of this broker's start
 *   24  8  checksum: XXH3-64 of 0..24, 32..end  80  8  blocks made since that start, from 1
 *   32 32  chain: BLAKE2b-256 of                88  8  time made, µs
 *          predecessor's chain ‖ 8..24 ‖ 64..end  96  4  bytes of the records that follow
 *                                              100  4  zero
 *                                              104     records
 *   record: u16 principal length, u16 unit length, u32 body length, principal, unit, body
 *
 * A block is valid when 1. magic, version and all lengths fit; 2. the checksum is right; 3. its
 * number and time follow its predecessor's (time never earlier); 4. the chain follows from the
 * predecessor's. The chain before block 1 is 32 zero bytes. Hashes: xxhash and libsodium. */
#ifndef PROTO_BLOCK_H
#define PROTO_BLOCK_H

#include "common/buf.h"
#include "common/err.h"

/* Raise when the part that the accepting broker makes changes its shape. An old version must stay
 * readable for ever: journals are never rewritten. */
#define BLOCK_VERSION 1
#define BLOCK_HEADER_SIZE 64
#define BLOCK_MADE_SIZE 40
#define BLOCK_CHAIN_SIZE 32
#define BLOCK_RECORDS_MAX 65536u   /* an index fits 16 bits, most receipts stay short */
#define BLOCK_BYTES_MAX (8u << 20) /* several full submits; one fits MESSAGE_BYTES_MAX twice */

/* A block in the making, by the accepting broker. */
struct block_builder {
    struct buf bytes; /* the header's room is there from the start */
    uint32_t count;
};

/* Starts the builder ({0} before the first time) or starts it over, keeping its memory. */
void block_begin(struct block_builder *b, uint16_t site, uint64_t start_id, uint64_t made_count);
/* False where the record would pass BLOCK_BYTES_MAX or BLOCK_RECORDS_MAX, or its principal or unit
 * has more bytes than 16 bits count; nothing is added then. */
bool block_add(struct block_builder *b, struct slice principal, struct slice unit,
               struct slice body);
/* Fills in what the sequencer decides; the bytes are then final. */
void block_finish(struct block_builder *b, uint64_t number, int64_t time_us, int64_t made_us,
                  const uint8_t previous_chain[BLOCK_CHAIN_SIZE]);
void block_builder_fini(struct block_builder *b);

/* A block as read or just made. Slices and pointers end with the bytes. */
struct block {
    struct slice bytes;
    uint64_t number;
    int64_t time_us;
    const uint8_t *chain;
    uint16_t site;
    uint64_t start_id;
    uint64_t made_count;
    int64_t made_us;
    uint32_t count;
};

struct block_record {
    struct slice principal;
    struct slice unit;
    struct slice body;
    uint32_t index;
};

/* What block_finish has made: its maker has nothing to check in it. Ends with the builder's bytes. */
struct block block_of(const struct block_builder *b);
/* Conditions 1 and 2: ERR_CORRUPT. */
enum err block_open(struct slice bytes, struct block *block) MUST_CHECK;
/* Conditions 3 and 4, given what came before: ERR_CORRUPT. */
enum err block_follows(const struct block *block, uint64_t previous_number,
                       int64_t previous_time_us,
                       const uint8_t previous_chain[BLOCK_CHAIN_SIZE]) MUST_CHECK;

/* Walks the records of an opened block: for (it = block_records(&b); block_next(&it, &r);) */
struct block_records {
    const uint8_t *at;
    uint32_t left;
    uint32_t index;
};
struct block_records block_records(const struct block *block);
bool block_next(struct block_records *it, struct block_record *record);

/* The shard of a unit: XXH64 (seed 0) of its code, modulo. Fixed for ever: data rests on it. */
uint32_t shard_of_unit(struct slice unit, uint32_t shards);

#endif
