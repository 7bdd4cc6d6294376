/* The sequencer gives blocks their number and time, and with them their place in the one order.
 * sequencer_local: this broker's own count (one machine). In a cluster a replicated stream stands
 * here: submit hands the block over, and deliver is called with what comes back, own and others'. */
#ifndef BROKER_SEQUENCER_H
#define BROKER_SEQUENCER_H

#include "broker/journal.h"

struct sequencer;

/* A block that is ordered and synced in this site's journal: its receipts may leave. */
typedef void sequencer_deliver_fn(void *context, const struct block *block);

struct sequencer_ops {
    /* The builder stays the caller's: on ERR_OK its bytes are no longer needed, and what they were
     * delivered as ends with them. Any error ends the broker. */
    enum err (*submit)(struct sequencer *s, struct block_builder *block, int64_t now_us);
    void (*free)(struct sequencer *s);
};

struct sequencer {
    const struct sequencer_ops *ops;
};

struct sequencer *sequencer_local_new(struct journal *journal, sequencer_deliver_fn *deliver,
                                      void *context);

#endif
