/* See approvals.h. By unit, each a sorted array of what it is approved for; the last day that any approval
 * has ever reached is kept too, since nearly every report is of a later day and then costs one
 * comparison. A reopening leaves that day where it is: it only ever saves a search. */
#include "workers/state/approvals.h"

#include "common/mem.h"
#include "workers/state/rows_council.h"

#include <stdlib.h>

struct unit_approvals {
    uint64_t *keys; /* campaign ‖ granularity ‖ ordinal, ascending */
    uint32_t count, cap;
};

struct approvals {
    struct unit_approvals *units; /* by id */
    uint32_t unit_count;
    int32_t latest; /* no approval ends later */
};

static uint64_t
key_of(uint16_t campaign, struct period period)
{
    return (uint64_t)campaign << 40 | (uint64_t)period.gran << 32 | period.ordinal;
}

static struct period
period_of_key(uint64_t key)
{
    return (struct period){(enum granularity)(key >> 32 & 0xff), (uint32_t)key};
}

struct approvals *
approvals_new(void)
{
    struct approvals *a = mem_alloc(sizeof(*a));
    a->latest = INT32_MIN;
    return a;
}

static void
forget(struct approvals *a)
{
    for (uint32_t i = 0; i < a->unit_count; i++) {
        free(a->units[i].keys);
    }
    free(a->units);
    *a = (struct approvals){.latest = INT32_MIN};
}

void
approvals_free(struct approvals **approvals)
{
    if (*approvals != NULL) {
        forget(*approvals);
        free(*approvals);
    }
    *approvals = NULL;
}

