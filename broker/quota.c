/* A hash table of accounts, as many as principals that came since the last sweep. Invariant: an
 * account holds at most QUOTA_BURST_S seconds of its rate. */
#include "broker/quota.h"

#include "common/mem.h"

#include <stdlib.h>
#include <xxhash.h>

#define BUCKETS 4096 /* chains stay short with as many principals as there may be */
#define MS 1000

void
quota_init(struct quota *q, uint64_t seed)
{
    *q = (struct quota){.bucket_mask = BUCKETS - 1, .seed = seed};
    q->buckets = mem_alloc(BUCKETS * sizeof(*q->buckets));
}

void
quota_fini(struct quota *q)
{
    for (uint32_t i = 0; q->buckets != NULL && i <= q->bucket_mask; i++) {
        while (q->buckets[i] != NULL) {
            struct account *first = q->buckets[i];
            q->buckets[i] = first->next;
            free(first);
        }
    }
    free(q->buckets);
    *q = (struct quota){0};
}

static int64_t
room(uint64_t rate)
{
    return (int64_t)rate * MS * QUOTA_BURST_S;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void
fill(struct account *account, const struct quota_rate *rate, int64_t now_ms)
{
    /* A debt can be larger than a burst: time counts as far as the largest one reaches. */
    int64_t passed_ms = least(now_ms - account->filled_ms, QUOTA_FILL_MAX_MS);
    account->filled_ms = now_ms;
    account->records =
        least(account->records + passed_ms * (int64_t)rate->records, room(rate->records));
    account->bytes = least(account->bytes + passed_ms * (int64_t)rate->bytes, room(rate->bytes));
    account->handshakes =
        least(account->handshakes + passed_ms * (int64_t)rate->handshakes, room(rate->handshakes));
}

struct account *
quota_account(struct quota *q, struct slice principal, const struct quota_rate *rate,
              int64_t now_ms)
{
    uint64_t hash = XXH3_64bits_withSeed(principal.data, principal.len, q->seed);
    struct account **bucket = &q->buckets[hash & q->bucket_mask];
    for (struct account *it = *bucket; it != NULL; it = it->next) {
        if (slice_is(principal, it->principal)) {
            return it;
        }
    }
    struct account *account = mem_alloc(sizeof(*account));
    memcpy(account->principal, principal.data, principal.len);
    account->filled_ms = now_ms;
    account->records = room(rate->records);
    account->bytes = room(rate->bytes);
    account->handshakes = room(rate->handshakes);
    account->next = *bucket;
    *bucket = account;
    q->count++;
    return account;
}

/* Until one thousandth more than nothing is there. */
static int64_t
wait_of(int64_t left, uint64_t rate)
{
    return left > 0 ? 0 : (-left + (int64_t)rate) / (int64_t)rate;
}

uint32_t
quota_wait_ms(struct account *account, const struct quota_rate *rate, int64_t now_ms)
{
    fill(account, rate, now_ms);
    int64_t records_ms = wait_of(account->records, rate->records);
    int64_t bytes_ms = wait_of(account->bytes, rate->bytes);
    return (uint32_t)least(records_ms > bytes_ms ? records_ms : bytes_ms, RETRY_QUOTA_MAX_MS);
}

void
quota_take(struct account *account, uint64_t records, uint64_t bytes)
{
    account->records -= (int64_t)records * MS;
    account->bytes -= (int64_t)bytes * MS;
}

bool
quota_handshake(struct account *account, const struct quota_rate *rate, int64_t now_ms)
{
    fill(account, rate, now_ms);
    if (account->handshakes < MS) {
        return false;
    }
    account->handshakes -= MS;
    return true;
}

void
quota_sweep(struct quota *q, const struct quota_rate *rate, int64_t now_ms)
{
    for (uint32_t i = 0; i <= q->bucket_mask; i++) {
        struct account **at = &q->buckets[i];
        while (*at != NULL) {
            struct account *account = *at;
            fill(account, rate, now_ms);
            if (account->sessions > 0 || account->records < room(rate->records) ||
                account->bytes < room(rate->bytes) ||
                account->handshakes < room(rate->handshakes)) {
                at = &account->next;
                continue;
            }
            *at = account->next;
            free(account);
            q->count--;
        }
    }
}
