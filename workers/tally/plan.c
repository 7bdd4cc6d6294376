/* Campaigns made ready: see plan.h. What is read here was checked before it was stored, so every
 * reference of a form and of a rule resolves. */
#include "workers/tally/plan.h"

#include "common/check.h"

#include <stdlib.h>

static int
slot_order(const void *a, const void *b)
{
    const struct slot *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static int
code_order(const void *a, const void *b)
{
    const struct slot_code *left = a, *right = b;
    return slice_compare(left->code, right->code);
}

uint16_t
form_slot(const struct form_plan *form, struct slice code)
{
    uint32_t low = 0, high = form->slot_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = slice_compare(form->by_code[middle].code, code);
        if (order == 0) {
            return form->by_code[middle].slot;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return SLOT_NONE;
}

static struct slot_list
slots_of(const struct form_plan *form, const struct index_list *list, struct arena *arena)
{
    struct slot_list slots = {ARENA_ARRAY(arena, uint16_t, list->count), list->count};
    for (uint32_t i = 0; i < list->count; i++) {
        slots.slots[i] = form_slot(form, list->codes[i]);
        CHECK(slots.slots[i] != SLOT_NONE);
    }
    return slots;
}

static unsigned
most_decimals(const struct form_plan *form, const struct slot_list *list, unsigned least)
{
    for (uint32_t i = 0; i < list->count; i++) {
        unsigned decimals = form->slots[list->slots[i]].indicator->decimals;
        least = decimals > least ? decimals : least;
    }
    return least;
}

static void
plan_slots(struct form_plan *plan, const struct registry_campaign *source, struct arena *arena)
{
    const struct index_list *asked = &plan->form->indicators;
    plan->slot_count = asked->count;
    plan->slots = ARENA_ARRAY(arena, struct slot, asked->count);
    plan->by_code = ARENA_ARRAY(arena, struct slot_code, asked->count);
    for (uint32_t i = 0; i < asked->count; i++) {
        uint16_t index = asked->index[i];
        CHECK(index < source->campaign.indicator_count);
        plan->slots[i] =
            (struct slot){source->indicator_ids[index], &source->campaign.indicators[index]};
    }
    qsort(plan->slots, plan->slot_count, sizeof(plan->slots[0]), slot_order);
    for (uint32_t i = 0; i < plan->slot_count; i++) {
        plan->by_code[i] = (struct slot_code){plan->slots[i].indicator->code, (uint16_t)i};
    }
    qsort(plan->by_code, plan->slot_count, sizeof(plan->by_code[0]), code_order);
}

static void
plan_rules(struct form_plan *plan, const struct campaign *campaign, uint16_t form,
           struct arena *arena)
{
    plan->rules = ARENA_ARRAY(arena, struct rule_plan, campaign->rule_count);
    for (uint32_t i = 0; i < campaign->rule_count; i++) {
        const struct rule *rule = &campaign->rules[i];
        if (rule->form != form) {
            continue;
        }
        struct rule_plan *made = &plan->rules[plan->rule_count++];
        made->rule = rule;
        made->left = slots_of(plan, &rule->left, arena);
        made->right = slots_of(plan, &rule->right, arena);
        made->decimals = most_decimals(plan, &made->right, most_decimals(plan, &made->left, 0));
    }
}

static void
plan_form(struct form_plan *plan, const struct registry_campaign *source, uint16_t form,
          struct arena *arena)
{
    plan->form = &source->campaign.forms[form];
    plan->id = source->form_ids[form];
    plan->source_ids = source->source_ids[form];
    plan_slots(plan, source, arena);
    plan->required = slots_of(plan, &plan->form->required, arena);
    plan_rules(plan, &source->campaign, form, arena);
}

static void
plan_campaign(struct campaign_plan *plan, const struct registry_campaign *source,
              struct arena *arena)
{
    const struct campaign *campaign = &source->campaign;
    plan->source = source;
    for (uint32_t i = 0; i < campaign->indicator_count; i++) {
        uint32_t limit = source->indicator_ids[i] + 1u;
        plan->id_limit = limit > plan->id_limit ? limit : plan->id_limit;
    }
    plan->by_id = ARENA_ARRAY(arena, const struct indicator *, plan->id_limit);
    for (uint32_t i = 0; i < campaign->indicator_count; i++) {
        plan->by_id[source->indicator_ids[i]] = &campaign->indicators[i];
    }
    plan->forms = ARENA_ARRAY(arena, struct form_plan, campaign->form_count);
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        plan_form(&plan->forms[i], source, (uint16_t)i, arena);
    }
}

void
plans_make(struct plans *plans, const struct registry *registry)
{
    if (plans->arena == NULL) {
        plans->arena = arena_new();
    }
    arena_reset(plans->arena);
    plans->count = registry->campaign_count;
    plans->campaigns = ARENA_ARRAY(plans->arena, struct campaign_plan, plans->count);
    for (uint32_t i = 0; i < plans->count; i++) {
        plan_campaign(&plans->campaigns[i], &registry->campaigns[i], plans->arena);
    }
}

void
plans_fini(struct plans *plans)
{
    arena_free(&plans->arena);
}
