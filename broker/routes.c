/* A fixed number of places. Invariants: a live route's asker has a session; its worker, where it has
 * one, too; sessions count theirs in `asking` and `outstanding`. */
#include "broker/core.h"

#include "broker/questions.h"
#include "common/check.h"
#include "common/mem.h"

#include <inttypes.h>
#include <stdlib.h>

void
routes_init(struct routes *t, uint64_t laps)
{
    *t = (struct routes){.laps = laps};
    t->places = mem_alloc(ROUTES_MAX * sizeof(*t->places));
    t->unused = mem_alloc(ROUTES_MAX * sizeof(*t->unused));
    for (uint32_t i = 0; i < ROUTES_MAX; i++) {
        t->unused[i] = ROUTES_MAX - 1 - i;
    }
    TAILQ_INIT(&t->live);
}

void
routes_fini(struct routes *t)
{
    for (uint32_t i = 0; i < ROUTES_MAX; i++) {
        buf_fini(&t->places[i].question);
    }
    free(t->places);
    free(t->unused);
    *t = (struct routes){0};
}

static struct route *
route_begin(struct broker *b, struct session *asker, const struct message_query *query)
{
    struct routes *t = &b->routes;
    uint32_t place = t->unused[ROUTES_MAX - 1 - t->count++];
    struct route *route = &t->places[place];
    *route = (struct route){
        .number = ++t->laps * ROUTES_MAX + place,
        .asker = asker,
        .request = query->request,
        .after = query->after,
    };
    struct message_query question = *query;
    question.request = route->number;
    message_encode_query(&question, &route->question);
    TAILQ_INSERT_TAIL(&t->live, route, live);
    asker->asking++;
    if (asker->account != NULL) {
        asker->account->asking++;
    }
    return route;
}

static void
worker_let_go(struct route *route)
{
    if (route->worker != NULL) {
        route->worker->outstanding--;
        route->worker = NULL;
    }
}

void
routes_end(struct broker *b, struct route *route)
{
    struct routes *t = &b->routes;
    worker_let_go(route);
    route->asker->asking--;
    if (route->asker->account != NULL) {
        route->asker->account->asking--;
    }
    TAILQ_REMOVE(&t->live, route, live);
    buf_fini(&route->question);
    t->unused[ROUTES_MAX - t->count--] = (uint32_t)(route->number % ROUTES_MAX);
    route->number = 0;
}

struct route *
routes_find(struct broker *b, const struct session *worker, uint64_t number)
{
    struct route *route = &b->routes.places[number % ROUTES_MAX];
    return number != 0 && route->number == number && route->worker == worker ? route : NULL;
}

static void
route_refuse(struct broker *b, struct route *route, enum code code)
{
    struct complaint why;
    complain(&why, code, slice_text(""), "%" PRIu64, route->after);
    broker_refuse(b, route->asker->identity, route->request, &why);
    routes_end(b, route);
}

static void
route_to_worker(struct broker *b, struct route *route)
{
    struct session *worker = roster_query_worker(&b->roster);
    if (worker == NULL || route->tries == ROUTE_TRIES_MAX) {
        route_refuse(b, route, CODE_NOT_READY);
        return;
    }
    route->tries++;
    route->worker = worker;
    route->deadline_ms = clock_mono_ms(b->clock) + ROUTE_ANSWER_MS;
    worker->outstanding++;
    buf_slice(replies_open(&b->replies), buf_slice_of(&route->question));
    replies_close(&b->replies, worker->identity);
}

/* The shards have passed its `after`. */
static void
route_unpark(struct broker *b, struct route *route)
{
    struct message_query query;
    struct complaint why;
    /* Our own bytes: route_begin encoded them from what dispatch had checked. */
    CHECK(
        layout_decode(message_layout(MESSAGE_query), buf_slice_of(&route->question), &query, &why));
    if (question_is_own(query.name)) {
        query.request = route->request;
        question_answer(b, route->asker->identity, &query);
        routes_end(b, route);
    } else {
        route_to_worker(b, route);
    }
}

/* The very question is on its way already: its asker has grown impatient. A second one would only
 * make a slow worker slower, and its answer would be nobody's. */
static bool
asked_already(struct broker *b, const struct session *asker, const struct message_query *query)
{
    struct message_query question = *query;
    struct buf encoded = BUF_EMPTY;
    struct route *route;
    bool found = false;
    TAILQ_FOREACH(route, &b->routes.live, live)
    {
        if (route->asker != asker || route->request != query->request) {
            continue;
        }
        question.request = route->number;
        buf_clear(&encoded);
        message_encode_query(&question, &encoded);
        found = found || slice_equal(buf_slice_of(&encoded), buf_slice_of(&route->question));
    }
    buf_fini(&encoded);
    return found;
}

/* One principal with many sessions must not fill every place, or park in it for a minute. */
static bool
asks_enough(const struct session *asker)
{
    return asker->asking == ROUTES_SESSION_MAX ||
           (asker->account != NULL && asker->account->asking >= ROUTES_SESSION_MAX);
}

void
routes_ask(struct broker *b, struct session *asker, const struct message_query *query)
{
    bool passed = roster_position(&b->roster) >= query->after;
    if (passed && question_is_own(query->name)) {
        question_answer(b, asker->identity, query);
        return;
    }
    if (asker->asking > 0 && asked_already(b, asker, query)) {
        return;
    }
    if (b->routes.count == ROUTES_MAX || asks_enough(asker)) {
        broker_busy(b, asker->identity, query->request, BUSY_SHARE, RETRY_ROUTES_MS);
        return;
    }
    struct route *route = route_begin(b, asker, query);
    if (passed) {
        route_to_worker(b, route);
    } else if (query->wait_ms == 0) {
        route_refuse(b, route, CODE_QUERY_TIMEOUT);
    } else {
        route->deadline_ms = clock_mono_ms(b->clock) + (int64_t)query->wait_ms;
    }
}

void
routes_moved(struct broker *b)
{
    uint64_t position = roster_position(&b->roster);
    struct route *route, *next;
    for (route = TAILQ_FIRST(&b->routes.live); route != NULL; route = next) {
        next = TAILQ_NEXT(route, live);
        if (route->worker == NULL && route->after <= position) {
            route_unpark(b, route);
        }
    }
}

void
routes_session_ended(struct broker *b, const struct session *s)
{
    struct route *route, *next;
    for (route = TAILQ_FIRST(&b->routes.live); route != NULL; route = next) {
        next = TAILQ_NEXT(route, live);
        if (route->asker == s) {
            routes_end(b, route);
        } else if (route->worker == s) {
            worker_let_go(route);
            route_to_worker(b, route);
        }
    }
}

void
routes_tick(struct broker *b, int64_t now_ms)
{
    struct route *route, *next;
    for (route = TAILQ_FIRST(&b->routes.live); route != NULL; route = next) {
        next = TAILQ_NEXT(route, live);
        if (route->deadline_ms <= now_ms) {
            route_refuse(b, route, route->worker == NULL ? CODE_QUERY_TIMEOUT : CODE_NOT_READY);
        }
    }
}

int64_t
routes_deadline(const struct broker *b)
{
    int64_t deadline_ms = INT64_MAX;
    struct route *route;
    TAILQ_FOREACH(route, &b->routes.live, live)
    {
        deadline_ms = route->deadline_ms < deadline_ms ? route->deadline_ms : deadline_ms;
    }
    return deadline_ms;
}
