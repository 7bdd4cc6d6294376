/* What one principal may send in a second, whatever the number of its sessions: buckets that fill with
 * time, one of records, one of bytes, one of handshakes. A SUBMIT or a QUERY (which counts as a record)
 * is taken while there is something in the first two, and may leave a debt, so that the largest one is
 * taken sooner or later; the debt is waited for. Nobody's
 * account is given up before it is full again: to leave and come back earns nothing.
 *
 * Time is the caller's monotonic milliseconds; all numbers are integers. */
#ifndef BROKER_QUOTA_H
#define BROKER_QUOTA_H

#include "broker/limits.h"
#include "common/slice.h"
#include "proto/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* Of one principal, a second. */
struct quota_rate {
    uint64_t records, bytes, handshakes; /* at least 1 */
};

struct account {
    struct account *next;
    char principal[CODE_MAX + 1];
    uint32_t sessions;
    uint32_t asking; /* questions of all of them on their way */
    int64_t filled_ms;
    /* what is left, in thousandths: a rate a second times milliseconds */
    int64_t records, bytes, handshakes;
};

struct quota {
    struct account **buckets;
    uint32_t bucket_mask, count;
    uint64_t seed;
};

void quota_init(struct quota *q, uint64_t seed);
void quota_fini(struct quota *q);

/* The principal's account, opened full where it had none. */
struct account *quota_account(struct quota *q, struct slice principal,
                              const struct quota_rate *rate, int64_t now_ms);
/* 0: something may be taken now; else the milliseconds until then, at most RETRY_QUOTA_MAX_MS. */
uint32_t quota_wait_ms(struct account *account, const struct quota_rate *rate, int64_t now_ms);
void quota_take(struct account *account, uint64_t records, uint64_t bytes);
/* Whether a connection of this principal may be let in now; then it is counted. */
bool quota_handshake(struct account *account, const struct quota_rate *rate, int64_t now_ms);
/* Forgets the accounts that are full and that no session uses. */
void quota_sweep(struct quota *q, const struct quota_rate *rate, int64_t now_ms);

#endif
