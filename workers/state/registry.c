/* The registry as the state holds it: made whole from IDENT, UNIT and CAMPAIGN, one pass each, and
 * thrown away whole. All memory that outlives the load is in one arena; what the passes gather
 * before its size is known is in `struct loading`.
 *
 * Invariants after a load: units[i] is the unit with id i; each unit has a place, by hash and open
 * addressing, in a table that is at most half full; a unit's versions ascend and do not overlap; a parent is UNIT_NONE or an id below unit_count; every
 * indicator, form and source of a campaign has its id. Tables that do not fit each other are
 * ERR_CORRUPT. */
#include "workers/state/registry.h"

#include "common/log.h"
#include "common/mem.h"

#include <stdlib.h>
#include <xxhash.h>

struct registry_place {
    uint32_t tag;  /* the upper half of the code's hash: no other code is looked at */
    uint32_t unit; /* id + 1; 0: free */
};

struct ident {
    struct ident_key key;
    uint32_t id;
};

struct loading {
    struct registry *r;
    struct state *state;
    struct ident *idents; /* in the table's order: by kind, campaign, code */
    uint32_t ident_count, ident_cap;
    struct registry_version *versions; /* of all units, in the order of ids */
    uint32_t version_count, version_cap;
};

/* Room for one more at the end of a growing array. */
static void *
grow(void *array, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap) {
        return array;
    }
    *cap = *cap == 0 ? 1024 : 2 * *cap;
    return mem_resize(array, *cap * size);
}

typedef enum err row_fn(struct loading *l, struct slice key, struct slice value);

/* Calls `fn` for every row of a table. */
static enum err
each_row(struct loading *l, enum table table, row_fn *fn)
{
    struct state_cursor *c;
    struct state_row row;
    enum err err = state_cursor_open(l->state, table, &c);
    if (err != ERR_OK) {
        return err;
    }
    while ((err = cursor_next(c, &row)) == ERR_OK) {
        err = fn(l, row.key, row.value);
        if (err != ERR_OK) {
            break;
        }
    }
    cursor_close(c);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- IDENT ---- */

static enum err
load_ident(struct loading *l, struct slice key, struct slice value)
{
    struct ident ident;
    enum err err = ident_key_decode(key, &ident.key);
    if (err == ERR_OK) {
        err = ident_decode(value, &ident.id);
    }
    if (err != ERR_OK) {
        return err;
    }
    ident.key.code = arena_copy(l->r->arena, ident.key.code);
    l->idents = grow(l->idents, l->ident_count, &l->ident_cap, sizeof(*l->idents));
    l->idents[l->ident_count++] = ident;
    return ERR_OK;
}

static int
ident_order(const struct ident_key *a, const struct ident_key *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->campaign != b->campaign) {
        return a->campaign < b->campaign ? -1 : 1;
    }
    return slice_compare(a->code, b->code);
}

static int
ident_search(const void *key, const void *element)
{
    return ident_order(key, &((const struct ident *)element)->key);
}

/* False where the code has no id, or one that its 16 bits do not hold. */
static bool
ident_find(const struct loading *l, enum ident_kind kind, uint16_t campaign, struct slice code,
           uint16_t *id)
{
    struct ident_key key = {.kind = kind, .campaign = campaign, .code = code};
    const struct ident *found = l->ident_count == 0 ? NULL
                                                    : bsearch(&key, l->idents, l->ident_count,
                                                              sizeof(*l->idents), ident_search);
    if (found == NULL || found->id > UINT16_MAX) {
        return false;
    }
    *id = (uint16_t)found->id;
    return true;
}

static uint32_t
count_idents(const struct loading *l, enum ident_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->ident_count; i++) {
        count += l->idents[i].key.kind == kind;
    }
    return count;
}

/* The place of a code's unit, or the free one where it would be. */
static struct registry_place *
place_of(const struct registry *r, struct slice code, uint64_t hash)
{
    uint32_t mask = r->place_count - 1, tag = (uint32_t)(hash >> 32);
    for (uint32_t at = (uint32_t)hash & mask;; at = (at + 1) & mask) {
        struct registry_place *place = &r->places[at];
        if (place->unit == 0 ||
            (place->tag == tag && slice_equal(r->units[place->unit - 1].code, code))) {
            return place;
        }
    }
}

static void
make_places(struct registry *r)
{
    r->place_count = 2;
    while (r->place_count < 2 * r->unit_count) {
        r->place_count *= 2;
    }
    r->places = ARENA_ARRAY(r->arena, struct registry_place, r->place_count);
    for (uint32_t id = 0; id < r->unit_count; id++) {
        struct slice code = r->units[id].code;
        uint64_t hash = XXH3_64bits(code.data, code.len);
        *place_of(r, code, hash) = (struct registry_place){(uint32_t)(hash >> 32), id + 1};
    }
}

