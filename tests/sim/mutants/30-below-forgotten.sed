# file: workers/tally/apply_approval.c
# A unit's period is approved before those beneath it.
s|    uint32_t below = p->unchanged ? UNIT_NONE : approval_below(&p->of, 0);|    uint32_t below = UNIT_NONE;|
