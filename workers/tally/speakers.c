/* See speakers.h. The gateway's right is looked at here once more, after the broker's: a replay must
 * decide the same, whatever the broker that took the record knew. */
#include "workers/tally/speakers.h"

#include "common/mem.h"
#include "proto/limits.h"
#include "workers/state/principals.h"

#include <stdlib.h>

struct speakers {
    struct access_table *table;
    bool stale;
    uint8_t last[PRINCIPAL_MAX]; /* asked for last */
    size_t last_len;             /* 0: none is remembered */
    const struct access_entry *found;
};

struct speakers *
speakers_new(void)
{
    struct speakers *s = mem_alloc(sizeof(*s));
    s->table = access_table_new();
    s->stale = true;
    return s;
}

void
speakers_free(struct speakers **speakers)
{
    if (*speakers != NULL) {
        access_table_free(&(*speakers)->table);
        free(*speakers);
    }
    *speakers = NULL;
}

void
speakers_forget(struct speakers *speakers)
{
    speakers->stale = true;
}

enum err
speakers_refresh(struct speakers *speakers, struct state *state)
{
    if (!speakers->stale) {
        return ERR_OK;
    }
    enum err err = principals_load(&speakers->table, state);
    if (err == ERR_OK) {
        speakers->last_len = 0;
        speakers->stale = false;
    }
    return err;
}

bool
speakers_put(struct speakers *speakers, struct slice body, struct complaint *why)
{
    speakers->last_len = 0;
    return access_table_put(speakers->table, body, why);
}

/* No list makes a gateway "local"; "local" may speak for anybody: a gateway on that machine. */
static bool
gateway_speaks_for(const struct access_entry *gateway, struct slice who)
{
    if (gateway == NULL || (gateway->roles & ACCESS_BIT(ACCESS_GATEWAY)) == 0 ||
        slice_is(who, PRINCIPAL_LOCAL)) {
        return false;
    }
    if (gateway->roles == ACCESS_ALL) {
        return true;
    }
    for (uint32_t i = 0; i < gateway->acts_for_count; i++) {
        if (slice_is(gateway->acts_for[i], "*") || slice_equal(gateway->acts_for[i], who)) {
            return true;
        }
    }
    return false;
}

static const struct access_entry *
find(const struct access_table *table, struct slice principal)
{
    struct slice who, via;
    principal_split(principal, &who, &via);
    if (who.len != principal.len && !gateway_speaks_for(access_table_find(table, via), who)) {
        return NULL;
    }
    return access_table_find(table, who);
}

const struct access_entry *
speakers_find(struct speakers *speakers, struct slice principal)
{
    struct slice last = slice_of(speakers->last, speakers->last_len);
    if (principal.len == 0 || principal.len > PRINCIPAL_MAX) {
        return NULL; /* no broker gives such a name */
    }
    if (!slice_equal(last, principal)) {
        speakers->found = find(speakers->table, principal);
        speakers->last_len = principal.len;
        memcpy(speakers->last, principal.data, principal.len);
    }
    return speakers->found;
}
