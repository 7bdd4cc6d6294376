/* The registry of units and the campaigns, in memory, as the state holds them: a cache, made from
 * the tables and never ahead of them. Unit ids and the others' come from IDENT.
 *
 * The rule of where a unit counts: in a period, under the parent that it had on its own last day in
 * that period; that parent in turn under the one it had on its own last day in it; and so up. */
#ifndef STATE_REGISTRY_H
#define STATE_REGISTRY_H

#include "proto/campaign.h"
#include "workers/state/rows.h"
#include "workers/state/state.h"

struct registry_unit {
    struct slice code;
    struct registry_version *versions; /* by day, ascending, disjoint */
    uint32_t count;
};

struct registry_campaign {
    struct campaign campaign;
    uint16_t id;
    uint16_t *indicator_ids; /* by the campaign's index */
    uint16_t *form_ids;
    uint16_t **source_ids; /* by form, by source's place */
};

struct registry {
    struct arena *arena;         /* holds everything below */
    struct registry_unit *units; /* by id */
    uint32_t unit_count;
    struct registry_place *places; /* units by their codes: registry.c */
    uint32_t place_count;
    struct registry_campaign *campaigns; /* by id */
    uint32_t campaign_count;
    uint64_t revision; /* position.registry_revision it was made from */
};

/* In a transaction of `state`. Replaces what was there ({0} at first); on an error (ERR_CORRUPT:
 * the tables do not fit each other) what was there stays. */
enum err registry_load(struct registry *r, struct state *state) MUST_CHECK;
void registry_fini(struct registry *r);

uint32_t registry_find(const struct registry *r, struct slice code); /* UNIT_NONE */
/* NULL where the unit was not there. */
const struct registry_version *registry_on(const struct registry *r, uint32_t unit, int32_t day);
/* The version of the unit's last day in the period; NULL where it did not exist in it. */
const struct registry_version *registry_in(const struct registry *r, uint32_t unit,
                                           struct period period);
/* Whether it existed on the period's last day: `last`, `max`, `min`, `mean` count only then. */
bool registry_at_end(const struct registry *r, uint32_t unit, struct period period);
/* The child of `top` that `unit` counts beneath in the period: `unit` itself where it is a child;
 * `top` where unit == top; UNIT_NONE where it does not count beneath top. */
uint32_t registry_child_towards(const struct registry *r, uint32_t unit, uint32_t top,
                                struct period period);

/* NULL where there is none. An empty code is the only campaign; CODE_CAMPAIGN_AMBIGUOUS in *why
 * (else CODE_CAMPAIGN_UNKNOWN) where that cannot be. */
const struct registry_campaign *registry_campaign(const struct registry *r, struct slice code,
                                                  struct complaint *why);

#endif
