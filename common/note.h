/* One number that outlives the process that wrote it: what it had in hand when it died, for whoever
 * started it. A store into a shared mapping costs nothing and is kept by the kernel whatever signal
 * ends the process; it is not synced, because who reads it ends with the machine too. */
#ifndef COMMON_NOTE_H
#define COMMON_NOTE_H

#include "common/err.h"

#include <stdint.h>

struct note {
    uint64_t *at; /* NULL: kept nowhere */
};

/* Makes the file, or begins it anew, with 0 in it. ERR_IO: the log has the words. */
enum err note_open(struct note *note, const char *path) MUST_CHECK;
void note_set(const struct note *note, uint64_t number);
void note_fini(struct note *note);

/* What the file holds; 0 where there is none, or none that can be read. */
uint64_t note_read(const char *path);

#endif
