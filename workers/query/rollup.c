#include "workers/query/rollup.h"

#include "workers/query/snapshot.h"

#include <inttypes.h>

static void
map_ids(struct rollup *r, const struct registry_campaign *campaign, struct arena *arena)
{
    for (uint32_t i = 0; i < r->column_count; i++) {
        uint32_t id = campaign->indicator_ids[r->columns[i]];
        r->id_count = id >= r->id_count ? id + 1 : r->id_count;
    }
    r->column_of = ARENA_ARRAY(arena, uint16_t, r->id_count);
    memset(r->column_of, 0xff, sizeof *r->column_of * r->id_count); /* INDEX_NONE */
    for (uint32_t i = 0; i < r->column_count; i++) {
        r->column_of[campaign->indicator_ids[r->columns[i]]] = (uint16_t)i;
    }
}

void
rollup_open(struct rollup *r, struct query *q, const struct registry_campaign *campaign,
            uint16_t form, const bool *wanted, struct family *family)
{
    const struct index_list *list = &campaign->campaign.forms[form].indicators;
    *r = (struct rollup){.family = family, .campaign = &campaign->campaign};
    r->columns = ARENA_ARRAY(q->arena, uint16_t, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        if (wanted == NULL || wanted[list->index[i]]) {
            r->columns[r->column_count++] = list->index[i];
        }
    }
    map_ids(r, campaign, q->arena);
    scan_open(&r->scan, q, campaign->id, campaign->form_ids[form]);
}

bool
rollup_allowed(uint64_t cells, struct complaint *why)
{
    return cells <= ROLLUP_CELLS_MAX || complain(why, CODE_TOO_LARGE, slice_text("rows"),
                                                 "%" PRIu64 " > %u", cells, ROLLUP_CELLS_MAX);
}

/* Zeroed rows for the family as it is in its period. */
static bool
clear_rows(struct rollup *r, struct complaint *why)
{
    struct arena *arena = r->scan.query->arena;
    size_t count = r->family->count;
    if (!rollup_allowed((uint64_t)count * r->column_count, why)) {
        return false;
    }
    if (count > r->row_cap) {
        r->row_cap = count;
        r->rows = ARENA_ARRAY(arena, struct rollup_row, count);
        r->cells = ARENA_ARRAY(arena, struct rollup_cell, count * r->column_count);
    } else {
        memset(r->cells, 0, sizeof *r->cells * count * r->column_count);
    }
    for (size_t i = 0; i < count; i++) {
        r->rows[i] = (struct rollup_row){.cells = r->cells + i * r->column_count};
    }
    return true;
}

static void
add_value(struct rollup_cell *cell, enum over over, wide value, uint32_t periods)
{
    bool first = cell->units == 0;
    switch (over) {
    case OVER_MAX:
        cell->value = first || value > cell->value ? value : cell->value;
        break;
    case OVER_MIN:
        cell->value = first || value < cell->value ? value : cell->value;
        break;
    default: /* sum; mean divides at the end; the units have no order for `last` */
        cell->value += value;
        break;
    }
    cell->units++;
    cell->periods += periods;
}

static void
add_unit(struct rollup *r, struct rollup_row *row, const struct tally_row *tally, bool at_end)
{
    row->received += tally->received;
    row->on_time += tally->on_time;
    row->complete += tally->complete;
    row->disagreements += tally->disagreements;
    row->outliers += tally->outliers;
    for (uint32_t i = 0; i < tally->count; i++) {
        const struct tally_cell *from = &tally->cells[i];
        uint16_t column =
            from->indicator < r->id_count ? r->column_of[from->indicator] : INDEX_NONE;
        if (column == INDEX_NONE || from->periods == 0) {
            continue;
        }
        const struct indicator *indicator = &r->campaign->indicators[r->columns[column]];
        if (!at_end && indicator->over_time != OVER_SUM) {
            continue;
        }
        wide value = indicator->over_time == OVER_MEAN ? decimal_mean(from->value, from->periods)
                                                       : from->value;
        add_value(&row->cells[column], indicator->over_units, value, from->periods);
    }
}

bool
rollup_run(struct rollup *r, struct complaint *why)
{
    struct query *q = r->scan.query;
    uint32_t unit;
    struct slice value;
    if (!clear_rows(r, why)) {
        return false;
    }
    scan_start(&r->scan, r->family->period);
    while (scan_next(&r->scan, &unit, &value)) {
        uint32_t row = family_row(r->family, unit);
        struct tally_row tally;
        if (row == ROW_OUTSIDE) {
            continue;
        }
        arena_reset(q->scratch);
        snapshot_need(tally_decode(value, q->scratch, &tally), "tally");
        bool at_end = registry_at_end(&q->registry, unit, r->family->period);
        for (; row != ROW_OUTSIDE; row = r->family->above[row]) {
            add_unit(r, &r->rows[row], &tally, at_end);
        }
    }
    return true;
}

void
rollup_close(struct rollup *r)
{
    scan_close(&r->scan);
}

wide
rollup_value(const struct indicator *indicator, const struct rollup_cell *cell)
{
    return indicator->over_units == OVER_MEAN ? decimal_mean(cell->value, cell->units)
                                              : cell->value;
}
