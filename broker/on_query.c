/* QUERY: whether its principal may ask it; then parked, answered or routed; routes.h. A query worker
 * must know who asks, since it alone has the units' tree: the broker writes the principal into the
 * question, over whatever the sender wrote there. */
#include "broker/core.h"

#include "common/check.h"
#include "proto/rights.h"

/* A gateway asks for somebody: that somebody's rights count, never the gateway's. */
static const struct access_entry *
query_for(struct broker *b, const struct access_entry *gateway, struct slice principal,
          struct complaint *why)
{
    if (!access_acts_for(gateway, principal)) {
        complain(why, CODE_NOT_IN_ROLE, gateway->principal, "%.*s", SLICE_ARG(principal));
        return NULL;
    }
    const struct access_entry *entry = access_table_find(b->access.table, principal);
    if (entry == NULL) {
        complain(why, CODE_PRINCIPAL_UNKNOWN, principal, "-");
    }
    return entry;
}

static bool
query_allowed(uint32_t roles, struct slice principal, struct slice name, struct complaint *why)
{
    if (rights_query(roles, name) != REACH_NONE) {
        return true;
    }
    if (rights_query(ACCESS_ALL, name) != REACH_NONE) {
        return complain(why, CODE_NOT_IN_ROLE, principal, "%.*s", SLICE_ARG(name));
    }
    /* No line of the table: whoever may all is told by who would answer that there is none. */
    return roles == ACCESS_ALL || complain(why, CODE_QUERY_UNKNOWN, name, "-");
}

/* A question costs the broker what a record does, and a question of 64 KiB more. */
const char *
query_gate(struct broker *b, const struct peer *from, size_t bytes, uint32_t *retry_ms)
{
    const char *reason = quota_gate(b, from, bytes, retry_ms);
    if (reason == NULL && from->session->account != NULL) {
        quota_take(from->session->account, 1, 0);
    }
    return reason;
}

enum err
on_query(struct broker *b, const struct peer *from, const union message *m)
{
    struct message_query query = m->query;
    const struct access_entry *who = from->entry;
    struct complaint why;
    /* Any role may write the field; only a gateway, "local" among them, means something by it. */
    bool behalf = query.principal.len > 0 && (who->roles & ACCESS_BIT(ACCESS_GATEWAY)) != 0 &&
                  !slice_equal(query.principal, who->principal);
    b->counts.queries++;
    if (behalf) {
        who = query_for(b, from->entry, query.principal, &why);
    }
    if (who == NULL || !query_allowed(who->roles, who->principal, query.name, &why)) {
        broker_refuse(b, from->identity, query.request, &why);
        return ERR_OK;
    }
    query.principal = who->principal;
    if (behalf) {
        query.principal = slice_text(arena_printf(b->arena, "%.*s@%.*s", SLICE_ARG(who->principal),
                                                  SLICE_ARG(from->entry->principal)));
    }
    CHECK(query.principal.len <= PRINCIPAL_MAX);
    routes_ask(b, from->session, &query);
    return ERR_OK;
}
