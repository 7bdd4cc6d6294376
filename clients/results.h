/* What the verbs that send records print: one line a record, in the order of the records though their results
 * come in any order. A result waits here until all before it are there; no more of them wait than are in
 * flight. With --json one object: {"records": [...], "counts": {...}}. */
#ifndef CLIENTS_RESULTS_H
#define CLIENTS_RESULTS_H

#include "clients/outcomes.h"

struct result_slot {
    uint64_t line;
    const char *unit; /* NULL: its line says which record it is */
    json_t *told;     /* NULL: not yet */
};

struct results {
    const struct options *options;
    const char *file; /* what lines are of */
    bool verdicts;    /* --wait */
    struct result_slot *slots;
    uint64_t first; /* tag of slots[0] */
    size_t head;    /* slots before it are printed */
    size_t count, cap;
    uint64_t printed;
};

void results_begin(struct results *r, const struct options *options, const char *file,
                   bool verdicts);
/* Room for the next record, which begins on `line`; gives its tag. */
uint64_t results_expect(struct results *r, uint64_t line);
/* The same for one of several records that no file has: told by its unit, which the caller keeps. */
uint64_t results_expect_unit(struct results *r, const char *unit);
outcome_fn results_told; /* the context is the struct results */
/* Ends what is printed; the exit code of the command: 0, or EX_DATAERR where any was rejected. */
int results_end(struct results *r, const struct outcomes *outcomes);

#endif
