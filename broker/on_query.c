/* QUERY: parked, answered or routed; routes.h. */
#include "broker/core.h"

enum err
on_query(struct broker *b, const struct peer *from, const union message *m)
{
    b->counts.queries++;
    routes_ask(b, from->session, &m->query);
    return ERR_OK;
}
