/* ULIDs as people read and type them: 26 digits of Crockford's base 32, most significant first
 * (github.com/ulid/spec; crockford.com/base32.html). Capitals are written; read are small ones too,
 * and o as 0, i and l as 1. The first digit holds three bits, so it is at most 7. */
#ifndef PROTO_ULID_H
#define PROTO_ULID_H

#include "common/slice.h"

#define ULID_SIZE 16
#define ULID_TEXT 27      /* 26 digits and the zero */
#define ULID_PREFIX_MIN 6 /* digits: what a person types of one, 17 minutes of its time */

/* `id` has ULID_SIZE bytes. */
void ulid_format(const uint8_t *id, char text[ULID_TEXT]);
/* The least and the greatest ULID that begin with the text, equal for a whole one. False: it is none,
 * longer than one, or shorter than ULID_PREFIX_MIN. */
bool ulid_range(struct slice text, uint8_t first[ULID_SIZE], uint8_t last[ULID_SIZE]);

#endif
