/* What happens to the system. A seed allows some kinds of faults and not others, so that among many seeds
 * each kind is seen alone, and with each other kind. */
#include "clients/outbox.h"
#include "common/check.h"
#include "tests/sim/sim.h"

#include <inttypes.h>

#define DAY_US ((int64_t)86400 * 1000000)
#define FAULTS SENT_report /* the first that is none */

void
faults_choose(struct sim *s)
{
    struct rng *r = &s->fault_rng;
    static const enum count ALL[] = {
        FAULT_partition,    FAULT_broker_idle,   FAULT_broker_before, FAULT_broker_after,
        FAULT_broker_flush, FAULT_append_lost,   FAULT_append_kept,   FAULT_disk_full,
        FAULT_worker_kill,  FAULT_worker_write,  FAULT_worker_commit, FAULT_worker_told,
        FAULT_worker_term,  FAULT_worker_stop,   FAULT_worker_slow,   FAULT_worker_two,
        FAULT_power_cut,    FAULT_clock_forward, FAULT_clock_back,    FAULT_sender_restart,
        FAULT_resend_all,   FAULT_quarantine,    FAULT_outbox_kill,   FAULT_outbox_lost,
        FAULT_outbox_kept,
    };
    uint32_t of = (uint32_t)rng_between(r, 1, 4); /* one kind in so many */
    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++) {
        s->fault_kinds |= (uint64_t)rng_chance(r, 1, of) << ALL[i];
    }
    s->net.loss = rng_chance(r, 1, 2) ? (uint32_t)rng_between(r, 1, 500) : 0;
    s->net.duplicate = rng_chance(r, 1, 2) ? (uint32_t)rng_between(r, 1, 500) : 0;
    s->net.delay = rng_chance(r, 1, 2) ? (uint32_t)rng_between(r, 1, 500) : 0;
    s->net.reorder = rng_chance(r, 1, 2);
    s->fault_every_us = rng_between(r, 500000, 8000000);
    s->fault_us = s->now_us + rng_between(r, 0, s->fault_every_us);
    s->heal_us = s->now_us + rng_between(r, 20000000, 60000000);
}

static struct worker_node *
worker_any(struct sim *s)
{
    return &s->workers[rng_between(&s->fault_rng, 0, s->worker_count - 1)];
}

/* One of those that the broker talks with: workers first, then submitters, then outboxes. */
static struct node *
peer_any(struct sim *s)
{
    uint32_t peers = s->worker_count + s->submitter_count + s->outbox_count;
    uint32_t i = (uint32_t)rng_between(&s->fault_rng, 0, peers - 1);
    if (i < s->worker_count) {
        return &s->workers[i].node;
    }
    i -= s->worker_count;
    return i < s->submitter_count ? &s->submitters[i].node
                                  : &s->outboxes[i - s->submitter_count].node;
}

/* ---- each kind; false: not possible now ---- */

static bool
do_partition(struct sim *s)
{
    struct node *node = peer_any(s);
    node->parted_us = s->now_us + rng_between(&s->fault_rng, 100000, 15000000);
    node->parted_holds = rng_chance(&s->fault_rng, 1, 2);
    sim_trace("%s is cut off for %.3f s", node->name, (double)(node->parted_us - s->now_us) / 1e6);
    return true;
}

static bool
broker_ends(struct sim *s, enum broker_end end)
{
    s->broker.end = end;
    s->broker.flush_left = (uint32_t)rng_between(&s->fault_rng, 0, 3);
    return s->broker.node.alive;
}

static bool
do_broker(struct sim *s, enum count kind)
{
    struct broker_node *b = &s->broker;
    if (!b->node.alive) {
        return false;
    }
    switch (kind) {
    case FAULT_broker_idle:
        broker_node_crash(s);
        return true;
    case FAULT_broker_before:
        return broker_ends(s, END_BEFORE_COMMIT);
    case FAULT_broker_after:
        return broker_ends(s, END_BEHIND_COMMIT);
    case FAULT_broker_flush:
        return broker_ends(s, END_AMID_FLUSH);
    case FAULT_append_lost:
    case FAULT_append_kept:
        journal_mem_fail_next(b->journal, kind == FAULT_append_kept);
        return true;
    default:
        b->free_bytes = 0;
        b->full_until_us = s->now_us + rng_between(&s->fault_rng, 100000, 10000000);
        return true;
    }
}

static bool
do_disk(struct sim *s, enum count kind)
{
    struct worker_node *w = worker_any(s);
    if (!w->node.alive || w->disk == NULL || w->disk->fault != DISK_SOUND) {
        return false;
    }
    w->disk->fault = kind == FAULT_worker_write    ? DISK_WRITE_FAILS
                     : kind == FAULT_worker_commit ? DISK_COMMIT_LOST
                                                   : DISK_COMMIT_KEPT;
    w->disk->writes_left = (uint32_t)rng_between(&s->fault_rng, 0, 60);
    return true;
}

