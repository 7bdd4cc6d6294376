/* Wrong passwords counted: rows by hash, a few places in each. */
#include "workers/gateway/lockouts.h"

#include <stddef.h>

static bool
counts(const struct lockout *k, int64_t now_ms)
{
    return k->failures > 0 && now_ms - k->last_ms < FORGET_MS;
}

static struct lockout *
find(const struct lockouts *l, uint64_t who)
{
    struct lockout *row = ((struct lockouts *)l)->rows[who % LOCKOUT_ROWS];
    for (unsigned i = 0; i < LOCKOUT_PLACES; i++) {
        if (row[i].who == who) {
            return &row[i];
        }
    }
    return NULL;
}

static int64_t
wait_ms(const struct lockouts *l, uint64_t who, uint32_t most, int64_t now_ms)
{
    const struct lockout *k = find(l, who);
    bool locked = k != NULL && k->failures >= most && now_ms - k->last_ms < LOCK_MS;
    return locked ? k->last_ms + LOCK_MS - now_ms : 0;
}

int64_t
lockouts_wait_ms(const struct lockouts *l, const struct lockout_keys *keys, int64_t now_ms)
{
    int64_t wait = wait_ms(l, keys->pair, PAIR_FAILURES, now_ms), more;
    if (l->good[keys->pair % LOCKOUT_ROWS] != keys->pair) {
        more = wait_ms(l, keys->principal, PRINCIPAL_FAILURES, now_ms);
        wait = more > wait ? more : wait;
    }
    more = wait_ms(l, keys->address, ADDRESS_FAILURES, now_ms);
    return more > wait ? more : wait;
}

static void
count(struct lockouts *l, uint64_t who, int64_t now_ms)
{
    struct lockout *k = find(l, who), *row = l->rows[who % LOCKOUT_ROWS];
    if (k == NULL) {
        k = &row[0];
        for (unsigned i = 1; i < LOCKOUT_PLACES && counts(k, now_ms); i++) {
            k = !counts(&row[i], now_ms) || row[i].failures < k->failures ? &row[i] : k;
        }
    }
    if (k->who != who || !counts(k, now_ms)) {
        *k = (struct lockout){.who = who};
    }
    k->failures++;
    k->last_ms = now_ms;
}

void
lockouts_count(struct lockouts *l, const struct lockout_keys *keys, int64_t now_ms)
{
    count(l, keys->pair, now_ms);
    count(l, keys->principal, now_ms);
    count(l, keys->address, now_ms);
}

void
lockouts_forget(struct lockouts *l, const struct lockout_keys *keys)
{
    struct lockout *pair = find(l, keys->pair), *principal = find(l, keys->principal);
    if (pair != NULL) {
        pair->failures = 0;
    }
    if (principal != NULL) {
        principal->failures = 0;
    }
    l->good[keys->pair % LOCKOUT_ROWS] = keys->pair;
}
