/* The tables of a campaign's keys. A key that is added here is read from YAML, written to and read
 * from records; what must hold of it goes to campaign_check.c. */
#include "proto/campaign_keys.h"

#include "proto/limits.h"

_Static_assert(sizeof(enum over) == sizeof(unsigned) &&
                   sizeof(enum rule_kind) == sizeof(unsigned) &&
                   sizeof(enum granularity) == sizeof(unsigned),
               "enum fields are read and written as unsigned");

static const struct campaign_word TYPES[] = {{"integer", TYPE_INTEGER},
                                             {"decimal", TYPE_DECIMAL},
                                             {"percent", TYPE_PERCENT},
                                             {"flag", TYPE_FLAG},
                                             {NULL, 0}};
static const struct campaign_word OVER_TIME[] = {{"sum", OVER_SUM},   {"last", OVER_LAST},
                                                 {"max", OVER_MAX},   {"min", OVER_MIN},
                                                 {"mean", OVER_MEAN}, {NULL, 0}};
/* Units have no order, so there is no last one. */
static const struct campaign_word OVER_UNITS[] = {
    {"sum", OVER_SUM}, {"mean", OVER_MEAN}, {"max", OVER_MAX}, {"min", OVER_MIN}, {NULL, 0}};
static const struct campaign_word DIRECTIONS[] = {
    {"up", DIRECTION_UP}, {"down", DIRECTION_DOWN}, {NULL, 0}};
static const struct campaign_word PERIODS[] = {{"day", GRAN_DAY},     {"week", GRAN_WEEK},
                                               {"month", GRAN_MONTH}, {"quarter", GRAN_QUARTER},
                                               {"year", GRAN_YEAR},   {NULL, 0}};
static const struct campaign_word OPERATORS[] = {{"=", RULE_EQ},  {"!=", RULE_NE}, {"<", RULE_LT},
                                                 {"<=", RULE_LE}, {">", RULE_GT},  {">=", RULE_GE},
                                                 {NULL, 0}};
static const struct campaign_word SEVERITIES[] = {
    {"reject", SEVERITY_REJECT}, {"warn", SEVERITY_WARN}, {NULL, 0}};
static const struct campaign_word METHODS[] = {
    {"linear", METHOD_LINEAR}, {"threshold", METHOD_THRESHOLD}, {"rank", METHOD_RANK}, {NULL, 0}};
static const struct campaign_word TARGET_OF[] = {{"population", OF_POPULATION}, {NULL, 0}};
static const struct campaign_word SUBJECTS[] = {{"collective", FOR_COLLECTIVE},
                                                {"individual", FOR_INDIVIDUAL},
                                                {"household", FOR_HOUSEHOLD},
                                                {NULL, 0}};
static const struct campaign_word AWARD_LEVELS[] = {
    {"commune", AWARD_COMMUNE},     {"district", AWARD_DISTRICT},
    {"city", AWARD_CITY},           {"prime-minister", AWARD_PRIME_MINISTER},
    {"president", AWARD_PRESIDENT}, {NULL, 0}};
static const struct campaign_word BASES[] = {
    {"total", BASE_TOTAL}, {"present", BASE_PRESENT}, {NULL, 0}};

#define OPERATOR_KINDS                                                                             \
    (1u << RULE_EQ | 1u << RULE_NE | 1u << RULE_LT | 1u << RULE_LE | 1u << RULE_GT | 1u << RULE_GE)

#define KEY_COUNT(keys) (sizeof(keys) / sizeof((keys)[0]))