/* Ids are dense: with `count` of them, each below it and none given twice, all are there. */
static enum err
place_units(struct loading *l)
{
    struct registry *r = l->r;
    r->unit_count = count_idents(l, IDENT_UNIT);
    r->units = ARENA_ARRAY(r->arena, struct registry_unit, r->unit_count);
    for (uint32_t i = 0; i < l->ident_count; i++) {
        const struct ident *ident = &l->idents[i];
        if (ident->key.kind != IDENT_UNIT) {
            continue;
        }
        if (ident->id >= r->unit_count || r->units[ident->id].code.len != 0) {
            return ERR_CORRUPT;
        }
        r->units[ident->id].code = ident->key.code;
    }
    make_places(r);
    return ERR_OK;
}

/* ---- UNIT ---- */

static enum err
load_version(struct loading *l, struct slice key, struct slice value)
{
    uint32_t id;
    struct registry_version version;
    enum err err = unit_key_decode(key, &id, &version.from);
    if (err == ERR_OK) {
        err = unit_row_decode(arena_copy(l->r->arena, value), &version);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (id >= l->r->unit_count || version.to < version.from ||
        (version.parent != UNIT_NONE && version.parent >= l->r->unit_count)) {
        return ERR_CORRUPT;
    }
    struct registry_unit *unit = &l->r->units[id];
    if (unit->count > 0 && l->versions[l->version_count - 1].to >= version.from) {
        return ERR_CORRUPT;
    }
    l->versions = grow(l->versions, l->version_count, &l->version_cap, sizeof(*l->versions));
    l->versions[l->version_count++] = version;
    unit->count++;
    return ERR_OK;
}

/* The rows came in the order of ids, so each unit's versions are the next `count` ones. */
static void
place_versions(struct loading *l)
{
    struct registry *r = l->r;
    struct registry_version *all = ARENA_ARRAY(r->arena, struct registry_version, l->version_count);
    if (l->version_count > 0) {
        memcpy(all, l->versions, l->version_count * sizeof(*all));
    }
    for (uint32_t i = 0; i < r->unit_count; i++) {
        r->units[i].versions = all;
        all += r->units[i].count;
    }
}

/* ---- CAMPAIGN ---- */

static bool
place_sources(const struct loading *l, struct registry_campaign *rc)
{
    const struct campaign *c = &rc->campaign;
    rc->source_ids = ARENA_ARRAY(l->r->arena, uint16_t *, c->form_count);
    for (uint32_t f = 0; f < c->form_count; f++) {
        const struct code_list *sources = &c->forms[f].sources;
        rc->source_ids[f] = ARENA_ARRAY(l->r->arena, uint16_t, sources->count);
        for (uint32_t s = 0; s < sources->count; s++) {
            if (!ident_find(l, IDENT_SOURCE, rc->id, sources->codes[s], &rc->source_ids[f][s])) {
                return false;
            }
        }
    }
    return true;
}

static bool
place_campaign_ids(const struct loading *l, struct registry_campaign *rc)
{
    const struct campaign *c = &rc->campaign;
    rc->indicator_ids = ARENA_ARRAY(l->r->arena, uint16_t, c->indicator_count);
    rc->form_ids = ARENA_ARRAY(l->r->arena, uint16_t, c->form_count);
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        if (!ident_find(l, IDENT_INDICATOR, rc->id, c->indicators[i].code, &rc->indicator_ids[i])) {
            return false;
        }
    }
    for (uint32_t f = 0; f < c->form_count; f++) {
        if (!ident_find(l, IDENT_FORM, rc->id, c->forms[f].code, &rc->form_ids[f])) {
            return false;
        }
    }
    return place_sources(l, rc);
}

static enum err
load_campaign(struct loading *l, struct slice key, struct slice value)
{
    struct registry *r = l->r;
    struct complaint why;
    uint16_t id, known;
    enum err err = campaign_key_decode(key, &id);
    if (err != ERR_OK) {
        return err;
    }
    if (id >= r->campaign_count || r->campaigns[id].campaign.code.len != 0) {
        return ERR_CORRUPT;
    }
    struct registry_campaign *rc = &r->campaigns[id];
    if (!campaign_decode(arena_copy(r->arena, value), r->arena, &rc->campaign, &why)) {
        log_error("campaign_unreadable", "campaign=%u code=%s", id, code_text(why.code));
        return ERR_CORRUPT;
    }
    rc->id = id;
    if (!ident_find(l, IDENT_CAMPAIGN, 0, rc->campaign.code, &known) || known != id ||
        !place_campaign_ids(l, rc)) {
        return ERR_CORRUPT;
    }
    return ERR_OK;
}

