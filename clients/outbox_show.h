/* What an outbox holds, for people and as JSON. */
#ifndef CLIENTS_OUTBOX_SHOW_H
#define CLIENTS_OUTBOX_SHOW_H

#include "clients/outbox_place.h"

/* 0; EX_TEMPFAIL: the oldest pending entry is older than a day, or the outbox fills up; EX_DATAERR:
 * some were rejected and are to be read. */
int outbox_show_status(const struct outbox_place *place, struct outbox *outbox, bool json);
/* Entries of a state; 0: all. */
int outbox_show_list(const struct outbox_place *place, struct outbox *outbox,
                     enum outbox_state state, bool json);

#endif
