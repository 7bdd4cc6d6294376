/* thidua journal prune: takes the oldest blocks away, below a backup that has them. */
#ifndef CLIENTS_JOURNAL_PRUNE_H
#define CLIENTS_JOURNAL_PRUNE_H

#include "clients/options.h"

#include <stdint.h>

/* Verifies every file of `backup`, proves that it is of this site and holds what is to go, then asks
 * the broker. Gives the exit code. */
int journal_prune_run(const struct options *o, uint64_t before, const char *backup);

#endif
