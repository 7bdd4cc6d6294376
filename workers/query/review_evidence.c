#include "workers/query/review_evidence.h"

#include "proto/cursor.h"
#include "workers/query/answer.h"
#include "workers/query/asker.h"
#include "workers/query/rollup.h"
#include "workers/query/sheet.h"
#include "workers/query/snapshot.h"

struct evidence_cell {
    struct slice unit_code, period_text, indicator_code;
    uint32_t unit; /* UNIT_NONE */
    uint16_t indicator;
    struct period period;
};

/* The last unit and period whose rank was asked for: a dossier's cells are mostly of one. */
struct evidence {
    struct ask *ask;
    const struct registry_campaign *campaign;
    uint32_t unit;
    struct period period;
    uint32_t rank, places;
    uint32_t ranks_made;
};

/* The tally worker looked at it before it was stored. */
static void
read_cell(struct evidence *e, struct cursor *c, struct evidence_cell *cell)
{
    uint32_t n;
    snapshot_need(cursor_array(c, &n), "evidence");
    snapshot_need(n == 3 ? cursor_text(c, &cell->unit_code) : ERR_CORRUPT, "evidence");
    snapshot_need(cursor_text(c, &cell->period_text), "evidence");
    snapshot_need(cursor_text(c, &cell->indicator_code), "evidence");
    snapshot_need(period_parse(cell->period_text, &cell->period), "evidence");
    cell->unit = registry_find(&e->ask->query->registry, cell->unit_code);
    cell->indicator = campaign_indicator(&e->campaign->campaign, cell->indicator_code);
}

/* Over the forms that ask for it, the first that has a value. */
static bool
put_value(struct evidence *e, const struct evidence_cell *cell, struct buf *b)
{
    struct query *q = e->ask->query;
    const struct campaign *campaign = &e->campaign->campaign;
    bool *wanted = ARENA_ARRAY(q->arena, bool, campaign->indicator_count);
    struct family family;
    wanted[cell->indicator] = true;
    family_init(&family, q, cell->unit, false);
    family_set(&family, cell->period);
    for (uint16_t i = 0; i < campaign->form_count; i++) {
        const struct form *form = &campaign->forms[i];
        struct rollup r;
        if (form->period > cell->period.gran ||
            !index_list_has(&form->indicators, cell->indicator)) {
            continue;
        }
        rollup_open(&r, q, e->campaign, i, wanted, &family);
        bool ok = rollup_run(&r, e->ask->why);
        rollup_close(&r);
        if (!ok) {
            return false;
        }
        if (r.rows[0].cells[0].units > 0) {
            const struct indicator *indicator = &campaign->indicators[cell->indicator];
            answer_value(b, indicator, rollup_value(indicator, &r.rows[0].cells[0]));
            return true;
        }
    }
    pack_nil(b);
    return true;
}

/* A bloc too large for one question, or without a sheet, gives no rank and no complaint: the rank is
 * beside the evidence, not of it. */
static void
rank_make(struct evidence *e, const struct evidence_cell *cell)
{
    const struct registry *r = &e->ask->query->registry;
    const struct registry_version *v = registry_in(r, cell->unit, cell->period);
    struct complaint why;
    struct sheet sheet = {0};
    e->unit = cell->unit;
    e->period = cell->period;
    e->rank = e->places = 0;
    if (v == NULL || v->bloc.len == 0 || e->campaign->campaign.score_count == 0 ||
        e->ranks_made++ >= REVIEW_RANKS_MAX ||
        !sheet_make(&sheet, e->ask->query, e->campaign, v->bloc, cell->period, &why) ||
        !sheet_check(&sheet, &why)) {
        return;
    }
    for (uint32_t row = 0; row < sheet.family.count; row++) {
        if (sheet.family.members[row] == cell->unit) {
            e->rank = sheet.ranks[row];
            e->places = sheet.family.count;
        }
    }
}

static bool
put_cell(struct evidence *e, const struct evidence_cell *cell, struct buf *b)
{
    const struct campaign *campaign = &e->campaign->campaign;
    const struct title none = {slice_text(""), slice_text("")};
    bool known = cell->unit != UNIT_NONE && cell->indicator != INDEX_NONE;
    bool seen = known && asker_sees(e->ask, cell->unit) &&
                registry_in(&e->ask->query->registry, cell->unit, cell->period) != NULL;
    pack_map(b, 9);
    review_put_unit(b, e->ask, "unit", "name", cell->unit);
    pack_key_text(b, "period", cell->period_text);
    pack_key_text(b, "indicator", cell->indicator_code);
    answer_titles(b, known ? &campaign->indicators[cell->indicator].title : &none);
    pack_cstr(b, "value");
    if (!seen) {
        pack_nil(b);
    } else if (!put_value(e, cell, b)) {
        return false;
    }
    if (seen && (cell->unit != e->unit || !period_equal(cell->period, e->period))) {
        rank_make(e, cell);
    }
    pack_key_uint(b, "rank", seen ? e->rank : 0);
    pack_key_uint(b, "places", seen ? e->places : 0);
    return true;
}

bool
review_put_evidence(struct ask *ask, const struct nomination_row *row, struct buf *b)
{
    struct evidence e = {.ask = ask, .unit = UNIT_NONE};
    struct cursor c = cursor_of(row->evidence);
    uint32_t count = 0;
    if (row->campaign >= ask->query->registry.campaign_count) {
        snapshot_need(ERR_CORRUPT, "nomination");
    }
    e.campaign = &ask->query->registry.campaigns[row->campaign];
    if (row->evidence.len > 0) {
        snapshot_need(cursor_array(&c, &count), "evidence");
    }
    pack_cstr(b, "evidence");
    pack_array(b, count);
    for (uint32_t i = 0; i < count; i++) {
        struct evidence_cell cell;
        read_cell(&e, &c, &cell);
        if (!put_cell(&e, &cell, b)) {
            return false;
        }
    }
    return true;
}
