/* What must hold of the score sheet and of the awards. A line that says two things at once, or one
 * that its method would never look at, is refused: whoever wrote it meant something by it. */
#include "proto/campaign_check_impl.h"

#include "common/decimal.h"
#include "proto/campaign_keys.h"
#include "proto/limits.h"

#include <stdio.h>

_Static_assert(offsetof(struct score, code) == 0 && offsetof(struct award, code) == 0,
               "items_check finds the code at the start of an item");

static void
score_mistake(struct checking *c, const struct score *s, enum code code, const char *key,
              struct slice detail)
{
    struct place place = {""};
    mistake(&c->mistakes, s->line, code, place_of(&place, s->code, key), "%.*s", SLICE_ARG(detail));
}

/* A key that this line needs, told as every missing key is. */
static void
key_missing(struct checking *c, const struct score *s, const char *key)
{
    mistake(&c->mistakes, s->line, CODE_KEY_MISSING, slice_text(key), "%.*s", SLICE_ARG(s->code));
}

/* ---- what is measured ---- */

static const struct indicator *
indicator_of(const struct checking *c, const struct score *s)
{
    return s->indicator == INDEX_NONE ? NULL : &c->campaign->indicators[s->indicator];
}

static void
indicator_form_check(struct checking *c, const struct score *s)
{
    const struct indicator *indicator = indicator_of(c, s);
    if (s->form == INDEX_NONE && s->form_code.len != 0) {
        score_mistake(c, s, CODE_REFERENCE_UNKNOWN, "form", s->form_code);
    } else if (s->form == INDEX_NONE) {
        key_missing(c, s, "form"); /* several forms ask it, or none */
    } else if (c->campaign->forms[s->form].indicators.codes != NULL &&
               !index_list_has(&c->campaign->forms[s->form].indicators, s->indicator)) {
        mistake(&c->mistakes, s->line, CODE_INDICATOR_UNKNOWN, indicator->code, "%.*s",
                SLICE_ARG(s->code));
    }
}

static void
indicator_line_check(struct checking *c, const struct score *s)
{
    const struct indicator *indicator = indicator_of(c, s);
    if (indicator == NULL) {
        score_mistake(c, s, CODE_REFERENCE_UNKNOWN, "indicator", s->indicator_code);
        return;
    }
    if (indicator->direction == DIRECTION_NONE) { /* nobody said what is better */
        mistake(&c->mistakes, s->line, CODE_KEY_MISSING, slice_text("direction"), "%.*s",
                SLICE_ARG(indicator->code));
    }
    indicator_form_check(c, s);
}

static void
measure_check(struct checking *c, const struct score *s)
{
    bool complete = s->measure == MEASURE_COMPLETENESS;
    if (s->measure == MEASURE_INDICATOR) {
        indicator_line_check(c, s);
    } else if (s->measure != 0 && s->form == INDEX_NONE) {
        score_mistake(c, s, CODE_REFERENCE_UNKNOWN, complete ? "completeness" : "timeliness",
                      complete ? s->completeness_code : s->timeliness_code);
    } else if (s->measure == 0 && s->method != 0) { /* told as "" by the one key that it has */
        score_mistake(c, s, CODE_NOTHING_THERE, "indicator", slice_text(""));
    }
}

/* ---- what it is compared with ---- */

static void
target_check(struct checking *c, const struct score *s)
{
    bool of_reports = s->measure > MEASURE_INDICATOR;
    if (s->method == METHOD_RANK) {
        if (s->has_target) {
            score_mistake(c, s, CODE_CHOICE_INVALID, "target", slice_text("rank"));
        }
        return;
    }
    if (!s->has_target && s->method != 0 && s->measure != 0) {
        key_missing(c, s, "target");
    }
    if (of_reports && s->of != 0) {
        score_mistake(c, s, CODE_CHOICE_INVALID, "target", slice_text("per"));
    }
    if (of_reports && (s->target <= 0 || s->target > (int64_t)100 * CAMPAIGN_TARGET_SCALE)) {
        char text[DECIMAL_TEXT];
        size_t len = decimal_format(s->target, CAMPAIGN_TARGET_DECIMALS, text);
        score_mistake(c, s, CODE_NUMBER_INVALID, "target", slice_of(text, len));
    }
}

static bool
less_is_better(const struct checking *c, const struct score *s)
{
    const struct indicator *indicator = indicator_of(c, s);
    return indicator != NULL && indicator->direction == DIRECTION_DOWN;
}

static void
cap_check(struct checking *c, const struct score *s)
{
    if (s->cap == 0) {
        return;
    }
    if (s->method != METHOD_LINEAR || less_is_better(c, s)) {
        score_mistake(c, s, CODE_CHOICE_INVALID, "cap", slice_text("linear, direction: up"));
    } else if (s->cap < s->points) {
        char least[DECIMAL_TEXT];
        size_t len = decimal_format(s->points, CAMPAIGN_POINTS_DECIMALS, least);
        score_mistake(c, s, CODE_VALUE_TOO_LOW, "cap", slice_of(least, len));
    }
}

/* A bonus is for more than the target, so it begins at it or beyond. */
static void
bonus_check(struct checking *c, const struct score *s)
{
    if (s->bonus_points == 0 || s->bonus_at == 0) {
        return;
    }
    if (s->method == METHOD_RANK) {
        score_mistake(c, s, CODE_CHOICE_INVALID, "bonus", slice_text("rank"));
    } else if (less_is_better(c, s) ? s->bonus_at > 100 : s->bonus_at < 100) {
        char text[16];
        snprintf(text, sizeof(text), "%u", (unsigned)s->bonus_at);
        score_mistake(c, s, CODE_NUMBER_INVALID, "bonus at", slice_text(text));
    }
}

static void
score_check(struct checking *c, const struct score *s)
{
    struct place place = {""};
    title_check(c, s->line, s->code, &s->title);
    measure_check(c, s);
    list_check(c, s->line, place_of(&place, s->code, "levels"), s->levels.codes, s->levels.count,
               FORM_LIST_MAX);
    list_check(c, s->line, place_of(&place, s->code, "blocs"), s->blocs.codes, s->blocs.count,
               FORM_LIST_MAX);
    target_check(c, s);
    cap_check(c, s);
    bonus_check(c, s);
}

void
scores_check(struct checking *c)
{
    const struct campaign *campaign = c->campaign;
    if (campaign->score_count != 0) {
        items_check(c, "scores", campaign->scores, sizeof(struct score),
                    offsetof(struct score, line), campaign->score_count, CAMPAIGN_SCORES_MAX);
    }
    for (uint32_t i = 0; i < campaign->score_count; i++) {
        score_check(c, &campaign->scores[i]);
    }
}

void
awards_check(struct checking *c)
{
    const struct campaign *campaign = c->campaign;
    if (campaign->award_count != 0) {
        items_check(c, "awards", campaign->awards, sizeof(struct award),
                    offsetof(struct award, line), campaign->award_count, CAMPAIGN_AWARDS_MAX);
    }
    for (uint32_t i = 0; i < campaign->award_count; i++) {
        title_check(c, campaign->awards[i].line, campaign->awards[i].code,
                    &campaign->awards[i].title);
    }
}
