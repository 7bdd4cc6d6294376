/* Links: questions handed to idle askers, answers to whoever asked. */
#include "workers/gateway/links.h"

#include "common/mem.h"

#include <stdlib.h>
#include <stdio.h>

struct question {
    TAILQ_ENTRY(question) next;
    char name[CODE_MAX + 1], principal[CODE_MAX + 1];
    struct buf args;
    uint64_t after;
    answered_fn *fn; /* NULL: forgotten */
    void *owner;
};

bool
links_open(struct links *links, const struct client_options *options, char why[256])
{
    struct client_options submitting = *options;
    submitting.in_flight = SUBMIT_IN_FLIGHT;
    *links = (struct links){0};
    TAILQ_INIT(&links->waiting);
    links->submitter = client_new(&submitting, why);
    bool open = links->submitter != NULL;
    for (unsigned i = 0; open && i < ASKERS; i++) {
        links->askers[i] = client_new(options, why);
        open = links->askers[i] != NULL;
    }
    return open;
}

static void
question_free(struct question *q)
{
    buf_fini(&q->args);
    free(q);
}

void
links_close(struct links *links)
{
    struct question *q;
    client_free(&links->submitter);
    for (unsigned i = 0; i < ASKERS; i++) {
        client_free(&links->askers[i]);
        if (links->asking[i] != NULL) {
            question_free(links->asking[i]);
        }
    }
    while ((q = TAILQ_FIRST(&links->waiting)) != NULL) {
        TAILQ_REMOVE(&links->waiting, q, next);
        question_free(q);
    }
}

struct question *
links_ask(struct links *links, const char *name, struct slice principal, struct slice args,
          uint64_t after, answered_fn *fn, void *owner)
{
    if (links->count == QUESTIONS_MAX || principal.len > CODE_MAX) {
        return NULL;
    }
    struct question *q = mem_alloc(sizeof *q);
    *q = (struct question){.after = after, .fn = fn, .owner = owner};
    snprintf(q->name, sizeof q->name, "%s", name);
    snprintf(q->principal, sizeof q->principal, "%.*s", SLICE_ARG(principal));
    buf_slice(&q->args, args);
    TAILQ_INSERT_TAIL(&links->waiting, q, next);
    links->count++;
    return q;
}

void
question_forget(struct question *question)
{
    if (question != NULL) {
        question->fn = NULL;
    }
}

unsigned
links_poll(const struct links *links, zmq_pollitem_t *items, uint32_t *wait_ms)
{
    unsigned n = client_poll(links->submitter, items, wait_ms);
    for (unsigned i = 0; i < ASKERS; i++) {
        uint32_t due_ms;
        n += client_poll(links->askers[i], items + n, &due_ms);
        *wait_ms = due_ms < *wait_ms ? due_ms : *wait_ms;
    }
    return n;
}

/* The next one for such an asker that somebody still waits for: what waits for a block goes to the waiters, so
 * that a shard that is behind holds up nobody who only reads. */
static struct question *
question_next(struct links *links, bool waiter)
{
    struct question *q = TAILQ_FIRST(&links->waiting);
    while (q != NULL) {
        struct question *after = TAILQ_NEXT(q, next);
        if (q->fn == NULL || (q->after != 0) == waiter) {
            TAILQ_REMOVE(&links->waiting, q, next);
            links->count--;
            if (q->fn != NULL) {
                return q;
            }
            question_free(q);
        }
        q = after;
    }
    return NULL;
}

static void
asker_step(struct links *links, unsigned i)
{
    struct client *client = links->askers[i];
    struct question *q = links->asking[i];
    struct answer answer;
    client_step(client, 0);
    if (q != NULL &&
        client_answered(client, &answer.err, &answer.body, &answer.as_of, &answer.why)) {
        links->asking[i] = NULL;
        if (q->fn != NULL) {
            q->fn(q->owner, &answer);
        }
        question_free(q);
    }
    if (links->asking[i] == NULL && (q = question_next(links, i < WAITERS)) != NULL) {
        links->asking[i] = q;
        client_speak_for(client, slice_text(q->principal));
        client_ask(client, q->name, buf_slice_of(&q->args), q->after);
        client_step(client, 0);
    }
}

void
links_step(struct links *links)
{
    client_step(links->submitter, 0);
    for (unsigned i = 0; i < ASKERS; i++) {
        asker_step(links, i);
    }
}
