/* What is wrong with a site, and what to do about it: each trouble one sentence in the user's language and one
 * command. The table is troubles.def; what is looked at is an answer of broker.status. Pure. */
#ifndef CLIENTS_TROUBLES_H
#define CLIENTS_TROUBLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct trouble {
    const char *word;   /* of the table, or the broker's own where that has none */
    bool wrong;         /* else worth knowing */
    char sentence[600]; /* the longest of the table, and an endpoint of 280 */
    char command[4200]; /* may hold a path */
};

#define TROUBLES_MAX 24 /* more than the table has */

/* `status` may have besides: problems that the command line has added, `unpublished`, and `clock_offset_us`,
 * how far the broker's clock is ahead of ours. `data` is the data directory; NULL: on another machine.
 * What is wrong comes first, each group in the table's order. Gives the number. */
size_t troubles_find(const json_t *status, const char *data, struct trouble troubles[TROUBLES_MAX]);

/* For tests and documents: the words of the table, one by one; NULL behind the last. */
const char *trouble_word(size_t i);

#endif
