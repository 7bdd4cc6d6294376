/* --map FILE: a CSV kind,from,to that says what other systems' names are here. kind: unit or indicator. */
#ifndef CLIENTS_IMPORT_MAP_H
#define CLIENTS_IMPORT_MAP_H

#include "common/arena.h"

#include <stddef.h>

enum map_kind { MAP_UNIT, MAP_INDICATOR };

struct map_entry {
    enum map_kind kind;
    struct slice from, to;
};

struct import_map {
    struct arena *arena;
    struct map_entry *entries; /* sorted by kind and from */
    size_t count, cap;
};

/* 0, or the exit code after every mistake was told. */
int import_map_read(struct import_map *map, const char *path);
void import_map_fini(struct import_map *map);
/* What `from` is here; `from` itself where the map does not say. */
struct slice import_map_find(const struct import_map *map, enum map_kind kind, struct slice from);
bool import_map_has(const struct import_map *map, enum map_kind kind, struct slice from);

#endif
