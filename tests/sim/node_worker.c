/* A tally worker's process: the product's own loop, turn by turn, over a disk of the run. Ends as it would
 * end and is started again, as `thidua up` does. */
#include "common/check.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <sysexits.h>

#define RESTART_MOST_US 3000000
#define TURNS_MOST 256 /* of one wake: what is left waits for the next */

void
worker_node_start(struct sim *s, struct worker_node *w)
{
    w->node.pid = ++s->next_pid;
    w->node.alive = true;
    w->node.muted = false;
    w->node.term = false;
    w->node.wake_us = s->now_us;
    w->disk = NULL;
    s->current = &w->node;
    w->worker = worker_new(&s->settings);
    CHECK(w->worker != NULL);
    sim_trace("%s starts as process %" PRIu64, w->node.name, w->node.pid);
}

static void
worker_node_end(struct sim *s, struct worker_node *w)
{
    s->current = &w->node;
    worker_free(&w->worker);
    w->node.alive = false;
    w->node.wake_us = INT64_MAX;
    w->node.start_us = s->now_us + rng_between(&s->node_rng, 1000, RESTART_MOST_US);
    if (w->disk != NULL) {
        w->disk->fault = DISK_SOUND; /* it was for this process */
        w->disk->failed = false;
    }
    w->disk = NULL;
}

void
worker_node_kill(struct sim *s, struct worker_node *w)
{
    sim_trace("%s is killed", w->node.name);
    w->node.muted = true;
    worker_node_end(s, w);
}

/* What it ends with must be something that was done to it. */
static void
worker_node_ended(struct sim *s, struct worker_node *w, int code)
{
    sim_trace("%s ends with %d", w->node.name, code);
    bool expected = code == EX_OK || code == EX_TEMPFAIL ||
                    (code == EX_IOERR && w->disk != NULL && w->disk->failed);
    if (!expected) {
        sim_violation("%s ended by itself with %d", w->node.name, code);
    }
    /* A process that dies of its disk says nothing more; one that ends in order says BYE. */
    w->node.muted = code == EX_IOERR && rng_chance(&s->node_rng, 1, 2);
    worker_node_end(s, w);
}

void
worker_node_turn(struct sim *s, struct worker_node *w)
{
    s->current = &w->node;
    w->node.wake_us = INT64_MAX;
    /* zmq_poll says when to come again, once there is nothing left to be taken. */
    for (int i = 0; i < TURNS_MOST && w->node.wake_us == INT64_MAX; i++) {
        int code = worker_turn(w->worker);
        if (code != WORKER_GOES_ON) {
            worker_node_ended(s, w, code);
            return;
        }
    }
    if (w->node.wake_us == INT64_MAX) {
        w->node.wake_us = s->now_us + 1000;
    }
    w->node.wake_us += w->node.slow_us;
}
