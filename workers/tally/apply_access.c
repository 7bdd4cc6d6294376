/* Who may speak, one principal whole: its row is replaced. Every shard keeps all of them, so that each
 * decides its own units' records by what was in force at their place in the journal. */
#include "proto/access.h"
#include "workers/tally/once.h"
#include "workers/tally/speakers.h"
#include "workers/tally/validate.h"

/* In the registry on any day: a clerk may be given a unit that begins next month, or one whose last
 * reports are still to come. */
static bool
units_are_known(const struct apply *a, const struct access_entry *entry, struct complaint *why)
{
    for (uint32_t i = 0; i < entry->unit_count; i++) {
        if (registry_find(&a->registry, entry->units[i].code) == UNIT_NONE) {
            return complain(why, CODE_REFERENCE_UNKNOWN, slice_text("units"), "%.*s",
                            SLICE_ARG(entry->units[i].code));
        }
    }
    return true;
}

static bool
content_check(struct apply *a, const struct record *record, const struct record_access *in,
              struct complaint *why)
{
    struct access_entry entry;
    return access_decode(in, a->arena, &entry, why) && units_are_known(a, &entry, why) &&
           speakers_put(a->speakers, record->body, why);
}

enum err
apply_access(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_access in;
    if (!record_decode(record, RECORD_access, &in, outcome) || !once_check(in.id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    struct once once = {.principal = record->principal, .id = in.id};
    enum err err = once_seen(a, &once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    if (!principal_may_speak(a, record, UNIT_NONE, 0, &outcome->why) ||
        !content_check(a, record, &in, &outcome->why)) {
        return outcome_reject(outcome);
    }
    a->position.access_revision = record->receipt.block;
    err = state_put(a->state, TABLE_ACCESS, in.principal, record->body);
    return err == ERR_OK ? once_keep(a, &once, record->receipt) : err;
}
