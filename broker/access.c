/* One machine, one operator. */
#include "broker/access.h"

#define LOCAL "local"
#define IPC "ipc://"

const char *
access_principal(struct slice identity)
{
    /* ZeroMQ gives every connection an identity; a peer without one has not come through it. */
    return identity.len > 0 ? LOCAL : NULL;
}

bool
access_may_listen(struct slice endpoint)
{
    return endpoint.len > strlen(IPC) && memcmp(endpoint.data, IPC, strlen(IPC)) == 0;
}
