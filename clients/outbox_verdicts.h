/* Asking what became of records by their receipts, and reading the answer (proto/QUERIES.md,
 * `verdicts`). */
#ifndef CLIENTS_OUTBOX_VERDICTS_H
#define CLIENTS_OUTBOX_VERDICTS_H

#include "clients/outbox.h"
#include "common/buf.h"

/* Sorts the notes by their receipts and appends the question's arguments to `args`; gives the highest
 * block. */
uint64_t outbox_verdicts_ask(struct outbox_note *notes, uint32_t count, struct buf *args);
/* Fills in the fates of the notes, sorted as above: done, or rejected and why. False: the answer
 * cannot be read; nothing is to be noted then. */
bool outbox_verdicts_read(struct slice answer, struct outbox_note *notes, uint32_t count);

#endif