static const struct campaign_key THEME_KEYS[] = {
    {"code", KEY_CODE, true, offsetof(struct theme, code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, offsetof(struct theme, title), 0, TITLE_MAX, NULL, NULL},
};
static const struct campaign_shape THEME_SHAPE = {"themes", THEME_KEYS, KEY_COUNT(THEME_KEYS),
                                                  sizeof(struct theme),
                                                  offsetof(struct theme, line)};

#define AT(field) offsetof(struct indicator, field)
/* decimals stand before min and max: the reader of YAML needs them to scale. */
static const struct campaign_key INDICATOR_KEYS[] = {
    {"code", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"theme", KEY_CODE, true, AT(theme_code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, AT(title), 0, TITLE_MAX, NULL, NULL},
    {"type", KEY_WORD, true, AT(type), 0, 0, TYPES, NULL},
    {"decimals", KEY_DECIMALS, false, AT(decimals), 0, UINT8_MAX, NULL, NULL},
    {"over_time", KEY_WORD, true, AT(over_time), 0, 0, OVER_TIME, NULL},
    {"over_units", KEY_WORD, true, AT(over_units), 0, 0, OVER_UNITS, NULL},
    {"min", KEY_BOUND, false, AT(min), AT(has_min), 0, NULL, NULL},
    {"max", KEY_BOUND, false, AT(max), AT(has_max), 0, NULL, NULL},
    {"direction", KEY_WORD, false, AT(direction), 0, 0, DIRECTIONS, NULL},
};
#undef AT
static const struct campaign_shape INDICATOR_SHAPE = {
    "indicators", INDICATOR_KEYS, KEY_COUNT(INDICATOR_KEYS), sizeof(struct indicator),
    offsetof(struct indicator, line)};

#define AT(field) offsetof(struct form, field)
static const struct campaign_key FORM_KEYS[] = {
    {"code", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, AT(title), 0, TITLE_MAX, NULL, NULL},
    {"period", KEY_WORD, true, AT(period), 0, 0, PERIODS, NULL},
    {"levels", KEY_CODES, false, AT(levels), 0, FORM_LIST_MAX, NULL, NULL},
    {"kinds", KEY_CODES, false, AT(kinds), 0, FORM_LIST_MAX, NULL, NULL},
    {"units", KEY_CODES, false, AT(units), 0, FORM_UNITS_MAX, NULL, NULL},
    {"sources", KEY_CODES, false, AT(sources), 0, FORM_LIST_MAX, NULL, NULL},
    {"indicators", KEY_INDICES, true, AT(indicators), 0, REPORT_VALUES_MAX, NULL, NULL},
    {"required", KEY_INDICES, false, AT(required), 0, REPORT_VALUES_MAX, NULL, NULL},
    {"due", KEY_DAYS, false, AT(due), 0, FORM_DAYS_MAX, NULL, NULL},
    {"expires", KEY_DAYS, false, AT(expires), 0, FORM_DAYS_MAX, NULL, NULL},
};
#undef AT
static const struct campaign_shape FORM_SHAPE = {"forms", FORM_KEYS, KEY_COUNT(FORM_KEYS),
                                                 sizeof(struct form), offsetof(struct form, line)};

#define AT(field) offsetof(struct rule, field)
static const struct campaign_key RULE_KEYS[] = {
    {"code", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"form", KEY_CODE, true, AT(form_code), 0, CODE_MAX, NULL, NULL},
    {"left", KEY_TERMS, false, AT(left), OPERATOR_KINDS, RULE_TERMS_MAX, NULL, NULL},
    {"op", KEY_WORD, false, AT(kind), 0, 0, OPERATORS, NULL},
    {"right", KEY_TERMS, false, AT(right), OPERATOR_KINDS, RULE_TERMS_MAX, NULL, NULL},
    {"together", KEY_TERMS, false, AT(left), 1u << RULE_TOGETHER, RULE_TERMS_MAX, NULL, NULL},
    {"exclusive", KEY_TERMS, false, AT(left), 1u << RULE_EXCLUSIVE, RULE_TERMS_MAX, NULL, NULL},
    {"severity", KEY_WORD, true, AT(severity), 0, 0, SEVERITIES, NULL},
};
#undef AT
static const struct campaign_shape RULE_SHAPE = {"rules", RULE_KEYS, KEY_COUNT(RULE_KEYS),
                                                 sizeof(struct rule), offsetof(struct rule, line)};

#define AT(field) offsetof(struct score, field)
static const struct campaign_key TARGET_KEYS[] = {
    {"value", KEY_TARGET, true, AT(target), AT(has_target), SCORE_TARGET_MAX, NULL, NULL},
    {"per", KEY_NUMBER, false, AT(per), 0, SCORE_PER_MAX, NULL, NULL},
    {"of", KEY_WORD, false, AT(of), 0, 0, TARGET_OF, NULL},
};
static const struct campaign_shape TARGET_SHAPE = {"target", TARGET_KEYS, KEY_COUNT(TARGET_KEYS), 0,
                                                   SIZE_MAX};
static const struct campaign_key BONUS_KEYS[] = {
    {"points", KEY_POINTS, true, AT(bonus_points), 0, SCORE_POINTS_MAX, NULL, NULL},
    {"at", KEY_NUMBER, true, AT(bonus_at), 0, SCORE_AT_MAX, NULL, NULL},
};
static const struct campaign_shape BONUS_SHAPE = {"bonus", BONUS_KEYS, KEY_COUNT(BONUS_KEYS), 0,
                                                  SIZE_MAX};
static const struct campaign_key PENALTY_KEYS[] = {
    {"late", KEY_POINTS, false, AT(late), 0, SCORE_POINTS_MAX, NULL, NULL},
    {"missing", KEY_POINTS, false, AT(missing), 0, SCORE_POINTS_MAX, NULL, NULL},
    {"most", KEY_POINTS, false, AT(penalty_most), 0, SCORE_POINTS_MAX, NULL, NULL},
};
static const struct campaign_shape PENALTY_SHAPE = {"penalty", PENALTY_KEYS,
                                                    KEY_COUNT(PENALTY_KEYS), 0, SIZE_MAX};
static const struct campaign_key SCORE_KEYS[] = {
    {"code", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, AT(title), 0, TITLE_MAX, NULL, NULL},
    {"indicator", KEY_TEXT, false, AT(indicator_code), 0, CODE_MAX, NULL, NULL},
    {"completeness", KEY_TEXT, false, AT(completeness_code), 0, CODE_MAX, NULL, NULL},
    {"timeliness", KEY_TEXT, false, AT(timeliness_code), 0, CODE_MAX, NULL, NULL},
    {"form", KEY_TEXT, false, AT(form_code), 0, CODE_MAX, NULL, NULL},
    {"levels", KEY_CODES, false, AT(levels), 0, FORM_LIST_MAX, NULL, NULL},
    {"blocs", KEY_CODES, false, AT(blocs), 0, FORM_LIST_MAX, NULL, NULL},
    {"method", KEY_WORD, true, AT(method), 0, 0, METHODS, NULL},
    {"points", KEY_POINTS, true, AT(points), 0, SCORE_POINTS_MAX, NULL, NULL},
    {"target", KEY_MAP, false, 0, 1, 0, NULL, &TARGET_SHAPE},
    {"cap", KEY_POINTS, false, AT(cap), 0, SCORE_POINTS_MAX, NULL, NULL},
    {"bonus", KEY_MAP, false, 0, 0, 0, NULL, &BONUS_SHAPE},
    {"penalty", KEY_MAP, false, 0, 0, 0, NULL, &PENALTY_SHAPE},
};
#undef AT
static const struct campaign_shape SCORE_SHAPE = {"scores", SCORE_KEYS, KEY_COUNT(SCORE_KEYS),
                                                  sizeof(struct score),
                                                  offsetof(struct score, line)};

#define AT(field) offsetof(struct award, field)
static const struct campaign_key VOTE_KEYS[] = {
    {"percent", KEY_NUMBER, true, AT(percent), 0, 100, NULL, NULL},
    {"base", KEY_WORD, true, AT(base), 0, 0, BASES, NULL},
    {"quorum", KEY_NUMBER, false, AT(quorum), 0, 100, NULL, NULL},
    {"secret", KEY_SWITCH, false, AT(secret), 0, 0, NULL, NULL},
    {"written", KEY_SWITCH, false, AT(written), 0, 0, NULL, NULL},
};
static const struct campaign_shape VOTE_SHAPE = {"vote", VOTE_KEYS, KEY_COUNT(VOTE_KEYS), 0,
                                                 SIZE_MAX};
static const struct campaign_key AWARD_KEYS[] = {
    {"code", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, AT(title), 0, TITLE_MAX, NULL, NULL},
    {"subject", KEY_WORDS, true, AT(subjects), 0, KEY_COUNT(SUBJECTS) - 1, SUBJECTS, NULL},
    {"level", KEY_WORD, true, AT(level), 0, 0, AWARD_LEVELS, NULL},
    {"vote", KEY_MAP, false, 0, 0, 0, NULL, &VOTE_SHAPE},
    {"quota", KEY_NUMBER, false, AT(quota), 0, AWARD_QUOTA_MAX, NULL, NULL},
    {"simplified", KEY_SWITCH, false, AT(simplified), 0, 0, NULL, NULL},
};
#undef AT
static const struct campaign_shape AWARD_SHAPE = {"awards", AWARD_KEYS, KEY_COUNT(AWARD_KEYS),
                                                  sizeof(struct award),
                                                  offsetof(struct award, line)};

#define AT(field) offsetof(struct campaign, stages.field)
#define STAGE(name, field)                                                                         \
    {                                                                                              \
        name, KEY_NUMBER, false, AT(field), 0, STAGE_DAYS_MAX, NULL, NULL                          \
    }
static const struct campaign_key STAGE_KEYS[] = {
    STAGE("submitted", submitted), STAGE("verified", verified), STAGE("consulting", consulting),
    STAGE("in-review", in_review), STAGE("returned", returned), STAGE("approved", approved),
    STAGE("forwarded", forwarded),
};
#undef AT
static const struct campaign_shape STAGES_SHAPE = {"stages", STAGE_KEYS, KEY_COUNT(STAGE_KEYS), 0,
                                                   SIZE_MAX};

#define AT(field) offsetof(struct campaign, field)
static const struct campaign_key WINDOW_KEYS[] = {
    {"from", KEY_DAY, true, AT(from), DAY_MIN, 0, NULL, NULL},
    {"to", KEY_DAY, true, AT(to), DAY_MAX, 0, NULL, NULL},
};
static const struct campaign_shape WINDOW_SHAPE = {"window", WINDOW_KEYS, KEY_COUNT(WINDOW_KEYS), 0,
                                                   SIZE_MAX};

static const struct campaign_key CAMPAIGN_KEYS[] = {
    {"campaign", KEY_CODE, true, AT(code), 0, CODE_MAX, NULL, NULL},
    {"title", KEY_TITLE, true, AT(title), 0, TITLE_MAX, NULL, NULL},
    {"decision", KEY_TEXT, false, AT(decision), 0, TITLE_MAX, NULL, NULL},
    {"window", KEY_MAP, true, 0, 0, 0, NULL, &WINDOW_SHAPE},
    {"utc_offset", KEY_OFFSET, true, AT(utc_offset_minutes), 0, 0, NULL, NULL},
    {"themes", KEY_ITEMS, true, AT(themes), AT(theme_count), CAMPAIGN_THEMES_MAX, NULL,
     &THEME_SHAPE},
    {"indicators", KEY_ITEMS, true, AT(indicators), AT(indicator_count), CAMPAIGN_INDICATORS_MAX,
     NULL, &INDICATOR_SHAPE},
    {"forms", KEY_ITEMS, true, AT(forms), AT(form_count), CAMPAIGN_FORMS_MAX, NULL, &FORM_SHAPE},
    {"rules", KEY_ITEMS, false, AT(rules), AT(rule_count), CAMPAIGN_RULES_MAX, NULL, &RULE_SHAPE},
    {"scores", KEY_ITEMS, false, AT(scores), AT(score_count), CAMPAIGN_SCORES_MAX, NULL,
     &SCORE_SHAPE},
    {"awards", KEY_ITEMS, false, AT(awards), AT(award_count), CAMPAIGN_AWARDS_MAX, NULL,
     &AWARD_SHAPE},
    {"stages", KEY_MAP, false, 0, 0, 0, NULL, &STAGES_SHAPE},
};
#undef AT
const struct campaign_shape CAMPAIGN_SHAPE = {"campaign", CAMPAIGN_KEYS, KEY_COUNT(CAMPAIGN_KEYS),
                                              sizeof(struct campaign), SIZE_MAX};

void
campaign_shape_begin(const struct campaign_shape *shape, void *item)
{
    memset(item, 0, shape->size); /* nothing for KEY_MAP: fields of a struct that has begun */
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct campaign_key *key = &shape->keys[i];
        if (key->kind == KEY_DAYS || key->kind == KEY_DAY) {
            int32_t *field = (int32_t *)(void *)((uint8_t *)item + key->offset);
            *field = key->kind == KEY_DAY ? (int32_t)key->extra : -1;
        }
    }
}

uint32_t
campaign_key_find(const struct campaign_shape *shape, struct slice name)
{
    uint32_t i = 0;
    while (i < shape->count && !slice_is(name, shape->keys[i].name)) {
        i++;
    }
    return i;
}

unsigned
campaign_word_value(const struct campaign_word *words, struct slice word)
{
    while (words->word != NULL && !slice_is(word, words->word)) {
        words++;
    }
    return words->value;
}

const char *
campaign_word_text(const struct campaign_word *words, unsigned value)
{
    while (words->word != NULL && words->value != value) {
        words++;
    }
    return words->word;
}

/* A map is there if anything of it is. */
static bool
shape_present(const struct campaign_shape *shape, const void *item)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        if (campaign_key_present(&shape->keys[i], item)) {
            return true;
        }
    }
    return false;
}

