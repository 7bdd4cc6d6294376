/* libzmq's face of the simulated network: the functions of it that the product's files call, and no more,
 * so that the client library and the worker's link run as they are. A socket is a DEALER; it is its
 * number + 1, as a pointer. Nothing waits: zmq_poll notes how long the caller would have, and the run
 * wakes it then. */
#include "common/check.h"
#include "common/mem.h"
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

/* In a zmq_msg_t. */
struct message {
    uint8_t *data;
    size_t len;
    bool more;
};

_Static_assert(sizeof(struct message) <= sizeof(zmq_msg_t), "a message fits");

static struct message *
message_of(zmq_msg_t *msg)
{
    return (struct message *)(void *)msg;
}

static uint32_t
number_of(void *socket)
{
    return (uint32_t)((uintptr_t)socket - 1);
}

static struct socket *
socket_of(void *socket)
{
    return the_sim->net.sockets[number_of(socket)];
}

void *
zmq_ctx_new(void)
{
    return the_sim;
}

int
zmq_ctx_term(void *context)
{
    (void)context;
    return 0;
}

void *
zmq_socket(void *context, int type)
{
    (void)context;
    CHECK(type == ZMQ_DEALER);
    return (void *)(uintptr_t)(net_socket_open(the_sim, the_sim->current) + 1);
}

int
zmq_close(void *socket)
{
    net_socket_close(the_sim, number_of(socket));
    return 0;
}

int
zmq_setsockopt(void *socket, int option, const void *value, size_t len)
{
    (void)socket, (void)option, (void)value, (void)len;
    return 0;
}

/* There is one broker; another of the list is a machine that is off. */
int
zmq_connect(void *socket, const char *endpoint)
{
    socket_of(socket)->connected = strcmp(endpoint, the_sim->settings.listen) == 0;
    return 0;
}

/* No broker here asks for a key, so that nobody has a handshake to watch. */
int
zmq_socket_monitor(void *socket, const char *endpoint, int events)
{
    (void)socket, (void)endpoint, (void)events;
    errno = ENOTSUP;
    return -1;
}

int
zmq_errno(void)
{
    return errno;
}

const char *
zmq_strerror(int number)
{
    return strerror(number);
}

/* In a session, a position is told only when it is committed; without one nobody hears it. Where the broker
 * took living workers for dead, one may tell what another has emptied since. */
static void
progress_check(const struct socket *socket, struct slice message)
{
    struct message_progress progress;
    struct complaint why;
    uint64_t type;
    if (!layout_peek(message, &type) || type != MESSAGE_progress || the_sim->workers_mistaken ||
        socket->welcomed != the_sim->broker.incarnation ||
        !layout_decode(message_layout(type), message, &progress, &why)) {
        return;
    }
    struct disk *disk = ((const struct worker_node *)socket->node)->disk;
    if (progress.position > 0 && disk != NULL && progress.position > disk_position(disk)) {
        sim_violation("%s tells block %llu, which it has not committed", socket->node->name,
                      (unsigned long long)progress.position);
    }
}

int
zmq_send(void *socket, const void *data, size_t len, int flags)
{
    CHECK((flags & ZMQ_SNDMORE) == 0); /* no peer sends more than a header */
    struct slice part = slice_of(data, len);
    progress_check(socket_of(socket), part);
    net_send(the_sim, number_of(socket), true, &part, 1);
    return (int)len;
}

int
zmq_msg_init(zmq_msg_t *msg)
{
    *message_of(msg) = (struct message){0};
    return 0;
}

int
zmq_msg_close(zmq_msg_t *msg)
{
    free(message_of(msg)->data);
    *message_of(msg) = (struct message){0};
    return 0;
}

int
zmq_msg_move(zmq_msg_t *to, zmq_msg_t *from)
{
    free(message_of(to)->data);
    *message_of(to) = *message_of(from);
    *message_of(from) = (struct message){0};
    return 0;
}

int
zmq_msg_recv(zmq_msg_t *msg, void *from, int flags)
{
    struct socket *socket = socket_of(from);
    struct parcel *p = socket->inbox.first;
    (void)flags;
    if (p == NULL) {
        errno = EAGAIN;
        return -1;
    }
    uint64_t type;
    if (layout_peek(p->parts[0], &type) && type == MESSAGE_welcome) {
        socket->welcomed = p->incarnation;
    }
    struct slice part = p->parts[socket->frames_taken++];
    struct message *m = message_of(msg);
    *m = (struct message){mem_alloc(part.len + 1), part.len, socket->frames_taken < p->count};
    memcpy(m->data, part.data, part.len);
    if (!m->more) {
        free(parcel_pop(&socket->inbox));
        socket->frames_taken = 0;
    }
    return (int)part.len;
}

int
zmq_msg_more(const zmq_msg_t *msg)
{
    return ((const struct message *)(const void *)msg)->more;
}

/* The simulated network has no CURVE. */
const char *
zmq_msg_gets(const zmq_msg_t *msg, const char *property)
{
    (void)msg, (void)property;
    return NULL;
}

void *
zmq_msg_data(zmq_msg_t *msg)
{
    return message_of(msg)->data;
}

size_t
zmq_msg_size(const zmq_msg_t *msg)
{
    return ((const struct message *)(const void *)msg)->len;
}

int
zmq_poll(zmq_pollitem_t *items, int count, long timeout_ms)
{
    struct node *node = the_sim->current;
    int64_t until = the_sim->now_us + (timeout_ms > 0 ? timeout_ms : 1) * 1000;
    int ready = 0;
    for (int i = 0; i < count; i++) {
        bool has = items[i].socket != NULL && socket_of(items[i].socket)->inbox.first != NULL;
        items[i].revents = has ? ZMQ_POLLIN : 0;
        ready += has;
    }
    if (ready == 0) {
        node->wake_us = until;
    }
    return ready;
}

/* Only a ROUTER of the network sends these, and the simulated broker has no socket; frames.c names
 * them. */
int
zmq_msg_init_data(zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *free_fn, void *hint)
{
    (void)msg, (void)data, (void)size, (void)free_fn, (void)hint;
    CHECK(!"of no socket here");
    return -1;
}

int
zmq_msg_send(zmq_msg_t *msg, void *to, int flags)
{
    (void)msg, (void)to, (void)flags;
    CHECK(!"of no socket here");
    return -1;
}