static enum err
load_campaigns(struct loading *l)
{
    struct registry *r = l->r;
    r->campaign_count = count_idents(l, IDENT_CAMPAIGN);
    r->campaigns = ARENA_ARRAY(r->arena, struct registry_campaign, r->campaign_count);
    enum err err = each_row(l, TABLE_CAMPAIGN, load_campaign);
    for (uint32_t i = 0; i < r->campaign_count && err == ERR_OK; i++) {
        err = r->campaigns[i].campaign.code.len == 0 ? ERR_CORRUPT : ERR_OK;
    }
    return err;
}

/* ---- the whole ---- */

static enum err
load_revision(struct loading *l)
{
    struct slice value;
    struct position position;
    enum err err = state_get(l->state, TABLE_META, META_POSITION, &value);
    if (err == ERR_NOT_FOUND) {
        return ERR_OK; /* a new state: revision 0 */
    }
    if (err == ERR_OK) {
        err = position_decode(value, &position);
    }
    if (err == ERR_OK) {
        l->r->revision = position.registry_revision;
    }
    return err;
}

static enum err
load_all(struct loading *l)
{
    enum err err = load_revision(l);
    if (err == ERR_OK) {
        err = each_row(l, TABLE_IDENT, load_ident);
    }
    if (err == ERR_OK) {
        err = place_units(l);
    }
    if (err == ERR_OK) {
        err = each_row(l, TABLE_UNIT, load_version);
    }
    if (err == ERR_OK) {
        place_versions(l);
        err = load_campaigns(l);
    }
    return err;
}

enum err
registry_load(struct registry *r, struct state *state)
{
    struct registry fresh = {.arena = arena_new()};
    struct loading l = {.r = &fresh, .state = state};
    enum err err = load_all(&l);
    free(l.idents);
    free(l.versions);
    if (err != ERR_OK) {
        registry_fini(&fresh);
        return err;
    }
    registry_fini(r);
    *r = fresh;
    return ERR_OK;
}

void
registry_fini(struct registry *r)
{
    if (r->arena != NULL) {
        arena_free(&r->arena);
    }
    *r = (struct registry){0};
}

/* ---- looking up ---- */

uint32_t
registry_find(const struct registry *r, struct slice code)
{
    if (r->unit_count == 0) {
        return UNIT_NONE;
    }
    uint32_t unit = place_of(r, code, XXH3_64bits(code.data, code.len))->unit;
    return unit == 0 ? UNIT_NONE : unit - 1;
}

/* The newest version that began by `last` and had not ended before `first`. */
static const struct registry_version *
version_between(const struct registry *r, uint32_t unit, int32_t first, int32_t last)
{
    if (unit >= r->unit_count) {
        return NULL;
    }
    const struct registry_unit *u = &r->units[unit];
    for (uint32_t i = u->count; i-- > 0;) {
        if (u->versions[i].from <= last) {
            return u->versions[i].to >= first ? &u->versions[i] : NULL;
        }
    }
    return NULL;
}

const struct registry_version *
registry_on(const struct registry *r, uint32_t unit, int32_t day)
{
    return version_between(r, unit, day, day);
}

const struct registry_version *
registry_in(const struct registry *r, uint32_t unit, struct period period)
{
    return version_between(r, unit, period_first_day(period), period_last_day(period));
}

bool
registry_at_end(const struct registry *r, uint32_t unit, struct period period)
{
    return registry_on(r, unit, period_last_day(period)) != NULL;
}

uint32_t
registry_child_towards(const struct registry *r, uint32_t unit, uint32_t top, struct period period)
{
    int32_t first = period_first_day(period);
    int32_t last = period_last_day(period);
    if (unit == top) {
        return top;
    }
    /* units_check refuses cycles on any day, but a period mixes days: A under B until Monday and B
     * under A from Tuesday is no cycle on any day, and one in the week. The bound ends it. */
    for (unsigned depth = 0; depth < UNIT_DEPTH_MAX; depth++) {
        const struct registry_version *version = version_between(r, unit, first, last);
        if (version == NULL || version->parent == UNIT_NONE) {
            return UNIT_NONE;
        }
        if (version->parent == top) {
            return unit;
        }
        unit = version->parent;
    }
    return UNIT_NONE;
}

const struct registry_campaign *
registry_campaign(const struct registry *r, struct slice code, struct complaint *why)
{
    if (code.len == 0 && r->campaign_count == 1) {
        return &r->campaigns[0];
    }
    if (code.len == 0 && r->campaign_count > 1) {
        complain(why, CODE_CAMPAIGN_AMBIGUOUS, code, "%u", r->campaign_count);
        return NULL;
    }
    for (uint32_t i = 0; i < r->campaign_count; i++) {
        if (slice_equal(r->campaigns[i].campaign.code, code)) {
            return &r->campaigns[i];
        }
    }
    complain(why, CODE_CAMPAIGN_UNKNOWN, code, "%s", "");
    return NULL;
}
