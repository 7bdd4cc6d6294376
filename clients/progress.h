/* One line on the terminal for long work, written over itself at most ten times a second. Nothing is
 * shown where stderr is no terminal or --quiet was given. */
#ifndef CLIENTS_PROGRESS_H
#define CLIENTS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    bool shown;
    int64_t next_ms;
};

void progress_begin(struct progress *p, bool quiet);
/* True when it is time to show a line again: cheap enough to be asked for every record. */
bool progress_due(struct progress *p);
void progress_show(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Wipes the line, so that what is printed next stands alone. */
void progress_end(struct progress *p);

#endif
