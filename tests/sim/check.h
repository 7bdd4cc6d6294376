/* The end of a run: what must hold once faults have stopped and everything has drained. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "tests/sim/model.h"
#include "tests/sim/sim.h"

/* check_model.c: the states hold what the model says, row for row. */
void check_rows(struct sim *s, struct model *m);
/* check_council.c: the council's tables hold what the model says. */
void check_council(struct sim *s, const struct model *m);
/* check_query.c: so does what the query worker answers. */
void check_queries(struct sim *s, struct model *m);
/* Each of the block's records has the verdict that the model gives it, told once. */
void check_verdicts(struct sim *s, struct model *m, const struct block *block);

#endif
