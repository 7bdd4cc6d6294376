/* A campaign's inner references and the questions that others ask of it. */
#include "proto/campaign.h"

#include "proto/campaign_keys.h"

#include <stdlib.h>

/* Codes in order, to find their place in the campaign's array: a hostile record can hold half a
 * million references to a thousand indicators, too many for a search from the start. */
struct code_place {
    struct slice code;
    uint16_t place;
};

struct code_places {
    struct code_place *sorted;
    uint32_t count;
};

static int
code_place_order(const void *a, const void *b)
{
    const struct code_place *x = a, *y = b;
    int order = slice_compare(x->code, y->code);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

_Static_assert(offsetof(struct theme, code) == 0 && offsetof(struct indicator, code) == 0 &&
                   offsetof(struct form, code) == 0,
               "code_places_make finds the code at the start of an item");

/* `items` are `count` structs of `stride` bytes that begin with their code. */
static struct code_places
code_places_make(const void *items, size_t stride, uint32_t count, struct arena *arena)
{
    struct code_places places = {ARENA_ARRAY(arena, struct code_place, (size_t)count + 1), count};
    for (uint32_t i = 0; i < count; i++) {
        const void *code = (const uint8_t *)items + i * stride;
        places.sorted[i] = (struct code_place){*(const struct slice *)code, (uint16_t)i};
    }
    qsort(places.sorted, count, sizeof(*places.sorted), code_place_order);
    return places;
}

/* The first of equals: a duplicate is a mistake of its own. */
static uint16_t
code_places_find(const struct code_places *places, struct slice code)
{
    uint32_t low = 0, high = places->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(places->sorted[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < places->count && slice_equal(places->sorted[low].code, code);
    return found ? places->sorted[low].place : INDEX_NONE;
}

static void
index_list_link(struct index_list *list, const struct code_places *indicators, struct arena *arena)
{
    list->index = ARENA_ARRAY(arena, uint16_t, (size_t)list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        list->index[i] = code_places_find(indicators, list->codes[i]);
    }
}

bool
index_list_has(const struct index_list *list, uint16_t index)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->index[i] == index) {
            return true;
        }
    }
    return false;
}

static void
indicator_link(struct indicator *indicator, const struct code_places *themes)
{
    indicator->theme = code_places_find(themes, indicator->theme_code);
    if (indicator->type != TYPE_FLAG) {
        return;
    }
    if (!indicator->has_min) {
        indicator->has_min = true;
        indicator->min = 0;
    }
    if (!indicator->has_max) {
        indicator->has_max = true;
        indicator->max = 1;
    }
}

static void
form_link(struct form *form, const struct code_places *indicators, struct arena *arena)
{
    index_list_link(&form->indicators, indicators, arena);
    index_list_link(&form->required, indicators, arena);
    if (form->sources.codes == NULL) {
        form->sources.codes = ARENA_NEW(arena, struct slice);
        form->sources.codes[0] = slice_text("office");
        form->sources.count = 1;
    }
}

/* The form that asks an indicator; INDEX_NONE where none does, or more than one. */
static uint16_t
form_of_indicator(const struct campaign *campaign, uint16_t indicator)
{
    uint16_t found = INDEX_NONE;
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        if (index_list_has(&campaign->forms[i].indicators, indicator)) {
            if (found != INDEX_NONE) {
                return INDEX_NONE;
            }
            found = (uint16_t)i;
        }
    }
    return found;
}

static void
score_link(struct score *score, const struct campaign *campaign, const struct code_places *places)
{
    const struct code_places *indicators = &places[0], *forms = &places[1];
    struct slice form = score->form_code;
    score->indicator = INDEX_NONE;
    score->measure = 0;
    if (score->indicator_code.len != 0) {
        score->measure = MEASURE_INDICATOR;
        score->indicator = code_places_find(indicators, score->indicator_code);
    } else if (score->completeness_code.len != 0) {
        score->measure = MEASURE_COMPLETENESS;
        form = score->completeness_code;
    } else if (score->timeliness_code.len != 0) {
        score->measure = MEASURE_TIMELINESS;
        form = score->timeliness_code;
    }
    score->form = code_places_find(forms, form);
    if (form.len == 0 && score->indicator != INDEX_NONE) {
        score->form = form_of_indicator(campaign, score->indicator);
    }
    bool of_reports = score->measure > MEASURE_INDICATOR;
    if (of_reports && !score->has_target && score->method != METHOD_RANK) {
        score->has_target = true;
        score->target = (int64_t)100 * CAMPAIGN_TARGET_SCALE;
    }
}

