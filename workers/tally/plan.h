/* A campaign made ready for quick work: each form's indicators by place, so that a report's values
 * are two small arrays and never a search. Made when the registry is loaded, and with it.
 *
 * A slot is the place of an indicator in its form, by ascending id: walking the slots gives cells in
 * the order in which rows keep them. */
#ifndef TALLY_PLAN_H
#define TALLY_PLAN_H

#include "workers/state/registry.h"

struct slot {
    uint16_t id;
    const struct indicator *indicator;
};

struct slot_code {
    struct slice code;
    uint16_t slot;
};

struct slot_list {
    uint16_t *slots;
    uint32_t count;
};

struct rule_plan {
    const struct rule *rule;
    struct slot_list left, right;
    unsigned decimals; /* the most of its indicators: sums are compared at these */
};

struct form_plan {
    const struct form *form;
    uint16_t id;
    const uint16_t *source_ids; /* by the source's place */
    struct slot *slots;         /* by id */
    struct slot_code *by_code;  /* the same, by code */
    uint32_t slot_count;
    struct slot_list required;
    struct rule_plan *rules;
    uint32_t rule_count;
};

struct campaign_plan {
    const struct registry_campaign *source;
    struct form_plan *forms;        /* by the campaign's index */
    const struct indicator **by_id; /* NULL: the campaign no longer has it */
    uint32_t id_limit;              /* ids from here on are not in by_id */
};

struct plans {
    struct arena *arena;             /* holds everything below */
    struct campaign_plan *campaigns; /* by id */
    uint32_t count;
};

/* Points into `registry`: make it again whenever that is loaded again. */
void plans_make(struct plans *plans, const struct registry *registry);
void plans_fini(struct plans *plans);

#define SLOT_NONE UINT16_MAX
uint16_t form_slot(const struct form_plan *form, struct slice code);
/* NULL where the campaign does not have it any more. */
static inline const struct indicator *
plan_indicator(const struct campaign_plan *campaign, uint16_t id)
{
    return id < campaign->id_limit ? campaign->by_id[id] : NULL;
}

#endif
