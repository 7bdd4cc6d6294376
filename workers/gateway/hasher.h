/* Passwords compared with what they hash to, in a thread of its own: Argon2id takes a tenth of a second and 64 MiB by
 * design, and the loop has others to answer meanwhile. One thread, so that those bytes are needed once; the queue is
 * bounded. Who shows the same password again while it is looked at waits for the same look. */
#ifndef GATEWAY_HASHER_H
#define GATEWAY_HASHER_H

#include "workers/gateway/limits.h"

#include <stdbool.h>
#include <stdint.h>

#define HASHER_KEY 32 /* bytes that stand for who and which password: sign_in.h's */

struct hasher;
struct hash_wait; /* one who waits */

typedef void hashed_fn(void *owner, bool right);

/* NULL with errno. Signals must be blocked already: the thread inherits that. */
struct hasher *hasher_new(void);
/* Nobody is called any more; waits for the look under way. */
void hasher_free(struct hasher **hasher);
/* Readable when hasher_step has something to tell. */
int hasher_fd(const struct hasher *hasher);

/* NULL: HASHES_MAX others are to be looked at, or HASHES_EACH of this `pair`, who guesses: as many more could be tried
 * before the first is found wrong. Texts are copied, and wiped when they were looked at. */
struct hash_wait *hasher_ask(struct hasher *hasher, const uint8_t key[HASHER_KEY], uint64_t pair,
                             const char *password, const char *hash, hashed_fn *fn, void *owner);
/* NULL is fine. It is not called any more. */
void hash_wait_forget(struct hash_wait *wait);
/* Calls back, in the loop's thread. */
void hasher_step(struct hasher *hasher);

#endif
