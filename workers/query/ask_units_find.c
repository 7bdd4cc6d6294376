/* `units.find`: the units whose name or code holds a text, marks and capitals aside, so that "dong mac" finds
 * Phường Đống Mác: those whose name or code begins with it first, then by name as Vietnamese sorts. */
#include "common/collate.h"
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/snapshot.h"

#include <stdlib.h>

struct found {
    uint32_t unit;
    const struct registry_version *version;
    bool begins;
    struct slice key; /* collate_key of the name */
};

struct units_find {
    struct ask *ask;
    struct query *query;
    struct slice text; /* folded */
    struct found *found;
    uint32_t count;
};

static struct slice
folded(struct query *q, struct slice text)
{
    buf_clear(&q->item);
    collate_fold(text, &q->item);
    return buf_slice_of(&q->item);
}

/* Where `text` is in `in`: 0: it begins with it, SIZE_MAX: nowhere. */
static size_t
place_in(struct slice in, struct slice text)
{
    const uint8_t *at = in.len == 0 ? NULL : memmem(in.data, in.len, text.data, text.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - in.data);
}

static void
look_at(struct units_find *f, uint32_t unit, const struct registry_version *version)
{
    size_t in_name = place_in(folded(f->query, version->name), f->text);
    size_t in_code = place_in(f->query->registry.units[unit].code, f->text);
    if (in_name == SIZE_MAX && in_code == SIZE_MAX) {
        return;
    }
    buf_clear(&f->query->item);
    collate_key(version->name, &f->query->item);
    f->found[f->count++] =
        (struct found){.unit = unit,
                       .version = version,
                       .begins = in_name == 0 || in_code == 0,
                       .key = arena_copy(f->query->arena, buf_slice_of(&f->query->item))};
}

static int
found_order(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->begins != y->begins) {
        return x->begins ? -1 : 1;
    }
    int order = slice_compare(x->key, y->key);
    return order != 0 ? order : x->unit < y->unit ? -1 : 1;
}

static void
put_found(struct units_find *f, const struct found *found, int32_t day)
{
    const struct registry *r = &f->query->registry;
    uint32_t parent = found->version->parent;
    const struct registry_version *above = parent == UNIT_NONE ? NULL : registry_on(r, parent, day);
    struct buf *b = &f->query->page;
    pack_map(b, 6);
    answer_unit(b, r, found->unit, found->version);
    pack_key_text(b, "bloc", found->version->bloc);
    pack_key_text(b, "parent", parent == UNIT_NONE ? slice_text("") : r->units[parent].code);
    pack_key_text(b, "parent_name", above == NULL ? slice_text("") : above->name);
}

bool
ask_units_find(struct ask *ask)
{
    struct slice text = {0}, on = {0};
    const struct arg args[] = {
        {"text", ARG_TEXT, true, &text},
        {"on", ARG_TEXT, false, &on},
    };
    struct units_find f = {.ask = ask, .query = ask->query};
    const struct registry *r = &ask->query->registry;
    int32_t day = snapshot_day(ask->query, NULL);
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    if (on.len > 0 && date_parse(on, &day) != ERR_OK) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("on"), "%.*s", SLICE_ARG(on));
    }
    f.text = arena_copy(ask->query->arena, folded(ask->query, text));
    if (f.text.len == 0) {
        return complain(ask->why, CODE_QUERY_INVALID, slice_text("text"), "%.*s", SLICE_ARG(text));
    }
    f.found = ARENA_ARRAY(ask->query->arena, struct found, (size_t)r->unit_count + 1);
    for (uint32_t unit = 0; unit < r->unit_count; unit++) {
        const struct registry_version *version = registry_on(r, unit, day);
        if (version != NULL) {
            look_at(&f, unit, version);
        }
    }
    qsort(f.found, f.count, sizeof *f.found, found_order);
    uint32_t shown = f.count < UNITS_FOUND_MAX ? f.count : UNITS_FOUND_MAX;
    for (uint32_t i = 0; i < shown; i++) {
        put_found(&f, &f.found[i], day);
    }
    pack_map(ask->body, 2);
    pack_key_uint(ask->body, "found", f.count);
    answer_key_list(ask->body, "units", &ask->query->page, shown);
    return true;
}
