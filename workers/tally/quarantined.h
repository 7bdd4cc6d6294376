/* The receipts that a WELCOME tells to skip: known before the first block, so that every replay
 * skips the same ones. */
#ifndef TALLY_QUARANTINED_H
#define TALLY_QUARANTINED_H

#include "workers/tally/apply.h"

/* `list`: msgpack, array of [block, index, type]; empty: none. ERR_FORMAT: then apply nothing. */
enum err quarantined_tell(struct slice list, struct apply *apply) MUST_CHECK;

#endif
