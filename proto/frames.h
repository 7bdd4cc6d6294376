/* ZeroMQ messages of several frames, whole in and whole out. */
#ifndef PROTO_FRAMES_H
#define PROTO_FRAMES_H

#include "common/err.h"
#include "common/slice.h"

#include <zmq.h>

#define FRAMES_MAX 4100 /* identity, header and the most blocks that a FETCH may ask for */

/* A received message; its frames live until frames_fini. */
struct frames {
    zmq_msg_t *msgs;
    uint32_t count;
    uint32_t cap;
};

/* Never blocks: ERR_AGAIN where nothing is there. A message of more than FRAMES_MAX frames is read
 * to its end and given with count 0. Reuses the struct's memory; start with {0}. */
enum err frames_receive(struct frames *f, void *socket) MUST_CHECK;
struct slice frames_slice(const struct frames *f, uint32_t i);
/* The User-Id that the receiving broker's ZAP handler gave the connection, on every frame behind the
 * identity; empty where there is none. As long as the message. */
struct slice frames_user(const struct frames *f);
void frames_fini(struct frames *f);

/* Sends copies of `parts` as one message, never blocking: ERR_AGAIN at the high-water mark,
 * ERR_NOT_FOUND where a ROUTER has no such peer; ERR_CLOSED where the context ends. All frames go
 * or none. */
enum err frames_send(void *socket, const struct slice *parts, uint32_t count) MUST_CHECK;

/* As frames_send; `gone` is called once, in any thread, when libzmq no longer has the last part: it was
 * handed to the peer's connection, or dropped, or refused here. */
typedef void frames_gone_fn(void *context);
enum err frames_send_counted(void *socket, const struct slice *parts, uint32_t count,
                             frames_gone_fn *gone, void *context) MUST_CHECK;

/* One place that makes sockets: linger 0, ZMQ_MAXMSGSIZE, stated high-water marks, mandatory
 * routing for a ROUTER, TCP keepalive. NULL with errno set. */
void *socket_open(void *context, int type);

#endif
