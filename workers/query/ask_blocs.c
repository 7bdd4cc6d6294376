/* `blocs`: the blocs of a period, by code, with how many units each has and of which levels. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/snapshot.h"

#include <stdlib.h>

struct membership {
    struct slice bloc, level;
};

static int
membership_order(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;
    int order = slice_compare(x->bloc, y->bloc);
    return order != 0 ? order : slice_compare(x->level, y->level);
}

static uint32_t
memberships_find(const struct query *q, struct period period, struct membership *found)
{
    uint32_t count = 0;
    for (uint32_t unit = 0; unit < q->registry.unit_count; unit++) {
        const struct registry_version *v = registry_in(&q->registry, unit, period);
        if (v != NULL && v->bloc.len > 0) {
            found[count++] = (struct membership){v->bloc, v->level};
        }
    }
    qsort(found, count, sizeof(*found), membership_order);
    return count;
}

/* The memberships from `first` that are of its bloc, as one item of the page. */
static uint32_t
put_bloc(struct query *q, const struct membership *found, uint32_t first, uint32_t count)
{
    uint32_t last = first, levels = 0;
    buf_clear(&q->item);
    for (; last < count && slice_equal(found[last].bloc, found[first].bloc); last++) {
        if (last == first || !slice_equal(found[last].level, found[last - 1].level)) {
            pack_text(&q->item, found[last].level);
            levels++;
        }
    }
    pack_map(&q->page, 3);
    pack_key_text(&q->page, "bloc", found[first].bloc);
    pack_key_uint(&q->page, "units", last - first);
    answer_key_list(&q->page, "levels", &q->item, levels);
    return last;
}

bool
ask_blocs(struct ask *ask)
{
    struct query *q = ask->query;
    struct slice period_text = {0};
    const struct arg args[] = {{"period", ARG_TEXT, false, &period_text}};
    struct period period = period_of_day(GRAN_DAY, snapshot_day(q, NULL));
    if (!args_read(ask, args, 1) ||
        (period_text.len > 0 && !find_period(ask, "period", period_text, &period))) {
        return false;
    }
    size_t room = (size_t)q->registry.unit_count + 1;
    struct membership *found = ARENA_ARRAY(q->arena, struct membership, room);
    uint32_t count = memberships_find(q, period, found), blocs = 0;
    for (uint32_t i = 0; i < count; blocs++) {
        i = put_bloc(q, found, i, count);
    }
    pack_map(ask->body, 2);
    answer_key_period(ask->body, "period", period);
    answer_key_list(ask->body, "blocs", &q->page, blocs);
    return true;
}
