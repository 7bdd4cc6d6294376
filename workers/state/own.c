/* From the unit upwards, asking at each step whether the entry names it: a chain has a dozen units at
 * most, where a subtree may have thousands. */
#include "workers/state/own.h"

static const struct access_unit *
unit_named(const struct access_entry *entry, struct slice code)
{
    uint32_t low = 0, high = entry->unit_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(entry->units[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool there = low < entry->unit_count && slice_equal(entry->units[low].code, code);
    return there ? &entry->units[low] : NULL;
}

const struct registry_version *
own_version(const struct registry *registry, uint32_t id, int32_t *day)
{
    const struct registry_unit *unit = &registry->units[id];
    if (unit->count == 0) {
        return NULL;
    }
    uint32_t i = unit->count - 1;
    while (i > 0 && unit->versions[i].from > *day) {
        i--;
    }
    const struct registry_version *version = &unit->versions[i];
    *day = *day > version->to ? version->to : *day < version->from ? version->from : *day;
    return version;
}

/* `alone`: the unit may be named without what is beneath it. */
static bool
own(const struct registry *registry, const struct access_entry *entry, uint32_t unit, int32_t day,
    bool alone)
{
    for (unsigned depth = 0; depth <= UNIT_DEPTH_MAX && unit < registry->unit_count; depth++) {
        const struct access_unit *named = unit_named(entry, registry->units[unit].code);
        if (named != NULL && (named->subtree || (alone && depth == 0))) {
            return true;
        }
        const struct registry_version *version = own_version(registry, unit, &day);
        unit = version == NULL ? UNIT_NONE : version->parent;
    }
    return false;
}

bool
own_unit(const struct registry *registry, const struct access_entry *entry, uint32_t unit,
         int32_t day)
{
    return own(registry, entry, unit, day, true);
}

bool
own_subtree(const struct registry *registry, const struct access_entry *entry, uint32_t unit,
            int32_t day)
{
    return own(registry, entry, unit, day, false);
}