bool
campaign_key_present(const struct campaign_key *key, const void *item)
{
    const uint8_t *field = (const uint8_t *)item + key->offset;
    switch (key->kind) {
    case KEY_TEXT:
        return ((const struct slice *)(const void *)field)->len != 0;
    case KEY_WORD:
        return campaign_word_text(key->words, campaign_enum_get(field)) != NULL;
    case KEY_DECIMALS:
        return *field != 0;
    case KEY_BOUND:
    case KEY_TARGET:
        return *((const bool *)item + key->extra);
    case KEY_NUMBER:
    case KEY_POINTS:
    case KEY_WORDS:
        return *(const uint32_t *)(const void *)field != 0;
    case KEY_SWITCH:
        return *(const bool *)(const void *)field;
    case KEY_MAP:
        return key->required || shape_present(key->shape, item);
    case KEY_DAYS:
        return *(const int32_t *)(const void *)field >= 0;
    case KEY_CODES:
        return ((const struct code_list *)(const void *)field)->count != 0;
    case KEY_INDICES:
        return key->required || ((const struct index_list *)(const void *)field)->count != 0;
    case KEY_TERMS:
        return key->extra >> ((const struct rule *)item)->kind & 1;
    case KEY_ITEMS:
        return key->required || *(const uint32_t *)((const uint8_t *)item + key->extra) != 0;
    default:
        return true;
    }
}

