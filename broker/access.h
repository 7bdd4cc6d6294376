/* Who is behind a connection. The principal goes into the journal with every record, and the tally
 * workers decide by it which units the sender may speak for: the broker only says who it is.
 *
 * Over ipc:// the directory's mode lets in the local operator and nobody else, so that every peer is
 * the principal "local". A listener that is open to a network needs CURVE and a ZAP handler: their
 * User-Id comes in here, and nowhere else. */
#ifndef BROKER_ACCESS_H
#define BROKER_ACCESS_H

#include "common/slice.h"

/* The principal of a peer; NULL: nobody, refuse it. The text lives as long as the process. */
const char *access_principal(struct slice identity);
/* Whether the broker may listen there: what access cannot tell apart must not come in. */
bool access_may_listen(struct slice endpoint);

#endif
