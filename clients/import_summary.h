/* The end of an import: what was counted, and the first errors with their places; all of them in a CSV
 * file where --errors names one. */
#ifndef CLIENTS_IMPORT_SUMMARY_H
#define CLIENTS_IMPORT_SUMMARY_H

#include "clients/outcomes.h"

#define SUMMARY_ERRORS 20 /* shown; a screenful */

struct import_summary {
    uint64_t records;
    uint64_t errors;
    json_t *first;   /* the first of them */
    json_t *ignored; /* names of columns */
    const char *file;
    FILE *all; /* --errors; NULL */
};

/* 0, or EX_CANTCREAT told. `errors_path` may be NULL. */
int import_summary_begin(struct import_summary *s, const char *file, const char *errors_path);
/* One error; `receipt` is empty where the record was never sent. */
void import_summary_error(struct import_summary *s, const struct complaint *why,
                          const char *receipt);
/* Prints; `waited`: the verdicts are known. Gives the exit code and releases everything. */
int import_summary_end(struct import_summary *s, const struct outcomes *outcomes, bool waited);

#endif