/* A rule is one of three things: left op right, together, or exclusive. */
static bool
rule_fits(uint32_t seen)
{
    uint32_t operands = 0, words = 0, groups = 0;
    for (uint32_t i = 0; i < RULE_SHAPE.count; i++) {
        const struct campaign_key *key = &RULE_KEYS[i];
        if ((seen >> i & 1) == 0) {
            continue;
        }
        operands += key->kind == KEY_TERMS && key->extra == OPERATOR_KINDS;
        groups += campaign_key_rule_kind(key) != 0;
        words += key->words == OPERATORS;
    }
    return (operands == 2 && words == 1 && groups == 0) ||
           (operands == 0 && words == 0 && groups == 1);
}

/* A line of the score sheet measures one thing; a form is told where that is an indicator. */
static bool
score_fits(uint32_t seen)
{
    uint32_t measured = 0;
    bool indicator = false, form = false;
    for (uint32_t i = 0; i < SCORE_SHAPE.count; i++) {
        size_t at = SCORE_KEYS[i].offset;
        if ((seen >> i & 1) == 0 || SCORE_KEYS[i].kind != KEY_TEXT) {
            continue;
        }
        form = form || at == offsetof(struct score, form_code);
        indicator = indicator || at == offsetof(struct score, indicator_code);
        measured += at != offsetof(struct score, form_code);
    }
    return measured == 1 && (indicator || !form);
}

