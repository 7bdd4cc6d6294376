/* The one line on stderr. */
#include "clients/progress.h"

#include "common/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define PROGRESS_EVERY_MS 100

void
progress_begin(struct progress *p, bool quiet)
{
    *p = (struct progress){.on = !quiet && isatty(STDERR_FILENO)};
}

bool
progress_due(struct progress *p)
{
    if (!p->on) {
        return false;
    }
    struct clock clock = clock_real(0);
    int64_t now_ms = clock_mono_ms(&clock);
    if (now_ms < p->next_ms) {
        return false;
    }
    p->next_ms = now_ms + PROGRESS_EVERY_MS;
    return true;
}

void
progress_show(struct progress *p, const char *format, ...)
{
    if (!p->on) {
        return;
    }
    va_list list;
    va_start(list, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, list);
    va_end(list);
    fflush(stderr);
    p->shown = true;
}

void
progress_end(struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    p->shown = false;
}
