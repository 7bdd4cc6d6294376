/* review.def as tables: moves, names. */
#include "proto/review.h"

#include <string.h>

/* The .def speaks of roles and places by their short names. */
enum { NOBODY = -1, SUBMITTER = ACCESS_SUBMITTER, SECRETARY = ACCESS_SECRETARY };

static const struct review_move MOVES[] = {
#define STATE(name, number, vi, en)
#define MOVE(act, from, to, role, place, needs)                                                    \
    {REVIEW_##act, STATE_##from, STATE_##to, role, PLACE_##place, NEED_##needs},
#include "proto/review.def"
#undef STATE
#undef MOVE
};

const struct review_move *
review_move(enum review_act act, enum review_state from, uint32_t nth)
{
    for (size_t i = 0; i < sizeof(MOVES) / sizeof(MOVES[0]); i++) {
        if (MOVES[i].act == act && MOVES[i].from == from && nth-- == 0) {
            return &MOVES[i];
        }
    }
    return NULL;
}

static const struct {
    const char *name, *vi, *en;
} STATES[REVIEW_STATE_MAX + 1] = {
#define STATE(name, number, vi, en) [number] = {#name, vi, en},
#define MOVE(act, from, to, role, place, needs)
#include "proto/review.def"
#undef STATE
#undef MOVE
};

const char *
review_state_name(enum review_state state)
{
    return state > STATE_none && state <= REVIEW_STATE_MAX ? STATES[state].name : "";
}

void
review_state_words(enum review_state state, const char **vi, const char **en)
{
    bool known = state > STATE_none && state <= REVIEW_STATE_MAX;
    *vi = known ? STATES[state].vi : "";
    *en = known ? STATES[state].en : "";
}

bool
review_state_parse(struct slice name, enum review_state *state)
{
    for (int i = STATE_none + 1; i <= REVIEW_STATE_MAX; i++) {
        if (slice_is(name, STATES[i].name)) {
            *state = (enum review_state)i;
            return true;
        }
    }
    return false;
}

const char *
review_act_name(enum review_act act)
{
    static const char *const names[] = {
        [REVIEW_verify] = "verify",     [REVIEW_send_back] = "return",
        [REVIEW_consult] = "consult",   [REVIEW_opinion] = "opinion",
        [REVIEW_conclude] = "conclude", [REVIEW_approve] = "approve",
        [REVIEW_forward] = "forward",   [REVIEW_refuse] = "refuse",
        [REVIEW_submit] = "submit",     [REVIEW_opinion_last] = "opinion",
        [REVIEW_table] = "table",       [REVIEW_carry] = "carry",
        [REVIEW_fail] = "fail",         [REVIEW_untable] = "untable",
        [REVIEW_decide] = "decide",     [REVIEW_revoke] = "revoke",
    };
    size_t count = sizeof(names) / sizeof(names[0]);
    return (size_t)act < count && names[act] != NULL ? names[act] : "";
}

/* Communes decide least, the city most of what is decided here; whatever stands between them (a
 * district, a department, an organisation) decides alike: Decree 91/2017/NĐ-CP. */
enum authority
authority_of_level(struct slice level)
{
    if (slice_is(level, "commune")) {
        return AUTHORITY_COMMUNE;
    }
    return slice_is(level, "city") || slice_is(level, "province") ? AUTHORITY_CITY
                                                                  : AUTHORITY_DISTRICT;
}

static const char *const KINDS[] = {
    [SUBJECT_COLLECTIVE] = "collective",
    [SUBJECT_INDIVIDUAL] = "individual",
    [SUBJECT_HOUSEHOLD] = "household",
};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

static const char *const AUTHORITIES[] = {
    [AUTHORITY_COMMUNE] = "commune",     [AUTHORITY_DISTRICT] = "district",
    [AUTHORITY_CITY] = "city",           [AUTHORITY_PRIME_MINISTER] = "prime-minister",
    [AUTHORITY_PRESIDENT] = "president",
};
#define AUTHORITY_COUNT (sizeof(AUTHORITIES) / sizeof(AUTHORITIES[0]))

static const char *
word_of(const char *const *words, size_t count, size_t number)
{
    return number < count && words[number] != NULL ? words[number] : "";
}

/* 0: none of them, as the numbers begin with 1. */
static size_t
word_find(const char *const *words, size_t count, struct slice name)
{
    size_t i = count - 1;
    while (i > 0 && !slice_is(name, words[i])) {
        i--;
    }
    return i;
}

const char *
subject_kind_name(enum subject_kind kind)
{
    return word_of(KINDS, KIND_COUNT, (size_t)kind);
}

bool
subject_kind_parse(struct slice name, enum subject_kind *kind)
{
    *kind = (enum subject_kind)word_find(KINDS, KIND_COUNT, name);
    return *kind != 0;
}

const char *
authority_name(enum authority authority)
{
    return word_of(AUTHORITIES, AUTHORITY_COUNT, (size_t)authority);
}

bool
authority_parse(struct slice name, enum authority *authority)
{
    *authority = (enum authority)word_find(AUTHORITIES, AUTHORITY_COUNT, name);
    return *authority != 0;
}
