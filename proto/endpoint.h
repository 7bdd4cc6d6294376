/* Where a broker is, as a person writes it in a list of brokers:
 *
 *   ipc:///a/path                this machine; the folder's mode is the guard, so that it has no key
 *   tcp://HOST:PORT#HEX64        another machine; HEX64: the broker's public key, so that nobody else
 *                                can answer in its place */
#ifndef PROTO_ENDPOINT_H
#define PROTO_ENDPOINT_H

#include "common/slice.h"

#define ENDPOINT_MAX 512 /* a host name has 253 bytes at most, a socket's path 107 */
#define ENDPOINT_KEY_SIZE 32

struct endpoint {
    char address[ENDPOINT_MAX]; /* for libzmq; without the key */
    bool has_key;               /* of every tcp:// one, of no other */
    uint8_t key[ENDPOINT_KEY_SIZE];
};

/* White space around it is passed over. False: one sentence in the user's language in `why`. */
bool endpoint_parse(struct slice text, struct endpoint *out, char why[256]);

#endif
