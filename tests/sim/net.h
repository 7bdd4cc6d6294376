/* The network: every peer has a line to the broker, each message of it late, lost, doubled or overtaken
 * as the seed says. zmq.c gives it libzmq's face for the peers; the broker's core takes and gives
 * messages here. */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "common/buf.h"
#include "common/err.h"
#include "proto/access.h"

struct node;
struct sim;

/* A message of one or more frames, in one piece of memory. */
struct parcel {
    struct parcel *next; /* in an inbox */
    int64_t due_us;
    uint64_t order; /* of sending: what decides where the due times are equal */
    uint32_t socket;
    uint64_t incarnation; /* of the broker: nobody else's reply reaches a peer */
    bool up;              /* to the broker */
    uint32_t count;
    struct slice *parts;
};

struct parcel_queue {
    struct parcel *first, **last;
};

/* One DEALER. */
struct socket {
    struct node *node;
    char user[ACCESS_KEY_TEXT]; /* the key that it connected with; "": local */
    bool open, connected;
    int64_t last_due_us[2]; /* down, up: a line that keeps its order */
    struct parcel_queue inbox;
    uint32_t frames_taken; /* of the first parcel */
    uint64_t welcomed;     /* incarnation of the broker whose WELCOME was read last */
};

struct net {
    struct parcel **heap;
    uint32_t heap_count, heap_cap;
    uint64_t orders;
    struct socket **sockets; /* by number, never reused in a run */
    uint32_t socket_count, socket_cap;
    uint32_t loss, duplicate, delay; /* in 10,000 */
    bool reorder;
};

void parcel_push(struct parcel_queue *q, struct parcel *p);
struct parcel *parcel_pop(struct parcel_queue *q);
void parcels_free(struct parcel_queue *q);

void net_init(struct net *net);
void net_fini(struct net *net);
uint32_t net_socket_open(struct sim *s, struct node *node);
void net_socket_close(struct sim *s, uint32_t socket);
/* Copies. Up: from the peer; the broker's own sends are down. */
void net_send(struct sim *s, uint32_t socket, bool up, const struct slice *parts, uint32_t count);
/* When the next message arrives; INT64_MAX. */
int64_t net_next_us(const struct net *net);
/* Hands over what is due now. */
void net_deliver(struct sim *s);
/* "12.3": socket and incarnation of the broker, as a routing id of a ROUTER changes with both. */
#define NET_IDENTITY 32
void net_identity(uint32_t socket, uint64_t incarnation, char text[NET_IDENTITY]);
bool net_identity_parse(struct slice identity, uint32_t *socket, uint64_t *incarnation);

#endif
