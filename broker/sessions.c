/* A hash table with chains (the seed is the broker's random start id, so that nobody can choose
 * identities that fall into one bucket) and a queue by age. */
#include "broker/sessions.h"

#include "common/check.h"
#include "common/mem.h"

#include <stdlib.h>
#include <xxhash.h>

void
sessions_init(struct sessions *t, uint32_t limit, uint64_t seed)
{
    uint32_t buckets = 16;
    while (buckets < limit) {
        buckets *= 2;
    }
    *t = (struct sessions){.bucket_mask = buckets - 1, .limit = limit, .seed = seed};
    t->buckets = mem_alloc(buckets * sizeof(*t->buckets));
    TAILQ_INIT(&t->by_age);
}

void
sessions_fini(struct sessions *t)
{
    while (!TAILQ_EMPTY(&t->by_age)) {
        sessions_end(t, TAILQ_FIRST(&t->by_age));
    }
    free(t->buckets);
    *t = (struct sessions){0};
}

static struct session **
bucket_of(const struct sessions *t, struct slice identity)
{
    uint64_t hash = XXH3_64bits_withSeed(identity.data, identity.len, t->seed);
    return &t->buckets[hash & t->bucket_mask];
}

struct session *
sessions_find(const struct sessions *t, struct slice identity)
{
    struct session *s = *bucket_of(t, identity);
    while (s != NULL && !slice_equal(s->identity, identity)) {
        s = s->next_in_bucket;
    }
    return s;
}

uint32_t
sessions_of_clients(const struct sessions *t)
{
    return t->limit - t->limit / SESSIONS_FOR_WORKERS;
}

struct session *
sessions_begin(struct sessions *t, struct slice identity, enum role role, int64_t now_ms)
{
    bool worker = role == ROLE_TALLY || role == ROLE_QUERY;
    uint32_t limit = worker ? t->limit : sessions_of_clients(t);
    if (t->count >= limit || identity.len > IDENTITY_MAX) {
        return NULL;
    }
    struct session *s = mem_alloc(sizeof(*s));
    memcpy(s->identity_bytes, identity.data, identity.len);
    s->identity = slice_of(s->identity_bytes, identity.len);
    s->role = role;
    s->shard = SHARD_NONE;
    s->heard_ms = now_ms;
    struct session **bucket = bucket_of(t, identity);
    s->next_in_bucket = *bucket;
    *bucket = s;
    TAILQ_INSERT_TAIL(&t->by_age, s, by_age);
    t->count++;
    t->by_role[role]++;
    return s;
}

void
sessions_heard(struct sessions *t, struct session *s, int64_t now_ms)
{
    if (s->deaf) {
        return; /* it speaks but does not hear: it shall begin anew */
    }
    s->heard_ms = now_ms;
    TAILQ_REMOVE(&t->by_age, s, by_age);
    TAILQ_INSERT_TAIL(&t->by_age, s, by_age);
}

void
sessions_deafen(struct sessions *t, struct session *s)
{
    s->deaf = true;
    TAILQ_REMOVE(&t->by_age, s, by_age);
    TAILQ_INSERT_HEAD(&t->by_age, s, by_age);
}

void
sessions_end(struct sessions *t, struct session *s)
{
    struct session **at = bucket_of(t, s->identity);
    while (*at != s) {
        CHECK(*at != NULL);
        at = &(*at)->next_in_bucket;
    }
    *at = s->next_in_bucket;
    TAILQ_REMOVE(&t->by_age, s, by_age);
    t->count--;
    t->by_role[s->role]--;
    free(s);
}

struct session *
sessions_oldest(const struct sessions *t)
{
    return TAILQ_FIRST(&t->by_age);
}
