#include "workers/query/review_item.h"

#include "workers/query/answer.h"
#include "workers/query/asker.h"
#include "workers/query/snapshot.h"
#include "workers/state/own.h"

enum { SET_IN = 1, SET_OUT };

/* ---- sets of units ---- */

static void
unit_set_init(struct unit_set *set, const struct ask *ask, uint32_t top)
{
    *set = (struct unit_set){.ask = ask, .top = top, .day = snapshot_day(ask->query, NULL)};
    set->known =
        ARENA_ARRAY(ask->query->arena, uint8_t, (size_t)ask->query->registry.unit_count + 1);
}

void
unit_set_own(struct unit_set *set, const struct ask *ask)
{
    unit_set_init(set, ask, UNIT_NONE);
}

void
unit_set_beneath(struct unit_set *set, const struct ask *ask, uint32_t top)
{
    unit_set_init(set, ask, top);
}

static bool
unit_set_ask(const struct unit_set *set, uint32_t unit)
{
    const struct registry *r = &set->ask->query->registry;
    if (set->top == UNIT_NONE) {
        return set->ask->entry == NULL || own_unit(r, set->ask->entry, unit, set->day);
    }
    return registry_child_towards(r, unit, set->top, period_of_day(GRAN_DAY, set->day)) !=
           UNIT_NONE;
}

bool
unit_set_has(struct unit_set *set, uint32_t unit)
{
    if (unit >= set->ask->query->registry.unit_count) {
        return false;
    }
    if (set->known[unit] == 0) {
        set->known[unit] = unit_set_ask(set, unit) ? SET_IN : SET_OUT;
    }
    return set->known[unit] == SET_IN;
}

/* ---- finding ---- */

void
review_get(struct query *query, struct slice id, struct arena *arena, struct nomination_row *row)
{
    struct slice value;
    snapshot_need(state_get(query->states[0], TABLE_NOMINATION, id, &value), "nomination");
    snapshot_need(nomination_decode(value, arena, row), "nomination");
}

/* How many begin so: 0, 1, or 2 for more; the first in `id`. */
static unsigned
range_look(struct query *query, const uint8_t *first, const uint8_t *last, uint8_t id[ULID_SIZE])
{
    struct state_cursor *cursor;
    struct state_row row;
    unsigned count = 0;
    snapshot_need(state_cursor_open(query->states[0], TABLE_NOMINATION, &cursor), "nomination");
    enum err err = cursor_seek(cursor, slice_of(first, ULID_SIZE), &row);
    while (count < 2 && snapshot_found(err, "nomination") && row.key.len == ULID_SIZE &&
           memcmp(row.key.data, last, ULID_SIZE) <= 0) {
        if (count++ == 0) {
            memcpy(id, row.key.data, ULID_SIZE);
        }
        err = cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    return count;
}

bool
review_find(struct ask *ask, struct slice text, uint8_t id[ULID_SIZE], struct nomination_row *row)
{
    uint8_t first[ULID_SIZE], last[ULID_SIZE];
    struct unit_set own;
    if (!ulid_range(text, first, last)) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("nomination"), "%.*s",
                        SLICE_ARG(text));
    }
    unsigned count = range_look(ask->query, first, last, id);
    if (count == 0) {
        return complain(ask->why, CODE_NOMINATION_UNKNOWN, text, "%.*s", SLICE_ARG(text));
    }
    if (count > 1) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("nomination"), "%.*s…: > 1",
                        SLICE_ARG(text));
    }
    review_get(ask->query, slice_of(id, ULID_SIZE), ask->query->arena, row);
    unit_set_own(&own, ask);
    return review_sees(ask, &own, row) || asker_refuse(ask, text);
}

bool
review_sees(const struct ask *ask, struct unit_set *own, const struct nomination_row *row)
{
    if (ask->all || unit_set_has(own, row->proposer) || unit_set_has(own, row->holder) ||
        unit_set_has(own, row->subject_unit)) {
        return true;
    }
    for (uint32_t i = 0; i < row->asked_count; i++) {
        if (unit_set_has(own, registry_find(&ask->query->registry, row->asked[i]))) {
            return true;
        }
    }
    return false;
}

const struct campaign *
review_campaign(const struct query *query, uint16_t id)
{
    return id < query->registry.campaign_count ? &query->registry.campaigns[id].campaign : NULL;
}

const struct award *
review_award(const struct campaign *campaign, struct slice code)
{
    for (uint32_t i = 0; campaign != NULL && i < campaign->award_count; i++) {
        if (slice_equal(campaign->awards[i].code, code)) {
            return &campaign->awards[i];
        }
    }
    return NULL;
}

