/* `unit`: one unit of the registry, as it was on a day or is in its newest version, its direct
 * children on that day, and all its versions; without a unit, those that are beneath none. */
#include "workers/query/answer.h"
#include "workers/query/args.h"
#include "workers/query/find.h"
#include "workers/query/snapshot.h"

struct unit_ask {
    struct ask *ask;
    const struct registry *registry;
    uint32_t unit;
    const struct registry_version *version;
    int32_t day;
};

static struct slice
code_of(const struct registry *r, uint32_t unit)
{
    return unit == UNIT_NONE ? slice_text("") : r->units[unit].code;
}

/* Without a day: the newest version, on today if it is in force then, else on its day next to it.
 */
static bool
find_version(struct unit_ask *u, struct slice code, struct slice on)
{
    const struct registry_unit *unit = &u->registry->units[u->unit];
    char date[DATE_TEXT];
    u->day = snapshot_day(u->ask->query, NULL);
    if (on.len > 0) {
        if (date_parse(on, &u->day) != ERR_OK) {
            return complain(u->ask->why, CODE_QUERY_INVALID, slice_text("on"), "%.*s",
                            SLICE_ARG(on));
        }
        u->version = registry_on(u->registry, u->unit, u->day);
    } else if (unit->count > 0) {
        u->version = &unit->versions[unit->count - 1];
        u->day = u->day < u->version->from ? u->version->from
                 : u->day > u->version->to ? u->version->to
                                           : u->day;
    }
    date_format(u->day, date);
    return u->version != NULL || complain(u->ask->why, CODE_UNIT_NOT_THEN, code, "%s", date);
}

static void
put_children(const struct unit_ask *u, struct buf *b)
{
    const struct query *q = u->ask->query;
    struct buf *page = &u->ask->query->page;
    uint32_t count = 0;
    for (uint32_t i = 0; i < u->registry->unit_count; i++) {
        const struct registry_version *v = registry_on(u->registry, q->by_code[i], u->day);
        if (v != NULL && v->parent == u->unit) {
            pack_map(page, 3);
            answer_unit(page, u->registry, q->by_code[i], v);
            count++;
        }
    }
    answer_key_list(b, "children", page, count);
}

static void
put_versions(const struct unit_ask *u, struct buf *b)
{
    const struct registry_unit *unit = &u->registry->units[u->unit];
    pack_cstr(b, "versions");
    pack_array(b, unit->count);
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct registry_version *v = &unit->versions[i];
        pack_map(b, 5);
        answer_key_date(b, "from", v->from);
        answer_key_date(b, "to", v->to);
        pack_key_text(b, "parent", code_of(u->registry, v->parent));
        pack_key_text(b, "name", v->name);
        pack_key_text(b, "level", v->level);
    }
}

static void
put_unit(const struct unit_ask *u, struct buf *b)
{
    const struct registry_version *v = u->version;
    pack_map(b, 13);
    answer_unit(b, u->registry, u->unit, v);
    pack_key_text(b, "kind", v->kind);
    pack_key_text(b, "bloc", v->bloc);
    pack_key_text(b, "parent", code_of(u->registry, v->parent));
    pack_cstr(b, "population");
    if (v->population == 0) {
        pack_nil(b);
    } else {
        pack_uint(b, v->population);
    }
    pack_key_text(b, "contact", v->contact);
    answer_key_date(b, "from", v->from);
    answer_key_date(b, "to", v->to);
    pack_key_text(b, "successor", v->successor);
    put_children(u, b);
    put_versions(u, b);
}

static bool
ask_tops(struct unit_ask *u, struct slice on)
{
    u->unit = UNIT_NONE;
    u->day = snapshot_day(u->ask->query, NULL);
    if (on.len > 0 && date_parse(on, &u->day) != ERR_OK) {
        return complain(u->ask->why, CODE_QUERY_INVALID, slice_text("on"), "%.*s", SLICE_ARG(on));
    }
    pack_map(u->ask->body, 2);
    pack_key_text(u->ask->body, "unit", slice_text(""));
    put_children(u, u->ask->body);
    return true;
}

bool
ask_unit(struct ask *ask)
{
    struct slice code = {0}, on = {0};
    const struct arg args[] = {
        {"unit", ARG_TEXT, false, &code},
        {"on", ARG_TEXT, false, &on},
    };
    struct unit_ask u = {.ask = ask, .registry = &ask->query->registry};
    if (!args_read(ask, args, sizeof args / sizeof args[0])) {
        return false;
    }
    if (code.len == 0) {
        return ask_tops(&u, on);
    }
    if (!find_unit(ask, code, &u.unit) || !find_version(&u, code, on)) {
        return false;
    }
    put_unit(&u, ask->body);
    return true;
}
