/* CURVE (rfc.zeromq.org/spec/26): key files, and keys put on sockets.
 *
 * A key file is text of mode 0600, one `name: value` a line:
 *
 *     # Thi Đua: private key. Whoever has this file speaks for its owner.
 *     principal: ward-00001
 *     public: <64 lower-case hexadecimal digits>
 *     secret: <64 lower-case hexadecimal digits>
 *
 * One that anybody but its owner may read, that is a link, or that is another user's is refused: a key
 * that was readable is a key that somebody has. A holder of a curve_key wipes it (curve_key_wipe) once
 * its sockets are connected or bound. */
#ifndef PROTO_CURVE_H
#define PROTO_CURVE_H

#include "common/buf.h"
#include "common/err.h"
#include "proto/endpoint.h"
#include "proto/limits.h"

#define CURVE_KEY_SIZE 32
#define CURVE_FILE_MAX 1024 /* bytes of a key file: four lines, with room for a remark */

struct curve_key {
    char principal[CODE_MAX + 1];
    uint8_t public_key[CURVE_KEY_SIZE];
    uint8_t secret_key[CURVE_KEY_SIZE];
};

/* A new pair; `principal` is a code. */
void curve_key_new(const char *principal, struct curve_key *key);
void curve_key_wipe(struct curve_key *key);

/* ERR_NOT_FOUND; ERR_REFUSED: may be read by others, is a link, is another user's; ERR_FORMAT; ERR_IO.
 * Each with one sentence in the user's language, and with *key wiped. */
enum err curve_key_read(const char *path, struct curve_key *key, char why[256]) MUST_CHECK;
/* A new file, mode 0600, on disk with its folder. ERR_EXISTS, ERR_NOT_FOUND (no such folder), ERR_IO. */
enum err curve_key_write(const char *path, const struct curve_key *key, char why[256]) MUST_CHECK;

/* The text of a key file, for what has it from elsewhere. False: one sentence, *key wiped. */
bool curve_key_parse(struct slice text, struct curve_key *key, char why[256]);

/* Before bind or connect. False: libzmq's errno; it has no CURVE, most likely. */
bool curve_serve(void *socket, const struct curve_key *key);
bool curve_connect(void *socket, const struct curve_key *key, const uint8_t server[CURVE_KEY_SIZE]);

#endif
