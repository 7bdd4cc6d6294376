/* A campaign: themes, indicators, forms, rules, scores and awards as data. The command line reads campaign.yaml
 * into this struct, a record carries it, the tally worker decodes it; campaign_check is the one
 * list of what must hold. All slices point into what was decoded or into the arena. Fields that are
 * lists of indicators, themes or forms hold indices into the campaign's arrays. */
#ifndef PROTO_CAMPAIGN_H
#define PROTO_CAMPAIGN_H

#include "common/arena.h"
#include "common/buf.h"
#include "common/period.h"
#include "proto/codes.h"

struct title {
    struct slice vi, en;
};

enum indicator_type { TYPE_INTEGER = 1, TYPE_DECIMAL, TYPE_PERCENT, TYPE_FLAG };
enum over { OVER_SUM = 1, OVER_LAST, OVER_MAX, OVER_MIN, OVER_MEAN };
enum direction { DIRECTION_NONE, DIRECTION_UP, DIRECTION_DOWN };
enum severity { SEVERITY_REJECT = 1, SEVERITY_WARN };
enum rule_kind {
    RULE_EQ = 1,
    RULE_NE,
    RULE_LT,
    RULE_LE,
    RULE_GT,
    RULE_GE,
    RULE_TOGETHER,
    RULE_EXCLUSIVE
};

enum score_measure { MEASURE_INDICATOR = 1, MEASURE_COMPLETENESS, MEASURE_TIMELINESS };
enum score_method { METHOD_LINEAR = 1, METHOD_THRESHOLD, METHOD_RANK };
enum score_of { OF_POPULATION = 1 };
/* By enum subject_kind (review.h): 1 << (kind - 1). */
enum award_subject { FOR_COLLECTIVE = 1, FOR_INDIVIDUAL = 2, FOR_HOUSEHOLD = 4 };
enum award_level {
    AWARD_COMMUNE = 1,
    AWARD_DISTRICT,
    AWARD_CITY,
    AWARD_PRIME_MINISTER,
    AWARD_PRESIDENT
};
enum vote_base { BASE_TOTAL = 1, BASE_PRESENT };

#define INDEX_NONE UINT16_MAX /* a reference that was not found; campaign_check tells it */

struct theme {
    struct slice code;
    struct title title;
    uint32_t line;
};

struct indicator {
    struct slice code;
    struct slice theme_code;
    uint16_t theme; /* index */
    struct title title;
    enum indicator_type type;
    uint8_t decimals;
    enum over over_time;
    enum over over_units;
    bool has_min, has_max;
    int64_t min, max; /* scaled by 10^decimals */
    enum direction direction;
    uint32_t line;
};

struct code_list {
    struct slice *codes;
    uint32_t count;
};

struct index_list {
    struct slice *codes; /* as written */
    uint16_t *index;     /* what campaign_link found, INDEX_NONE where nothing */
    uint32_t count;
};

struct form {
    struct slice code;
    struct title title;
    enum granularity period;
    struct code_list levels, kinds,
        units;                /* none of the three: every unit; else any that matches */
    struct code_list sources; /* precedence, first first; never empty: default "office" */
    struct index_list indicators;
    struct index_list required; /* a subset of indicators */
    int32_t due;                /* days after the period's last day; -1: never late */
    int32_t expires;            /* days after the period's last day; -1: never refused */
    uint32_t line;
};

struct rule {
    struct slice code;
    struct slice form_code;
    uint16_t form; /* index */
    enum rule_kind kind;
    struct index_list left;  /* or the list of together / exclusive */
    struct index_list right; /* empty for together / exclusive */
    enum severity severity;
    uint32_t line;
};

/* One line of the score sheet. What it gives for a value is workers/query/score.h's. Points are in
 * hundredths; 0 is absent, as for every number here whose smallest value is 1. */
struct score {
    struct slice code;
    struct title title;
    /* one of three is measured: an indicator, or a form's completeness or timeliness */
    struct slice indicator_code, completeness_code, timeliness_code;
    struct slice form_code;         /* of an indicator; empty: the only form that asks it */
    enum score_measure measure;     /* these three are what campaign_link found */
    uint16_t indicator, form;       /* indices; form too for completeness and timeliness */
    struct code_list levels, blocs; /* neither: every unit; else any that matches */
    enum score_method method;
    uint32_t points; /* for reaching the target; for the first place of a rank */
    bool has_target;
    int64_t target;   /* millionths of the value's unit, whatever the indicator's decimals */
    uint32_t per;     /* the target is for so many ... */
    enum score_of of; /* ... of these; 0: it is fixed */
    uint32_t cap;     /* linear gives up to this beyond the target; absent: no more than points */
    uint32_t bonus_points, bonus_at;      /* percent of the target */
    uint32_t late, missing, penalty_most; /* taken off for each such report, and in all */
    uint32_t line;
};

/* A title or form of commendation: data for the council's review. Percents and numbers as above. */
struct award {
    struct slice code;
    struct title title;
    unsigned subjects; /* a set of enum award_subject */
    enum award_level level;
    uint32_t percent; /* of the vote; absent: decided without one */
    enum vote_base base;
    uint32_t quorum; /* percent of the members who must be there */
    bool secret, written;
    uint32_t quota; /* at most so many in the campaign */
    bool simplified;
    uint32_t line;
};

/* How many days a nomination may stay in a state. */
struct stages {
    uint32_t submitted, verified, consulting, in_review, returned, approved, forwarded;
};

struct campaign {
    struct slice code;
    struct title title;
    struct slice decision;
    int32_t from, to;           /* the window: days, inclusive */
    int32_t utc_offset_minutes; /* days begin here */
    struct theme *themes;
    struct indicator *indicators;
    struct form *forms;
    struct rule *rules;
    struct score *scores;
    struct award *awards;
    struct stages stages;
    uint32_t theme_count, indicator_count, form_count, rule_count, score_count, award_count;
};

/* In a record's `body`: a map with the file's own keys as text; dates, periods and numbers as in
 * proto/PROTOCOL.md. */
void campaign_encode(const struct campaign *campaign, struct buf *out);
/* Decodes and links. False with `why` at the first mistake of form. */
bool campaign_decode(struct slice body, struct arena *arena, struct campaign *campaign,
                     struct complaint *why);
/* Resolves the codes in themes, forms, rules and scores into indices, and fills in what goes without
 * saying: a form without sources has "office", a flag lies between 0 and 1, what is complete or in
 * time has a target of 100 percent, an indicator's line is of the one form that asks it. */
void campaign_link(struct campaign *campaign, struct arena *arena);
/* Every mistake of meaning in a linked campaign, each with its line; gives their number. Pure. What
 * is absent (a slice or list whose pointer is NULL, an enum of 0) passes: whoever read the bytes
 * has told it, with the place where it should stand. */
uint32_t campaign_check(const struct campaign *campaign, struct complaints *complaints);
/* What may never change under a code: type, decimals, over_time, over_units; a form's period. */
bool campaign_may_follow(const struct campaign *old, const struct campaign *new,
                         struct complaint *why);

bool index_list_has(const struct index_list *list, uint16_t index);
/* Index by code; INDEX_NONE. */
uint16_t campaign_form(const struct campaign *campaign, struct slice code);
uint16_t campaign_indicator(const struct campaign *campaign, struct slice code);
/* Whether a line of the score sheet is for units of this level and bloc. */
bool score_asks(const struct score *score, struct slice level, struct slice bloc);
bool form_asks(const struct form *form, struct slice unit, struct slice level, struct slice kind);

#endif
