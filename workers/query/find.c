#include "workers/query/find.h"

#include "workers/query/asker.h"

bool
find_campaign(struct ask *ask, struct slice code, const struct registry_campaign **campaign)
{
    *campaign = registry_campaign(&ask->query->registry, code, ask->why);
    return *campaign != NULL;
}

bool
find_form(struct ask *ask, const struct registry_campaign *campaign, struct slice code,
          uint16_t *form)
{
    *form = campaign_form(&campaign->campaign, code);
    return *form != INDEX_NONE ||
           complain(ask->why, CODE_FORM_UNKNOWN, code, "%.*s", SLICE_ARG(code));
}

bool
find_period(struct ask *ask, const char *name, struct slice text, struct period *period)
{
    return period_parse(text, period) == ERR_OK ||
           complain(ask->why, CODE_QUERY_INVALID, slice_text(name), "%.*s", SLICE_ARG(text));
}

bool
find_comparable(struct ask *ask, const struct form *form, struct period period)
{
    char text[PERIOD_TEXT];
    if (form->period <= period.gran) {
        return true;
    }
    period_format(period, text);
    return complain(ask->why, CODE_PERIOD_TYPE, slice_text(text), "%s",
                    granularity_name(form->period));
}

bool
find_unit(struct ask *ask, struct slice code, uint32_t *unit)
{
    *unit = registry_find(&ask->query->registry, code);
    if (*unit == UNIT_NONE) {
        return complain(ask->why, CODE_UNIT_UNKNOWN, code, "%.*s", SLICE_ARG(code));
    }
    return asker_sees(ask, *unit) || asker_refuse(ask, code);
}

bool
find_unit_in(struct ask *ask, struct slice code, struct period period, uint32_t *unit)
{
    char text[PERIOD_TEXT];
    if (!find_unit(ask, code, unit)) {
        return false;
    }
    if (registry_in(&ask->query->registry, *unit, period) != NULL) {
        return true;
    }
    period_format(period, text);
    return complain(ask->why, CODE_UNIT_NOT_THEN, code, "%s", text);
}
