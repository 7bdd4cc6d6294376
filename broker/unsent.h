/* What a ROUTER's peers have asked for and do not read, in bytes. libzmq's high-water mark counts
 * messages: of answers of 4 MiB a mark of some thousands is no bound. Beyond UNSENT_PEER_MAX of one peer,
 * or UNSENT_ALL_MAX of all, nothing more is queued: the caller ends the peer's session, as it does at the
 * mark. One message is always taken of a peer that has none waiting, however long it is. */
#ifndef BROKER_UNSENT_H
#define BROKER_UNSENT_H

#include "common/err.h"
#include "common/slice.h"

struct unsent;

struct unsent *unsent_new(void);
/* After the socket's context has ended. */
void unsent_free(struct unsent **unsent);

/* frames_send of a message whose first part is the routing id. ERR_AGAIN also where too much waits. */
enum err unsent_send(struct unsent *u, void *socket, const struct slice *parts,
                     uint32_t count) MUST_CHECK;
/* Of all peers. */
size_t unsent_bytes(const struct unsent *u);

#endif
