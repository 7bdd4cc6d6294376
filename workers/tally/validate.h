/* Whether a report or a withdrawal may stand where it says: campaign, form, unit, principal, source
 * and period, in the design's order (DESIGN, section 4), so that a sender is always told the first
 * thing that is wrong. What the values must be: values.h and rules.h. */
#ifndef TALLY_VALIDATE_H
#define TALLY_VALIDATE_H

#include "workers/tally/apply_impl.h"

/* What a report and a withdrawal both say of themselves. */
struct claim {
    struct slice campaign, form, unit, period, source;
};

/* Where it stands: found, known and allowed. Pointers end with the registry. */
struct place {
    const struct campaign_plan *campaign;
    const struct form_plan *form;
    struct period period;
    struct report_key key;
    int32_t today; /* the block's local day */
    bool late;     /* after the form's due day */
};

/* Whether its principal may publish the record: about a unit (an id), as the units stand on the block's
 * local day, or, with UNIT_NONE, about what is no unit's. */
bool principal_may_speak(const struct apply *a, const struct record *record, uint32_t unit,
                         int32_t today, struct complaint *why);

bool place_find(const struct apply *a, const struct record *record, const struct claim *claim,
                struct place *place, struct complaint *why);

#endif
