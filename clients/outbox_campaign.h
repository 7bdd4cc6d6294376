/* The campaign, for an import without a line: as the broker last told it, kept in the outbox. */
#ifndef CLIENTS_OUTBOX_CAMPAIGN_H
#define CLIENTS_OUTBOX_CAMPAIGN_H

#include "clients/outbox_queue.h"

/* Asks the broker, briefly, and keeps its answer; else what was kept. 0 with a new reference in
 * *campaign, or the exit code, told: EX_UNAVAILABLE where neither is there. */
int outbox_campaign_read(struct outbox_queue *queue, const struct options *options,
                         json_t **campaign);

#endif
