/* Who may speak: docs/DESIGN.md, section 4, and proto/PROTOCOL.md, "Access". Roles are looked at by hand,
 * not by rights.def; where a unit counts is found by climbing from it, with the model's own versions. */
#include "common/check.h"
#include "proto/access.h"
#include "tests/sim/model.h"

static struct model_principal *
principal_of(struct model *m, struct slice name)
{
    uint32_t at = model_code(&m->principals, name);
    return at == UINT32_MAX ? NULL : &m->principal[at];
}

/* ---- units ---- */

const struct model_version *
model_version_near(const struct model *m, uint32_t at, int32_t day)
{
    const struct model_unit *unit = &m->unit[at];
    const struct model_version *first = NULL, *last = NULL;
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct model_version *v = &unit->versions[i];
        first = first == NULL || v->from < first->from ? v : first;
        if (v->from <= day && (last == NULL || v->from > last->from)) {
            last = v;
        }
    }
    return last != NULL ? last : first;
}

const struct model_version *
model_version_on(const struct model *m, uint32_t at, int32_t day)
{
    for (uint32_t i = 0; i < m->unit[at].count; i++) {
        const struct model_version *v = &m->unit[at].versions[i];
        if (v->from <= day && day <= v->to) {
            return v;
        }
    }
    return NULL;
}

static bool
stands_beneath(const struct model *m, uint32_t unit, uint32_t top, int32_t day)
{
    for (int depth = 0; depth < UNIT_DEPTH_MAX; depth++) {
        const struct model_version *v = model_version_near(m, unit, day);
        if (v == NULL || v->parent[0] == '\0') {
            return false;
        }
        day = v->to < day ? v->to : v->from > day ? v->from : day;
        unit = model_code(&m->units, slice_text(v->parent));
        if (unit == top) {
            return true;
        }
    }
    return false;
}

static bool
owns(const struct model *m, const struct model_principal *p, uint32_t unit, int32_t day)
{
    for (uint32_t i = 0; i < p->unit_count; i++) {
        if (p->units[i] == unit || (p->subtree[i] && stands_beneath(m, unit, p->units[i], day))) {
            return true;
        }
    }
    return false;
}

bool
model_has_role(const struct model *m, struct slice name, uint32_t roles)
{
    uint32_t at = model_code(&m->principals, name);
    bool has = slice_is(name, "local");
    for (int role = 0; at != UINT32_MAX && role < ACCESS_ROLE_COUNT; role++) {
        has = has || ((roles & ACCESS_BIT(role)) != 0 && m->principal[at].role[role]);
    }
    return has;
}

bool
model_may_for(struct model *m, struct slice name, uint32_t roles, uint32_t unit, int32_t day)
{
    if (!model_has_role(m, name, roles)) {
        bool any = model_has_role(m, name, ACCESS_ALL);
        return model_refuse(m, any ? CODE_NOT_IN_ROLE : CODE_NOT_ALLOWED);
    }
    return slice_is(name, "local") || owns(m, principal_of(m, name), unit, day) ||
           model_refuse(m, CODE_NOT_ALLOWED);
}

bool
model_may_report(struct model *m, struct slice name, uint32_t unit, int32_t day)
{
    return model_may_for(m, name, ACCESS_BIT(ACCESS_SUBMITTER) | ACCESS_BIT(ACCESS_INGEST), unit,
                         day);
}

bool
model_may_rule(struct model *m, struct slice name, bool access)
{
    const struct model_principal *p = principal_of(m, name);
    return slice_is(name, "local") ||
           (p != NULL && (p->role[ACCESS_OPERATOR] || (!access && p->role[ACCESS_SECRETARY])));
}

/* ---- access records ---- */

static bool
keys_are_free(const struct model *m, const struct access_entry *entry)
{
    for (uint32_t i = 0; i < m->principals.count; i++) {
        const struct model_principal *p = &m->principal[i];
        bool other = !slice_is(entry->principal, m->principals.text[i]);
        for (uint32_t k = 0; other && k < p->key_count * entry->key_count; k++) {
            if (memcmp(p->keys[k / entry->key_count], entry->keys[k % entry->key_count],
                       ACCESS_KEY_SIZE) == 0) {
                return false;
            }
        }
    }
    return true;
}

static bool
units_are_known(const struct model *m, const struct access_entry *entry)
{
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        if (model_code(&m->units, entry->units[i].code) == UINT32_MAX) {
            return false;
        }
    }
    return true;
}

static void
principal_put(struct model *m, const struct access_entry *entry)
{
    struct model_principal *p = &m->principal[model_code_add(&m->principals, entry->principal)];
    *p = (struct model_principal){.key_count = entry->key_count, .unit_count = entry->unit_count};
    CHECK(entry->unit_count <= MODEL_OWN_MAX);
    for (int role = 0; role < ACCESS_ROLE_COUNT; role++) {
        p->role[role] = (entry->roles & ACCESS_BIT(role)) != 0;
    }
    memcpy(p->keys, entry->keys, sizeof(p->keys));
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        p->units[i] = model_code(&m->units, entry->units[i].code);
        p->subtree[i] = entry->units[i].subtree;
    }
}

enum verdict
model_access(struct model *m, const struct block_record *record)
{
    struct record_access in;
    struct access_entry entry;
    struct complaint why;
    if (!layout_decode(record_layout(RECORD_access), record->body, &in, &why) || in.id.len != 16) {
        return VERDICT_REJECTED;
    }
    if (model_ulid_seen(m, record->principal, in.id, UINT32_MAX)) {
        return VERDICT_UNCHANGED;
    }
    if (!model_may_rule(m, record->principal, true) || !access_decode(&in, m->turn, &entry, &why) ||
        !units_are_known(m, &entry) || !keys_are_free(m, &entry)) {
        return VERDICT_REJECTED;
    }
    principal_put(m, &entry);
    model_ulid_keep(m, record->principal, in.id, UINT32_MAX);
    return VERDICT_ACCEPTED;
}
