/* What a nomination rests on: cells of the tallies, [unit, period, indicator] each. Looked at is only
 * whether there could be such a cell; what stands in it is shown to who reads the nomination, and
 * never judged by the state machine, which has one shard's tallies and not the others'. */
#ifndef TALLY_EVIDENCE_H
#define TALLY_EVIDENCE_H

#include "workers/state/registry.h"

/* False: wrong-type, too-many; reference-unknown for a unit or an indicator that is not there,
 * period-invalid, unit-not-then, period-outside. */
bool evidence_check(const struct registry *registry, const struct registry_campaign *campaign,
                    struct slice evidence, struct complaint *why);

#endif
