/* Units and campaigns that the submitters publish: a first one, and revisions that add, leave out, move
 * and sometimes may not follow. */
#include "common/check.h"
#include "proto/campaign.h"
#include "proto/records.h"
#include "proto/units.h"
#include "tests/sim/sim.h"

/* ---- units ---- */

static struct unit_row
unit_of(const char *code, const char *parent, const char *level)
{
    return (struct unit_row){
        .code = slice_text(code),
        .parent = slice_text(parent),
        .level = slice_text(level),
        .name = slice_text(code),
        .from = DAY_MIN,
        .to = DAY_MAX,
    };
}

/* A commune: there always, from or until some day near today, moved to the other district, or not. */
static uint32_t
commune_add(struct sim *s, const char *code, struct unit_row *rows)
{
    struct rng *r = &s->load_rng;
    int32_t day = day_of_time(broker_wall_us(s), 7 * 60) + (int32_t)rng_between(r, -12, 3);
    rows[0] = unit_of(code, rng_chance(r, 1, 2) ? "d0" : "d1", "commune");
    switch (rng_between(r, 0, 9)) {
    case 0:
        return 0;
    case 1:
        rows[0].from = day;
        return 1;
    case 2:
        rows[0].to = day;
        return 1;
    case 3:
        rows[0].to = day;
        rows[1] = unit_of(code, "d1", rng_chance(r, 1, 4) ? "ward" : "commune");
        rows[1].from = day + 1 + (int32_t)rng_between(r, 0, 2);
        return 2;
    default:
        return 1;
    }
}

struct slice
load_units(struct sim *s)
{
    static const char *const codes[] = {"w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"};
    struct unit_row rows[3 + 2 * 8];
    uint32_t count = 0;
    rows[count++] = unit_of("city", "", "city");
    rows[count++] = unit_of("d0", "city", "district");
    rows[count++] = unit_of("d1", "city", "district");
    for (uint32_t i = 0; i < 8; i++) {
        count += commune_add(s, codes[i], rows + count);
    }
    if (rng_chance(&s->load_rng, 1, 8)) {
        rows[count - 1].parent = slice_text("nobody"); /* refused whole */
    }
    struct units units = {rows, count};
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    units_encode(&units, &wire);
    struct record_units in = {.id = load_ulid(s), .rows = buf_slice_of(&wire)};
    record_encode_units(&in, &body);
    struct slice copy = arena_copy(s->arena, buf_slice_of(&body));
    buf_fini(&wire);
    buf_fini(&body);
    return copy;
}

/* ---- campaigns ---- */

static struct title
title_of(const char *text)
{
    return (struct title){slice_text(text), slice_text(text)};
}

static struct slice *
words_of(struct arena *arena, const char *const *words, uint32_t count)
{
    struct slice *list = ARENA_ARRAY(arena, struct slice, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = slice_text(words[i]);
    }
    return list;
}

static struct index_list
list_of(struct arena *arena, const char *const *words, uint32_t count)
{
    return (struct index_list){.codes = words_of(arena, words, count), .count = count};
}

static struct form
form_of(struct arena *arena, const char *code, enum granularity period, const char *level)
{
    static const char *const two[] = {"doses", "beds"};
    struct form form = {
        .code = slice_text(code),
        .title = title_of(code),
        .period = period,
        .levels = {words_of(arena, &level, 1), 1},
        .indicators = list_of(arena, two, 2),
        .due = -1,
        .expires = -1,
    };
    return form;
}

static struct form
daily_of(struct sim *s, bool more)
{
    static const char *const all[] = {"temp", "doses", "beds", "low", "peak", "more"};
    static const char *const sources[] = {"office", "health", "office"};
    struct rng *r = &s->load_rng;
    struct form form = form_of(s->arena, "daily", GRAN_DAY, "commune");
    uint32_t skip =
        rng_chance(r, 1, 5) ? 1 : 0; /* the campaign goes on to have temp, the form not */
    form.indicators = list_of(s->arena, all + skip, (more ? 6 : 5) - skip);
    form.required = list_of(s->arena, all + 1, (uint32_t)rng_between(r, 1, 2));
    form.sources = (struct code_list){words_of(s->arena, sources + rng_between(r, 0, 1), 2), 2};
    form.due = (int32_t)rng_between(r, 0, 4);
    form.expires = (int32_t)rng_between(r, 6, 40);
    return form;
}

static void
indicators_fill(struct sim *s, struct campaign *c, bool more)
{
    static const struct {
        const char *code;
        enum over over;
    } all[] = {{"doses", OVER_SUM}, {"beds", OVER_LAST}, {"peak", OVER_MAX},
               {"low", OVER_MIN},   {"temp", OVER_MEAN}, {"more", OVER_LAST}};
    c->indicator_count = more ? 6 : 5;
    c->indicators = ARENA_ARRAY(s->arena, struct indicator, 6);
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        bool decimal = strcmp(all[i].code, "temp") == 0;
        c->indicators[i] = (struct indicator){
            .code = slice_text(all[i].code),
            .theme_code = slice_text("all"),
            .title = title_of(all[i].code),
            .type = decimal ? TYPE_DECIMAL : TYPE_INTEGER,
            .decimals = decimal,
            .over_time = all[i].over,
            .over_units = OVER_SUM,
            .has_min = !decimal,
        };
    }
}

