/* Values far from the usual: see outlier.h. */
#include "workers/tally/outlier.h"

#include "common/check.h"
#include "common/decimal.h"
#include "workers/tally/limits.h"

/* Insertion sorts: thirty numbers, most of them nearly in order. */
static void
sort_values(int64_t *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        int64_t moved = values[i];
        uint32_t place = i;
        for (; place > 0 && values[place - 1] > moved; place--) {
            values[place] = values[place - 1];
        }
        values[place] = moved;
    }
}

static void
sort_wide(wide *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        wide moved = values[i];
        uint32_t place = i;
        for (; place > 0 && values[place - 1] > moved; place--) {
            values[place] = values[place - 1];
        }
        values[place] = moved;
    }
}

bool
outlier_is(int64_t value, int64_t *series, uint32_t count)
{
    CHECK(count <= OUTLIER_SERIES);
    if (count < OUTLIER_LEAST) {
        return false;
    }
    /* Of an even number the median lies between the two in the middle: their sum is twice it, as
     * twice the middle one is for an odd number. */
    uint32_t upper = count / 2, lower = (count - 1) / 2;
    sort_values(series, count);
    wide median2 = (wide)series[lower] + series[upper];
    wide far2[OUTLIER_SERIES];
    for (uint32_t i = 0; i < count; i++) {
        wide off = 2 * (wide)series[i] - median2;
        far2[i] = off < 0 ? -off : off;
    }
    sort_wide(far2, count);
    wide mad4 = far2[lower] + far2[upper];
    wide off2 = 2 * (wide)value - median2;
    off2 = off2 < 0 ? -off2 : off2;
    return mad4 != 0 && 2 * off2 > OUTLIER_MADS * mad4;
}

/* The earlier values of each slot, newest first. */
struct series {
    int64_t (*values)[OUTLIER_SERIES]; /* by slot */
    uint32_t *counts;                  /* by slot */
    bool *wanted;                      /* by slot */
    uint32_t open;                     /* slots that are wanted and not yet full */
};

static bool
judged(const struct form_plan *form, const struct values *values, uint32_t slot)
{
    return values->has[slot] && form->slots[slot].indicator->type != TYPE_FLAG;
}

static struct series
series_new(const struct form_plan *form, const struct values *values, struct arena *arena)
{
    struct series series = {
        .values = arena_alloc(arena, sizeof(*series.values) * form->slot_count),
        .counts = ARENA_ARRAY(arena, uint32_t, form->slot_count),
        .wanted = ARENA_ARRAY(arena, bool, form->slot_count),
    };
    for (uint32_t slot = 0; slot < form->slot_count; slot++) {
        series.wanted[slot] = judged(form, values, slot);
        series.open += series.wanted[slot];
    }
    return series;
}

static void
series_add(struct series *series, const struct form_plan *form, const struct report_row *row)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < row->count; i++) {
        while (slot < form->slot_count && form->slots[slot].id < row->cells[i].indicator) {
            slot++;
        }
        if (slot < form->slot_count && form->slots[slot].id == row->cells[i].indicator &&
            series->wanted[slot] && series->counts[slot] < OUTLIER_SERIES) {
            series->values[slot][series->counts[slot]++] = row->cells[i].value;
            series->open -= series->counts[slot] == OUTLIER_SERIES;
        }
    }
}

static bool
same_unit(const struct report_key *a, const struct report_key *b)
{
    return a->campaign == b->campaign && a->form == b->form && a->unit == b->unit;
}

/* Backward from the report's own period, so that the newest come first and the scan ends early. */
static enum err
series_scan(struct apply *a, const struct place *place, struct state_cursor *cursor,
            struct series *series)
{
    struct report_key from = place->key;
    from.source = 0;
    key_report(&a->key, &from);
    struct state_row found;
    enum err err = cursor_seek(cursor, buf_slice_of(&a->key), &found);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    uint32_t left = OUTLIER_SCAN(place->form->form->sources.count);
    while (left-- > 0 && series->open > 0 && (err = cursor_prev(cursor, &found)) == ERR_OK) {
        struct report_key key;
        struct report_row row;
        err = report_key_decode(found.key, &key);
        if (err != ERR_OK || !same_unit(&key, &place->key)) {
            return err;
        }
        if (key.source != place->key.source) {
            continue;
        }
        err = report_decode(found.value, a->arena, &row);
        if (err != ERR_OK) {
            return err;
        }
        series_add(series, place->form, &row); /* a tombstone has no cells */
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err
outlier_judge(struct apply *a, const struct place *place, const struct values *values, bool *found)
{
    *found = false;
    struct series series = series_new(place->form, values, a->arena);
    if (series.open == 0) {
        return ERR_OK;
    }
    struct state_cursor *cursor;
    enum err err = state_cursor_open(a->state, TABLE_REPORT, &cursor);
    if (err != ERR_OK) {
        return err;
    }
    err = series_scan(a, place, cursor, &series);
    cursor_close(cursor);
    for (uint32_t slot = 0; err == ERR_OK && slot < place->form->slot_count; slot++) {
        if (series.wanted[slot] &&
            outlier_is(values->value[slot], series.values[slot], series.counts[slot])) {
            *found = true;
            return ERR_OK;
        }
    }
    return err;
}
