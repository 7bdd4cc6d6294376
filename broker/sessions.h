/* Who is there: one session an identity, from its HELLO to its BYE, the end of its lease, or the end
 * of its process. Ordered by when each was heard last, so that the next lease to end is always the
 * oldest. The other modules keep what they know about a session in it, each its own part. */
#ifndef BROKER_SESSIONS_H
#define BROKER_SESSIONS_H

#include "broker/limits.h"
#include "common/slice.h"
#include "proto/access.h"

#include <sys/queue.h>

#define SHARD_NONE UINT32_MAX

/* A pid alone may by now be somebody else: see common/proc.h. And a pid of another machine says
 * nothing here: `place` keeps a worker over the network from passing for one of this machine. */
struct process {
    uint64_t pid; /* 0: none */
    uint64_t start_time;
    uint64_t place; /* 0: this machine; else made from the worker's key */
};

#define SESSION_NAME_MAX 64 /* messages.def's limit of hello.name */

struct session {
    TAILQ_ENTRY(session) by_age;
    struct session *next_in_bucket;
    uint8_t identity_bytes[IDENTITY_MAX];
    struct slice identity;
    enum role role;
    struct process process; /* of a worker */
    /* access.h: as of its HELLO; what the principal may do is asked anew at every message */
    char principal[CODE_MAX + 1];
    uint8_t user_bytes[ACCESS_KEY_TEXT];
    struct slice user;       /* the User-Id of its HELLO; empty: local */
    struct account *account; /* quota.h; NULL: without a quota */
    /* for broker.sessions */
    char name[SESSION_NAME_MAX + 1];
    int64_t since_us;
    uint64_t records, bytes; /* taken */
    int64_t heard_ms;
    bool deaf; /* a reply could not be sent: it ends at the next tick */
    /* roster.h */
    uint32_t shard; /* of a tally worker; else SHARD_NONE */
    TAILQ_ENTRY(session) by_work;
    uint32_t outstanding; /* of a query worker: questions in hand */
    /* feed.h */
    TAILQ_ENTRY(session) by_fetch;
    bool fetching;
    struct message_fetch fetch;
    /* batch.h */
    uint64_t share_block; /* the made count of the block that share_bytes are in */
    uint64_t share_bytes;
    /* routes.h */
    uint32_t asking; /* questions of this session on their way */
};

TAILQ_HEAD(session_queue, session);

struct sessions {
    struct session_queue by_age; /* heard longest ago first */
    struct session **buckets;
    uint32_t bucket_mask;
    uint32_t count, limit;
    uint32_t by_role[ROLE_READER + 1];
    uint64_t seed;
};

void sessions_init(struct sessions *t, uint32_t limit, uint64_t seed);
void sessions_fini(struct sessions *t);

struct session *sessions_find(const struct sessions *t, struct slice identity);
/* NULL where there is no place for one more of that role. The identity must be a new one. */
struct session *sessions_begin(struct sessions *t, struct slice identity, enum role role,
                               int64_t now_ms);
void sessions_heard(struct sessions *t, struct session *s, int64_t now_ms);
/* A reply to it was dropped: first in the row of those that end. */
void sessions_deafen(struct sessions *t, struct session *s);
void sessions_end(struct sessions *t, struct session *s);
/* How many there may be before a client is refused: the rest are the workers'. */
uint32_t sessions_of_clients(const struct sessions *t);
struct session *sessions_oldest(const struct sessions *t);

#endif
