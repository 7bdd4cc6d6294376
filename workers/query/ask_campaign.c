/* `campaign`: one campaign's themes, indicators and forms, as its newest revision has them.
 * `campaigns`: which there are. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"

static void
put_themes(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "themes");
    pack_array(b, c->theme_count);
    for (uint32_t i = 0; i < c->theme_count; i++) {
        pack_map(b, 3);
        pack_key_text(b, "code", c->themes[i].code);
        answer_titles(b, &c->themes[i].title);
    }
}

static void
put_indicators(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "indicators");
    pack_array(b, c->indicator_count);
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        const struct indicator *indicator = &c->indicators[i];
        pack_map(b, 8);
        pack_key_text(b, "code", indicator->code);
        pack_key_text(b, "theme", indicator->theme_code);
        answer_titles(b, &indicator->title);
        pack_key_text(b, "type", slice_text(indicator_type_name(indicator->type)));
        pack_key_uint(b, "decimals", indicator->decimals);
        pack_key_text(b, "over_time", slice_text(over_name(indicator->over_time)));
        pack_key_text(b, "over_units", slice_text(over_name(indicator->over_units)));
    }
}

static void
put_codes(struct buf *b, const char *key, const struct slice *codes, uint32_t count)
{
    pack_cstr(b, key);
    pack_array(b, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_text(b, codes[i]);
    }
}

/* Never is nil: 0 days would be the last day itself. */
static void
put_days(struct buf *b, const char *key, int32_t days)
{
    pack_cstr(b, key);
    if (days < 0) {
        pack_nil(b);
    } else {
        pack_int(b, days);
    }
}

static void
put_forms(struct buf *b, const struct campaign *c)
{
    pack_cstr(b, "forms");
    pack_array(b, c->form_count);
    for (uint32_t i = 0; i < c->form_count; i++) {
        const struct form *form = &c->forms[i];
        pack_map(b, 12);
        pack_key_text(b, "code", form->code);
        answer_titles(b, &form->title);
        pack_key_text(b, "period", slice_text(granularity_name(form->period)));
        put_codes(b, "levels", form->levels.codes, form->levels.count);
        put_codes(b, "kinds", form->kinds.codes, form->kinds.count);
        put_codes(b, "units", form->units.codes, form->units.count);
        put_codes(b, "sources", form->sources.codes, form->sources.count);
        put_codes(b, "indicators", form->indicators.codes, form->indicators.count);
        put_codes(b, "required", form->required.codes, form->required.count);
        put_days(b, "due", form->due);
        put_days(b, "expires", form->expires);
    }
}

bool
ask_campaign(struct ask *ask)
{
    struct slice code = {0};
    const struct arg args[] = {{"campaign", ARG_TEXT, false, &code}};
    const struct registry_campaign *found;
    char offset[7];
    if (!args_read(ask, args, 1) || !find_campaign(ask, code, &found)) {
        return false;
    }
    const struct campaign *c = &found->campaign;
    struct buf *b = ask->body;
    utc_offset_format(c->utc_offset_minutes, offset);
    pack_map(b, 10);
    pack_key_text(b, "campaign", c->code);
    answer_titles(b, &c->title);
    pack_key_text(b, "decision", c->decision);
    answer_key_date(b, "from", c->from);
    answer_key_date(b, "to", c->to);
    pack_key_text(b, "utc_offset", slice_text(offset));
    put_themes(b, c);
    put_indicators(b, c);
    put_forms(b, c);
    return true;
}

bool
ask_campaigns(struct ask *ask)
{
    const struct registry *r = &ask->query->registry;
    struct buf *b = ask->body;
    if (!args_read(ask, NULL, 0)) {
        return false;
    }
    pack_map(b, 2);
    pack_cstr(b, "campaigns");
    pack_array(b, r->campaign_count);
    for (uint32_t i = 0; i < r->campaign_count; i++) {
        const struct campaign *c = &r->campaigns[i].campaign;
        pack_map(b, 5);
        pack_key_text(b, "campaign", c->code);
        answer_titles(b, &c->title);
        answer_key_date(b, "from", c->from);
        answer_key_date(b, "to", c->to);
    }
    pack_key_uint(b, "units", r->unit_count);
    return true;
}
