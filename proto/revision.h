/* Revisions: numbers that grow and are never given twice, by this process, its next start, or another
 * process with the same file. The client library stamps by them, and so does who makes records
 * without a broker at hand. */
#ifndef PROTO_REVISION_H
#define PROTO_REVISION_H

#include <stdint.h>

struct revisions;

/* `path` NULL: in memory only. NULL: `why` says what is wrong with the file. */
struct revisions *revisions_new(const char *path, char why[256]);
/* The last + 1, or wall_ms where later. 0: the file cannot be kept any longer (the log says why). */
uint64_t revisions_take(struct revisions *revisions, int64_t wall_ms);
void revisions_free(struct revisions **revisions);

#endif
