/* The map as a sorted array: read once, looked up for every row. */
#include "clients/import_map.h"

#include "clients/csv.h"
#include "clients/limits.h"
#include "clients/words.h"
#include "common/mem.h"
#include "common/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

struct map_reading {
    struct import_map *map;
    import_map_told_fn *told;
    void *context;
    uint32_t mistakes;
    bool header_done;
};

static void
map_mistake(void *context, const struct complaint *why)
{
    struct map_reading *r = context;
    r->told(r->context, why);
    r->mistakes++;
}

static void
map_complain(struct map_reading *r, uint32_t line, uint32_t column, struct complaint *why)
{
    why->line = line;
    why->column = column;
    map_mistake(r, why);
}

static void
map_add(struct import_map *map, enum map_kind kind, struct slice from, struct slice to)
{
    if (map->count == map->cap) {
        map->cap = map->cap == 0 ? 256 : map->cap * 2;
        map->entries = mem_resize(map->entries, map->cap * sizeof *map->entries);
    }
    map->entries[map->count++] =
        (struct map_entry){kind, arena_copy(map->arena, from), arena_copy(map->arena, to)};
}

static bool
map_row(void *context, const struct csv_row *row)
{
    struct map_reading *r = context;
    struct complaint why;
    if (!r->header_done) {
        r->header_done = true;
        if (row->count != 3 || !slice_is(row->cells[0], "kind") ||
            !slice_is(row->cells[1], "from") || !slice_is(row->cells[2], "to")) {
            complain(&why, CODE_COLUMN_MISSING, slice_text("kind,from,to"), "kind,from,to");
            map_complain(r, row->line, 0, &why);
            return false;
        }
        return true;
    }
    if (row->count != 3) {
        complain(&why, CODE_ROW_SHAPE, slice_text("kind,from,to"), "%u ≠ 3", row->count);
        map_complain(r, row->line, 0, &why);
    } else if (!slice_is(row->cells[0], "unit") && !slice_is(row->cells[0], "indicator")) {
        complain(&why, CODE_CHOICE_INVALID, slice_text("kind"), "%.*s", SLICE_ARG(row->cells[0]));
        map_complain(r, row->line, 1, &why);
    } else if (!code_is_valid(row->cells[2])) {
        complain(&why, CODE_CODE_INVALID, slice_text("to"), "%.*s", SLICE_ARG(row->cells[2]));
        map_complain(r, row->line, 3, &why);
    } else if (r->map->count == IMPORT_MAP_MAX) {
        complain(&why, CODE_TOO_MANY, slice_text("kind,from,to"), "%d", IMPORT_MAP_MAX);
        map_complain(r, row->line, 0, &why);
        return false;
    } else {
        map_add(r->map, slice_is(row->cells[0], "unit") ? MAP_UNIT : MAP_INDICATOR, row->cells[1],
                row->cells[2]);
    }
    return true;
}

static int
entry_order(const void *left, const void *right)
{
    const struct map_entry *a = left, *b = right;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : slice_compare(a->from, b->from);
}

/* Two lines for one name: which was meant? */
static void
map_twice(struct map_reading *r)
{
    for (size_t i = 1; i < r->map->count; i++) {
        struct complaint why;
        if (entry_order(&r->map->entries[i - 1], &r->map->entries[i]) == 0) {
            complain(&why, CODE_DUPLICATE_CODE, slice_text("from"), "%.*s",
                     SLICE_ARG(r->map->entries[i].from));
            map_complain(r, 0, 0, &why);
        }
    }
}

enum err
import_map_take(struct import_map *map, FILE *in, import_map_told_fn *told, void *context,
                uint32_t *mistakes)
{
    struct map_reading r = {.map = map, .told = told, .context = context};
    struct csv_handler handler = {map_row, map_mistake, &r};
    map->arena = arena_new();
    enum err err = csv_read(in, &handler);
    if (map->count > 0) {
        qsort(map->entries, map->count, sizeof *map->entries, entry_order);
    }
    map_twice(&r);
    *mistakes = r.mistakes;
    return err == ERR_IO ? ERR_IO : ERR_OK;
}

static void
mistake_say(void *context, const struct complaint *why)
{
    say_complaint(context, why);
}

int
import_map_read(struct import_map *map, const char *path)
{
    uint32_t mistakes;
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return say_code(EX_NOINPUT, tr("không mở được %s: %s.", "%s cannot be opened: %s."), path,
                        strerror(errno));
    }
    enum err err = import_map_take(map, in, mistake_say, (void *)path, &mistakes);
    fclose(in);
    if (err == ERR_IO) {
        return say_code(EX_IOERR, tr("không đọc hết được %s.", "%s could not be read to its end."),
                        path);
    }
    return mistakes == 0 ? 0 : EX_DATAERR;
}

void
import_map_fini(struct import_map *map)
{
    arena_free(&map->arena);
    free(map->entries);
    *map = (struct import_map){0};
}

static const struct map_entry *
map_find(const struct import_map *map, enum map_kind kind, struct slice from)
{
    struct map_entry key = {.kind = kind, .from = from};
    return map->count == 0 ? NULL
                           : bsearch(&key, map->entries, map->count, sizeof key, entry_order);
}

struct slice
import_map_find(const struct import_map *map, enum map_kind kind, struct slice from)
{
    const struct map_entry *entry = map_find(map, kind, from);
    return entry == NULL ? from : entry->to;
}

bool
import_map_has(const struct import_map *map, enum map_kind kind, struct slice from)
{
    return map_find(map, kind, from) != NULL;
}
