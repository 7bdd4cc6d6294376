/* The seal of a segment that is full, made in steps: its hash takes a while (a millisecond a MiB), and
 * nobody's receipt shall wait for it. */
#ifndef BROKER_SEALING_H
#define BROKER_SEALING_H

#include "broker/seal.h"

#include <stddef.h>

struct sealing;

/* `last`: the segment's last block. Its file does not change any more. ERR_NOT_FOUND, ERR_IO. */
enum err sealing_begin(const char *folder, uint64_t first, uint64_t last,
                       struct sealing **sealing) MUST_CHECK;
/* Hashes about `bytes` more. ERR_AGAIN: there is more to do; ERR_OK: the seal is on disk, and *seal is
 * what it says. After any other error nothing is sealed: sealing_end, and begin anew. */
enum err sealing_step(struct sealing *sealing, size_t bytes, struct seal *seal) MUST_CHECK;
void sealing_end(struct sealing **sealing);

#endif
