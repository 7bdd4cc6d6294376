/* PROGRESS: a worker's heartbeat, and a tally worker's position. */
#include "broker/core.h"

#include <inttypes.h>

enum err
on_progress(struct broker *b, const struct peer *from, const union message *m)
{
    struct journal_head head;
    struct complaint why;
    journal_head(b->journal, &head);
    /* A position that the journal has not reached would let readers see what is not there. */
    if (m->progress.position > head.number) {
        complain(&why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64, m->progress.position);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    if (from->session->role == ROLE_TALLY) {
        roster_progress(b, from->session, m->progress.position);
        routes_moved(b);
    }
    return ERR_OK;
}
