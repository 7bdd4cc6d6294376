/* An access record in words: "ward-1 roles=submitter+auditor units=w1,d1+ keys=1,2 for=p,* title=Ward". A unit with
 * a plus behind is its whole subtree; a key is the byte that it consists of. */
#ifndef TESTS_LIB_ACCESS_WORDS_H
#define TESTS_LIB_ACCESS_WORDS_H

#include "proto/access.h"

/* Appends the encoded record. A word that is none of these fails the test. */
void access_words(const char *words, const uint8_t id[16], struct buf *out);

#endif
