/* How a site is: broker.status, and what only the command line can add: whether init's files were published,
 * the counts of each shard's state, how far the broker's clock is from ours. */
#ifndef CLIENTS_CONDITION_H
#define CLIENTS_CONDITION_H

#include "clients/contact.h"
#include "proto/histogram.h"

/* A new reference; NULL: no answer, and `why` says why where the broker did (CODE_NONE: nobody answers). */
json_t *condition_ask(struct contact *c, struct complaint *why);
/* An answer of broker.status that has come already, without asking a query worker; NULL: it is none. */
json_t *condition_of(const struct contact *c, struct slice body);

/* A histogram as the answer has it; all 0 where it is none. */
struct histogram condition_times(const json_t *array);
/* That of a member of `times`. */
struct histogram condition_time(const json_t *status, const char *which);

#endif
