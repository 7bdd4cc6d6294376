/* What the verbs of the council's review share: nominations by what a person types of them, lists of
 * them, and words. */
#ifndef CLIENTS_REVIEW_H
#define CLIENTS_REVIEW_H

#include "clients/contact.h"
#include "clients/question.h"
#include "proto/ulid.h"

#include <jansson.h>

/* The nomination that `text` begins (at least ULID_PREFIX_MIN digits), asked of the site: its
 * identity, and, where `item` is not NULL, all that `review.show` says of it (a new reference). */
int nomination_find(struct contact *contact, const char *text, uint8_t id[ULID_SIZE],
                    json_t **item);

/* A state, an act, a kind of subject or a level in the user's language; the word itself where it is none. */
const char *review_word(const char *word);
/* A list of items of `review.list` and `history`. */
void nominations_show(const json_t *items);

#endif
