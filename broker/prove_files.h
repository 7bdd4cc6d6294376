/* The files of a journal to be proved: DATA/journal, a copy of it, or a backup's journal/, whose open
 * segment is named by its first and last block. Unlike catalog.h it gives up at nothing: what is missing
 * or wrong is the proof's to name. */
#ifndef BROKER_PROVE_FILES_H
#define BROKER_PROVE_FILES_H

#include "broker/prove.h"

struct prove_file {
    uint64_t first, last; /* by its name; last 0: not told by the name */
    char name[PROVE_FILE_MAX];
};

struct prove_files {
    struct prove_file *list; /* segments, in order */
    uint32_t count;
    uint64_t last_seal; /* the highest first block that a .seal is named by; 0: none */
};

/* ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
enum err prove_files_read(const char *folder, struct prove_files *files) MUST_CHECK;
void prove_files_fini(struct prove_files *files);

#endif
