/* thidua journal prove, and what else is read from the journal's files without a broker: thidua-broker
 * --prove does it, a program of the same build. */
#ifndef CLIENTS_JOURNAL_PROVE_H
#define CLIENTS_JOURNAL_PROVE_H

#include "clients/options.h"

/* Proves the journal in `folder` (NULL: the data directory's own) against the chain hash that block
 * `block` had when somebody wrote it down. Gives the exit code. */
int journal_prove_run(const struct options *o, const char *folder, const char *block,
                      const char *hash);
/* Every checksum, link and seal, with nothing from outside to compare; says nothing where all is well
 * and `silent`. */
int journal_check_run(const struct options *o, bool silent);

/* Whether the data directory is here and no broker runs on it. */
bool journal_is_offline(const struct options *o);
/* The head as the newest segment has it. */
int journal_head_run(const struct options *o, const char *folder);

#endif
