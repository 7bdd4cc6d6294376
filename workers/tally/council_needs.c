/* What a move of review.def needs beside state, right and place: one small function a need, and
 * council_may, which finds the move. Nothing here writes. */
#include "common/text.h"
#include "proto/limits.h"
#include "workers/state/standing.h"
#include "workers/tally/council.h"

/* An act on its way through the needs of a move. */
struct ask {
    struct apply *a;
    const struct matter *m;
    enum review_act act;
    const struct act_row *with;
    struct complaint *why;
};

/* Only what the state did to us is an err; `holds` and ask->why say the rest. */
typedef enum err need_fn(const struct ask *ask, bool *holds);

static struct standing
standing_of(const struct apply *a, const struct matter *m)
{
    return (struct standing){.state = a->state,
                             .registry = &a->registry,
                             .campaign = &m->campaign->campaign,
                             .row = &m->row,
                             .today = m->today};
}

const struct award *
council_award(const struct matter *m, struct complaint *why)
{
    const struct standing s = {.campaign = &m->campaign->campaign, .row = &m->row};
    const struct award *award = standing_award(&s);
    if (award == NULL) {
        complain(why, CODE_AWARD_UNKNOWN, m->row.award, "%.*s", SLICE_ARG(s.campaign->code));
    }
    return award;
}

/* The first thing that a secretary asks: what state is it in, and what was to be done. */
static bool
refuse_move(const struct ask *ask, const char *found)
{
    return complain(ask->why, CODE_MOVE_REFUSED, slice_text(review_state_name(ask->m->row.state)),
                    "%s%s%s", review_act_name(ask->act), found[0] == '\0' ? "" : ", ", found);
}

static struct slice
holder_code(const struct ask *ask)
{
    return ask->a->registry.units[ask->m->row.holder].code;
}

/* ---- the needs ---- */

static enum err
need_nothing(const struct ask *ask, bool *holds)
{
    (void)ask;
    *holds = true;
    return ERR_OK;
}

static enum err
need_documents(const struct ask *ask, bool *holds)
{
    struct document *list = ARENA_ARRAY(ask->a->arena, struct document, DOCUMENTS_MAX);
    uint32_t count = 0;
    *holds = documents_read(ask->m->row.documents, list, &count, ask->why);
    enum err err = ERR_OK;
    for (uint32_t i = 0; *holds && i < count; i++) {
        err = standing_document(ask->a->state, list[i].hash, list[i].bytes, holds);
        if (err == ERR_OK && !*holds) {
            complain(ask->why, CODE_DOCUMENT_MISSING, list[i].name, "%llu bytes",
                     (unsigned long long)list[i].bytes);
        }
    }
    return err;
}

static enum err
need_reason(const struct ask *ask, bool *holds)
{
    *holds = text_trim(ask->with->text).len != 0 ||
             complain(ask->why, CODE_REASON_MISSING, slice_text("reason"), "%s", "");
    return ERR_OK;
}

static enum err
need_unit(const struct ask *ask, bool *holds)
{
    const struct registry *registry = &ask->a->registry;
    struct slice code = ask->with->unit;
    uint32_t unit = registry_find(registry, code);
    char today[DATE_TEXT];
    *holds = false;
    date_format(ask->m->today, today);
    if (code.len == 0) {
        complain(ask->why, CODE_MISSING_FIELD, slice_text("unit"), "%s", "");
    } else if (unit == UNIT_NONE) {
        complain(ask->why, CODE_UNIT_UNKNOWN, code, "%s", "");
    } else if (registry_on(registry, unit, ask->m->today) == NULL) {
        complain(ask->why, CODE_UNIT_NOT_THEN, code, "%s", today);
    } else if (!standing_may_ask(&(struct standing){.row = &ask->m->row})) {
        complain(ask->why, CODE_TOO_MANY, slice_text("units"), "%d", CONSULTED_MAX);
    } else {
        *holds = true;
    }
    return ERR_OK;
}