static bool
do_worker(struct sim *s, enum count kind)
{
    struct worker_node *w = worker_any(s);
    int64_t a_while = rng_between(&s->fault_rng, 100000, 12000000);
    if (!w->node.alive) {
        return false;
    }
    switch (kind) {
    case FAULT_worker_kill:
        worker_node_kill(s, w);
        return true;
    case FAULT_worker_term:
        w->node.term = true;
        return true;
    case FAULT_worker_stop:
        w->node.stopped_us = s->now_us + a_while;
        sim_trace("%s is stopped for %.3f s", w->node.name, (double)a_while / 1e6);
        return true;
    default:
        w->node.slow_us = rng_between(&s->fault_rng, 1000, 1500000);
        return true;
    }
}

static bool
do_two_workers(struct sim *s)
{
    s->broker.two_workers = s->workers_mistaken = true;
    s->broker.two_until_us = s->now_us + rng_between(&s->fault_rng, 1000000, 8000000);
    sim_trace("the broker takes living workers for dead");
    return true;
}

static bool
do_power_cut(struct sim *s)
{
    sim_trace("the power is cut");
    if (s->broker.node.alive) {
        broker_node_crash(s);
    }
    for (uint32_t i = 0; i < s->worker_count; i++) {
        if (s->workers[i].node.alive) {
            worker_node_kill(s, &s->workers[i]);
        }
    }
    for (uint32_t i = 0; i < s->settings.shards; i++) {
        uint32_t wanted = (uint32_t)rng_between(&s->fault_rng, 0, DISK_UNDO_MAX);
        s->stats->counts[FAULT_undone] += disk_undo(&s->disks[i], wanted);
    }
    return true;
}

static bool
do_clock(struct sim *s, int direction)
{
    static const int64_t SCALES_US[] = {1000000, DAY_US / 24, DAY_US, 3 * DAY_US};
    int64_t most = SCALES_US[rng_between(&s->fault_rng, 0, 3)];
    int64_t jump = direction * rng_between(&s->fault_rng, 1, most);
    s->broker.clock.offset_us += jump;
    sim_trace("the broker's clock jumps by %.3f s", (double)jump / 1e6);
    return true;
}

static bool
do_sender_restart(struct sim *s)
{
    struct submitter *b = &s->submitters[rng_between(&s->fault_rng, 0, s->submitter_count - 1)];
    if (!b->node.alive) {
        return false;
    }
    submitter_kill(s, b);
    return true;
}

static bool
do_outbox(struct sim *s, enum count kind)
{
    if (s->outbox_count == 0) {
        return false;
    }
    struct outbox_node *o = &s->outboxes[rng_between(&s->fault_rng, 0, s->outbox_count - 1)];
    if (!o->node.alive) {
        return false;
    }
    if (kind == FAULT_outbox_kill) {
        outbox_node_kill(s, o);
    } else {
        outbox_mem_fail_next(o->mem, kind == FAULT_outbox_kept);
    }
    return true;
}

static bool
do_fault(struct sim *s, enum count kind)
{
    switch (kind) {
    case FAULT_outbox_kill ... FAULT_outbox_kept:
        return do_outbox(s, kind);
    case FAULT_partition:
        return do_partition(s);
    case FAULT_broker_idle ... FAULT_disk_full:
        return do_broker(s, kind);
    case FAULT_worker_write ... FAULT_worker_told:
        return do_disk(s, kind);
    case FAULT_worker_kill:
    case FAULT_worker_term ... FAULT_worker_slow:
        return do_worker(s, kind);
    case FAULT_worker_two:
        return do_two_workers(s);
    case FAULT_power_cut:
        return do_power_cut(s);
    case FAULT_quarantine:
        return operator_quarantine(s);
    case FAULT_clock_forward:
        return do_clock(s, 1);
    case FAULT_clock_back:
        return do_clock(s, -1);
    case FAULT_sender_restart:
        return do_sender_restart(s);
    default:
        return false; /* not a moment's: the network's rates, and what submitters do themselves */
    }
}

void
faults_step(struct sim *s)
{
    if (s->now_us < s->fault_us) {
        return;
    }
    s->fault_us = s->now_us + rng_between(&s->fault_rng, 1, s->fault_every_us);
    for (int tries = 0; tries < 8; tries++) {
        enum count kind = (enum count)rng_between(&s->fault_rng, 0, FAULTS - 1);
        if (sim_may(kind) && do_fault(s, kind)) {
            sim_count(kind);
            sim_trace("fault: %s", COUNT_WORDS[kind]);
            return;
        }
    }
}

void
faults_heal(struct sim *s)
{
    s->healing = true;
    s->broker.two_workers = false;
    s->broker.full_until_us = 0;
    s->broker.free_bytes = (uint64_t)1 << 40;
    for (uint32_t i = 0; i < s->worker_count; i++) {
        s->workers[i].node.slow_us = s->workers[i].node.stopped_us = 0;
        /* Workers that were taken for dead may hold one shard together, and find out only with the next
         * block; where none comes, the shards that they should have wait. An operator would see
         * `shard-without-worker` and restart them. */
        if (s->workers_mistaken && s->workers[i].node.alive) {
            worker_node_kill(s, &s->workers[i]);
        }
    }
    s->admit_us = s->now_us;
    sim_trace("faults end");
}
