/* The bench that fuzz_apply gives records to, for what makes its first inputs: seeds of another bench would
 * be refused at once. */
#ifndef TESTS_FUZZ_APPLY_H
#define TESTS_FUZZ_APPLY_H

#include "tests/lib/apply_rig.h"

/* The rig's units and campaign, with the awards of council_rig.h, "quick" voted on in secret and in
 * writing; the principals ward (submitter of d1 and beneath), boss (operator, council and secretary of
 * all) and gate (gateway for ward). The first block is open. */
void fuzz_apply_open(struct rig *rig, uint32_t shards);
/* The control byte of a part: by whom a record is sent. -1: a sender that no part can name. */
int fuzz_apply_control(struct slice principal);

#endif
