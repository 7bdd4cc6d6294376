/* The campaign as an import needs it: which form a data element's value belongs into, and whether the value can
 * be one at all. Made from the answer to `campaign`; an import keeps the one that it began with, so that a
 * campaign published meanwhile does not split it. */
#ifndef GATEWAY_PLAN_H
#define GATEWAY_PLAN_H

#include "common/period.h"
#include "proto/campaign.h"

struct plan;

/* NULL: the body is no campaign. */
struct plan *plan_new(struct slice body);
struct plan *plan_keep(struct plan *plan); /* one more holder */
void plan_drop(struct plan **plan);

struct place {
    uint16_t indicator; /* in the campaign's order */
    struct slice form, code;
};

/* The form is the data set that is named; else the only form with that indicator and period type. False:
 * form-unknown, indicator-unknown, period-type, or campaign-ambiguous's like: several forms. */
bool plan_place(const struct plan *plan, struct slice data_set, struct slice element,
                struct period period, struct place *place, struct complaint *why);
/* Whether the text is a value of the indicator's type. */
bool plan_value(const struct plan *plan, const struct place *place, struct slice value,
                struct complaint *why);
/* Appends it as a record has it. Only for what plan_value found good. */
void plan_pack(const struct plan *plan, const struct place *place, struct slice value,
               struct buf *out);

#endif
