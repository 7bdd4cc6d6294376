/* Memory for one turn of a loop: allocated by moving a pointer, given back all at once.
 * Pointers into an arena end at its next arena_reset. */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include "common/slice.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* The same, not zeroed: for what the caller fills whole. */
void *arena_take(struct arena *arena, size_t size);
struct slice arena_copy(struct arena *arena, struct slice bytes);
/* A C string. */
char *arena_text(struct arena *arena, struct slice bytes);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Keeps the memory for the next turn, up to a sane size. */
void arena_reset(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (n)))

#endif
