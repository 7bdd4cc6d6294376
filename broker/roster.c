/* Shards are an array, query workers a queue of their sessions. Invariants: a shard's session is its
 * holder's; a process holds at most one shard. */
#include "broker/core.h"

#include "common/log.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdlib.h>

void
roster_init(struct roster *r, uint32_t shards)
{
    *r = (struct roster){.count = shards};
    r->shards = mem_alloc(shards * sizeof(*r->shards));
    TAILQ_INIT(&r->query_workers);
}

void
roster_fini(struct roster *r)
{
    free(r->shards);
    *r = (struct roster){0};
}

static bool
process_alive(const struct broker *b, struct process p)
{
    return p.pid != 0 && b->machine.process_alive(b->machine.context, p.pid, p.start_time);
}

/* A process of another machine cannot be looked at: it holds its shard as long as its session lasts.
 * Its state lies there too, so that no writer lock of ours waits for it. */
static bool
holder_alive(const struct broker *b, const struct shard *shard)
{
    return shard->holder.place != 0 ? shard->session != NULL : process_alive(b, shard->holder);
}

static bool
process_same(struct process a, struct process b)
{
    return a.pid != 0 && a.pid == b.pid && a.start_time == b.start_time && a.place == b.place;
}

/* Shard 0's worker tells who may speak, so that whoever holds that shard holds every key: it is for this
 * machine's processes alone, whatever a key of role worker says. */
static bool
shard_forbidden(struct process process, uint32_t shard)
{
    return shard == 0 && process.place != 0;
}

uint32_t
roster_shard_for(const struct broker *b, struct process process, uint64_t wanted)
{
    const struct roster *r = &b->roster;
    uint32_t free_one = SHARD_NONE;
    if (wanted > 0) {
        uint32_t shard = wanted <= r->count ? (uint32_t)(wanted - 1) : SHARD_NONE;
        bool held = shard != SHARD_NONE && !process_same(r->shards[shard].holder, process) &&
                    holder_alive(b, &r->shards[shard]);
        return held || shard_forbidden(process, shard) ? SHARD_NONE : shard;
    }
    for (uint32_t i = 0; i < r->count; i++) {
        /* Its WELCOME was lost, and it asks again. */
        if (process_same(r->shards[i].holder, process)) {
            return i;
        }
        if (free_one == SHARD_NONE && !shard_forbidden(process, i) &&
            !holder_alive(b, &r->shards[i])) {
            free_one = i;
        }
    }
    return free_one;
}

struct session *
roster_session_of(const struct broker *b, struct process process, uint64_t role)
{
    const struct roster *r = &b->roster;
    struct session *s;
    if (role == ROLE_QUERY) {
        TAILQ_FOREACH(s, &r->query_workers, by_work)
        {
            if (process_same(s->process, process)) {
                return s;
            }
        }
    }
    for (uint32_t i = 0; role == ROLE_TALLY && i < r->count; i++) {
        if (process_same(r->shards[i].holder, process)) {
            return r->shards[i].session;
        }
    }
    return NULL;
}

void
roster_join(struct broker *b, struct session *s, uint32_t shard)
{
    struct roster *r = &b->roster;
    log_info("worker_joined", "role=%s pid=%" PRIu64 " shard=%d",
             s->role == ROLE_TALLY ? "tally" : "query", s->process.pid,
             s->role == ROLE_TALLY ? (int)shard : -1);
    if (s->role == ROLE_QUERY) {
        TAILQ_INSERT_TAIL(&r->query_workers, s, by_work);
        return;
    }
    for (uint32_t i = 0; i < r->count; i++) {
        if (process_same(r->shards[i].holder, s->process)) {
            r->shards[i].holder = (struct process){0};
            r->shards[i].session = NULL;
        }
    }
    s->shard = shard;
    r->shards[shard].holder = s->process;
    r->shards[shard].session = s;
}

void
roster_leave(struct broker *b, struct session *s)
{
    struct roster *r = &b->roster;
    if (s->role == ROLE_QUERY) {
        TAILQ_REMOVE(&r->query_workers, s, by_work);
    } else if (s->shard != SHARD_NONE && r->shards[s->shard].session == s) {
        r->shards[s->shard].session = NULL;
    }
}

void
roster_release(struct broker *b, struct session *s)
{
    if (s->shard != SHARD_NONE && b->roster.shards[s->shard].session == s) {
        b->roster.shards[s->shard].holder = (struct process){0};
    }
}

void
roster_progress(struct broker *b, const struct session *s, uint64_t position,
                const struct figures *figures)
{
    struct shard *shard = s->shard == SHARD_NONE ? NULL : &b->roster.shards[s->shard];
    if (shard == NULL || shard->session != s) {
        return;
    }
    shard->position = position;
    shard->reported = true;
    if (position > shard->farthest) {
        timing_passed(b, shard->farthest, position);
        shard->farthest = position;
    }
    if (figures != NULL) {
        shard->figures = *figures;
        shard->has_figures = true;
    }
}

static void
worker_look(struct broker *b, struct session *s)
{
    if (s->process.place == 0 && !process_alive(b, s->process)) {
        log_warn("worker_gone", "role=%s pid=%" PRIu64, s->role == ROLE_TALLY ? "tally" : "query",
                 s->process.pid);
        broker_end_session(b, s);
    }
}

void
roster_tick(struct broker *b, int64_t now_ms)
{
    struct roster *r = &b->roster;
    struct session *s, *next;
    if (now_ms - r->looked_ms < (int64_t)b->settings.heartbeat_ms) {
        return;
    }
    r->looked_ms = now_ms;
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->shards[i].session != NULL) {
            worker_look(b, r->shards[i].session);
        }
    }
    for (s = TAILQ_FIRST(&r->query_workers); s != NULL; s = next) {
        next = TAILQ_NEXT(s, by_work);
        worker_look(b, s);
    }
}

uint64_t
roster_position(const struct roster *r)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < r->count; i++) {
        uint64_t position = r->shards[i].reported ? r->shards[i].position : 0;
        least = position < least ? position : least;
    }
    return least;
}

uint64_t
roster_lag(const struct roster *r, uint64_t head)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct shard *shard = &r->shards[i];
        if (shard->reported && head - shard->position > most) {
            most = head - shard->position;
        }
    }
    return most;
}

const char *
roster_worker_state(const struct broker *b, uint32_t shard)
{
    const struct shard *s = &b->roster.shards[shard];
    if (s->session != NULL) {
        return "up";
    }
    return holder_alive(b, s) ? "silent" : "none";
}

struct session *
roster_query_worker(const struct roster *r)
{
    struct session *best = NULL, *s;
    TAILQ_FOREACH(s, &r->query_workers, by_work)
    {
        if (!s->deaf && (best == NULL || s->outstanding < best->outstanding)) {
            best = s;
        }
    }
    return best;
}
