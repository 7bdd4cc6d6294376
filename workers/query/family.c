#include "workers/query/family.h"

#include "common/check.h"

#define ROW_UNKNOWN UINT32_MAX

void
family_init(struct family *f, const struct query *q, uint32_t top, bool with_children)
{
    *f = (struct family){.query = q, .top = top, .with_children = with_children};
    f->members = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count + 1);
    f->rows = ARENA_ARRAY(q->arena, uint32_t, q->registry.unit_count + 1);
}

void
family_set(struct family *f, struct period period)
{
    const struct query *q = f->query;
    f->period = period;
    memset(f->rows, 0xff, sizeof *f->rows * q->registry.unit_count); /* ROW_UNKNOWN */
    f->members[0] = f->top;
    f->count = 1;
    for (uint32_t i = 0; f->with_children && i < q->registry.unit_count; i++) {
        uint32_t unit = q->by_code[i];
        const struct registry_version *v = registry_in(&q->registry, unit, period);
        if (v != NULL && v->parent == f->top && unit != f->top) {
            f->rows[unit] = f->count;
            f->members[f->count++] = unit;
        }
    }
}

static uint32_t
find_row(struct family *f, uint32_t unit)
{
    const struct registry *r = &f->query->registry;
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