void
campaign_link(struct campaign *campaign, struct arena *arena)
{
    struct code_places themes =
        code_places_make(campaign->themes, sizeof(struct theme), campaign->theme_count, arena);
    struct code_places indicators = code_places_make(campaign->indicators, sizeof(struct indicator),
                                                     campaign->indicator_count, arena);
    struct code_places forms =
        code_places_make(campaign->forms, sizeof(struct form), campaign->form_count, arena);
    for (uint32_t i = 0; i < campaign->indicator_count; i++) {
        indicator_link(&campaign->indicators[i], &themes);
    }
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        form_link(&campaign->forms[i], &indicators, arena);
    }
    for (uint32_t i = 0; i < campaign->rule_count; i++) {
        struct rule *rule = &campaign->rules[i];
        rule->form = code_places_find(&forms, rule->form_code);
        index_list_link(&rule->left, &indicators, arena);
        index_list_link(&rule->right, &indicators, arena);
    }
    const struct code_places places[] = {indicators, forms};
    for (uint32_t i = 0; i < campaign->score_count; i++) {
        score_link(&campaign->scores[i], campaign, places);
    }
}

uint16_t
campaign_form(const struct campaign *campaign, struct slice code)
{
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        if (slice_equal(campaign->forms[i].code, code)) {
            return (uint16_t)i;
        }
    }
    return INDEX_NONE;
}

uint16_t
campaign_indicator(const struct campaign *campaign, struct slice code)
{
    for (uint32_t i = 0; i < campaign->indicator_count; i++) {
        if (slice_equal(campaign->indicators[i].code, code)) {
            return (uint16_t)i;
        }
    }
    return INDEX_NONE;
}

static bool
code_list_has(const struct code_list *list, struct slice code)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (slice_equal(list->codes[i], code)) {
            return true;
        }
    }
    return false;
}

bool
score_asks(const struct score *score, struct slice level, struct slice bloc)
{
    return (score->levels.count == 0 && score->blocs.count == 0) ||
           code_list_has(&score->levels, level) || code_list_has(&score->blocs, bloc);
}

bool
form_asks(const struct form *form, struct slice unit, struct slice level, struct slice kind)
{
    if (form->levels.count == 0 && form->kinds.count == 0 && form->units.count == 0) {
        return true;
    }
    return code_list_has(&form->levels, level) || code_list_has(&form->kinds, kind) ||
           code_list_has(&form->units, unit);
}

static bool
indicator_may_follow(const struct indicator *old, const struct indicator *new,
                     struct complaint *why)
{
    const char *changed = old->type != new->type               ? "type"
                          : old->decimals != new->decimals     ? "decimals"
                          : old->over_time != new->over_time   ? "over_time"
                          : old->over_units != new->over_units ? "over_units"
                                                               : NULL;
    return changed == NULL || complain(why, CODE_MEANING_CHANGED, old->code, "%s", changed);
}

bool
campaign_may_follow(const struct campaign *old, const struct campaign *new, struct complaint *why)
{
    for (uint32_t i = 0; i < old->indicator_count; i++) {
        uint16_t place = campaign_indicator(new, old->indicators[i].code);
        if (place != INDEX_NONE &&
            !indicator_may_follow(&old->indicators[i], &new->indicators[place], why)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < old->form_count; i++) {
        uint16_t place = campaign_form(new, old->forms[i].code);
        if (place != INDEX_NONE && new->forms[place].period != old->forms[i].period) {
            return complain(why, CODE_MEANING_CHANGED, old->forms[i].code, "%s", "period");
        }
    }
    return true;
}
