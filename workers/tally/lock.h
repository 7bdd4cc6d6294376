/* Whether a form's period of a unit is locked, asked for every report and withdrawal: the approvals in
 * memory, kept in step with the tables as speakers.h keeps who may speak. Every shard has all of them,
 * since an approval decides about reports that another shard's worker takes. */
#ifndef TALLY_LOCK_H
#define TALLY_LOCK_H

#include "workers/state/approvals.h"

struct locks;

struct locks *locks_new(void); /* stale */
void locks_free(struct locks **locks);

/* What is in memory may be what an abort took back: read again before it is next asked. */
void locks_forget(struct locks *locks);
/* In a transaction; does nothing unless stale. ERR_CORRUPT: a row that does not parse. */
enum err locks_refresh(struct locks *locks, struct state *state,
                       const struct registry *registry) MUST_CHECK;
const struct approvals *locks_approvals(const struct locks *locks);
/* As the row that was just written. */
void locks_put(struct locks *locks, const struct approval_of *of, bool approved);

#endif
