/* Text from outside: UTF-8, NFC (Unicode Standard Annex 15), and codes. libunistring does the
 * work. */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include "common/arena.h"

bool text_is_utf8(struct slice text);
/* Valid UTF-8 in NFC without control characters (U+0000-001F, U+007F) save tab and newline. */
bool text_is_clean(struct slice text);
/* The NFC of valid UTF-8, in the arena; `text` itself where it already is. */
struct slice text_nfc(struct arena *arena, struct slice text);
/* [a-z0-9._-], 1 to 32 bytes */
bool code_is_valid(struct slice text);
/* Columns on a terminal. */
size_t text_columns(struct slice text);
struct slice text_trim(struct slice text); /* ASCII white space at both ends */
/* Takes away the piece of a character that cutting a C string to its buffer may have left. */
void text_cut(char *text);

#endif
