/* How a CURVE handshake ended that did not succeed. libzmq keeps that to itself: a peer whose key is
 * refused just never connects. Its monitor tells, on a PAIR socket that is read here to its end. */
#ifndef PROTO_HANDSHAKE_H
#define PROTO_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

enum handshake_end {
    HANDSHAKE_QUIET,   /* nothing was told */
    HANDSHAKE_REFUSED, /* the broker does not take our key (ZAP 400) */
    HANDSHAKE_BROKEN, /* it ended without a word: another key than the broker's, or the broker went */
};

struct handshake {
    void *monitor; /* NULL: nobody is watched */
    uint32_t count;
};

/* Before the socket connects. False: libzmq's errno, and what happens is not told. */
bool handshake_watch(struct handshake *h, void *context, void *socket);
/* What was told since the last call; REFUSED before BROKEN. Never blocks. */
enum handshake_end handshake_read(struct handshake *h);
/* Before the socket is closed. */
void handshake_stop(struct handshake *h, void *socket);

#endif
