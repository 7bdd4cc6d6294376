/* What the files of events share. Not for others.
 *
 *   events.c        streams: opened, written to, ended
 *   events_watch.c  what is looked at: status, queues, rejected records, whether logins are good */
#ifndef GATEWAY_EVENTS_IMPL_H
#define GATEWAY_EVENTS_IMPL_H

#include "common/buf.h"
#include "workers/gateway/events.h"

/* What one principal may see of what changes. */
struct watch {
    TAILQ_ENTRY(watch) next;
    char principal[CODE_MAX + 1];
    unsigned streams;
    int64_t due_ms;
    uint64_t looked; /* events.head_seen at the last look */
    uint64_t queue;  /* a hash of the review queue; 0: not known, or not allowed */
    uint64_t queue_as_of;
    uint64_t rejected_from, rejected_as_of; /* receipt_number of the first that was not looked at */
    struct {
        uint64_t number; /* receipt_number */
        json_t *row;
    } rejected[REJECTED_KEPT]; /* the newest, in their order */
    unsigned rejected_count;
};

struct stream {
    TAILQ_ENTRY(stream) next;
    struct events *events;
    struct MHD_Connection *connection;
    struct login_id login;
    struct watch *watch;
    int64_t begun_ms, beat_ms;
    bool suspended, over, ended; /* over: to be ended; ended: that was told */
    uint64_t head_told, queue_told, rejected_told;
    struct buf out; /* what is being written */
    size_t at;
};

void stream_wake(struct stream *s);
/* Its end is told, then it ends. */
void stream_end(struct stream *s);
/* Looks at what is due. */
void events_look(struct events *e, int64_t now_ms);
void watch_free(struct events *e, struct watch *w);

#endif
