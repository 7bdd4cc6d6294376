/* Blocks for the workers. A FETCH waits here until the block that it names is on disk; the broker
 * remembers nothing else about delivery: a worker's position is in its own state. */
#ifndef BROKER_FEED_H
#define BROKER_FEED_H

#include "broker/sessions.h"

struct broker;

struct feed {
    struct session_queue waiting; /* longest first, so that a turn's bytes go round */
    struct slice *parts;          /* room for one answer */
    bool more;                    /* the turn's bytes were used up before all were answered */
};

void feed_init(struct feed *feed);
void feed_fini(struct feed *feed);
/* A new FETCH takes the place of the session's old one. */
void feed_ask(struct broker *b, struct session *s, const struct message_fetch *fetch);
void feed_forget(struct broker *b, struct session *s);
/* After the commit: answers whoever waits for what is on disk now. */
void feed_answer(struct broker *b);

#endif