static void
rules_fill(struct sim *s, struct campaign *c)
{
    static const char *const sides[] = {"low", "peak"};
    c->rule_count = 1;
    c->rules = ARENA_ARRAY(s->arena, struct rule, 1);
    c->rules[0] = (struct rule){
        .code = slice_text("low-peak"),
        .form_code = slice_text("daily"),
        .kind = RULE_LE,
        .left = list_of(s->arena, sides, 1),
        .right = list_of(s->arena, sides + 1, 1),
        .severity = SEVERITY_REJECT,
    };
}

/* Each authority's, voted on openly or secretly or not at all; the rule of the vote may change
 * with a revision, and an award be left out. The council's numbers: without it there are none. */
static void
awards_fill(struct sim *s, struct campaign *c)
{
    static const char *const codes[] = {"bang-khen", "khen-quan", "khen-xa", "thu-tuong",
                                        "huan-chuong"};
    static const enum award_level levels[] = {AWARD_CITY, AWARD_DISTRICT, AWARD_COMMUNE,
                                              AWARD_PRIME_MINISTER, AWARD_PRESIDENT};
    static const uint32_t percents[] = {50, 60, 75, 100}, quorums[] = {0, 50, 50, 75, 100};
    struct rng *r = &s->council_rng;
    c->award_count = rng_chance(r, 1, 12) ? 4 : 5;
    c->awards = ARENA_ARRAY(s->arena, struct award, 5);
    for (uint32_t i = 0; i < c->award_count; i++) {
        bool voted = i != 2 && (i != 4 || rng_chance(r, 1, 2));
        c->awards[i] = (struct award){
            .code = slice_text(codes[i]),
            .title = title_of(codes[i]),
            .subjects = FOR_COLLECTIVE | (rng_chance(r, 1, 2) ? FOR_INDIVIDUAL : 0),
            .level = levels[i],
            .percent = voted ? percents[rng_between(r, 0, 3)] : 0,
            .base = !voted                ? 0
                    : rng_chance(r, 1, 2) ? BASE_TOTAL
                                          : BASE_PRESENT,
            .quorum = voted ? quorums[rng_between(r, 0, 4)] : 0,
            .secret = voted && (i == 0 || i == 3) && !rng_chance(r, 1, 10),
            .written = voted && rng_chance(r, 2, 3),
            .quota = rng_chance(r, 1, 2) ? (uint32_t)rng_between(r, 1, 2) : 0,
            .simplified = rng_chance(r, 1, 2),
        };
    }
    uint32_t days[7];
    for (int i = 0; i < 7; i++) {
        days[i] = (uint32_t)rng_between(r, 0, 3);
    }
    c->stages = (struct stages){days[0], days[1], days[2], days[3], days[4], days[5], days[6]};
}

struct slice
load_campaign(struct sim *s)
{
    struct rng *r = &s->load_rng;
    int32_t today = day_of_time(broker_wall_us(s), 7 * 60);
    bool more = rng_chance(r, 1, 3);
    struct campaign c = {
        .code = slice_text("cv"),
        .title = title_of("cv"),
        .from = today - (int32_t)rng_between(r, 4, 60),
        .to = today + (int32_t)rng_between(r, 0, 400),
        .utc_offset_minutes = 7 * 60,
        .theme_count = 1,
        .form_count = 3,
    };
    c.themes = ARENA_ARRAY(s->arena, struct theme, 1);
    c.themes[0] = (struct theme){.code = slice_text("all"), .title = title_of("all")};
    indicators_fill(s, &c, more);
    if (s->sent_count > 1 && rng_chance(r, 1, 6)) {
        c.indicators[0].over_time = OVER_MEAN; /* the meaning of a code: may not follow */
    }
    rules_fill(s, &c);
    c.forms = ARENA_ARRAY(s->arena, struct form, 3);
    c.forms[0] = daily_of(s, more);
    c.forms[1] = form_of(s->arena, "weekly", GRAN_WEEK, "commune");
    c.forms[2] = form_of(s->arena, "monthly", GRAN_MONTH, "district");
    if (s->has_council) {
        awards_fill(s, &c);
    }
    campaign_link(&c, s->arena);
    struct buf wire = BUF_EMPTY, body = BUF_EMPTY;
    campaign_encode(&c, &wire);
    struct record_campaign in = {
        .campaign = c.code, .id = load_ulid(s), .body = buf_slice_of(&wire)};
    record_encode_campaign(&in, &body);
    struct slice copy = arena_copy(s->arena, buf_slice_of(&body));
    buf_fini(&wire);
    buf_fini(&body);
    return copy;
}
