/* The end of a process that found its own invariant broken: one line, then a core dump. */
#include "common/check.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>

void
check_failed(const char *expression, const char *file, int line)
{
    /* The expression is a quoted value of a logfmt line: its own quotes would end it early. */
    char text[200];
    snprintf(text, sizeof text, "%s", expression);
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            *p = '\'';
        }
    }
    log_error("check_failed", "at=%s:%d expression=\"%s\"", file, line, text);
    abort();
}
