/* Heap memory that is there or ends the process: the journal is on disk, so ending with exit code
 * 71 (EX_OSERR) and starting again is safer than limping on. Release with free(). */
#ifndef COMMON_MEM_H
#define COMMON_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed */
void *mem_resize(void *old, size_t size);
char *mem_text(const char *text); /* a copy of a C string */
/* For a library's own allocation that failed: ends the process in the same way. */
_Noreturn void mem_exhausted(size_t size);

#endif
