/* --map FILE: a CSV kind,from,to that says what other systems' names are here. kind: unit or indicator. */
#ifndef CLIENTS_IMPORT_MAP_H
#define CLIENTS_IMPORT_MAP_H

#include "common/arena.h"
#include "common/err.h"
#include "proto/codes.h"

#include <stddef.h>
#include <stdio.h>

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
/* The same out of an open file, every mistake told to `told`. ERR_IO. */
typedef void import_map_told_fn(void *context, const struct complaint *why);
enum err import_map_take(struct import_map *map, FILE *in, import_map_told_fn *told, void *context,
                         uint32_t *mistakes) MUST_CHECK;
void import_map_fini(struct import_map *map);
/* What `from` is here; `from` itself where the map does not say. */
struct slice import_map_find(const struct import_map *map, enum map_kind kind, struct slice from);
bool import_map_has(const struct import_map *map, enum map_kind kind, struct slice from);

#endif
