/* One unit's points in words, line by line, with the arithmetic that a pencil would do. */
#ifndef CLIENTS_RANK_EXPLAIN_H
#define CLIENTS_RANK_EXPLAIN_H

#include <jansson.h>

/* The answer of `rank` with a unit, to stdout. */
void rank_explain(const json_t *answer);
/* Hundredths of a point: "8.33", always two decimals, as exact text. */
void points_text(int64_t hundredths, char text[32]);
/* Exact text as a person reads it: grouped as the language does on a terminal, else as it is. */
const char *number_text(const char *exact, char *text, unsigned size);

#endif
