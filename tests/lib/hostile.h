/* Peers that mean no good, one attack a function, against a live broker over TCP with CURVE. Each runs in
 * a process of its own (`hostile attack NAME`), ends by itself after a counted number of tries, and tells
 * what it got that it should not have got.
 *
 *   hostile_raw.c   without a key: bytes on a TCP connection
 *   hostile_keys.c  with a key that is good, and no right to what is tried
 *   hostile.c       the table, and what both need */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include "proto/curve.h"
#include "proto/frames.h"
#include "proto/messages.h"

#include <stdio.h>

#define HOSTILE_PATIENCE_MS 15000 /* longer than a broker lets a handshake take */
#define HOSTILE_IDLE 10000        /* connections that say nothing, where descriptors allow it */

struct target {
    const char *broker; /* tcp://127.0.0.1:PORT#KEY */
    struct endpoint at;
    uint16_t port;
    struct curve_key ward, worker, auditor;
};

/* NULL: it got nothing. Else what it got, in a few words. */
typedef const char *attack_fn(const struct target *t);

struct attack {
    const char *name;
    attack_fn *run;
    const char *what;
};

extern const struct attack ATTACKS[]; /* the last one has no name */

/* Key files; ends the process where one cannot be read. */
void target_open(struct target *t, const char *broker, const char *ward, const char *worker,
                 const char *auditor);

/* ---- hostile_raw.c ---- */
attack_fn garbage_before, garbage_in_handshake, byte_by_byte, half_open, replayed, long_command,
    idle_connections;
/* ---- hostile_keys.c ---- */
attack_fn garbage_after, slow_reader, flood_records, flood_long, flood_queries, flood_hellos,
    others_routing_id, false_worker, vanishing_worker, submitter_as_worker, too_many_handshakes;

#endif
