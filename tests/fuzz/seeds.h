/* Writing the first inputs: see seeds.c. */
#ifndef TESTS_FUZZ_SEEDS_H
#define TESTS_FUZZ_SEEDS_H

#include "common/slice.h"

/* What is put from here on is this target's. May be called again for one: its numbers go on. */
void seeds_begin(const char *target);
void seeds_put(struct slice bytes);

/* The council's records, one by one and in rows that lead somewhere (seeds_council.c). */
void seeds_council(void);

#endif
