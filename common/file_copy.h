/* Whole files: their hash, and copies that are whole or not there. Streamed, so that a file is never
 * whole in memory. Calling sodium_init first is the process's duty. */
#ifndef COMMON_FILE_COPY_H
#define COMMON_FILE_COPY_H

#include "common/err.h"

#include <stdint.h>

#define FILE_HASH_SIZE 32 /* BLAKE2b-256, what `b2sum -l 256` prints */

/* ERR_NOT_FOUND; ERR_IO, told in the log. `bytes` may be NULL. */
enum err file_hash(const char *path, uint8_t hash[FILE_HASH_SIZE], uint64_t *bytes) MUST_CHECK;
/* Copies beside `to`, syncs, renames, syncs the folder; replaces what `to` was. Mode 0600. ERR_NOT_FOUND
 * where `from` or the folder of `to` is not there; ERR_FULL; ERR_IO. */
enum err file_copy(const char *from, const char *to) MUST_CHECK;
/* Syncs a finished file, gives it its name, syncs the folder: after a power cut it is there whole or
 * not at all. Both in one folder, or at least on one file system. */
enum err file_settle(const char *made, const char *name) MUST_CHECK;

#endif