static enum err
need_deadline(const struct ask *ask, bool *holds)
{
    const struct standing s = standing_of(ask->a, ask->m);
    char until[DATE_TEXT] = "";
    *holds = standing_is_past(&s);
    if (!*holds) {
        date_format(ask->m->row.deadline, until);
        refuse_move(ask, until);
    }
    return ERR_OK;
}

static enum err
need_simplified(const struct ask *ask, bool *holds)
{
    const struct standing s = standing_of(ask->a, ask->m);
    const struct award *award = council_award(ask->m, ask->why);
    *holds = standing_is_simple(&s);
    if (award != NULL && !*holds) {
        refuse_move(ask, award->simplified ? "simplified: no" : "vote");
    }
    return ERR_OK;
}

static enum err
need_lower(const struct ask *ask, bool *holds)
{
    const struct standing s = standing_of(ask->a, ask->m);
    const struct award *award = council_award(ask->m, ask->why);
    *holds = standing_is_lower(&s);
    if (award != NULL && !*holds) {
        refuse_move(ask, arena_text(ask->a->arena, holder_code(ask)));
    }
    return ERR_OK;
}

static enum err
need_above(const struct ask *ask, bool *holds)
{
    const struct standing s = standing_of(ask->a, ask->m);
    const struct award *award = council_award(ask->m, ask->why);
    *holds = standing_is_above(&s);
    if (award != NULL && !*holds) {
        refuse_move(ask, arena_text(ask->a->arena, holder_code(ask)));
    }
    return ERR_OK;
}

static enum err
need_number(const struct ask *ask, bool *holds)
{
    int32_t day;
    struct slice date = ask->with->date;
    *holds = false;
    if (text_trim(ask->with->number).len == 0) {
        complain(ask->why, CODE_MISSING_FIELD, slice_text("number"), "%s", "");
    } else if (date.len == 0) {
        complain(ask->why, CODE_MISSING_FIELD, slice_text("date"), "%s", "");
    } else if (date_parse(date, &day) != ERR_OK) {
        complain(ask->why, CODE_DATE_INVALID, slice_text("date"), "%.*s", SLICE_ARG(date));
    } else {
        *holds = true;
    }
    return ERR_OK;
}

static enum err
need_authority(const struct ask *ask, bool *holds)
{
    const struct standing s = standing_of(ask->a, ask->m);
    const struct award *award = council_award(ask->m, ask->why);
    *holds = false;
    if (award == NULL) {
        return ERR_OK;
    }
    if (!standing_is_own(&s)) {
        complain(ask->why, CODE_AUTHORITY_OTHER, holder_code(ask), "%.*s", SLICE_ARG(award->code));
        return ERR_OK;
    }
    enum err err = need_number(ask, holds);
    if (err != ERR_OK || !*holds) {
        return err;
    }
    err = standing_has_room(&s, holds);
    if (err == ERR_OK && !*holds) {
        complain(ask->why, CODE_QUOTA_REACHED, award->code, "%u", award->quota);
    }
    return err;
}

enum err
council_may(struct apply *a, const struct matter *m, enum review_act act,
            const struct act_row *with, const struct review_move **move, struct complaint *why)
{
    static need_fn *const needs[] = {
        [NEED_NOTHING] = need_nothing,     [NEED_DOCUMENTS] = need_documents,
        [NEED_REASON] = need_reason,       [NEED_UNIT] = need_unit,
        [NEED_DEADLINE] = need_deadline,   [NEED_SIMPLIFIED] = need_simplified,
        [NEED_VOTE] = need_nothing, /* counted by who closes the meeting */
        [NEED_LOWER] = need_lower,         [NEED_ABOVE] = need_above,
        [NEED_AUTHORITY] = need_authority, [NEED_NUMBER] = need_number,
    };
    const struct ask ask = {a, m, act, with, why};
    const struct review_move *found;
    refuse_move(&ask, "");
    for (uint32_t nth = 0; (found = review_move(act, m->row.state, nth)) != NULL; nth++) {
        bool holds;
        enum err err = needs[found->need](&ask, &holds);
        if (err != ERR_OK || holds) {
            *move = found;
            return err;
        }
    }
    *move = NULL;
    return ERR_OK;
}
