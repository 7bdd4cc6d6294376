#include "workers/query/family.h"

#include "common/check.h"

#define ROW_UNKNOWN UINT32_MAX

static void
rows_make(struct family *f)
{
    const struct query *q = f->query;
    f->members = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count + 1);
    f->rows = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count + 1);
    f->above = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count + 1);
}

void
family_init(struct family *f, const struct query *q, uint32_t top, bool with_children)
{
    *f = (struct family){.query = q, .top = top, .with_children = with_children};
    rows_make(f);
}

void
family_init_bloc(struct family *f, const struct query *q, struct slice bloc)
{
    *f = (struct family){.query = q, .top = UNIT_NONE, .of_bloc = true, .bloc = bloc};
    rows_make(f);
}

/* ---- a bloc ---- */

/* The row of the first unit of the bloc above `unit`. A period mixes days, in which chains may turn
 * (registry.c): the bound ends them. */
static uint32_t
row_above(const struct family *f, uint32_t unit)
{
    for (unsigned depth = 0; depth < UNIT_DEPTH_MAX; depth++) {
        const struct registry_version *v = registry_in(&f->query->registry, unit, f->period);
        if (v == NULL || v->parent == UNIT_NONE) {
            break;
        }
        unit = v->parent;
        if (f->rows[unit] != ROW_UNKNOWN) {
            return f->rows[unit]; /* a unit of the bloc, or one whose way up is known */
        }
    }
    return ROW_OUTSIDE;
}

/* Chains of rows end: one that turns is cut where it comes back. */
static void
cut_circles(struct family *f)
{
    uint32_t *seen_from = ARENA_ARRAY(f->query->arena, uint32_t, (size_t)f->count + 1);
    for (uint32_t start = 0; start < f->count; start++) {
        uint32_t row = start;
        while (row != ROW_OUTSIDE && seen_from[row] == 0) {
            seen_from[row] = start + 1;
            uint32_t next = f->above[row];
            if (next != ROW_OUTSIDE && seen_from[next] == start + 1) {
                f->above[row] = ROW_OUTSIDE;
            }
            row = f->above[row];
        }
    }
}

static void
set_bloc(struct family *f)
{
    const struct query *q = f->query;
    f->count = 0;
    for (uint32_t i = 0; i < q->registry.unit_count; i++) {
        uint32_t unit = q->by_code[i];
        const struct registry_version *v = registry_in(&q->registry, unit, f->period);
        if (v != NULL && v->bloc.len > 0 && slice_equal(v->bloc, f->bloc)) {
            f->rows[unit] = f->count;
            f->members[f->count++] = unit;
        }
    }
    for (uint32_t row = 0; row < f->count; row++) {
        f->above[row] = row_above(f, f->members[row]);
    }
    cut_circles(f);
}

/* ---- both ---- */

void
family_set(struct family *f, struct period period)
{
    const struct query *q = f->query;
    f->period = period;
    memset(f->rows, 0xff, sizeof *f->rows * q->registry.unit_count); /* ROW_UNKNOWN */
    if (f->of_bloc) {
        set_bloc(f);
        return;
    }
    f->members[0] = f->top;
    f->above[0] = ROW_OUTSIDE;
    f->count = 1;
    for (uint32_t i = 0; f->with_children && i < q->registry.unit_count; i++) {
        uint32_t unit = q->by_code[i];
        const struct registry_version *v = registry_in(&q->registry, unit, period);
        if (v != NULL && v->parent == f->top && unit != f->top) {
            f->rows[unit] = f->count;
            f->above[f->count] = 0;
            f->members[f->count++] = unit;
        }
    }
}

static uint32_t
find_row(struct family *f, uint32_t unit)
{
    const struct registry *r = &f->query->registry;
    if (f->of_bloc) {
        return row_above(f, unit);
    }
    if (f->top == UNIT_NONE) {
        return registry_in(r, unit, f->period) != NULL ? 0 : ROW_OUTSIDE;
    }
    uint32_t child = registry_child_towards(r, unit, f->top, f->period);
    if (child == UNIT_NONE) {
        return ROW_OUTSIDE;
    }
    if (child == f->top || !f->with_children) {
        return 0;
    }
    CHECK(f->rows[child] < f->count); /* family_set gave every direct child its row */
    return f->rows[child];
}

uint32_t
family_row(struct family *f, uint32_t unit)
{
    if (f->rows[unit] == ROW_UNKNOWN) {
        f->rows[unit] = find_row(f, unit);
    }
    return f->rows[unit];
}
