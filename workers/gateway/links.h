/* The gateway's sessions with the broker: one that submits, ASKERS that ask. Each is a client of its own
 * (proto/client.h), because a client has one question open at a time and a slow one must not hold up the
 * records. Questions wait here for a free asker, in their order. */
#ifndef GATEWAY_LINKS_H
#define GATEWAY_LINKS_H

#include "proto/client.h"
#include "workers/gateway/limits.h"

#include <sys/queue.h>
#include <zmq.h>

struct answer {
    enum err err;
    struct slice body; /* until the callback returns */
    uint64_t as_of;
    struct complaint why;
};

typedef void answered_fn(void *owner, const struct answer *answer);

struct question;
TAILQ_HEAD(question_list, question);

struct links {
    struct client *submitter;
    struct client *askers[ASKERS];
    struct question *asking[ASKERS]; /* NULL: idle */
    struct question_list waiting;
    unsigned count;
};

#define LINKS_POLL_MAX ((ASKERS + 1) * CLIENT_POLL_MAX)

bool links_open(struct links *links, const struct client_options *options, char why[256]);
void links_close(struct links *links);

/* `principal` empty: for the gateway itself. NULL where QUESTIONS_MAX wait. Arguments are copied. */
struct question *links_ask(struct links *links, const char *name, struct slice principal,
                           struct slice args, uint64_t after, answered_fn *fn, void *owner);
/* Nobody wants the answer any longer; the question is the list's to end. */
void question_forget(struct question *question);

unsigned links_poll(const struct links *links, zmq_pollitem_t *items, uint32_t *wait_ms);
void links_step(struct links *links);

#endif
