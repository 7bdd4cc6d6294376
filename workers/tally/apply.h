/* The state machine: apply(state, block) -> effects and verdicts. A pure function of the journal: no
 * clock, file, random number, hash order, floating point or locale. The simulator, the worker and
 * `verify` run this same code.
 *
 *     apply_new on an empty or existing state → apply_blocks(...) in the journal's order → ...
 */
#ifndef TALLY_APPLY_H
#define TALLY_APPLY_H

#include "proto/block.h"
#include "workers/state/registry.h"
#include "workers/state/rows.h"

struct apply;

/* Borrows `state`. Reads the position, writes the shape where the state is new. ERR_CONFLICT: the
 * state is another shard's or of another number of shards; ERR_VERSION: made by another version. */
enum err apply_new(struct state *state, uint32_t shard, uint32_t shards,
                   struct apply **apply) MUST_CHECK;
void apply_free(struct apply **apply);

/* The position committed last. */
const struct position *apply_position(const struct apply *apply);

/* How many records were rejected with each code since apply_new, by enum code. Beside the state: a worker
 * tells it, a replay counts anew. */
const uint64_t *apply_rejected(const struct apply *apply);

/* A record to be skipped, known before its block: a journalled quarantine. `type` is the record's,
 * so that its body need not be looked at. */
void apply_quarantine(struct apply *apply, struct receipt receipt, uint64_t type);
/* This state has applied a record that was quarantined later: every replay skips it, so that this
 * state is not what the journal says. It stays so until the state is cleared and made again. */
bool apply_is_stale(const struct apply *apply);

/* Called before a record's body is first looked at, and with block 0 when a block's records are
 * done: for whoever must know which record was in hand when the process died. It must not touch
 * the state. Skipped records are not told of. */
typedef void apply_watch_fn(void *context, struct receipt receipt, struct slice unit);
void apply_watch(struct apply *apply, apply_watch_fn *watch, void *context);

/* One transaction over consecutive blocks, the position inside it: effects of all of them or of
 * none. ERR_CONFLICT: the state's position is no longer the one we started from (another worker);
 * ERR_CORRUPT: a block does not follow; nothing was changed. ERR_IO, ERR_FULL: end the process. */
enum err apply_blocks(struct apply *apply, const struct slice *blocks, uint32_t count) MUST_CHECK;

#endif
