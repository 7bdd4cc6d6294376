/* libzmq's monitor: a message of two frames an event, event (16 bits) and value (32 bits) in the
 * machine's byte order, then the endpoint (zmq_socket_monitor(3)). */
#include "proto/handshake.h"

#include "common/check.h"
#include "proto/frames.h"

#include <inttypes.h>
#include <stdio.h>

#define EVENTS                                                                                     \
    (ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |                      \
     ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)
#define ZAP_REFUSED 400

bool
handshake_watch(struct handshake *h, void *context, void *socket)
{
    char endpoint[40];
    CHECK(h->monitor == NULL);
    /* Each its own name: libzmq's threads may hold the last one for a moment longer. */
    snprintf(endpoint, sizeof(endpoint), "inproc://handshake-%" PRIu32, h->count++);
    if (zmq_socket_monitor(socket, endpoint, EVENTS) != 0) {
        return false;
    }
    h->monitor = socket_open(context, ZMQ_PAIR);
    if (h->monitor == NULL || zmq_connect(h->monitor, endpoint) != 0) {
        handshake_stop(h, socket);
        return false;
    }
    return true;
}

/* Of one message; what is no event is none. */
static enum handshake_end
event_read(const struct frames *frames)
{
    uint16_t event;
    uint32_t value;
    struct slice first = frames->count == 0 ? slice_of(NULL, 0) : frames_slice(frames, 0);
    if (first.len != sizeof(event) + sizeof(value)) {
        return HANDSHAKE_QUIET;
    }
    memcpy(&event, first.data, sizeof(event));
    memcpy(&value, first.data + sizeof(event), sizeof(value));
    return event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH && value == ZAP_REFUSED ? HANDSHAKE_REFUSED
                                                                            : HANDSHAKE_BROKEN;
}

enum handshake_end
handshake_read(struct handshake *h)
{
    enum handshake_end worst = HANDSHAKE_QUIET;
    struct frames frames = {0};
    while (h->monitor != NULL && frames_receive(&frames, h->monitor) == ERR_OK) {
        enum handshake_end end = event_read(&frames);
        worst = end == HANDSHAKE_QUIET || worst == HANDSHAKE_REFUSED ? worst : end;
    }
    frames_fini(&frames);
    return worst;
}

void
handshake_stop(struct handshake *h, void *socket)
{
    zmq_socket_monitor(socket, NULL, 0);
    if (h->monitor != NULL) {
        zmq_close(h->monitor);
        h->monitor = NULL;
    }
}
