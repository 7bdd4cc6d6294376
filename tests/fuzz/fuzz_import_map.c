/* A --map: refused with its mistakes, or sorted, each name once, and each found again. */
#include "tests/fuzz/fuzz.h"

#include "clients/import_map.h"
#include "common/check.h"

static void
told(void *context, const struct complaint *why)
{
    ++*(uint32_t *)context;
    fuzz_why(why);
}

static void
entries_check(const struct import_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct map_entry *entry = &map->entries[i];
        CHECK(import_map_has(map, entry->kind, entry->from));
        CHECK(slice_equal(import_map_find(map, entry->kind, entry->from), entry->to));
    }
}

void
fuzz_import_map(struct slice in)
{
    struct import_map map = {0};
    uint32_t heard = 0, mistakes = 0;
    FILE *file = fuzz_file(in);
    CHECK(import_map_take(&map, file, told, &heard, &mistakes) == ERR_OK);
    CHECK(heard == mistakes);
    if (mistakes == 0) {
        entries_check(&map);
    }
    fclose(file);
    import_map_fini(&map);
}
