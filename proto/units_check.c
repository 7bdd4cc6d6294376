/* What must hold of a registry. Rows are sorted once by code and day, so that a unit's rows stand
 * side by side; everything else is a walk over that order. Complaints come in the file's order for
 * the rows' own mistakes, then for what rows say about one another.
 *
 * Cycles and depth are looked for on every day, not over rows: A may be under B in one year and B
 * under A in the next. A walk follows a row's parents only on the days that all rows below it
 * share, so what it meets twice is there on one day. Roll-ups count a unit under the parent of its
 * own last day in a period, which can differ from unit to unit; but a parent lives at least as long
 * as what it holds, so around a cycle all those last days would be one day, and days are what is
 * checked. */
#include "proto/units.h"

#include "common/period.h"
#include "common/text.h"
#include "proto/limits.h"
#include "proto/mistakes.h"

#include <stdlib.h>

struct checking {
    const struct units *units;
    const struct unit_row **sorted; /* by code, then first day, then place in the file */
    struct mistakes mistakes;
};

/* The rows of one code: sorted[first] .. sorted[first + count - 1]. */
struct run {
    uint32_t first, count;
};

struct days {
    int32_t from, to;
};

static int
row_order(const void *a, const void *b)
{
    const struct unit_row *x = *(const struct unit_row *const *)a;
    const struct unit_row *y = *(const struct unit_row *const *)b;
    int order = slice_compare(x->code, y->code);
    if (order == 0) {
        order = (x->from > y->from) - (x->from < y->from);
    }
    return order != 0 ? order : (x > y) - (x < y);
}

