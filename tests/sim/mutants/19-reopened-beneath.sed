# file: workers/state/approvals.c
# A period is opened again though a unit above has approved it too.
s|^    uint32_t from = parent_in(of->registry, of->unit, of->period);|    uint32_t from = UNIT_NONE;|