/* `per` and `of` are one thing said in two words. */
static bool
target_fits(uint32_t seen)
{
    uint32_t of_people = 0;
    for (uint32_t i = 0; i < TARGET_SHAPE.count; i++) {
        of_people += TARGET_KEYS[i].kind != KEY_TARGET && (seen >> i & 1);
    }
    return of_people != 1;
}

static const struct {
    const struct campaign_shape *shape;
    bool (*fits)(uint32_t seen);
    const char *text;
} FITTING[] = {
    {&RULE_SHAPE, rule_fits, "left + op + right | together | exclusive"},
    {&SCORE_SHAPE, score_fits, "indicator (+ form) | completeness | timeliness"},
    {&TARGET_SHAPE, target_fits, "value (+ per + of)"},
};
#define FITTING_COUNT (sizeof(FITTING) / sizeof(FITTING[0]))

static bool
shape_fits(const struct campaign_shape *shape, uint32_t seen)
{
    for (size_t i = 0; i < FITTING_COUNT; i++) {
        if (FITTING[i].shape == shape) {
            return FITTING[i].fits(seen);
        }
    }
    return true;
}

const char *
campaign_shape_text(const struct campaign_shape *shape)
{
    for (size_t i = 0; i < FITTING_COUNT; i++) {
        if (FITTING[i].shape == shape) {
            return FITTING[i].text;
        }
    }
    return "";
}

