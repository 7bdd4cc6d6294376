#include "workers/query/expected.h"

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct expected_span
expected_span(const struct campaign *campaign, const struct form *form, struct period period,
              int32_t today)
{
    struct period first, last;
    period_finer(period, form->period, &first, &last);
    return (struct expected_span){
        .first = most(first.ordinal, period_of_day(form->period, campaign->from).ordinal),
        .last = least(last.ordinal, least(period_of_day(form->period, campaign->to).ordinal,
                                          period_of_day(form->period, today).ordinal)),
    };
}

/* The periods of the span whose last day is one of the version's. */
static uint64_t
count_ends(enum granularity gran, const struct registry_version *v, struct expected_span span)
{
    struct period end = period_of_day(gran, v->to);
    int64_t first = period_of_day(gran, v->from).ordinal;
    int64_t last = (int64_t)end.ordinal - (period_last_day(end) > v->to);
    first = most(first, span.first);
    last = least(last, span.last);
    return last < first ? 0 : (uint64_t)(last - first + 1);
}

uint64_t
expected_of(const struct registry *r, const struct form *form, uint32_t unit,
            struct expected_span span)
{
    const struct registry_unit *u = &r->units[unit];
    uint64_t count = 0;
    for (uint32_t i = 0; i < u->count; i++) {
        const struct registry_version *v = &u->versions[i];
        uint64_t ends = count_ends(form->period, v, span);
        if (ends > 0 && form_asks(form, u->code, v->level, v->kind)) {
            count += ends;
        }
    }
    return count;
}

void
expected_add(struct family *f, const struct form *form, struct expected_span span, uint64_t *counts)
{
    const struct registry *r = &f->query->registry;
    if (span.last < span.first) {
        return;
    }
    for (uint32_t unit = 0; unit < r->unit_count; unit++) {
        uint32_t row = family_row(f, unit);
        if (row == ROW_OUTSIDE) {
            continue;
        }
        uint64_t count = expected_of(r, form, unit, span);
        for (; row != ROW_OUTSIDE; row = f->above[row]) {
            counts[row] += count;
        }
    }
}