const struct registry_version *
review_unit(const struct registry *r, uint32_t unit, int32_t day)
{
    return unit < r->unit_count ? own_version(r, unit, &day) : NULL;
}

/* ---- rows ---- */

void
review_put_id(struct buf *b, const char *key, const uint8_t *id)
{
    char text[ULID_TEXT];
    ulid_format(id, text);
    pack_key_text(b, key, slice_text(text));
}

void
review_put_unit(struct buf *b, const struct ask *ask, const char *key, const char *name_key,
                uint32_t unit)
{
    const struct registry *r = &ask->query->registry;
    const struct registry_version *v = review_unit(r, unit, snapshot_day(ask->query, NULL));
    pack_key_text(b, key, unit < r->unit_count ? r->units[unit].code : slice_text(""));
    pack_key_text(b, name_key, v == NULL ? slice_text("") : v->name);
}

void
review_put_award(struct buf *b, const struct campaign *campaign, struct slice code)
{
    const struct award *award = review_award(campaign, code);
    const struct title none = {slice_text(""), slice_text("")};
    pack_key_text(b, "award", code);
    answer_titles(b, award == NULL ? &none : &award->title);
    pack_key_text(b, "level",
                  slice_text(award == NULL ? "" : authority_name((enum authority)award->level)));
}

void
review_put_theme(struct buf *b, const struct campaign *campaign, struct slice code)
{
    struct title title = {slice_text(""), slice_text("")};
    for (uint32_t i = 0; campaign != NULL && i < campaign->theme_count; i++) {
        if (slice_equal(campaign->themes[i].code, code)) {
            title = campaign->themes[i].title;
        }
    }
    pack_key_text(b, "theme", code);
    pack_key_text(b, "theme_title_vi", title.vi);
    pack_key_text(b, "theme_title_en", title.en);
}

void
review_put_item(struct buf *b, const struct ask *ask, struct unit_set *own, const uint8_t *id,
                const struct nomination_row *row)
{
    const struct campaign *campaign = review_campaign(ask->query, row->campaign);
    review_put_id(b, "nomination", id);
    pack_key_text(b, "campaign", campaign == NULL ? slice_text("") : campaign->code);
    review_put_award(b, campaign, row->award);
    pack_key_text(b, "kind", slice_text(subject_kind_name(row->kind)));
    pack_key_text(b, "subject", row->subject);
    review_put_unit(b, ask, "subject_unit", "subject_unit_name", row->subject_unit);
    review_put_unit(b, ask, "unit", "name", row->proposer);
    review_put_unit(b, ask, "holder", "holder_name", row->holder);
    pack_key_text(b, "state", slice_text(review_state_name(row->state)));
    answer_key_date(b, "since", row->since);
    answer_key_date(b, "deadline", row->deadline);
    pack_key_bool(b, "late", row->deadline < snapshot_day(ask->query, campaign));
    review_put_theme(b, campaign, row->theme);
    pack_key_bool(b, "simplified", row->simplified);
    pack_key_int(b, "submitted_us", row->submitted_us);
    answer_key_receipt(b, "receipt", row->receipt);
    review_put_moves(b, ask, own, row);
}

void
review_put_decision(struct buf *b, const struct nomination_row *row)
{
    pack_key_text(b, "number", row->decision_number);
    pack_key_text(b, "date", row->decision_date);
    pack_key_text(b, "signer", row->decision_signer);
}

/* ---- the same subject ---- */

/* A key is the folded name, a zero, and the id. */
bool
subject_next(struct query *query, struct subject_walk *walk, uint8_t id[ULID_SIZE])
{
    struct state_row row;
    enum err err;
    if (walk->cursor == NULL) {
        struct buf from = BUF_EMPTY;
        key_subject(&from, walk->folded, slice_of(id, 0));
        snapshot_need(state_cursor_open(query->states[0], TABLE_SUBJECT, &walk->cursor), "subject");
        err = cursor_seek(walk->cursor, buf_slice_of(&from), &row);
        buf_fini(&from);
    } else {
        err = cursor_next(walk->cursor, &row);
    }
    size_t name = walk->folded.len;
    if (snapshot_found(err, "subject") && row.key.len == name + 1 + ULID_SIZE &&
        memcmp(row.key.data, walk->folded.data, name) == 0 && row.key.data[name] == 0) {
        memcpy(id, row.key.data + name + 1, ULID_SIZE);
        return true;
    }
    cursor_close(walk->cursor);
    return false;
}
