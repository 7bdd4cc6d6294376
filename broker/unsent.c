/* A hash table of peers that have something waiting. libzmq's threads tell when a message has left (with
 * CURVE: when it is enciphered for the peer's connection); they touch the atomic numbers alone, `messages`
 * last. The broker's thread alone makes and frees peers, one with no message when it next looks into that
 * bucket. */
#include "broker/unsent.h"

#include "broker/limits.h"
#include "common/mem.h"
#include "proto/frames.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <xxhash.h>

struct peer {
    struct peer *next;
    uint64_t hash; /* of the routing id: two of one hash share a bound, no more */
    atomic_size_t bytes;
    atomic_uint messages;
};

struct unsent {
    atomic_size_t bytes;
    struct peer *buckets[UNSENT_BUCKETS];
};

/* One message on its way. */
struct waiting {
    struct unsent *all;
    struct peer *peer;
    size_t bytes;
};

struct unsent *
unsent_new(void)
{
    return mem_alloc(sizeof(struct unsent));
}

void
unsent_free(struct unsent **unsent)
{
    struct unsent *u = *unsent;
    for (size_t i = 0; u != NULL && i < UNSENT_BUCKETS; i++) {
        while (u->buckets[i] != NULL) {
            struct peer *first = u->buckets[i];
            u->buckets[i] = first->next;
            free(first);
        }
    }
    free(u);
    *unsent = NULL;
}

size_t
unsent_bytes(const struct unsent *u)
{
    return atomic_load(&u->bytes);
}

static void
gone(void *context)
{
    struct waiting *w = context;
    atomic_fetch_sub(&w->all->bytes, w->bytes);
    atomic_fetch_sub(&w->peer->bytes, w->bytes);
    atomic_fetch_sub(&w->peer->messages, 1); /* from here on the peer may be freed */
    free(w);
}

static struct peer *
peer_of(struct unsent *u, struct slice id)
{
    uint64_t hash = XXH3_64bits(id.data, id.len);
    struct peer **at = &u->buckets[hash % UNSENT_BUCKETS], *found = NULL;
    while (*at != NULL) {
        struct peer *peer = *at;
        if (peer->hash == hash) {
            found = peer;
        } else if (atomic_load(&peer->messages) == 0) {
            *at = peer->next;
            free(peer);
            continue;
        }
        at = &peer->next;
    }
    if (found == NULL) {
        found = mem_alloc(sizeof(*found));
        found->hash = hash;
        *at = found;
    }
    return found;
}

static bool
too_much(const struct unsent *u, const struct peer *peer, size_t bytes)
{
    size_t waits = atomic_load(&peer->bytes);
    return (waits > 0 && waits + bytes > UNSENT_PEER_MAX) ||
           unsent_bytes(u) + bytes > UNSENT_ALL_MAX;
}

enum err
unsent_send(struct unsent *u, void *socket, const struct slice *parts, uint32_t count)
{
    size_t bytes = 0;
    for (uint32_t i = 1; i < count; i++) {
        bytes += parts[i].len;
    }
    if (bytes < UNSENT_COUNTED) {
        return frames_send(socket, parts, count);
    }
    struct peer *peer = peer_of(u, parts[0]);
    if (too_much(u, peer, bytes)) {
        return ERR_AGAIN;
    }
    struct waiting *w = mem_alloc(sizeof(*w));
    *w = (struct waiting){u, peer, bytes};
    atomic_fetch_add(&u->bytes, bytes);
    atomic_fetch_add(&peer->bytes, bytes);
    atomic_fetch_add(&peer->messages, 1);
    return frames_send_counted(socket, parts, count, gone, w);
}
