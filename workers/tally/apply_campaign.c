/* A campaign: a new one, or a new revision of one, whole. Checked as the command line checks it, then
 * against what it was: the meaning of a code never changes. A code that a revision has left out
 * cannot come back, since what it meant is not kept and rows under its number are. */
#include "workers/tally/first_mistake.h"
#include "workers/tally/ident.h"
#include "workers/tally/limits.h"
#include "workers/tally/once.h"
#include "workers/tally/validate.h"

/* A campaign on its way. */
struct publication {
    struct apply *a;
    struct record_campaign in;
    struct once once;
    struct campaign campaign;
    const struct registry_campaign *old; /* NULL: it is new */
    struct idents campaigns, forms, indicators, sources;
    uint32_t id;
};

static bool
body_check(struct publication *p, struct complaint *why)
{
    if (!campaign_decode(p->in.body, p->a->arena, &p->campaign, why)) {
        return false;
    }
    if (!slice_equal(p->campaign.code, p->in.campaign)) {
        return complain(why, CODE_CHOICE_INVALID, slice_text("campaign"), "%.*s",
                        SLICE_ARG(p->campaign.code));
    }
    struct first_mistake mistake = first_mistake_into(why);
    return campaign_check(&p->campaign, &mistake.complaints) == 0;
}

static bool
succession_check(struct publication *p, struct complaint *why)
{
    struct complaint unknown;
    p->old = registry_campaign(&p->a->registry, p->in.campaign, &unknown);
    return p->old == NULL || campaign_may_follow(&p->old->campaign, &p->campaign, why);
}

/* ---- numbers ---- */

static enum err
idents_begin(struct publication *p)
{
    enum err err = idents_open(&p->campaigns, p->a, IDENT_CAMPAIGN, 0);
    if (err != ERR_OK) {
        return err;
    }
    p->id = p->old != NULL ? p->old->id : p->campaigns.next;
    /* A new campaign has none of these: its number may be past those that a key can hold, which
     * room_check tells before it is used. */
    uint16_t id = (uint16_t)p->id;
    err = idents_open(&p->forms, p->a, IDENT_FORM, id);
    err = err == ERR_OK ? idents_open(&p->indicators, p->a, IDENT_INDICATOR, id) : err;
    return err == ERR_OK ? idents_open(&p->sources, p->a, IDENT_SOURCE, id) : err;
}

/* Room for every code that the campaign names, were all of them new. */
static bool
room_check(const struct publication *p, struct complaint *why)
{
    uint64_t sources = p->sources.next;
    for (uint32_t i = 0; i < p->campaign.form_count; i++) {
        sources += p->campaign.forms[i].sources.count;
    }
    const struct {
        const char *what;
        uint64_t most, limit;
    } rooms[] = {
        {"campaigns", p->id + 1ull, CAMPAIGNS_MAX},
        {"forms", (uint64_t)p->forms.next + p->campaign.form_count, IDENTS_MAX},
        {"indicators", (uint64_t)p->indicators.next + p->campaign.indicator_count, IDENTS_MAX},
        {"sources", sources, IDENTS_MAX},
    };
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        if (rooms[i].most > rooms[i].limit) {
            return complain(why, CODE_TOO_MANY, slice_text(rooms[i].what), "%llu",
                            (unsigned long long)rooms[i].limit);
        }
    }
    return true;
}

/* A code with a number that the revision before did not have was left out once. `*right` false: it
 * is told in `why`. */
static enum err
returned_check(const struct idents *idents, struct slice code, bool in_old, const char *meaning,
               bool *right, struct complaint *why)
{
    uint32_t id;
    if (in_old || !*right) {
        return ERR_OK;
    }
    enum err err = ident_find(idents, code, &id);
    if (err == ERR_OK) {
        *right = complain(why, CODE_MEANING_CHANGED, code, "%s", meaning);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
returns_check(const struct publication *p, bool *right, struct complaint *why)
{
    const struct campaign *new = &p->campaign;
    enum err err = ERR_OK;
    for (uint32_t i = 0; p->old != NULL && err == ERR_OK && i < new->indicator_count; i++) {
        struct slice code = new->indicators[i].code;
        bool in_old = campaign_indicator(&p->old->campaign, code) != INDEX_NONE;
        err = returned_check(&p->indicators, code, in_old, "type, decimals, over_time, over_units",
                             right, why);
    }
    for (uint32_t i = 0; p->old != NULL && err == ERR_OK && i < new->form_count; i++) {
        struct slice code = new->forms[i].code;
        bool in_old = campaign_form(&p->old->campaign, code) != INDEX_NONE;
        err = returned_check(&p->forms, code, in_old, "period", right, why);
    }
    return err;
}

static enum err
form_idents_give(struct publication *p, const struct form *form)
{
    uint32_t id;
    enum err err = ident_give(&p->forms, form->code, &id);
    for (uint32_t i = 0; err == ERR_OK && i < form->sources.count; i++) {
        err = ident_give(&p->sources, form->sources.codes[i], &id);
    }
    return err;
}

static enum err
idents_give(struct publication *p)
{
    uint32_t id;
    enum err err = ident_give(&p->campaigns, p->campaign.code, &id);
    for (uint32_t i = 0; err == ERR_OK && i < p->campaign.indicator_count; i++) {
        err = ident_give(&p->indicators, p->campaign.indicators[i].code, &id);
    }
    for (uint32_t i = 0; err == ERR_OK && i < p->campaign.form_count; i++) {
        err = form_idents_give(p, &p->campaign.forms[i]);
    }
    return err;
}

/* ---- the record ---- */

static enum err
publish(struct publication *p, const struct record *record)
{
    struct apply *a = p->a;
    enum err err = idents_give(p);
    if (err != ERR_OK) {
        return err;
    }
    key_campaign(&a->key, (uint16_t)p->id);
    err = state_put(a->state, TABLE_CAMPAIGN, buf_slice_of(&a->key), p->in.body);
    a->position.registry_revision++;
    a->registry_stale = true;
    return err == ERR_OK ? once_keep(a, &p->once, record->receipt) : err;
}

static enum err
publication_apply(struct publication *p, const struct record *record, struct outcome *outcome)
{
    struct complaint *why = &outcome->why;
    if (!principal_may_speak(p->a, record, UNIT_NONE, 0, why) || !body_check(p, why) ||
        !succession_check(p, why)) {
        return outcome_reject(outcome);
    }
    enum err err = idents_begin(p);
    if (err != ERR_OK) {
        return err;
    }
    bool right = room_check(p, why);
    err = right ? returns_check(p, &right, why) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    return right ? publish(p, record) : outcome_reject(outcome);
}

enum err
apply_campaign(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct publication p = {.a = a};
    if (!record_decode(record, RECORD_campaign, &p.in, outcome) ||
        !once_check(p.in.id, &outcome->why)) {
        return outcome_reject(outcome);
    }
    bool seen;
    p.once = (struct once){.principal = record->principal, .id = p.in.id};
    enum err err = once_seen(a, &p.once, &seen);
    if (err != ERR_OK || seen) {
        outcome->verdict = VERDICT_UNCHANGED;
        return err;
    }
    return publication_apply(&p, record, outcome);
}
