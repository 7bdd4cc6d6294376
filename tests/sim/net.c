/* See net.h. A binary heap by (due, order of sending). */
#include "tests/sim/net.h"

#include "common/check.h"
#include "common/mem.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE_LEAST_US 50
#define LINE_MOST_US 3000
#define LATE_MOST_US 6000000 /* longer than a lease */

void
parcel_push(struct parcel_queue *q, struct parcel *p)
{
    if (q->last == NULL) {
        q->last = &q->first;
    }
    p->next = NULL;
    *q->last = p;
    q->last = &p->next;
}

struct parcel *
parcel_pop(struct parcel_queue *q)
{
    struct parcel *p = q->first;
    if (p != NULL) {
        q->first = p->next;
        if (q->first == NULL) {
            q->last = &q->first;
        }
    }
    return p;
}

void
parcels_free(struct parcel_queue *q)
{
    struct parcel *p;
    while ((p = parcel_pop(q)) != NULL) {
        free(p);
    }
}

void
net_init(struct net *net)
{
    *net = (struct net){0};
}

void
net_fini(struct net *net)
{
    for (uint32_t i = 0; i < net->heap_count; i++) {
        free(net->heap[i]);
    }
    for (uint32_t i = 0; i < net->socket_count; i++) {
        parcels_free(&net->sockets[i]->inbox);
        free(net->sockets[i]);
    }
    free(net->heap);
    free(net->sockets);
}

/* ---- the heap ---- */

static bool
earlier(const struct parcel *a, const struct parcel *b)
{
    return a->due_us < b->due_us || (a->due_us == b->due_us && a->order < b->order);
}

static void
heap_push(struct net *net, struct parcel *p)
{
    if (net->heap_count == net->heap_cap) {
        net->heap_cap = net->heap_cap == 0 ? 64 : net->heap_cap * 2;
        net->heap = mem_resize(net->heap, net->heap_cap * sizeof(struct parcel *));
    }
    uint32_t at = net->heap_count++;
    for (; at > 0 && earlier(p, net->heap[(at - 1) / 2]); at = (at - 1) / 2) {
        net->heap[at] = net->heap[(at - 1) / 2];
    }
    net->heap[at] = p;
}

static struct parcel *
heap_pop(struct net *net)
{
    struct parcel *top = net->heap[0], *p = net->heap[--net->heap_count];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= net->heap_count) {
            break;
        }
        if (child + 1 < net->heap_count && earlier(net->heap[child + 1], net->heap[child])) {
            child++;
        }
        if (!earlier(net->heap[child], p)) {
            break;
        }
        net->heap[at] = net->heap[child];
        at = child;
    }
    net->heap[at] = p;
    return top;
}

int64_t
net_next_us(const struct net *net)
{
    return net->heap_count > 0 ? net->heap[0]->due_us : INT64_MAX;
}

/* ---- lines ---- */

uint32_t
net_socket_open(struct sim *s, struct node *node)
{
    struct net *net = &s->net;
    if (net->socket_count == net->socket_cap) {
        net->socket_cap = net->socket_cap == 0 ? 32 : net->socket_cap * 2;
        net->sockets = mem_resize(net->sockets, net->socket_cap * sizeof(struct socket *));
    }
    struct socket *socket = mem_alloc(sizeof(*socket));
    socket->node = node;
    socket->open = true;
    submitter_user(s, node, socket->user);
    net->sockets[net->socket_count] = socket;
    return net->socket_count++;
}

void
net_socket_close(struct sim *s, uint32_t socket)
{
    s->net.sockets[socket]->open = false;
    parcels_free(&s->net.sockets[socket]->inbox);
}

static struct parcel *
parcel_new(const struct slice *parts, uint32_t count)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += parts[i].len;
    }
    struct parcel *p = mem_alloc(sizeof(*p) + count * sizeof(struct slice) + bytes);
    p->parts = (struct slice *)(p + 1);
    p->count = count;
    uint8_t *at = (uint8_t *)(p->parts + count);
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            memcpy(at, parts[i].data, parts[i].len);
        }
        p->parts[i] = slice_of(at, parts[i].len);
        at += parts[i].len;
    }
    return p;
}

/* When it arrives; -1: never. */
static int64_t
line_due(struct sim *s, const struct socket *socket)
{
    struct net *net = &s->net;
    int64_t due = s->now_us + rng_between(&s->net_rng, LINE_LEAST_US, LINE_MOST_US);
    if (s->healing) {
        return due;
    }
    if (socket->node->parted_us > s->now_us) {
        return socket->node->parted_holds ? socket->node->parted_us + (due - s->now_us) : -1;
    }
    if (rng_chance(&s->net_rng, net->loss, 10000)) {
        sim_count(FAULT_loss);
        return -1;
    }
    if (rng_chance(&s->net_rng, net->delay, 10000)) {
        sim_count(FAULT_delay);
        due += rng_between(&s->net_rng, 0, LATE_MOST_US);
    }
    return due;
}

static void
line_put(struct sim *s, uint32_t number, bool up, const struct slice *parts, uint32_t count)
{
    struct socket *socket = s->net.sockets[number];
    int64_t due = line_due(s, socket);
    if (due < 0) {
        return;
    }
    if (!s->net.reorder && due < socket->last_due_us[up]) {
        due = socket->last_due_us[up];
    } else if (due < socket->last_due_us[up]) {
        sim_count(FAULT_reorder);
    } else {
        socket->last_due_us[up] = due;
    }
    struct parcel *p = parcel_new(parts, count);
    p->due_us = due;
    p->order = s->net.orders++;
    p->socket = number;
    p->up = up;
    p->incarnation = s->broker.incarnation;
    heap_push(&s->net, p);
}

void
net_send(struct sim *s, uint32_t number, bool up, const struct slice *parts, uint32_t count)
{
    const struct socket *socket = s->net.sockets[number];
    if (!socket->connected || (up && socket->node->muted)) {
        return;
    }
    line_put(s, number, up, parts, count);
    if (!s->healing && rng_chance(&s->net_rng, s->net.duplicate, 10000)) {
        sim_count(FAULT_duplicate);
        line_put(s, number, up, parts, count);
    }
}

static void
wake(struct sim *s, struct node *node)
{
    int64_t at = s->now_us + node->slow_us;
    if (node->alive && at < node->wake_us) {
        node->wake_us = at;
    }
}

void
net_deliver(struct sim *s)
{
    while (net_next_us(&s->net) <= s->now_us) {
        struct parcel *p = heap_pop(&s->net);
        struct socket *socket = s->net.sockets[p->socket];
        if (p->up) {
            parcel_push(&s->broker.inbox, p);
            wake(s, &s->broker.node);
        } else if (socket->open && p->incarnation == s->broker.incarnation) {
            parcel_push(&socket->inbox, p);
            wake(s, socket->node);
        } else {
            free(p);
        }
    }
}

void
net_identity(uint32_t socket, uint64_t incarnation, char text[NET_IDENTITY])
{
    snprintf(text, NET_IDENTITY, "%" PRIu32 ".%" PRIu64, socket, incarnation);
}

bool
net_identity_parse(struct slice identity, uint32_t *socket, uint64_t *incarnation)
{
    char text[NET_IDENTITY];
    snprintf(text, sizeof(text), "%.*s", SLICE_ARG(identity));
    return sscanf(text, "%" SCNu32 ".%" SCNu64, socket, incarnation) == 2;
}
