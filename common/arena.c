/* Memory for one turn: a list of chunks, the newest first; allocation moves a mark in the newest.
 *
 * Invariants: `used` of a chunk is a multiple of ARENA_ALIGN and never above its size;
 * arena->newest is NULL before the first allocation. A reset keeps one chunk of at most ARENA_KEEP
 * bytes: a loop in its stride allocates nothing, and one huge turn does not hold its memory for
 * ever. */
#include "common/arena.h"
#include "common/check.h"
#include "common/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_ALIGN alignof(max_align_t)
#define ARENA_FIRST ((size_t)16 << 10) /* a turn with a few messages */
#define ARENA_KEEP ((size_t)4 << 20)   /* a full block decoded; beyond it chunks are as asked */

struct chunk {
    struct chunk *older;
    size_t size;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

struct arena {
    struct chunk *newest;
};

struct arena *
arena_new(void)
{
    return mem_alloc(sizeof(struct arena));
}

static void
chunks_free(struct chunk *chunk)
{
    while (chunk != NULL) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void
arena_free(struct arena **arena)
{
    if (*arena != NULL) {
        chunks_free((*arena)->newest);
        free(*arena);
    }
    *arena = NULL;
}

/* Each chunk is twice the one before, so that a large turn needs few. */
static void
arena_grow(struct arena *arena, size_t need)
{
    size_t size = arena->newest == NULL ? ARENA_FIRST : arena->newest->size * 2;
    if (size > ARENA_KEEP) {
        size = ARENA_KEEP;
    }
    if (size < need) {
        size = need;
    }
    struct chunk *chunk = mem_resize(NULL, sizeof *chunk + size);
    *chunk = (struct chunk){.older = arena->newest, .size = size};
    arena->newest = chunk;
}

void *
arena_take(struct arena *arena, size_t size)
{
    CHECK(size <= SIZE_MAX / 4);
    size_t need = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    struct chunk *chunk = arena->newest;
    if (chunk == NULL || need > chunk->size - chunk->used) {
        arena_grow(arena, need);
        chunk = arena->newest;
    }
    uint8_t *at = chunk->data + chunk->used;
    chunk->used += need;
    return at;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_take(arena, size), 0, size);
}

char *
arena_text(struct arena *arena, struct slice bytes)
{
    uint8_t *at = arena_take(arena, bytes.len + 1);
    if (bytes.len > 0) {
        memcpy(at, bytes.data, bytes.len);
    }
    at[bytes.len] = '\0';
    return (char *)at;
}

struct slice
arena_copy(struct arena *arena, struct slice bytes)
{
    return slice_of(arena_text(arena, bytes), bytes.len);
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(len >= 0);

    char *text = (char *)arena_take(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void
arena_reset(struct arena *arena)
{
    /* The newest chunk that is not too large to keep is the largest such one but for odd sizes. */
    struct chunk **kept = &arena->newest;
    while (*kept != NULL && (*kept)->size > ARENA_KEEP) {
        kept = &(*kept)->older;
    }
    struct chunk *keep = *kept;
    *kept = NULL;
    chunks_free(arena->newest);
    arena->newest = keep;
    if (keep != NULL) {
        chunks_free(keep->older);
        keep->older = NULL;
        keep->used = 0;
    }
}
