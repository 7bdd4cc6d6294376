/* The seal of a full segment: a small text file beside it that says which blocks it holds and the
 * hash of its file. An operator can check them all without us: `b2sum --check *.seal`.
 *
 *     # blocks 1 to 57, 67108864 bytes
 *     <64 hex digits of BLAKE2b-256>  0000000000000001.mdb
 */
#ifndef BROKER_SEAL_H
#define BROKER_SEAL_H

#include "common/err.h"
#include "common/slice.h"

#define SEAL_HASH_SIZE 32

struct seal {
    uint64_t first, last; /* block numbers, inclusive */
    uint64_t bytes;       /* of the segment's file */
    uint8_t hash[SEAL_HASH_SIZE];
};

/* Writes the seal of `segment` to `path`, whole or not at all. The hash is sealing.h's. */
enum err seal_write(const char *path, const struct seal *seal, const char *segment) MUST_CHECK;
/* ERR_NOT_FOUND; ERR_CORRUPT where the text is not a seal. */
enum err seal_read(const char *path, struct seal *seal) MUST_CHECK;
/* Whether the segment is the one that was sealed: ERR_CORRUPT, told in the log. */
enum err seal_check(const char *segment, const struct seal *seal) MUST_CHECK;

#endif
