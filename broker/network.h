/* The broker's sockets: the local endpoint, and beside it the network's.
 *
 * Two ROUTERs, not one with two binds: a peer chooses its own routing id, and one over the network
 * must not be able to choose a local one's. What the core calls an identity is one byte, which of the
 * two, and behind it the routing id. Each has its own I/O thread of libzmq, so that handshakes, which
 * cost a hundred times what a message costs, hold up no local worker.
 *
 * The network's is CURVE, with a ZAP handler that stands before either socket is made: without one
 * libzmq would let everybody in. It is bound late, by network_open. */
#ifndef BROKER_NETWORK_H
#define BROKER_NETWORK_H

#include "broker/unsent.h"
#include "broker/zap.h"
#include "common/err.h"
#include "proto/frames.h"
#include "proto/settings.h"

#define NETWORK_IDENTITY_LOCAL 'l'
#define NETWORK_IDENTITY_TCP 't'
/* What a message of the network's is said to be of where libzmq gave it no User-Id: no key is written
 * so, and it must not pass for a local one. */
#define NETWORK_USER_NONE "-"

struct network {
    void *context;
    void *local;
    void *tcp; /* NULL: listen_tcp is empty */
    void *zap; /* NULL as well */
    bool open; /* tcp is bound, to: */
    char endpoint[SETTINGS_TCP_MAX];
    int64_t tried_ms, looked_ms;
    long files_max;        /* descriptors that this process may have; 0: no limit */
    long files;            /* when they were last looked at */
    struct unsent *unsent; /* what peers of tcp do not read */
    struct frames frames;
};

/* A message in: its header, and who it is of. Until the next. */
struct network_message {
    uint8_t identity_bytes[256];
    struct slice identity; /* empty: it was longer than FRAMES_MAX, and nobody knows whose */
    struct slice user, header;
    uint32_t frames; /* behind the identity */
};

/* Ends the process with a sentence where the environment is not as it must be. */
void network_start(struct network *n, const struct settings *settings);
void network_stop(struct network *n);

/* Binds the network's endpoint, trying again now and then. True: it is open. */
bool network_open(struct network *n, const struct settings *settings, int64_t now_ms);

/* Closes the endpoint while descriptors are short: connections stay, no new ones come. True: it did. */
bool network_close_if_full(struct network *n, int64_t now_ms);

/* Waits for something to read, or for `signals`. */
void network_wait(struct network *n, int signals, uint32_t wait_ms);
/* Answers the handshakes that wait, at most TURN_HANDSHAKES_MAX. */
void network_authenticate(struct network *n, zap_known_fn *known, void *context);
/* ERR_AGAIN where nothing waits on that socket. */
enum err network_receive(struct network *n, bool tcp, struct network_message *message) MUST_CHECK;
enum err network_send(struct network *n, struct slice identity, const struct slice *parts,
                      uint32_t count) MUST_CHECK;

#endif