/* The place of a key, or the one where it would be. */
static uint32_t
place_of(const struct unit_approvals *u, uint64_t key)
{
    uint32_t low = 0, high = u->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (u->keys[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct unit_approvals *
unit_room(struct approvals *a, uint32_t unit)
{
    if (unit >= a->unit_count) {
        uint32_t count = unit < 512 ? 1024 : 2 * unit;
        a->units = mem_resize(a->units, count * sizeof(*a->units));
        memset(a->units + a->unit_count, 0, (count - a->unit_count) * sizeof(*a->units));
        a->unit_count = count;
    }
    return &a->units[unit];
}

static void
insert(struct unit_approvals *u, uint32_t at, uint64_t key)
{
    if (u->count == u->cap) {
        u->cap = u->cap == 0 ? 8 : 2 * u->cap;
        u->keys = mem_resize(u->keys, u->cap * sizeof(*u->keys));
    }
    memmove(u->keys + at + 1, u->keys + at, (u->count - at) * sizeof(*u->keys));
    u->keys[at] = key;
    u->count++;
}

void
approvals_set(struct approvals *a, uint16_t campaign, uint32_t unit, struct period period,
              bool approved)
{
    struct unit_approvals *u = unit_room(a, unit);
    uint64_t key = key_of(campaign, period);
    uint32_t at = place_of(u, key);
    bool there = at < u->count && u->keys[at] == key;
    if (approved && !there) {
        int32_t last = period_last_day(period);
        a->latest = last > a->latest ? last : a->latest;
        insert(u, at, key);
    } else if (!approved && there) {
        u->count--;
        memmove(u->keys + at, u->keys + at + 1, (u->count - at) * sizeof(*u->keys));
    }
}

bool
approvals_has(const struct approvals *a, uint16_t campaign, uint32_t unit, struct period period)
{
    if (unit >= a->unit_count || a->units[unit].count == 0) {
        return false;
    }
    const struct unit_approvals *u = &a->units[unit];
    uint64_t key = key_of(campaign, period);
    uint32_t at = place_of(u, key);
    return at < u->count && u->keys[at] == key;
}

static enum err
load_row(struct approvals *a, const struct state_row *row, const struct registry *registry)
{
    uint16_t campaign;
    uint32_t unit;
    struct period period;
    struct approval_row value;
    enum err err = approval_key_decode(row->key, &campaign, &unit, &period);
    err = err == ERR_OK ? approval_decode(row->value, &value) : err;
    if (err == ERR_OK && unit >= registry->unit_count) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK && value.approved) {
        approvals_set(a, campaign, unit, period, true);
    }
    return err;
}

enum err
approvals_load(struct approvals *a, struct state *state, const struct registry *registry)
{
    struct state_cursor *cursor;
    struct state_row row;
    forget(a);
    enum err err = state_cursor_open(state, TABLE_APPROVAL, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    while ((err = cursor_next(cursor, &row)) == ERR_OK) {
        err = load_row(a, &row, registry);
        if (err != ERR_OK) {
            break;
        }
    }
    cursor_close(cursor);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- the rules ---- */

static uint32_t
parent_in(const struct registry *registry, uint32_t unit, struct period period)
{
    const struct registry_version *version = registry_in(registry, unit, period);
    return version == NULL ? UNIT_NONE : version->parent;
}

/* Whether `unit`, or one that it counts beneath in the period, is approved for just this period. The
 * bound ends a chain that is no tree (registry.c, registry_child_towards). */
static bool
chain_has(const struct approval_of *of, uint32_t unit, struct period period, struct approved *by)
{
    for (unsigned depth = 0; depth <= UNIT_DEPTH_MAX && unit != UNIT_NONE; depth++) {
        if (approvals_has(of->approvals, of->campaign->id, unit, period)) {
            *by = (struct approved){unit, period};
            return true;
        }
        unit = parent_in(of->registry, unit, period);
    }
    return false;
}

bool
approval_locks(const struct approval_of *of, struct approved *by)
{
    if (period_first_day(of->period) > of->approvals->latest) {
        return false;
    }
    for (int gran = (int)of->period.gran; gran <= GRAN_YEAR; gran++) {
        if (chain_has(of, of->unit, period_up(of->period, (enum granularity)gran), by)) {
            return true;
        }
    }
    return false;
}

static bool
covered(const struct approval_of *of, uint32_t unit, struct approved *by)
{
    for (int gran = (int)of->period.gran; gran <= GRAN_YEAR; gran++) {
        struct period up = period_up(of->period, (enum granularity)gran);
        if (approvals_has(of->approvals, of->campaign->id, unit, up)) {
            *by = (struct approved){unit, up};
            return true;
        }
    }
    return false;
}

bool
approval_covers(const struct approval_of *of, struct approved *by)
{
    return covered(of, of->unit, by);
}

/* Each version of the unit is looked at once, by the first of the form's periods that it is in force
 * for, whether it is asked: as a report would be (validate.c, check_asked, check_window). */
static bool
form_asks_in(const struct approval_of *of, uint32_t unit, const struct form *form)
{
    const struct campaign *campaign = &of->campaign->campaign;
    const struct registry_version *before = NULL;
    struct period at, last;
    if (form->period > of->period.gran) {
        return false;
    }
    period_finer(of->period, form->period, &at, &last);
    uint32_t begin = period_of_day(form->period, campaign->from).ordinal;
    uint32_t end = period_of_day(form->period, campaign->to).ordinal;
    at.ordinal = at.ordinal < begin ? begin : at.ordinal;
    for (; at.ordinal <= last.ordinal && at.ordinal <= end; at.ordinal++) {
        const struct registry_version *version = registry_in(of->registry, unit, at);
        if (version != NULL && version != before &&
            form_asks(form, of->registry->units[unit].code, version->level, version->kind)) {
            return true;
        }
        before = version;
    }
    return false;
}

static bool
asked(const struct approval_of *of, uint32_t unit)
{
    const struct campaign *campaign = &of->campaign->campaign;
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        if (form_asks_in(of, unit, &campaign->forms[i])) {
            return true;
        }
    }
    return false;
}

bool
approval_asked(const struct approval_of *of)
{
    return asked(of, of->unit);
}

uint32_t
approval_below(const struct approval_of *of, uint32_t from)
{
    struct approved by;
    for (uint32_t unit = from; unit < of->registry->unit_count; unit++) {
        if (unit != of->unit && !covered(of, unit, &by) &&
            registry_child_towards(of->registry, unit, of->unit, of->period) != UNIT_NONE &&
            asked(of, unit)) {
            return unit;
        }
    }
    return UNIT_NONE;
}

/* An approval of a shorter period, by a unit above, that this one was the ground for. */
static bool
shorter_above(const struct approval_of *of, uint32_t unit, struct approved *by)
{
    const struct unit_approvals *u = &of->approvals->units[unit];
    for (uint32_t i = 0; i < u->count; i++) {
        struct period period = period_of_key(u->keys[i]);
        if (u->keys[i] >> 40 == of->campaign->id && period.gran < of->period.gran &&
            period_equal(period_up(period, of->period.gran), of->period) &&
            registry_child_towards(of->registry, of->unit, unit, period) != UNIT_NONE) {
            *by = (struct approved){unit, period};
            return true;
        }
    }
    return false;
}

bool
approval_above(const struct approval_of *of, struct approved *by)
{
    uint32_t from = parent_in(of->registry, of->unit, of->period);
    for (int gran = (int)of->period.gran; gran <= GRAN_YEAR; gran++) {
        if (chain_has(of, from, period_up(of->period, (enum granularity)gran), by)) {
            return true;
        }
        from = of->unit;
    }
    for (uint32_t unit = 0; unit < of->approvals->unit_count; unit++) {
        if (unit != of->unit && shorter_above(of, unit, by)) {
            return true;
        }
    }
    return false;
}

bool
approval_holds_forms(const struct approval_of *of, enum granularity *finest)
{
    const struct campaign *campaign = &of->campaign->campaign;
    *finest = GRAN_YEAR;
    for (uint32_t i = 0; i < campaign->form_count; i++) {
        enum granularity period = campaign->forms[i].period;
        *finest = period < *finest ? period : *finest;
    }
    return *finest <= of->period.gran;
}
