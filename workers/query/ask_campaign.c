/* `campaign`: one campaign's themes, indicators, forms, rules and awards, as its newest revision has
 * them: all that whoever fills in a form, or proposes somebody, must know before sending.
 * `campaigns`: which there are. */
#include "proto/review.h"
#include "proto/vote_rule.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"

static void
put_themes(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "themes");
    pack_array(b, c->theme_count);
    for (uint32_t i = 0; i < c->theme_count; i++) {
        pack_map(b, 3);
        pack_key_text(b, "code", c->themes[i].code);
        answer_titles(b, &c->themes[i].title);
    }
}

static const char *
direction_name(enum direction direction)
{
    return direction == DIRECTION_UP ? "up" : direction == DIRECTION_DOWN ? "down" : "";
}

/* No bound is nil: 0 is one. */
static void
put_bound(struct buf *b, const char *key, const struct indicator *indicator, bool has,
          int64_t bound)
{
    pack_cstr(b, key);
    if (has) {
        answer_value(b, indicator, bound);
    } else {
        pack_nil(b);
    }
}

static void
put_indicators(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "indicators");
    pack_array(b, c->indicator_count);
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        const struct indicator *indicator = &c->indicators[i];
        pack_map(b, 11);
        pack_key_text(b, "code", indicator->code);
        pack_key_text(b, "theme", indicator->theme_code);
        answer_titles(b, &indicator->title);
        pack_key_text(b, "type", slice_text(indicator_type_name(indicator->type)));
        pack_key_uint(b, "decimals", indicator->decimals);
        pack_key_text(b, "over_time", slice_text(over_name(indicator->over_time)));
        pack_key_text(b, "over_units", slice_text(over_name(indicator->over_units)));
        put_bound(b, "min", indicator, indicator->has_min, indicator->min);
        put_bound(b, "max", indicator, indicator->has_max, indicator->max);
        pack_key_text(b, "direction", slice_text(direction_name(indicator->direction)));
    }
}

static void
put_codes(struct buf *b, const char *key, const struct slice *codes, uint32_t count)
{
    pack_cstr(b, key);
    pack_array(b, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_text(b, codes[i]);
    }
}

/* Never is nil: 0 days would be the last day itself. */
static void
put_days(struct buf *b, const char *key, int32_t days)
{
    pack_cstr(b, key);
    if (days < 0) {
        pack_nil(b);
    } else {
        pack_int(b, days);
    }
}

static void
put_forms(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "forms");
    pack_array(b, c->form_count);
    for (uint32_t i = 0; i < c->form_count; i++) {
        const struct form *form = &c->forms[i];
        pack_map(b, 12);
        pack_key_text(b, "code", form->code);
        answer_titles(b, &form->title);
        pack_key_text(b, "period", slice_text(granularity_name(form->period)));
        put_codes(b, "levels", form->levels.codes, form->levels.count);
        put_codes(b, "kinds", form->kinds.codes, form->kinds.count);
        put_codes(b, "units", form->units.codes, form->units.count);
        put_codes(b, "sources", form->sources.codes, form->sources.count);
        put_codes(b, "indicators", form->indicators.codes, form->indicators.count);
        put_codes(b, "required", form->required.codes, form->required.count);
        put_days(b, "due", form->due);
        put_days(b, "expires", form->expires);
    }
}

static const char *
rule_name(enum rule_kind kind)
{
    static const char *const NAMES[] = {
        [RULE_EQ] = "=",
        [RULE_NE] = "!=",
        [RULE_LT] = "<",
        [RULE_LE] = "<=",
        [RULE_GT] = ">",
        [RULE_GE] = ">=",
        [RULE_TOGETHER] = "together",
        [RULE_EXCLUSIVE] = "exclusive",
    };
    return NAMES[kind];
}

