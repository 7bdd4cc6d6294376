/* Telling what became of this shard's own records: rows, counters and the chain.
 *
 * Rows: VERDICT for whatever is not plainly accepted, REJECTED beside it for a rejection.
 * Counters: position.accepted and the others, own records only.
 * Chain: for each block with an own record
 *     chain = BLAKE2b-256(chain before ‖ for each own record: index u32, verdict u8, flags u8,
 *                         length u8 of the code's text, that text)            (integers big-endian)
 * and unchanged by a block without. Two replicas of a shard compare 32 bytes instead of tables. */
#ifndef TALLY_VERDICTS_H
#define TALLY_VERDICTS_H

#include "workers/tally/apply_impl.h"

/* `type`: enum record_type, 0 where it could not be read. */
enum err verdict_tell(struct apply *a, const struct record *record, uint8_t type,
                      const struct outcome *outcome) MUST_CHECK;
/* Ends a block: moves the chain over what was told since the last call. */
void verdicts_close_block(struct apply *a);

#endif
