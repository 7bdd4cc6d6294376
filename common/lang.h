/* The user's language, for sentences about the environment (settings, options): Vietnamese where
 * LC_ALL, LC_MESSAGES or LANG says so, the first of them that is set; English otherwise. What is
 * said about a record goes by its code instead (proto/codes.h). */
#ifndef COMMON_LANG_H
#define COMMON_LANG_H

#include <stdbool.h>

bool lang_is_vietnamese(void);
/* For a process with an option of its own for it: from now on the environment is not asked. */
void lang_set(bool vietnamese);

/* A macro, so that the compiler still checks printf's formats. */
#define LANG_PICK(vi, en) (lang_is_vietnamese() ? (vi) : (en))

#endif
