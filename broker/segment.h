/* One segment of the journal: an LMDB environment in one file, block number -> block. The only file
 * of the broker that touches LMDB; its rules are on top of segment.c. */
#ifndef BROKER_SEGMENT_H
#define BROKER_SEGMENT_H

#include "common/err.h"
#include "common/slice.h"

struct segment;

enum segment_mode {
    SEGMENT_WRITE,  /* the live one, by the process that holds the journal's lock */
    SEGMENT_FOLLOW, /* the live one, read beside the broker that writes it */
    SEGMENT_SEALED, /* never written again; its seal was checked, or this process wrote it */
    SEGMENT_FULL,   /* never written again, and no seal yet to check */
    SEGMENT_BUILD,  /* being made for nobody yet: appends are not synced, segment_sync is */
};

/* An empty segment at `path`: whole or not there, also after a power cut. `full_bytes` is the size at
 * which the caller will seal it; the map has room for one more block beyond. */
enum err segment_create(const char *path, uint64_t full_bytes) MUST_CHECK;
/* A live or a full one is read page by page (pages.h) before LMDB is given it; of a sealed one the caller
 * has compared the hash. ERR_NOT_FOUND; ERR_CORRUPT: not a segment, damaged, or cut short; ERR_IO. */
enum err segment_open(const char *path, enum segment_mode mode, uint64_t full_bytes,
                      struct segment **segment) MUST_CHECK;
void segment_close(struct segment **segment);

/* On disk when it returns (not so in SEGMENT_BUILD). After an error the process must end. */
enum err segment_append(struct segment *s, uint64_t number, struct slice block) MUST_CHECK;
/* Between appends: a step of zeros behind the last page, where little is left of those before. An
 * append within them has only its data to sync, no new length and no place on the disk. Goes without
 * where the disk is full; nothing ever rests on the zeros. */
void segment_fill(struct segment *s);
/* Before a seal, the last call but close: a file that was filled too far, because it is full sooner than
 * it was to be, ends with its last page, synced. ERR_IO. */
enum err segment_trim(struct segment *s) MUST_CHECK;
/* The bytes end with the next call on this segment. ERR_NOT_FOUND. */
enum err segment_read(struct segment *s, uint64_t number, struct slice *block) MUST_CHECK;
/* Ends the snapshot behind the last segment_read, so that its pages may be used again. */
void segment_release(struct segment *s);
/* Holds a snapshot until segment_release or the next call, and tells its transaction: its pages stay as
 * they are in the file so long, for pages_open. */
enum err segment_hold(struct segment *s, uint64_t *txn) MUST_CHECK;
/* The number of the newest block; ERR_NOT_FOUND where there is none. */
enum err segment_last(struct segment *s, uint64_t *number) MUST_CHECK;
/* Writes what one snapshot holds into a new file, packed, beside a writer that goes on. Not synced.
 * ERR_FULL, ERR_IO. */
enum err segment_copy(struct segment *s, const char *path) MUST_CHECK;
/* After SEGMENT_BUILD. */
enum err segment_sync(struct segment *s) MUST_CHECK;
/* Bytes of the file in use. */
uint64_t segment_used(struct segment *s);

#endif