static void
put_rules(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "rules");
    pack_array(b, c->rule_count);
    for (uint32_t i = 0; i < c->rule_count; i++) {
        const struct rule *rule = &c->rules[i];
        pack_map(b, 6);
        pack_key_text(b, "code", rule->code);
        pack_key_text(b, "form", rule->form_code);
        pack_key_text(b, "kind", slice_text(rule_name(rule->kind)));
        put_codes(b, "left", rule->left.codes, rule->left.count);
        put_codes(b, "right", rule->right.codes, rule->right.count);
        pack_key_text(b, "severity",
                      slice_text(rule->severity == SEVERITY_WARN ? "warn" : "reject"));
    }
}

static void
put_subjects(struct buf *b, const struct award *award)
{
    uint32_t count = 0;
    for (unsigned kind = SUBJECT_COLLECTIVE; kind <= SUBJECT_HOUSEHOLD; kind++) {
        count += (award->subjects >> (kind - 1)) & 1;
    }
    pack_cstr(b, "subjects");
    pack_array(b, count);
    for (unsigned kind = SUBJECT_COLLECTIVE; kind <= SUBJECT_HOUSEHOLD; kind++) {
        if ((award->subjects >> (kind - 1)) & 1) {
            pack_cstr(b, subject_kind_name(kind));
        }
    }
}

/* Nil where the award is decided without one. */
static void
put_award_vote(struct buf *b, const struct award *award)
{
    struct vote_rule rule = vote_rule_of(award);
    pack_cstr(b, "vote");
    if (!vote_is_asked(award)) {
        pack_nil(b);
        return;
    }
    pack_map(b, 5);
    pack_key_uint(b, "percent", rule.percent);
    pack_key_text(b, "of", slice_text(rule.base == BASE_PRESENT ? "present" : "total"));
    pack_key_uint(b, "quorum", rule.quorum);
    pack_key_bool(b, "secret", award->secret);
    pack_key_bool(b, "written", award->written);
}

static void
put_awards(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "awards");
    pack_array(b, c->award_count);
    for (uint32_t i = 0; i < c->award_count; i++) {
        const struct award *award = &c->awards[i];
        pack_map(b, 8);
        pack_key_text(b, "code", award->code);
        answer_titles(b, &award->title);
        put_subjects(b, award);
        pack_key_text(b, "level", slice_text(authority_name((enum authority)award->level)));
        put_award_vote(b, award);
        pack_key_uint(b, "quota", award->quota);
        pack_key_bool(b, "simplified", award->simplified);
    }
}

bool
ask_campaign(struct ask *ask)
{
    struct slice code = {0};
    const struct arg args[] = {{"campaign", ARG_TEXT, false, &code}};
    const struct registry_campaign *found;
    char offset[7];
    if (!args_read(ask, args, 1) || !find_campaign(ask, code, &found)) {
        return false;
    }
    const struct campaign *c = &found->campaign;
    struct buf *b = ask->body;
    utc_offset_format(c->utc_offset_minutes, offset);
    pack_map(b, 12);
    pack_key_text(b, "campaign", c->code);
    answer_titles(b, &c->title);
    pack_key_text(b, "decision", c->decision);
    answer_key_date(b, "from", c->from);
    answer_key_date(b, "to", c->to);
    pack_key_text(b, "utc_offset", slice_text(offset));
    put_themes(b, c);
    put_indicators(b, c);
    put_forms(b, c);
    put_rules(b, c);
    put_awards(b, c);
    return true;
}

bool
ask_campaigns(struct ask *ask)
{
    const struct registry *r = &ask->query->registry;
    struct buf *b = ask->body;
    if (!args_read(ask, NULL, 0)) {
        return false;
    }
    pack_map(b, 2);
    pack_cstr(b, "campaigns");
    pack_array(b, r->campaign_count);
    for (uint32_t i = 0; i < r->campaign_count; i++) {
        const struct campaign *c = &r->campaigns[i].campaign;
        pack_map(b, 5);
        pack_key_text(b, "campaign", c->code);
        answer_titles(b, &c->title);
        answer_key_date(b, "from", c->from);
        answer_key_date(b, "to", c->to);
    }
    pack_key_uint(b, "units", r->unit_count);
    return true;
}