void
campaign_shape_unfit(const struct campaign_shape *shape, void *item)
{
    struct score *score = item;
    struct rule *rule = item;
    if (shape == &RULE_SHAPE) {
        *rule = (struct rule){.code = rule->code, .form_code = rule->form_code, .line = rule->line};
    } else if (shape == &SCORE_SHAPE) {
        *score = (struct score){.code = score->code, .line = score->line};
    } else if (shape == &TARGET_SHAPE) {
        score->per = 0;
        score->of = 0;
    }
}

uint32_t
campaign_keys_missing(const struct campaign_shape *shape, uint32_t seen, bool *fits)
{
    uint32_t missing = 0;
    for (uint32_t i = 0; i < shape->count; i++) {
        if (shape->keys[i].required && (seen >> i & 1) == 0) {
            missing |= 1u << i;
        }
    }
    *fits = shape_fits(shape, seen);
    return missing;
}

enum rule_kind
campaign_key_rule_kind(const struct campaign_key *key)
{
    if (key->kind != KEY_TERMS || key->extra == OPERATOR_KINDS) {
        return 0;
    }
    return key->extra == 1u << RULE_TOGETHER ? RULE_TOGETHER : RULE_EXCLUSIVE;
}

unsigned
campaign_enum_get(const void *field)
{
    unsigned value = 0;
    memcpy(&value, field, sizeof(value));
    return value;
}

void
campaign_enum_set(void *field, unsigned value)
{
    memcpy(field, &value, sizeof(value));
}
