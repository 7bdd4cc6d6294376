/* PROGRESS: a worker's heartbeat, and a tally worker's position and figures. */
#include "broker/core.h"

#include <inttypes.h>

enum err
on_progress(struct broker *b, const struct peer *from, const union message *m)
{
    struct journal_head head;
    struct complaint why;
    struct figures figures;
    journal_head(b->journal, &head);
    /* A position that the journal has not reached would let readers see what is not there. */
    if (m->progress.position > head.number) {
        complain(&why, CODE_BLOCK_UNKNOWN, slice_text(""), "%" PRIu64, m->progress.position);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    if (m->progress.figures.len > 0 && !figures_read(m->progress.figures, &figures)) {
        complain(&why, CODE_MALFORMED, slice_text("figures"), "%zu bytes", m->progress.figures.len);
        broker_refuse(b, from->identity, 0, &why);
        return ERR_OK;
    }
    if (from->session->role == ROLE_TALLY) {
        roster_progress(b, from->session, m->progress.position,
                        m->progress.figures.len > 0 ? &figures : NULL);
        routes_moved(b);
    }
    return ERR_OK;
}
