/* Questions on their way: parked until every shard has passed their `after`, then in the hands of a
 * query worker, until the answer goes back to who asked. A question has a number of ours while it
 * is here, because two clients may use the same request.
 *
 *     QUERY ──▶ parked ──▶ routed ──▶ ANSWER or ERROR of the worker
 *                 │           │ worker ends: routed anew, once
 *                 ▼           ▼
 *           query-timeout  not-ready
 */
#ifndef BROKER_ROUTES_H
#define BROKER_ROUTES_H

#include "broker/sessions.h"
#include "common/buf.h"

struct broker;

struct route {
    TAILQ_ENTRY(route) live;
    uint64_t number; /* modulo ROUTES_MAX it is the place in `places` */
    struct session *asker;
    uint64_t request;       /* the asker's */
    struct session *worker; /* NULL: parked */
    uint64_t after;
    int64_t deadline_ms;
    uint32_t tries;
    struct buf question; /* the QUERY, encoded, with our number */
};

TAILQ_HEAD(route_queue, route);

struct routes {
    struct route *places;
    uint32_t *unused; /* places, a stack */
    uint32_t count;   /* in use */
    uint64_t laps;    /* makes each number new */
    struct route_queue live;
};

/* Numbers begin at `laps`, a random one: an answer to a broker that is gone must match none. */
void routes_init(struct routes *t, uint64_t laps);
void routes_fini(struct routes *t);

/* Takes a question: it is answered now, or later, or refused. */
void routes_ask(struct broker *b, struct session *asker, const struct message_query *query);
/* The question that the worker answers; NULL where it is nobody's any more. */
struct route *routes_find(struct broker *b, const struct session *worker, uint64_t number);
void routes_end(struct broker *b, struct route *route);

/* A shard has moved on: what waited for it goes on its way. */
void routes_moved(struct broker *b);
/* A session has ended, after the roster has let it go. */
void routes_session_ended(struct broker *b, const struct session *s);
void routes_tick(struct broker *b, int64_t now_ms);
/* The next deadline; INT64_MAX. */
int64_t routes_deadline(const struct broker *b);

#endif
