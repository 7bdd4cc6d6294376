/* What must hold of a campaign, beyond its form. Subjects say where (`doses max`), with the keys of
 * the file, so that a record, which has no lines, is told as well as a file is. */
#include "proto/campaign_check_impl.h"

#include "common/decimal.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/limits.h"

#include <stdio.h>
#include <stdlib.h>

struct slice
place_of(struct place *place, struct slice code, const char *key)
{
    int len = (int)(code.len < CODE_MAX ? code.len : CODE_MAX);
    snprintf(place->bytes, sizeof(place->bytes), "%.*s%s%s", len, (const char *)code.data,
             len == 0 ? "" : " ", key);
    return slice_text(place->bytes);
}

/* ---- lists of codes ---- */

struct code_at {
    struct slice code;
    uint32_t place;
    uint32_t line;
};

static int
code_at_order(const void *a, const void *b)
{
    const struct code_at *x = a, *y = b;
    int order = slice_compare(x->code, y->code);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* Tells each code that stands a second time. Sorts `codes`; absent ones are nobody's duplicate. */
static void
duplicates_check(struct checking *c, struct code_at *codes, uint32_t count, struct slice subject)
{
    qsort(codes, count, sizeof(*codes), code_at_order);
    for (uint32_t i = 1; i < count; i++) {
        if (codes[i].code.len != 0 && slice_equal(codes[i].code, codes[i - 1].code)) {
            mistake(&c->mistakes, codes[i].line, CODE_DUPLICATE_CODE, subject, "%.*s",
                    SLICE_ARG(codes[i].code));
        }
    }
}

void
list_check(struct checking *c, uint32_t line, struct slice subject, const struct slice *codes,
           uint32_t count, uint32_t limit)
{
    if (codes == NULL) {
        return;
    }
    if (count == 0 || count > limit) {
        mistake(&c->mistakes, line, count == 0 ? CODE_NOTHING_THERE : CODE_TOO_MANY, subject, "%u",
                (unsigned)limit);
        return;
    }
    struct code_at *sorted = mem_alloc(count * sizeof(*sorted));
    for (uint32_t i = 0; i < count; i++) {
        mistake_unless_code(&c->mistakes, line, subject, codes[i]);
        sorted[i] = (struct code_at){codes[i], i, line};
    }
    duplicates_check(c, sorted, count, subject);
    free(sorted);
}

/* ---- what all items have ---- */

void
title_check(struct checking *c, uint32_t line, struct slice code, const struct title *title)
{
    struct place place = {""};
    struct slice subject = place_of(&place, code, "title");
    if (title->vi.data == NULL) {
        return;
    }
    if (title->vi.len == 0 || title->en.len == 0) {
        mistake(&c->mistakes, line, CODE_NOTHING_THERE, subject, "%s", "");
    }
    if (mistake_unless_text(&c->mistakes, line, subject, title->vi, TITLE_MAX) &&
        !slice_equal(title->vi, title->en)) {
        mistake_unless_text(&c->mistakes, line, subject, title->en, TITLE_MAX);
    }
}

static void
code_check(struct checking *c, uint32_t line, const char *subject, struct slice code)
{
    if (code.data != NULL) {
        mistake_unless_code(&c->mistakes, line, slice_text(subject), code);
    }
}

void
items_check(struct checking *c, const char *name, const void *items, size_t size, size_t line,
            uint32_t count, uint32_t limit)
{
    if (items == NULL) {
        return;
    }
    if (count == 0 || count > limit) {
        mistake(&c->mistakes, 0, count == 0 ? CODE_NOTHING_THERE : CODE_TOO_MANY, slice_text(name),
                "%u", (unsigned)limit);
        return;
    }
    struct code_at *codes = mem_alloc(count * sizeof(*codes));
    for (uint32_t i = 0; i < count; i++) {
        const void *item = (const uint8_t *)items + i * size;
        const void *line_at = (const uint8_t *)item + line;
        codes[i] = (struct code_at){*(const struct slice *)item, i, *(const uint32_t *)line_at};
        code_check(c, codes[i].line, name, codes[i].code);
    }
    duplicates_check(c, codes, count, slice_text(name));
    free(codes);
}

_Static_assert(offsetof(struct rule, code) == 0 && offsetof(struct theme, code) == 0 &&
                   offsetof(struct indicator, code) == 0 && offsetof(struct form, code) == 0,
               "items_check finds the code at the start of an item");

/* ---- the campaign itself ---- */

static void
window_check(struct checking *c)
{
    const struct campaign *campaign = c->campaign;
    if (campaign->to < campaign->from) {
        char from[DATE_TEXT], to[DATE_TEXT];
        date_format(campaign->from, from);
        date_format(campaign->to, to);
        mistake(&c->mistakes, 0, CODE_DATE_ORDER, slice_text("window"), "%s, %s", from, to);
    }
    int32_t offset = campaign->utc_offset_minutes;
    if (offset < -UTC_OFFSET_MAX || offset > UTC_OFFSET_MAX) {
        mistake(&c->mistakes, 0, CODE_NUMBER_INVALID, slice_text("utc_offset"), "%d", (int)offset);
    }
}

static void
head_check(struct checking *c)
{
    const struct campaign *campaign = c->campaign;
    code_check(c, 0, "campaign", campaign->code);
    title_check(c, 0, campaign->code, &campaign->title);
    mistake_unless_text(&c->mistakes, 0, slice_text("decision"), campaign->decision, TITLE_MAX);
    window_check(c);
    items_check(c, "themes", campaign->themes, sizeof(struct theme), offsetof(struct theme, line),
                campaign->theme_count, CAMPAIGN_THEMES_MAX);
    items_check(c, "indicators", campaign->indicators, sizeof(struct indicator),
                offsetof(struct indicator, line), campaign->indicator_count,
                CAMPAIGN_INDICATORS_MAX);
    items_check(c, "forms", campaign->forms, sizeof(struct form), offsetof(struct form, line),
                campaign->form_count, CAMPAIGN_FORMS_MAX);
    if (campaign->rule_count != 0) {
        items_check(c, "rules", campaign->rules, sizeof(struct rule), offsetof(struct rule, line),
                    campaign->rule_count, CAMPAIGN_RULES_MAX);
    }
}

/* ---- indicators ---- */

static void
bound_check(struct checking *c, const struct indicator *i, const char *key, int64_t bound)
{
    struct place place = {""};
    if (i->type == TYPE_FLAG && (bound < 0 || bound > 1)) {
        mistake(&c->mistakes, i->line, CODE_NUMBER_INVALID, place_of(&place, i->code, key), "%lld",
                (long long)bound);
    }
}

static void
bounds_check(struct checking *c, const struct indicator *i)
{
    struct place place = {""};
    if (i->has_min) {
        bound_check(c, i, "min", i->min);
    }
    if (i->has_max) {
        bound_check(c, i, "max", i->max);
    }
    if (i->has_min && i->has_max && i->max < i->min) {
        char least[DECIMAL_TEXT];
        decimal_format(i->min, i->decimals <= DECIMALS_MAX ? i->decimals : 0, least);
        mistake(&c->mistakes, i->line, CODE_VALUE_TOO_LOW, place_of(&place, i->code, "max"), "%s",
                least);
    }
}

static void
indicator_check(struct checking *c, const struct indicator *i)
{
    struct place place = {""};
    title_check(c, i->line, i->code, &i->title);
    if (i->theme_code.data != NULL && i->theme == INDEX_NONE) {
        mistake(&c->mistakes, i->line, CODE_REFERENCE_UNKNOWN, place_of(&place, i->code, "theme"),
                "%.*s", SLICE_ARG(i->theme_code));
    }
    bool whole = i->type == TYPE_INTEGER || i->type == TYPE_FLAG;
    if (i->decimals > DECIMALS_MAX || (whole && i->decimals != 0)) {
        mistake(&c->mistakes, i->line, CODE_NUMBER_INVALID, place_of(&place, i->code, "decimals"),
                "%u", (unsigned)i->decimals);
    }
    bounds_check(c, i);
}

/* ---- forms ---- */

static void
form_codes_check(struct checking *c, const struct form *form, const char *key,
                 const struct code_list *list, uint32_t limit)
{
    struct place place = {""};
    list_check(c, form->line, place_of(&place, form->code, key), list->codes, list->count, limit);
}

/* Indicators that are named somewhere: declared, and where there is a form, asked by it. */
static void
indices_check(struct checking *c, uint32_t line, struct slice subject,
              const struct index_list *list, const struct form *form, uint32_t limit)
{
    list_check(c, line, subject, list->codes, list->count, limit);
    if (list->codes == NULL || list->count > limit) {
        return; /* too many to look at, and told */
    }
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->index[i] == INDEX_NONE && code_is_valid(list->codes[i])) {
            mistake(&c->mistakes, line, CODE_REFERENCE_UNKNOWN, subject, "%.*s",
                    SLICE_ARG(list->codes[i]));
        } else if (list->index[i] != INDEX_NONE && form != NULL && form->indicators.codes != NULL &&
                   !index_list_has(&form->indicators, list->index[i])) {
            mistake(&c->mistakes, line, CODE_INDICATOR_UNKNOWN, list->codes[i], "%.*s",
                    SLICE_ARG(subject));
        }
    }
}

