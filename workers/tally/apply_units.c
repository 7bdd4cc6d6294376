/* The registry of units, whole. A unit in the file has the file's rows and no others. A unit that is
 * no longer in it ends on the block's local day (by the first campaign's clock; UTC where there is
 * none), and what it was to become after that day is forgotten; its past stays. */
#include "common/check.h"
#include "proto/units.h"
#include "workers/tally/first_mistake.h"
#include "workers/tally/ident.h"
#include "workers/tally/once.h"
#include "workers/tally/validate.h"

/* A registry on its way. */
struct renewal {
    struct apply *a;
    struct record_units in;
    struct once once;
    struct units units;
    uint32_t *ids; /* by row */
    bool *listed;  /* by the id of a unit that was there: it is in the file */
    int32_t today;
};

static int32_t
today_of(const struct apply *a, const struct record *record)
{
    const struct registry *registry = &a->registry;
    int32_t offset =
        registry->campaign_count == 0 ? 0 : registry->campaigns[0].campaign.utc_offset_minutes;
    return local_day(record->time_us, offset);
}

static bool
rows_check(struct renewal *r, struct complaint *why)
{
    if (!units_decode(r->in.rows, r->a->arena, &r->units, why)) {
        return false;
    }
    struct first_mistake mistake = first_mistake_into(why);
    return units_check(&r->units, r->a->arena, &mistake.complaints) == 0;
}

/* In the file's order, so that every shard gives the same numbers. */
static enum err
idents_settle(struct renewal *r)
{
    struct idents idents;
    enum err err = idents_open(&idents, r->a, IDENT_UNIT, 0);
    r->ids = ARENA_ARRAY(r->a->arena, uint32_t, r->units.count);
    r->listed = ARENA_ARRAY(r->a->arena, bool, r->a->registry.unit_count);
    for (uint32_t i = 0; err == ERR_OK && i < r->units.count; i++) {
        err = ident_give(&idents, r->units.rows[i].code, &r->ids[i]);
        if (err == ERR_OK && r->ids[i] < r->a->registry.unit_count) {
            r->listed[r->ids[i]] = true;
        }
    }
    return err;
}

static enum err
version_put(struct apply *a, uint32_t unit, const struct registry_version *version)
{
    key_unit(&a->key, unit, version->from);
    buf_clear(&a->value);
    unit_row_encode(version, &a->value);
    return state_put(a->state, TABLE_UNIT, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
version_remove(struct apply *a, uint32_t unit, const struct registry_version *version)
{
    key_unit(&a->key, unit, version->from);
    return state_del(a->state, TABLE_UNIT, buf_slice_of(&a->key));
}

/* A unit that was there: its rows go, or, where it is not in the file, end. */
static enum err
unit_retire(struct renewal *r, uint32_t id)
{
    const struct registry_unit *unit = &r->a->registry.units[id];
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < unit->count; i++) {
        struct registry_version version = unit->versions[i];
        if (r->listed[id] || version.from > r->today) {
            err = version_remove(r->a, id, &version);
        } else if (version.to > r->today) {
            version.to = r->today;
            err = version_put(r->a, id, &version);
        }
    }
    return err;
}

static enum err
unit_enter(struct renewal *r, uint32_t row)
{
    const struct unit_row *in = &r->units.rows[row];
    struct registry_version version = {
        .from = in->from,
        .to = in->to,
        .parent = UNIT_NONE,
        .level = in->level,
        .kind = in->kind,
        .bloc = in->bloc,
        .name = in->name,
        .successor = in->successor,
        .contact = in->contact,
        .population = in->population,
    };
    if (in->parent.len != 0) {
        struct idents idents = {.apply = r->a, .kind = IDENT_UNIT};
        enum err err = ident_find(&idents, in->parent, &version.parent);
        if (err != ERR_OK) {
            return err;
        }
    }
    return version_put(r->a, r->ids[row], &version);
}

static enum err
renew(struct renewal *r, const struct record *record)
{
    struct apply *a = r->a;
    enum err err = idents_settle(r);
    for (uint32_t id = 0; err == ERR_OK && id < a->registry.unit_count; id++) {
        err = unit_retire(r, id);
    }
    for (uint32_t row = 0; err == ERR_OK && row < r->units.count; row++) {
        err = unit_enter(r, row);
    }
    a->position.registry_revision++;
    a->registry_stale = true;
    return err == ERR_OK ? once_keep(a, &r->once, record->receipt) : err;
}

enum err
apply_units(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct renewal r = {.a = a, .today = today_of(a, record)};
    if (!record_decode(record, RECORD_units, &r.in, outcome) ||
        !once_check(r.in.id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    r.once = (struct once){.principal = record->principal, .id = r.in.id};
    enum err err = once_seen(a, &r.once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    if (!principal_may_speak(a, record, UNIT_NONE, 0, &outcome->why) ||
        !rows_check(&r, &outcome->why)) {
        return outcome_reject(outcome);
    }
    return renew(&r, record);
}
