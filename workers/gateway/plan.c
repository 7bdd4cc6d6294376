/* The campaign, from its answer. Codes are looked up by a binary search: a cell costs ten comparisons. */
#include "workers/gateway/plan.h"

#include "common/decimal.h"
#include "common/mem.h"
#include "proto/answer_json.h"
#include "proto/limits.h"
#include "proto/pack.h"

#include <stdlib.h>

struct element {
    struct slice code;
    unsigned decimals;
    bool flag;
    uint8_t forms[(CAMPAIGN_FORMS_MAX + 7) / 8]; /* a bit a form that has it */
};

struct plan {
    unsigned holders;
    json_t *answer; /* owns the texts */
    struct element *elements;
    uint16_t *sorted; /* indices of elements, by code */
    uint32_t element_count;
    struct slice forms[CAMPAIGN_FORMS_MAX];
    enum granularity grans[CAMPAIGN_FORMS_MAX];
    uint32_t form_count;
};

static const struct element *
element_find(const struct plan *plan, struct slice code)
{
    uint32_t low = 0, high = plan->element_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_compare(plan->elements[plan->sorted[middle]].code, code);
        if (order == 0) {
            return &plan->elements[plan->sorted[middle]];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static int
element_order(const void *a, const void *b, void *elements)
{
    const struct element *all = elements;
    return slice_compare(all[*(const uint16_t *)a].code, all[*(const uint16_t *)b].code);
}

static void
elements_read(struct plan *plan, const json_t *list)
{
    size_t i, most = json_array_size(list);
    json_t *item;
    most = most > CAMPAIGN_INDICATORS_MAX ? CAMPAIGN_INDICATORS_MAX : most;
    plan->elements = mem_alloc((most + 1) * sizeof *plan->elements);
    plan->sorted = mem_alloc((most + 1) * sizeof *plan->sorted);
    json_array_foreach(list, i, item)
    {
        if (i < most) {
            plan->elements[i] = (struct element){
                .code = slice_text(json_text(item, "code")),
                .decimals = (unsigned)json_number(item, "decimals"),
                .flag = strcmp(json_text(item, "type"), "flag") == 0,
            };
            plan->sorted[i] = (uint16_t)i;
        }
    }
    plan->element_count = (uint32_t)most;
    qsort_r(plan->sorted, most, sizeof *plan->sorted, element_order, plan->elements);
}

static void
form_read(struct plan *plan, const json_t *form)
{
    size_t i;
    json_t *item;
    uint32_t f = plan->form_count;
    if (f == CAMPAIGN_FORMS_MAX ||
        granularity_parse(slice_text(json_text(form, "period")), &plan->grans[f]) != ERR_OK) {
        return;
    }
    plan->forms[f] = slice_text(json_text(form, "code"));
    plan->form_count++;
    json_array_foreach(json_object_get(form, "indicators"), i, item)
    {
        const char *code = json_string_value(item);
        const struct element *element = code == NULL ? NULL : element_find(plan, slice_text(code));
        if (element != NULL) {
            plan->elements[element - plan->elements].forms[f / 8] |= (uint8_t)(1u << f % 8);
        }
    }
}

struct plan *
plan_new(struct slice body)
{
    json_t *answer = answer_json(body);
    size_t i;
    json_t *form;
    if (!json_is_array(json_object_get(answer, "indicators"))) {
        json_decref(answer);
        return NULL;
    }
    struct plan *plan = mem_alloc(sizeof *plan);
    plan->holders = 1;
    plan->answer = answer;
    elements_read(plan, json_object_get(answer, "indicators"));
    json_array_foreach(json_object_get(answer, "forms"), i, form)
    {
        form_read(plan, form);
    }
    return plan;
}

struct plan *
plan_keep(struct plan *plan)
{
    plan->holders++;
    return plan;
}

void
plan_drop(struct plan **plan)
{
    struct plan *p = *plan;
    *plan = NULL;
    if (p != NULL && --p->holders == 0) {
        json_decref(p->answer);
        free(p->elements);
        free(p->sorted);
        free(p);
    }
}

static bool
has_form(const struct element *element, uint32_t form)
{
    return (element->forms[form / 8] >> form % 8 & 1) != 0;
}

static bool
set_find(const struct plan *plan, struct slice data_set, uint32_t *form)
{
    for (*form = 0; *form < plan->form_count; (*form)++) {
        if (slice_equal(plan->forms[*form], data_set)) {
            return true;
        }
    }
    return false;
}

static bool
only_form(const struct plan *plan, const struct element *element, struct period period,
          uint32_t *form, struct complaint *why)
{
    uint32_t found = 0, any = plan->form_count;
    for (uint32_t f = 0; f < plan->form_count; f++) {
        if (has_form(element, f)) {
            any = f;
            if (plan->grans[f] == period.gran) {
                *form = f;
                found++;
            }
        }
    }
    if (found > 1) {
        return complain(why, CODE_FORM_AMBIGUOUS, element->code, "dataSet");
    }
    if (found == 0 && any < plan->form_count) {
        char text[PERIOD_TEXT];
        period_format(period, text);
        return complain(why, CODE_PERIOD_TYPE, slice_text(text), "%s",
                        granularity_name(plan->grans[any]));
    }
    return found == 1 || complain(why, CODE_INDICATOR_UNKNOWN, element->code, "%s", "");
}

bool
plan_place(const struct plan *plan, struct slice data_set, struct slice code, struct period period,
           struct place *place, struct complaint *why)
{
    const struct element *element = element_find(plan, code);
    uint32_t form = 0;
    if (element == NULL) {
        return complain(why, CODE_INDICATOR_UNKNOWN, code, "%s", "");
    }
    if (data_set.len > 0) {
        if (!set_find(plan, data_set, &form)) {
            return complain(why, CODE_FORM_UNKNOWN, data_set, "%s", "");
        }
        if (!has_form(element, form)) {
            return complain(why, CODE_INDICATOR_UNKNOWN, code, "%s", "");
        }
    } else if (!only_form(plan, element, period, &form, why)) {
        return false;
    }
    *place = (struct place){(uint16_t)(element - plan->elements), plan->forms[form], element->code};
    return true;
}

bool
plan_value(const struct plan *plan, const struct place *place, struct slice value,
           struct complaint *why)
{
    const struct element *element = &plan->elements[place->indicator];
    int64_t number;
    if (element->flag) {
        return slice_is(value, "true") || slice_is(value, "false") || slice_is(value, "1") ||
               slice_is(value, "0") ||
               complain(why, CODE_VALUE_TYPE, element->code, "%.*s", SLICE_ARG(value));
    }
    enum err err = decimal_parse(value, element->decimals, &number);
    enum code code = err == ERR_FRACTION ? CODE_VALUE_FRACTION
                     : err == ERR_RANGE  ? CODE_VALUE_OVERFLOW
                                         : CODE_VALUE_TYPE;
    return err == ERR_OK || complain(why, code, element->code, "%.*s", SLICE_ARG(value));
}

void
plan_pack(const struct plan *plan, const struct place *place, struct slice value, struct buf *out)
{
    const struct element *element = &plan->elements[place->indicator];
    int64_t number;
    if (element->flag) {
        pack_bool(out, slice_is(value, "true") || slice_is(value, "1"));
    } else if (decimal_parse(value, 0, &number) == ERR_OK) {
        pack_int(out, number);
    } else {
        pack_text(out, value);
    }
}
