/* Who may speak, in a tally worker's memory: a cache of TABLE_ACCESS, never ahead of the tables but
 * inside a transaction. The principal asked for last is remembered: an office's records come in
 * batches, and a city system's are all its own. */
#ifndef TALLY_SPEAKERS_H
#define TALLY_SPEAKERS_H

#include "proto/access_table.h"
#include "workers/state/state.h"

struct speakers;

struct speakers *speakers_new(void); /* stale */
void speakers_free(struct speakers **speakers);

/* What is in memory may be what an abort took back: read again before it is next asked. */
void speakers_forget(struct speakers *speakers);
/* In a transaction; does nothing unless stale. ERR_CORRUPT: a row that does not parse. */
enum err speakers_refresh(struct speakers *speakers, struct state *state) MUST_CHECK;
/* As access_table_put: the last check of an access record, before its row is written. */
bool speakers_put(struct speakers *speakers, struct slice body, struct complaint *why);

/* In whose rights a record's principal speaks: its own, or, as "p@gateway", those of p, where the
 * gateway's record lets it. NULL: nobody's. Ends with the next put or refresh. */
const struct access_entry *speakers_find(struct speakers *speakers, struct slice principal);

#endif
