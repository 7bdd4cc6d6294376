/* inotify tells of each write to data.mdb, our own too: one look too many, and no writer has to know that
 * a sender is there. What inotify cannot see (another machine's writes on a shared folder, which LMDB
 * forbids anyway) is found by looking now and then. */
#include "clients/outbox_watch.h"

#include "common/log.h"
#include "common/proc.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOOK_MS 600000      /* also without any sign */
#define LOOK_BLIND_MS 10000 /* without inotify */
#define EVENTS_BYTES 4096

bool
outbox_watch_open(struct outbox_watch *w, const char *folder)
{
    w->signals = proc_signals_open();
    w->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->changes >= 0 && inotify_add_watch(w->changes, folder, IN_MODIFY) < 0) {
        close(w->changes);
        w->changes = -1;
    }
    if (w->changes < 0) {
        log_warn("not_watched", "folder=\"%s\" why=\"%s\"", folder, strerror(errno));
    }
    return w->signals >= 0;
}

void
outbox_watch_close(struct outbox_watch *w)
{
    if (w->signals >= 0) {
        close(w->signals);
    }
    if (w->changes >= 0) {
        close(w->changes);
    }
}

static bool
changes_take(int fd)
{
    char events[EVENTS_BYTES];
    bool any = false;
    while (fd >= 0 && read(fd, events, sizeof events) > 0) {
        any = true;
    }
    return any;
}

void
outbox_watch_wait(struct outbox_watch *w, int64_t ms, bool *ended, bool *written)
{
    struct pollfd fds[] = {{.fd = w->signals, .events = POLLIN},
                           {.fd = w->changes, .events = POLLIN}};
    int64_t most = w->changes < 0 ? LOOK_BLIND_MS : LOOK_MS;
    int wait = (int)(ms < 0 ? 0 : ms < most ? ms : most);
    int ready = poll(fds, 2, wait);
    int signal;
    while ((signal = proc_signals_next(w->signals)) != 0) {
        *ended = *ended || signal == SIGTERM || signal == SIGINT;
    }
    *written = changes_take(w->changes) || (ready == 0 && wait == most);
}
