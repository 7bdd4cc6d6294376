/* BYE: the session ends in order. Receipts that it is still owed are sent nevertheless. */
#include "broker/core.h"

enum err
on_bye(struct broker *b, const struct peer *from, const union message *m)
{
    (void)m;
    roster_release(b, from->session);
    broker_end_session(b, from->session);
    return ERR_OK;
}
