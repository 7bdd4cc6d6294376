/* Complaints, kept, so that a test can look at what was told. */
#ifndef TESTS_LIB_TOLD_H
#define TESTS_LIB_TOLD_H

#include "proto/codes.h"

#define TOLD_MAX 64

struct told {
    struct complaints complaints; /* first: what add() gets is cast back */
    uint32_t count;               /* all of them, also those beyond TOLD_MAX */
    struct complaint list[TOLD_MAX];
};

void told_begin(struct told *told);
/* How often `code` was told; with a line other than 0, on that line only. */
uint32_t told_times(const struct told *told, enum code code, uint32_t line);
/* The first with this code; NULL. */
const struct complaint *told_find(const struct told *told, enum code code);
/* To stderr, for a test that is about to fail. */
void told_print(const struct told *told);

#endif
