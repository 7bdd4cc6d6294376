/* Heap memory that is there or ends the process. */
#include "common/mem.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

void
mem_exhausted(size_t size)
{
    log_error("memory_exhausted", "bytes=%zu", size);
    exit(EX_OSERR);
}

void *
mem_alloc(size_t size)
{
    /* calloc(0) may give NULL, which would read as a failure. */
    void *memory = calloc(1, size == 0 ? 1 : size);
    if (memory == NULL) {
        mem_exhausted(size);
    }
    return memory;
}

void *
mem_resize(void *old, size_t size)
{
    void *memory = realloc(old, size == 0 ? 1 : size);
    if (memory == NULL) {
        mem_exhausted(size);
    }
    return memory;
}

char *
mem_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}
