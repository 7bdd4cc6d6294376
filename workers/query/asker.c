#include "workers/query/asker.h"

#include "proto/rights.h"
#include "workers/query/snapshot.h"
#include "workers/state/own.h"

bool
asker_find(struct ask *ask, struct slice principal, struct slice name)
{
    struct slice who, via;
    ask->all = principal.len == 0 || slice_is(principal, PRINCIPAL_LOCAL);
    if (ask->all) {
        return true;
    }
    principal_split(principal, &who, &via);
    /* "local" is the machine's own: as "local@gate" it is nobody, whatever the broker let pass. */
    ask->entry =
        slice_is(who, PRINCIPAL_LOCAL) ? NULL : access_table_find(ask->query->principals, who);
    enum reach reach = ask->entry == NULL ? REACH_NONE : rights_query(ask->entry->roles, name);
    ask->all = reach == REACH_ALL;
    return reach != REACH_NONE ||
           complain(ask->why, CODE_NOT_IN_ROLE, principal, "%.*s", SLICE_ARG(name));
}

static int32_t
today(const struct ask *ask)
{
    return snapshot_day(ask->query, NULL);
}

bool
asker_sees(const struct ask *ask, uint32_t unit)
{
    return ask->all || own_unit(&ask->query->registry, ask->entry, unit, today(ask));
}

bool
asker_sees_code(const struct ask *ask, struct slice code)
{
    return ask->all || asker_sees(ask, registry_find(&ask->query->registry, code));
}

bool
asker_sees_record(const struct ask *ask, const struct verdict_row *row)
{
    struct slice who, via;
    principal_split(row->principal, &who, &via);
    return ask->all || asker_sees_code(ask, row->unit) || slice_equal(who, ask->entry->principal);
}

bool
asker_refuse(struct ask *ask, struct slice subject)
{
    return complain(ask->why, CODE_NOT_ALLOWED, subject, "%.*s", SLICE_ARG(ask->entry->principal));
}

bool
asker_sees_beneath(struct ask *ask, uint32_t unit)
{
    const struct registry *registry = &ask->query->registry;
    return ask->all || own_subtree(registry, ask->entry, unit, today(ask)) ||
           asker_refuse(ask, registry->units[unit].code);
}
