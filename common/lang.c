/* The user's language, from an option or the environment, whose variables are ordered as POSIX has
 * it. */
#include "common/lang.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Set at most once, while a process reads its options. */
static enum { LANG_ENVIRONMENT, LANG_VI, LANG_EN } lang_chosen;

void
lang_set(bool vietnamese)
{
    lang_chosen = vietnamese ? LANG_VI : LANG_EN;
}

bool
lang_is_vietnamese(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (lang_chosen != LANG_ENVIRONMENT) {
        return lang_chosen == LANG_VI;
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && *value != '\0') {
            /* "vi", "vi_VN", "vi.UTF-8", but no other language that begins so. */
            return strncmp(value, "vi", 2) == 0 && strchr("_.@", value[2]) != NULL;
        }
    }
    return false;
}