static void
days_check(struct checking *c, const struct form *form, const char *key, int32_t days)
{
    struct place place = {""};
    if (days < -1 || days > FORM_DAYS_MAX) {
        mistake(&c->mistakes, form->line, CODE_NUMBER_INVALID, place_of(&place, form->code, key),
                "%d", (int)days);
    }
}

static void
form_check(struct checking *c, const struct form *form)
{
    struct place place = {""};
    title_check(c, form->line, form->code, &form->title);
    form_codes_check(c, form, "levels", &form->levels, FORM_LIST_MAX);
    form_codes_check(c, form, "kinds", &form->kinds, FORM_LIST_MAX);
    form_codes_check(c, form, "units", &form->units, FORM_UNITS_MAX);
    form_codes_check(c, form, "sources", &form->sources, FORM_LIST_MAX);
    indices_check(c, form->line, place_of(&place, form->code, "indicators"), &form->indicators,
                  NULL, REPORT_VALUES_MAX);
    indices_check(c, form->line, place_of(&place, form->code, "required"), &form->required, form,
                  REPORT_VALUES_MAX);
    days_check(c, form, "due", form->due);
    days_check(c, form, "expires", form->expires);
}

/* ---- rules ---- */

static void
terms_check(struct checking *c, const struct rule *rule, const char *key,
            const struct index_list *list)
{
    struct place place = {""};
    const struct form *form = rule->form == INDEX_NONE ? NULL : &c->campaign->forms[rule->form];
    indices_check(c, rule->line, place_of(&place, rule->code, key), list, form, RULE_TERMS_MAX);
}

