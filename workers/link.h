/* A worker's session with its broker: HELLO first, again whenever the broker does not know us (it
 * was restarted), a heartbeat of ours when there is nothing else to say. The I/O of both workers is
 * here, so that their cores have none. The process's signals are too: one link a process, made
 * before any thread. */
#ifndef WORKERS_LINK_H
#define WORKERS_LINK_H

#include "common/clock.h"
#include "proto/frames.h"
#include "proto/messages.h"

struct link;

struct link_options {
    const char *endpoint; /* proto/endpoint.h */
    const char *key_file; /* proto/curve.h; NULL: the broker is on this machine (ipc://) */
    enum role role;
    const char *name;
    uint64_t shard; /* the shard held + 1, 0: none yet */
};

/* NULL: errno; EINVAL: the endpoint or the key file, of which the log says what is wrong. */
struct link *link_new(const struct link_options *options, struct clock *clock);
void link_free(struct link **link); /* sends BYE where it can */

/* Waits at most wait_ms for a message, a signal or a heartbeat's time. ERR_OK: *frames holds a
 * message (its header in frame 0) until the next call; WELCOME and ERROR hello-first are handled
 * inside, and a fresh WELCOME is given too: everything asked for before it must be asked again.
 * ERR_AGAIN: nothing; call again. ERR_CLOSED: SIGTERM or SIGINT came. ERR_IO. */
enum err link_wait(struct link *link, uint32_t wait_ms, const struct frames **frames) MUST_CHECK;
bool link_welcome(const struct link *link, struct message_welcome *welcome); /* false: none yet */
/* Copies. ERR_AGAIN: no session yet, or the line is full; nothing was sent. */
enum err link_send(struct link *link, struct slice header) MUST_CHECK;
/* Told in every PROGRESS heartbeat from now on; not at once. A reader, which has no position, sends
 * HEARTBEAT instead. */
void link_progress(struct link *link, const struct message_progress *progress);

#endif
