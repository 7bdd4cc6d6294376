/* ZAP (rfc.zeromq.org/spec/27): libzmq asks whether the key that a peer has proved may come in. A pure
 * function from the request's frames to the reply's; the socket is network.c's.
 *
 *     request  "1.0", request id, domain, address, routing id, mechanism, credentials (CURVE: the key)
 *     reply    "1.0", request id, status, text, User-Id, metadata
 *
 * Status 200 with the key, in hex, as User-Id, which every message of the connection then carries; 400
 * where it may not come in; 300 where it may, but later (its peer is cut off without a word and tries
 * again); 500 where the request is none. The text is libzmq's log's. */
#ifndef BROKER_ZAP_H
#define BROKER_ZAP_H

#include "proto/access.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_DOMAIN "thidua"
#define ZAP_REPLY_FRAMES 6
#define ZAP_REQUEST_FRAMES_MAX 16 /* more than any mechanism has */

enum zap_verdict { ZAP_UNKNOWN, ZAP_LATER, ZAP_ADMITTED };
typedef enum zap_verdict zap_known_fn(void *context, const uint8_t key[ACCESS_KEY_SIZE]);

struct zap_reply {
    struct slice frames[ZAP_REPLY_FRAMES]; /* into the request, and into `user` */
    char user[ACCESS_KEY_TEXT];
};

/* True: 200. */
bool zap_answer(const struct slice *request, uint32_t count, zap_known_fn *known, void *context,
                struct zap_reply *reply);

#endif
