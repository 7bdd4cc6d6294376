/* From the texts of a question to what they name, each with its complaint. */
#ifndef QUERY_FIND_H
#define QUERY_FIND_H

#include "workers/query/ask.h"

/* An empty code is the only campaign. */
bool find_campaign(struct ask *ask, struct slice code, const struct registry_campaign **campaign);
bool find_form(struct ask *ask, const struct registry_campaign *campaign, struct slice code,
               uint16_t *form);
/* query-invalid for what is no period. `name` is the argument's. */
bool find_period(struct ask *ask, const char *name, struct slice text, struct period *period);
/* period-type where the form's periods do not add up to the one asked for. */
bool find_comparable(struct ask *ask, const struct form *form, struct period period);
/* not-allowed where it is not one that the asker sees. */
bool find_unit(struct ask *ask, struct slice code, uint32_t *unit);
/* unit-not-then as well. */
bool find_unit_in(struct ask *ask, struct slice code, struct period period, uint32_t *unit);

#endif
