/* Gathers rows of one cell each into reports: rows of one unit and period that stand together become one
 * record. Whole reports (long) replace what was there, so a unit and period that comes back later in
 * the file is sent as a merge; DHIS2's cells are merges from the start. */
#include "clients/import.h"

#include "common/period.h"
#include "proto/limits.h"

void
import_gather_fini(struct import_gather *gather)
{
    buf_fini(&gather->unit);
    buf_fini(&gather->period);
    draft_fini(&gather->draft);
}

void
import_gather_end(struct import *im)
{
    struct import_gather *g = &im->gather;
    bool fresh;
    if (!g->open) {
        return;
    }
    g->open = false;
    g->draft.unit = buf_slice_of(&g->unit);
    g->draft.period = buf_slice_of(&g->period);
    g->draft.merge = im->layout == &IMPORT_DHIS2;
    if (!g->draft.merge) {
        import_seen_put(&im->seen, seen_hash(g->draft.unit, g->draft.period), 0, &fresh);
        g->draft.merge = !fresh;
    }
    /* A merge of nothing has no effect. */
    if (!g->draft.merge || g->draft.count > 0) {
        import_send(im, &g->draft, g->line);
    }
}

/* 2021-11-05 and 20211105 are one period; what is none is left for the worker to refuse. */
static struct slice
period_plain(struct slice text, char plain[PERIOD_TEXT])
{
    struct period period;
    if (period_parse(text, &period) != ERR_OK) {
        return text;
    }
    period_format(period, plain);
    return slice_text(plain);
}

static void
gather_turn(struct import *im, const struct import_cell *cell, struct slice period)
{
    struct import_gather *g = &im->gather;
    bool same = g->open && slice_equal(buf_slice_of(&g->unit), cell->unit) &&
                slice_equal(buf_slice_of(&g->period), period) && g->draft.count < REPORT_VALUES_MAX;
    if (same) {
        return;
    }
    import_gather_end(im);
    g->open = true;
    g->line = cell->line;
    draft_clear(&g->draft);
    buf_clear(&g->unit);
    buf_slice(&g->unit, cell->unit);
    buf_clear(&g->period);
    buf_slice(&g->period, period);
}

void
import_gather_cell(struct import *im, const struct import_cell *cell)
{
    struct import_gather *g = &im->gather;
    struct complaint why;
    char plain[PERIOD_TEXT];
    bool good = true;
    gather_turn(im, cell, period_plain(cell->period, plain));
    if (cell->nil || cell->value.len > 0) {
        if (draft_has(&g->draft, cell->indicator)) {
            good =
                complain(&why, CODE_DUPLICATE_KEY, cell->indicator, "%.*s", SLICE_ARG(cell->value));
        } else if (cell->nil) {
            draft_nil(&g->draft, cell->indicator);
        } else {
            good = draft_cell(&g->draft, cell->indicator, cell->value, &why);
        }
    }
    if (!good) {
        why.line = cell->line;
        why.column = cell->column;
        import_refuse(im, &why);
    }
}
