/* The workers: which process holds which shard, how far it is, and who answers queries.
 *
 * A shard passes on only after its holder has said BYE or its process has ended. Silence is not
 * enough: a worker that is stopped holds LMDB's writer lock, and a second one would wait for ever. */
#ifndef BROKER_ROSTER_H
#define BROKER_ROSTER_H

#include "broker/sessions.h"
#include "proto/figures.h"

struct broker;

struct shard {
    struct process holder;   /* pid 0: nobody */
    struct session *session; /* the holder's; NULL while it is silent */
    uint64_t position;       /* last block whose effects it has told to be committed */
    bool reported;           /* it has told one since this start of the broker */
    uint64_t farthest;       /* the highest position told: a worker may begin anew from less */
    bool has_figures;
    struct figures figures; /* as its worker told them last */
};

struct roster {
    struct shard *shards;
    uint32_t count;
    struct session_queue query_workers;
    int64_t looked_ms; /* when the processes were last looked at */
};

void roster_init(struct roster *r, uint32_t shards);
void roster_fini(struct roster *r);

/* The shard for a tally worker: `wanted` is the shard it holds + 1, 0 for any. SHARD_NONE: all are
 * held, or that one is by another process that lives. Pure: roster_join makes it so. */
uint32_t roster_shard_for(const struct broker *b, struct process process, uint64_t wanted);
/* The session that a worker's process has already; NULL. Other roles have none. */
struct session *roster_session_of(const struct broker *b, struct process process, uint64_t role);
/* A worker's session has begun; `shard` is roster_shard_for's. */
void roster_join(struct broker *b, struct session *s, uint32_t shard);
/* The session has ended: the shard stays with the process. */
void roster_leave(struct broker *b, struct session *s);
/* BYE: the worker itself gives its shard back. */
void roster_release(struct broker *b, struct session *s);
/* What a tally worker tells; `figures` NULL: nothing of them this time. */
void roster_progress(struct broker *b, const struct session *s, uint64_t position,
                     const struct figures *figures);

/* Ends the sessions of workers whose process has ended. */
void roster_tick(struct broker *b, int64_t now_ms);

/* The lowest position of all shards; 0 while one has told none. */
uint64_t roster_position(const struct roster *r);
/* Blocks between the head and the slowest of those that have told a position. */
uint64_t roster_lag(const struct roster *r, uint64_t head);
/* "up", "silent" or "none" */
const char *roster_worker_state(const struct broker *b, uint32_t shard);
/* The query worker with the fewest questions in hand; NULL. */
struct session *roster_query_worker(const struct roster *r);

#endif