static void
rule_check(struct checking *c, const struct rule *rule)
{
    struct place place = {""};
    if (rule->form_code.data != NULL && rule->form == INDEX_NONE) {
        mistake(&c->mistakes, rule->line, CODE_REFERENCE_UNKNOWN,
                place_of(&place, rule->code, "form"), "%.*s", SLICE_ARG(rule->form_code));
    }
    if (rule->kind == RULE_TOGETHER || rule->kind == RULE_EXCLUSIVE) {
        const char *key = rule->kind == RULE_TOGETHER ? "together" : "exclusive";
        terms_check(c, rule, key, &rule->left);
        if (rule->left.count == 1) { /* one alone is always together */
            mistake(&c->mistakes, rule->line, CODE_SHAPE_INVALID, place_of(&place, rule->code, key),
                    "%s", "[a, b, …]");
        }
        return;
    }
    terms_check(c, rule, "left", &rule->left);
    terms_check(c, rule, "right", &rule->right);
}

uint32_t
campaign_check(const struct campaign *campaign, struct complaints *complaints)
{
    struct checking c = {.campaign = campaign, .mistakes = {.to = complaints}};
    head_check(&c);
    for (uint32_t i = 0; i < campaign->theme_count; i++) {
        const struct theme *theme = &campaign->themes[i];
        title_check(&c, theme->line, theme->code, &theme->title);
    }
    for (uint32_t i = 0; i < campaign->indicator_count; i++) {
        indicator_check(&c, &campaign->indicators[i]);
    }
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        form_check(&c, &campaign->forms[i]);
    }
    for (uint32_t i = 0; i < campaign->rule_count; i++) {
        rule_check(&c, &campaign->rules[i]);
    }
    scores_check(&c);
    awards_check(&c);
    return c.mistakes.count;
}
