/* What an idle sender waits for: a signal, a writer, or its moment. */
#ifndef CLIENTS_OUTBOX_WATCH_H
#define CLIENTS_OUTBOX_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct outbox_watch {
    int signals; /* a signalfd */
    int changes; /* inotify on the outbox's folder; -1: cannot be had, then writers are looked for */
};

/* Before any thread is made. False: signals cannot be had. */
bool outbox_watch_open(struct outbox_watch *w, const char *folder);
void outbox_watch_close(struct outbox_watch *w);
/* Waits at most `ms`. *ended: SIGTERM or SIGINT came; *written: somebody may have put entries in. */
void outbox_watch_wait(struct outbox_watch *w, int64_t ms, bool *ended, bool *written);

#endif
