/* Streams of events (text/event-stream, WHATWG HTML 9.2): what has changed, told to the pages that are open.
 *
 * Nothing is queued for a stream: it has a mark for each thing that it was told of, and when it can be written
 * to it is told what is newer than its marks. So a reader that is slow, or gone, costs no memory, and one that
 * comes back names its marks (Last-Event-ID) and misses nothing that still holds.
 *
 * What is looked at: broker.status once a second, for all; and for each principal that has a stream (a watch), the
 * review queue and the records that were rejected, when the journal has grown, at most every WATCH_MS and WATCH_GAP_MS
 * after the one before, so that a thousand open pages ask no more than a few. */
#ifndef GATEWAY_EVENTS_H
#define GATEWAY_EVENTS_H

#include "workers/gateway/links.h"
#include "workers/gateway/logins.h"

#include <jansson.h>
#include <microhttpd.h>
#include <sys/queue.h>

struct stream;
struct watch;
TAILQ_HEAD(stream_list, stream); /* the oldest first */
TAILQ_HEAD(watch_list, watch);   /* the one that was looked at longest ago first */

struct events {
    struct links *links;
    struct logins *logins;
    struct clock *clock;
    struct stream_list streams;
    struct watch_list watches;
    unsigned count;
    /* of the newest broker.status */
    uint64_t head, head_seen; /* head_seen: counts the changes; 0: none was told yet */
    json_t *status;           /* what a head event tells */
    int64_t status_due_ms, watch_due_ms, beat_due_ms;
    struct question *status_question, *watch_question, *confirm_question;
    struct watch *asking; /* whose watch_question it is; NULL: nobody's any longer */
    struct login_id confirming;
};

void events_init(struct events *e, struct links *links, struct logins *logins, struct clock *clock);
/* All streams end: before libmicrohttpd does. */
void events_fini(struct events *e);
/* A response that goes on for ever; NULL: STREAMS_MAX are open. The login, or whoever has none (tag 0), has at most
 * STREAMS_EACH: beyond, its oldest ends. `last_id` as the browser sends it, or NULL. */
struct MHD_Response *events_open(struct events *e, struct MHD_Connection *connection,
                                 struct login_id login, const char *principal, const char *last_id);
/* Asks, tells, ends; gives the ms until the next turn that is needed, or `most`. */
uint32_t events_step(struct events *e, uint32_t most);

#endif
