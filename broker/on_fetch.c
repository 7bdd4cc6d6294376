/* FETCH: a worker asks for blocks; feed.h answers after the commit. */
#include "broker/core.h"

#include <inttypes.h>

enum err
on_fetch(struct broker *b, const struct peer *from, const union message *m)
{
    struct journal_head head;
    struct complaint why;
    journal_head(b->journal, &head);
    /* Below: pruned. Above: the worker's state is ahead of the journal, which was put back from an
     * older copy; waiting would end in blocks that do not follow what the worker has. */
    if (m->fetch.from < head.first || m->fetch.from > head.number + 1) {
        complain(&why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64, m->fetch.from);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    feed_ask(b, from->session, &m->fetch);
    return ERR_OK;
}
