/* Wrong passwords, counted by what they have in common: the principal and the address, the principal alone, the
 * address alone. Whoever has too many in a row waits LOCK_MS after each further one, until none came for
 * FORGET_MS. Where a principal has signed in from an address before, strangers elsewhere do not lock
 * it out there: only its own mistakes count.
 *
 * Tables of fixed size: an attacker cannot make them grow, and to wash a count out of them it needs far more
 * addresses than a lock is worth, because of a row's places the one with the fewest failures is given up. */
#ifndef GATEWAY_LOCKOUTS_H
#define GATEWAY_LOCKOUTS_H

#include "workers/gateway/limits.h"

#include <stdbool.h>

#define LOCKOUT_PLACES 8

struct lockouts {
    struct lockout {
        uint64_t who;
        uint32_t failures;
        int64_t last_ms;
    } rows[LOCKOUT_ROWS][LOCKOUT_PLACES];
    uint64_t good[LOCKOUT_ROWS]; /* pairs that have signed in */
};

/* Keyed hashes of the three: never 0. */
struct lockout_keys {
    uint64_t pair, principal, address;
};

/* How long these must wait; 0: not at all. */
int64_t lockouts_wait_ms(const struct lockouts *l, const struct lockout_keys *keys, int64_t now_ms);
void lockouts_count(struct lockouts *l, const struct lockout_keys *keys, int64_t now_ms);
/* The right password: the pair and the principal begin anew; the address has others to answer for. */
void lockouts_forget(struct lockouts *l, const struct lockout_keys *keys);

#endif
