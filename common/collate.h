/* Vietnamese names as people sort and search them, whatever the machine's locale.
 *
 * Sorted in three levels, each over the whole text before the next is looked at, as the Vietnamese
 * rules of the Unicode collation do (CLDR, vi):
 *     letters   a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z
 *     tones     ngang (none), huyền (à), hỏi (ả), ngã (ã), sắc (á), nặng (ạ)
 *     case      small before capital
 * Runs of spaces count as one, which comes before digits, digits before letters, and what is none
 * of these after them, by code point. Punctuation counts as a space, so that "Lê-Nin" and "Lê Nin"
 * stand together. */
#ifndef COMMON_COLLATE_H
#define COMMON_COLLATE_H

#include "common/buf.h"

/* Appends a key: keys compare with memcmp, the shorter first, as the texts sort. The text must be
 * UTF-8; what is not ends the key there. */
void collate_key(struct slice text, struct buf *out);
/* Appends the text as it is searched for: small letters without any mark, đ as d, single spaces,
 * none at either end: "  Phường  Đống Mác" is "phuong dong mac". */
void collate_fold(struct slice text, struct buf *out);

#endif