/* The first place whose code is not before `code`, or with `past` not at it either. */
static uint32_t
place_find(const struct checking *c, struct slice code, bool past)
{
    uint32_t low = 0, high = c->units->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_compare(c->sorted[middle]->code, code);
        if (order < 0 || (past && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct run
run_find(const struct checking *c, struct slice code)
{
    uint32_t first = place_find(c, code, false);
    return (struct run){first, place_find(c, code, true) - first};
}

/* ---- a row by itself ---- */

static void
cell_check(struct mistakes *m, const struct unit_row *row, const struct units_column *column)
{
    if (column->kind != COLUMN_CODE && column->kind != COLUMN_TEXT) {
        return;
    }
    struct slice text = *(const struct slice *)((const uint8_t *)row + column->offset);
    struct slice name = slice_text(column->name);
    if (text.len == 0) {
        if (column->need == COLUMN_FILLED) {
            mistake(m, row->line, CODE_NOTHING_THERE, name, "%.*s", SLICE_ARG(row->code));
        }
    } else if (column->kind == COLUMN_CODE) {
        mistake_unless_code(m, row->line, name, text);
    } else {
        mistake_unless_text(m, row->line, name, text, (size_t)column->limit);
    }
}

static void
dates_check(struct mistakes *m, const struct unit_row *row)
{
    if (row->to < row->from) {
        char from[DATE_TEXT], to[DATE_TEXT];
        date_format(row->from, from);
        date_format(row->to, to);
        mistake(m, row->line, CODE_DATE_ORDER, row->code, "%s, %s", from, to);
    }
}

static void
row_check(struct checking *c, const struct unit_row *row)
{
    for (size_t i = 0; i < UNITS_COLUMN_COUNT; i++) {
        cell_check(&c->mistakes, row, &UNITS_COLUMNS[i]);
    }
    dates_check(&c->mistakes, row);
    if (row->successor.len != 0 && code_is_valid(row->successor) &&
        run_find(c, row->successor).count == 0) {
        mistake(&c->mistakes, row->line, CODE_REFERENCE_UNKNOWN, slice_text("successor"), "%.*s",
                SLICE_ARG(row->successor));
    }
}

/* ---- rows of one code ---- */

static void
overlap_tell(struct checking *c, const struct unit_row *a, const struct unit_row *b)
{
    /* The one that stands later in the file is the surprise. */
    const struct unit_row *later = a > b ? a : b;
    if (a->from == b->from && a->to == b->to) {
        mistake(&c->mistakes, later->line, CODE_DUPLICATE_CODE, slice_text("code"), "%.*s",
                SLICE_ARG(later->code));
        return;
    }
    char day[DATE_TEXT];
    date_format(b->from, day);
    mistake(&c->mistakes, later->line, CODE_UNIT_OVERLAP, later->code, "%s", day);
}

static void
overlaps_check(struct checking *c)
{
    const struct unit_row *longest = NULL; /* of this code, the one that lasts longest so far */
    for (uint32_t i = 0; i < c->units->count; i++) {
        const struct unit_row *row = c->sorted[i];
        if (longest == NULL || !slice_equal(longest->code, row->code)) {
            longest = row;
            continue;
        }
        if (row->from <= longest->to) {
            overlap_tell(c, longest, row);
        }
        if (row->to > longest->to) {
            longest = row;
        }
    }
}

/* ---- parents ---- */

static void
parent_check(struct checking *c, const struct unit_row *row)
{
    struct run run = run_find(c, row->parent);
    if (run.count == 0) {
        if (code_is_valid(row->parent)) { /* else that is what is wrong, and it is told */
            mistake(&c->mistakes, row->line, CODE_UNIT_ORPHAN, row->code, "%.*s",
                    SLICE_ARG(row->parent));
        }
        return;
    }
    int32_t day = row->from; /* the first day that no parent's row covers yet */
    for (uint32_t i = 0; i < run.count && day <= row->to; i++) {
        const struct unit_row *parent = c->sorted[run.first + i];
        if (parent->from > day) {
            break;
        }
        if (parent->to >= day) {
            day = parent->to + 1;
        }
    }
    if (day <= row->to) {
        char text[DATE_TEXT];
        date_format(day, text);
        mistake(&c->mistakes, row->line, CODE_PARENT_NOT_THEN, row->code, "%.*s, %s",
                SLICE_ARG(row->parent), text);
    }
}

/* ---- cycles and depth ---- */

struct walk {
    struct checking *checking;
    const struct unit_row *start;
    uint32_t path[UNIT_DEPTH_MAX]; /* units from the start up, as the first place of their run */
    uint32_t steps;
    bool told; /* one complaint a row is enough: each of these hides the others */
};

static void
walk_tell_deep(struct walk *w)
{
    mistake(&w->checking->mistakes, w->start->line, CODE_UNIT_TOO_DEEP, w->start->code, "%d",
            UNIT_DEPTH_MAX);
    w->told = true;
}

/* The path meets `unit` again at path[0]: told by the unit of the cycle that sorts first, so that a
 * cycle is one mistake and not one a member. */
static void
walk_tell_cycle(struct walk *w, uint32_t depth)
{
    for (uint32_t i = 1; i < depth; i++) {
        if (w->path[i] < w->path[0]) {
            return;
        }
    }
    mistake(&w->checking->mistakes, w->start->line, CODE_UNIT_CYCLE, w->start->code, "%.*s",
            SLICE_ARG(w->start->parent));
    w->told = true;
}

static bool
walk_has_met(const struct walk *w, uint32_t depth, uint32_t unit)
{
    for (uint32_t i = 0; i < depth; i++) {
        if (w->path[i] == unit) {
            return true;
        }
    }
    return false;
}

static void walk_up(struct walk *w, const struct unit_row *row, struct days days, uint32_t depth);

/* Every row of the parent that shares a day with all rows below it. */
static void
walk_parents(struct walk *w, struct run run, struct days days, uint32_t depth)
{
    for (uint32_t i = 0; i < run.count && !w->told; i++) {
        const struct unit_row *row = w->checking->sorted[run.first + i];
        struct days shared = {row->from > days.from ? row->from : days.from,
                              row->to < days.to ? row->to : days.to};
        if (++w->steps > UNIT_STEPS_MAX) {
            mistake(&w->checking->mistakes, w->start->line, CODE_TOO_MANY, w->start->code, "%d",
                    UNIT_STEPS_MAX);
            w->told = true;
        } else if (shared.from <= shared.to) {
            walk_up(w, row, shared, depth);
        }
    }
}

/* `depth` units are on the path, the last of them is row's. Recursion ends at UNIT_DEPTH_MAX. */
static void
walk_up(struct walk *w, const struct unit_row *row, struct days days, uint32_t depth)
{
    struct run run = run_find(w->checking, row->parent);
    if (row->parent.len == 0 || run.count == 0) {
        return;
    }
    if (run.first == w->path[0]) {
        walk_tell_cycle(w, depth);
    } else if (walk_has_met(w, depth, run.first)) {
        return; /* a cycle above the start: its own units tell it */
    } else if (depth == UNIT_DEPTH_MAX) {
        walk_tell_deep(w);
    } else {
        w->path[depth] = run.first;
        walk_parents(w, run, days, depth + 1);
    }
}

static void
ancestors_check(struct checking *c, const struct unit_row *row)
{
    struct walk walk = {.checking = c, .start = row};
    walk.path[0] = run_find(c, row->code).first;
    walk_up(&walk, row, (struct days){row->from, row->to}, 1);
}

uint32_t
units_check(const struct units *units, struct arena *arena, struct complaints *complaints)
{
    struct checking c = {.units = units, .mistakes = {.to = complaints}};
    if (units->count == 0) {
        mistake(&c.mistakes, 0, CODE_NOTHING_THERE, slice_text("units"), "%s", "");
        return c.mistakes.count;
    }
    if (units->count > UNITS_MAX) {
        mistake(&c.mistakes, 0, CODE_TOO_MANY, slice_text("units"), "%d", UNITS_MAX);
        return c.mistakes.count;
    }
    c.sorted = ARENA_ARRAY(arena, const struct unit_row *, units->count);
    for (uint32_t i = 0; i < units->count; i++) {
        c.sorted[i] = &units->rows[i];
    }
    qsort(c.sorted, units->count, sizeof(*c.sorted), row_order);
    for (uint32_t i = 0; i < units->count; i++) {
        row_check(&c, &units->rows[i]);
    }
    overlaps_check(&c);
    for (uint32_t i = 0; i < units->count; i++) {
        if (units->rows[i].parent.len != 0) {
            parent_check(&c, &units->rows[i]);
            ancestors_check(&c, &units->rows[i]);
        }
    }
    return c.mistakes.count;
}
