/* Reads the array: see evidence.h. */
#include "workers/tally/evidence.h"

#include "common/text.h"
#include "proto/cursor.h"
#include "proto/limits.h"

#define CELL_PARTS 3

static bool
wrong(struct complaint *why, const char *detail)
{
    return complain(why, CODE_WRONG_TYPE, slice_text("evidence"), "%s", detail);
}

static bool
unknown(struct complaint *why, struct slice code)
{
    return complain(why, CODE_REFERENCE_UNKNOWN, slice_text("evidence"), "%.*s", SLICE_ARG(code));
}

/* Days, since the campaign's window need not begin with a period. */
static bool
in_window(const struct campaign *campaign, struct period period)
{
    return period_last_day(period) >= campaign->from && period_first_day(period) <= campaign->to;
}

static bool
cell_check(const struct registry *registry, const struct registry_campaign *campaign,
           struct slice unit_code, struct slice period_text, struct slice indicator,
           struct complaint *why)
{
    struct period period;
    uint32_t unit = registry_find(registry, unit_code);
    if (unit == UNIT_NONE) {
        return unknown(why, unit_code);
    }
    if (period_parse(period_text, &period) != ERR_OK) {
        return complain(why, CODE_PERIOD_INVALID, period_text, "%s", "");
    }
    if (registry_in(registry, unit, period) == NULL) {
        return complain(why, CODE_UNIT_NOT_THEN, unit_code, "%.*s", SLICE_ARG(period_text));
    }
    if (!in_window(&campaign->campaign, period)) {
        char from[DATE_TEXT], to[DATE_TEXT];
        date_format(campaign->campaign.from, from);
        date_format(campaign->campaign.to, to);
        return complain(why, CODE_PERIOD_OUTSIDE, period_text, "%s..%s", from, to);
    }
    return campaign_indicator(&campaign->campaign, indicator) != INDEX_NONE ||
           unknown(why, indicator);
}

bool
evidence_check(const struct registry *registry, const struct registry_campaign *campaign,
               struct slice evidence, struct complaint *why)
{
    struct cursor c = cursor_of(evidence);
    uint32_t n = 0;
    if (evidence.len == 0) {
        return true;
    }
    if (cursor_array(&c, &n) != ERR_OK) {
        return wrong(why, "≠ array");
    }
    if (n > EVIDENCE_MAX) {
        return complain(why, CODE_TOO_MANY, slice_text("evidence"), "%d", EVIDENCE_MAX);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct slice unit, period, indicator;
        uint32_t parts;
        if (cursor_array(&c, &parts) != ERR_OK || parts != CELL_PARTS ||
            cursor_text(&c, &unit) != ERR_OK || cursor_text(&c, &period) != ERR_OK ||
            cursor_text(&c, &indicator) != ERR_OK) {
            return wrong(why, "[unit, period, indicator]");
        }
        if (!cell_check(registry, campaign, unit, period, indicator, why)) {
            return false;
        }
    }
    return true;
}
