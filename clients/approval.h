/* What `thidua approve` and `thidua reopen` share: an approval record made of what was typed, sent for one
 * unit or for several, and each unit's verdict told. Functions that give an int give 0 or the exit code
 * of the verb, after the reason was told. */
#ifndef CLIENTS_APPROVAL_H
#define CLIENTS_APPROVAL_H

#include "clients/contact.h"
#include "common/arena.h"
#include "proto/records.h"

/* Refuses what the encoder would not take (EX_USAGE); the rest is the worker's to judge. `reason` may be
 * NULL: it approves. *record lives as long as the options and the arena. */
int approval_fill(const struct options *o, const char *unit, const char *period, const char *reason,
                  struct arena *arena, struct record_approval *record);

/* Sends `record` once for each unit of an array of codes, in that order, and waits for the verdicts.
 * EX_DATAERR: one was not taken at least. */
int approval_send(struct contact *contact, const struct record_approval *record,
                  const json_t *units);

#endif
