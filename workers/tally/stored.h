/* The report that a key holds, and putting another in its place: what reports and withdrawals share. */
#ifndef TALLY_STORED_H
#define TALLY_STORED_H

#include "workers/tally/validate.h"

struct stored {
    bool there;
    struct report_row row;
    struct slice bytes; /* as stored, copied into the arena: writes end the state's own */
};

enum err stored_get(struct apply *a, const struct report_key *key,
                    struct stored *stored) MUST_CHECK;

/* Puts `row` at `place`, what was there into HISTORY, and moves the tallies. A sum that does not fit
 * makes the outcome a rejection, and nothing is written. */
enum err stored_replace(struct apply *a, const struct place *place, const struct stored *old,
                        const struct report_row *row, struct outcome *outcome) MUST_CHECK;

/* The same report under a later revision: that and its receipt move, nothing else does. */
enum err stored_touch(struct apply *a, const struct place *place, const struct stored *old,
                      const struct report_row *row) MUST_CHECK;

/* revision-conflict */
bool stored_conflict(const struct place *place, uint64_t revision, struct complaint *why);

#endif
