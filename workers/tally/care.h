/* What a worker does so that a record that kills it is found: it keeps a note of the record in hand,
 * which outlives it, and after such a death it is started in careful mode, one block a transaction,
 * until its backlog is gone. Who started it reads the note and decides. */
#ifndef TALLY_CARE_H
#define TALLY_CARE_H

#include "common/note.h"
#include "workers/tally/apply.h"
#include "workers/tally/hook.h"
#include "workers/tally/intake.h"

struct care_options {
    const char *note; /* the file; NULL: none is kept */
    bool careful;
    struct hook hook;
};

struct care {
    struct note note; /* holds receipt_number of the record in hand; 0 between blocks */
    struct hook hook;
    bool careful;
    uint32_t shard, shards;
};

/* `options` may be NULL: no care at all. ERR_IO: the log has the words. */
enum err care_open(struct care *care, const struct care_options *options) MUST_CHECK;
void care_fini(struct care *care);
/* Once the shard is known; `care` must outlive `apply`. */
void care_watch(struct care *care, struct apply *apply, uint32_t shard, uint32_t shards);
/* apply_blocks over what the intake holds: in one transaction, or in as many as care wants. */
enum err care_apply(struct care *care, struct apply *apply, const struct intake *in) MUST_CHECK;

#endif
