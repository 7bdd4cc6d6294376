/* Fetching ahead: see ahead.h. Two steps before a report is applied the lines that lead to others are
 * asked for, one step before it those that they lead to: no step waits for a line that it asks for. */
#include "workers/tally/ahead.h"

#include "workers/tally/ledger.h"
#include "workers/tally/recent.h"

struct ahead
ahead_begin(const struct block *block)
{
    struct ahead ahead = {.records = block_records(block), .unit = UNIT_NONE};
    struct block_record in_hand;
    block_next(&ahead.records, &in_hand); /* the first record itself comes at once */
    return ahead;
}

static void
tallies_expect(const struct apply *a, uint32_t unit, enum ledger_near near)
{
    const struct usual *usual = &a->usual;
    for (int gran = usual->gran + 1; gran <= GRAN_YEAR; gran++) {
        ledger_expect(a->ledger,
                      &(struct tally_key){usual->campaign, usual->form, (enum granularity)gran,
                                          usual->ordinals[gran], unit},
                      near);
    }
}

void
ahead_step(struct apply *a, struct ahead *ahead)
{
    struct block_record next;
    if (!a->usual.known) {
        return;
    }
    if (ahead->unit != UNIT_NONE) {
        recent_expect_rows(a->recents, a->usual.campaign, a->usual.form, ahead->unit);
        tallies_expect(a, ahead->unit, LEDGER_ENTRY);
    }
    ahead->unit = UNIT_NONE;
    if (block_next(&ahead->records, &next)) {
        ahead->unit = registry_find(&a->registry, next.unit);
    }
    if (ahead->unit != UNIT_NONE) {
        recent_expect(a->recents, a->usual.campaign, a->usual.form, ahead->unit);
        tallies_expect(a, ahead->unit, LEDGER_PLACE);
    }
}

void
ahead_note(struct apply *a, const struct place *place)
{
    struct usual *usual = &a->usual;
    usual->campaign = place->key.campaign;
    usual->form = place->key.form;
    if (!usual->known || usual->gran != place->period.gran ||
        usual->ordinals[usual->gran] != place->period.ordinal) {
        usual->gran = place->period.gran;
        period_up_all(place->period, usual->ordinals);
    }
    usual->known = true;
}
