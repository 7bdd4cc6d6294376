/* Values far from the usual: see outlier.h. */
#include "workers/tally/outlier.h"

#include "common/check.h"
#include "common/decimal.h"
#include "workers/tally/limits.h"
#include "workers/tally/recent.h"

#include <stdlib.h>

/* Insertion sorts: thirty numbers, most of them nearly in order. */
void
values_sort(int64_t *values, uint32_t count)
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

/* The two in the middle, the same one twice of an odd number. Two halves sorted by insertion and merged
 * only as far as the middle take half the steps of sorting the whole. */
static void
middle_find(int64_t *values, uint32_t count, int64_t *low, int64_t *high)
{
    uint32_t half = count / 2, a = 0, b = half;
    values_sort(values, half);
    values_sort(values + half, count - half);
    *low = *high = values[0];
    for (uint32_t taken = 0; taken <= half; taken++) {
        *low = *high;
        *high = b == count || (a < half && values[a] <= values[b]) ? values[a++] : values[b++];
    }
    if (count % 2 != 0) {
        *low = *high;
    }
}

/* Most values are near the others, and that needs no sort of the distances: where too few of them are
 * below a fifth of this one's to reach the middle, both middle ones are at least that, so 5 of their
 * mean are not less than it. Exact, in whole numbers. */
static bool
surely_near(wide off2, const wide *far2, uint32_t count, uint32_t lower)
{
    uint32_t nearer = 0;
    for (uint32_t i = 0; i < count; i++) {
        nearer += OUTLIER_MADS * far2[i] < off2;
    }
    return nearer <= lower;
}

/* What is usual is judged in 64 bits, several times as fast as in 128: OUTLIER_MADS * |2 * value -
 * median2| is at most 5 * 4 * SMALL. */
#define SMALL ((int64_t)1 << 58)
_Static_assert((wide)OUTLIER_MADS * 4 * SMALL <= INT64_MAX, "64 bits must hold it");

static bool
is_small(int64_t value)
{
    return value > -SMALL && value < SMALL;
}

/* surely_near for small numbers, by the same sums; where one is not small it does not know. */
static bool
surely_near_small(int64_t value, const int64_t *series, uint32_t count, int64_t median2,
                  uint32_t lower)
{
    uint32_t nearer = 0;
    bool small = is_small(value);
    for (uint32_t i = 0; i < count; i++) {
        small = small && is_small(series[i]);
    }
    if (!small) {
        return false;
    }
    int64_t off2 = llabs(2 * value - median2);
    for (uint32_t i = 0; i < count; i++) {
        nearer += OUTLIER_MADS * llabs(2 * series[i] - median2) < off2;
    }
    return nearer <= lower;
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
    int64_t low, high;
    middle_find(series, count, &low, &high);
    wide median2 = (wide)low + high;
    if (is_small(low) && is_small(high) &&
        surely_near_small(value, series, count, low + high, lower)) {
        return false;
    }
    wide far2[OUTLIER_SERIES];
    for (uint32_t i = 0; i < count; i++) {
        wide off = 2 * (wide)series[i] - median2;
        far2[i] = off < 0 ? -off : off;
    }
    wide off2 = 2 * (wide)value - median2;
    off2 = off2 < 0 ? -off2 : off2;
    if (surely_near(off2, far2, count, lower)) {
        return false;
    }
    sort_wide(far2, count);
    wide mad4 = far2[lower] + far2[upper];
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

/* The same report in another period: keys as bytes, because thirty of them are looked at for each
 * report. */
static bool
same_unit(struct slice a, struct slice b)
{
    return a.len == REPORT_KEY_SIZE && memcmp(a.data, b.data, REPORT_PREFIX_SIZE) == 0;
}

static bool
same_source(struct slice a, struct slice b)
{
    size_t at = REPORT_KEY_SIZE - REPORT_SOURCE_SIZE;
    return memcmp(a.data + at, b.data + at, REPORT_SOURCE_SIZE) == 0;
}

/* Backward from the report's own period, so that the newest come first and the scan ends early. */
static enum err
series_scan(struct apply *a, const struct place *place, struct state_cursor *cursor,
            struct series *series)
{
    struct state_row found;
    struct report_key from = place->key;
    from.source = 0;
    key_report(&a->key, &from);
    enum err err = cursor_seek(cursor, buf_slice_of(&a->key), &found);
    key_report(&a->key, &place->key);
    struct slice own = buf_slice_of(&a->key);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    uint32_t left = OUTLIER_SCAN(place->form->form->sources.count);
    while (left-- > 0 && series->open > 0 && (err = cursor_prev(cursor, &found)) == ERR_OK) {
        struct report_row row;
        if (!same_unit(found.key, own)) {
            return ERR_OK;
        }
        if (!same_source(found.key, own)) {
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

static enum err
judge_scanned(struct apply *a, const struct place *place, const struct values *values, bool *found)
{
    struct series series = series_new(place->form, values, a->arena);
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

/* One value, by a proof that it is near where there is one. False: rows are needed that are not in
 * memory. */
static bool
judge_value(struct recent *recent, uint32_t period, const struct recent_window *window,
            uint32_t slot, int64_t value, bool *found)
{
    int64_t series[OUTLIER_SERIES];
    uint32_t count;
    enum nearness nearness = recent_near(recent, window, slot, value);
    if (nearness == NEAR_PROVED) {
        return true;
    }
    if (!recent_values(recent, period, slot, series, &count)) {
        return false;
    }
    if (nearness == NEAR_STALE) {
        recent_guess(recent, slot, guess_make(series, count));
    }
    *found = outlier_is(value, series, count) || *found;
    return true;
}

static bool
judge_remembered(struct recent *recent, const struct place *place, const struct values *values,
                 bool *found)
{
    uint32_t period = place->key.period;
    struct recent_window window = recent_window(recent, period);
    *found = false;
    for (uint32_t slot = 0; slot < place->form->slot_count; slot++) {
        if (judged(place->form, values, slot) &&
            !judge_value(recent, period, &window, slot, values->value[slot], found)) {
            return false;
        }
    }
    return true;
}

static bool
nothing_judged(const struct form_plan *form, const struct values *values)
{
    for (uint32_t slot = 0; slot < form->slot_count; slot++) {
        if (judged(form, values, slot)) {
            return false;
        }
    }
    return true;
}

enum err
outlier_judge(struct apply *a, const struct place *place, const struct values *values, bool *found)
{
    *found = false;
    if (nothing_judged(place->form, values)) {
        return ERR_OK;
    }
    struct recent *recent;
    enum err err = recent_get(a, place, &recent);
    if (err != ERR_OK || (recent != NULL && judge_remembered(recent, place, values, found))) {
        return err;
    }
    *found = false;
    return judge_scanned(a, place, values, found);
}
