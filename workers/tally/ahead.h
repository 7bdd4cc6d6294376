/* Looking ahead in a block: what the next reports will ask for is fetched from memory while the one in
 * hand is applied. At a city's size a report touches some sixty lines of memory, most of them far away,
 * and waiting for these is a large part of what it costs.
 *
 * It guesses that the next reports are of the same form and period as the last one, and takes their
 * units from their envelopes. A wrong guess fetches what nobody needs; nothing rests on it. */
#ifndef TALLY_AHEAD_H
#define TALLY_AHEAD_H

#include "proto/block.h"
#include "workers/tally/validate.h"

struct ahead {
    struct block_records records; /* the next one to be looked at */
    uint32_t unit;                /* of the one that is next; UNIT_NONE */
};

/* At the first record of a block. */
struct ahead ahead_begin(const struct block *block);
/* Before each record is applied. */
void ahead_step(struct apply *a, struct ahead *ahead);
/* Where the report in hand stands: what the next ones are guessed from. */
void ahead_note(struct apply *a, const struct place *place);

#endif
