/* HEARTBEAT: heard, which broker_receive has noted already. A client has nothing else to tell it that
 * the broker lives, and gets one back; a worker has its WELCOME, its blocks and its questions. */
#include "broker/core.h"

enum err
on_heartbeat(struct broker *b, const struct peer *from, const union message *m)
{
    if (from->session->role == ROLE_CLIENT) {
        message_encode_heartbeat(&m->heartbeat, replies_open(&b->replies));
        replies_close(&b->replies, from->identity);
    }
    return ERR_OK;
}
