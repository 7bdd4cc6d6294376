/* One run of the simulator: a broker's core, tally workers and client libraries, the product's own
 * code, in one process on a clock that jumps from event to event. What is beneath them is the
 * simulator's: the network (net.h, zmq.c), the disks (disk.h), processes (seams.c). One seed decides
 * everything.
 *
 * The one global, `the_sim`, is there because the functions that stand in for libzmq and for the
 * system's cannot be handed it. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "common/arena.h"
#include "common/clock.h"
#include "proto/access.h"
#include "proto/settings.h"
#include "tests/sim/disk.h"
#include "tests/sim/net.h"
#include "tests/sim/nodes.h"
#include "tests/sim/rng.h"

#include <stdio.h>

/* At most; a run's own numbers lie below, by its seed. */
#define SIM_SHARDS_MAX 5
#define SIM_WORKERS_MAX (SIM_SHARDS_MAX + 2)
#define SIM_SUBMITTERS_MAX 6
#define SIM_OUTBOXES_MAX 2
#define SIM_RECORDS_MAX 4096 /* sent in a run, again and again included */

struct book;
struct book_nomination;
struct nomination_row;

enum count {
#define FAULT(name, words) FAULT_##name,
#define SENT(name, words)
#define CAME(name, words)
#include "tests/sim/counts.def"
#undef FAULT
#undef SENT
#undef CAME
#define FAULT(name, words)
#define SENT(name, words) SENT_##name,
#define CAME(name, words) CAME_##name,
#include "tests/sim/counts.def"
#undef FAULT
#undef SENT
#undef CAME
    COUNT_COUNT
};

extern const char *const COUNT_WORDS[COUNT_COUNT];

struct sim_stats {
    uint64_t runs, violations, records, blocks, simulated_ms;
    uint64_t counts[COUNT_COUNT];
};

/* A record that a submitter sent. */
struct sent {
    struct slice unit, body; /* in the run's arena */
    enum { SENT_WAITS, SENT_RECEIPT, SENT_REFUSED } result;
    struct receipt receipt;
    uint32_t submitter;
};

/* What is handed out to an office: the number of its newest key (load_access.c). */
struct office {
    uint32_t key;
};

struct sim {
    uint64_t seed;
    bool trace;
    int64_t now_us;
    bool healing; /* faults have stopped */
    bool failed;
    char why[400]; /* the violation */
    struct sim_stats *stats;
    struct arena *arena;
    struct settings settings;
    struct rng net_rng, fault_rng, load_rng, node_rng, sodium_rng, outbox_rng, council_rng;
    struct net net;
    struct disk disks[SIM_SHARDS_MAX];
    struct broker_node broker;
    struct worker_node workers[SIM_WORKERS_MAX];
    uint32_t worker_count;
    bool workers_mistaken; /* the broker took living ones for dead */
    struct submitter submitters[SIM_SUBMITTERS_MAX];
    uint32_t submitter_count;
    struct office offices[SIM_SUBMITTERS_MAX]; /* by submitter; of a local one: unused */
    struct outbox_node outboxes[SIM_OUTBOXES_MAX];
    uint32_t outbox_count;
    struct operator_node operator;
    struct node *current; /* whose code runs */
    uint64_t next_pid;
    int64_t admit_us; /* healing: when the offices are granted what they need once more */
    int64_t fault_us, fault_every_us, heal_us; /* the next fault; when they end */
    uint64_t fault_kinds;                      /* a bit a FAULT_ that this seed may do */
    struct sent *sent;
    uint32_t sent_count;
    bool keys_mixed;       /* one office was granted what another had connected with */
    struct book *book;     /* of the council's work */
    bool has_council;      /* there are approvals, nominations, meetings */
    bool has_offices;      /* all submitters but the first come from elsewhere, each with its key */
    uint32_t council_left; /* acts of the council to be made up */
    int64_t council_us;    /* when the next one is; INT64_MAX: never */
    uint32_t load_left;    /* records still to be made up */
};

extern struct sim *the_sim;

/* sim.c */
void sim_count(enum count what);
/* The first one stays: it is the run's violation. */
void sim_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool sim_may(enum count fault); /* this seed does such faults, and now is the time */

/* run.c: false where a promise was broken; `why` has one sentence. */
bool sim_run(uint64_t seed, bool trace, struct sim_stats *stats, char why[400]);

/* faults.c */
void faults_choose(struct sim *s);
void faults_step(struct sim *s);
void faults_heal(struct sim *s);

/* load.c: the next record of a submitter, made up; false: none is left. */
bool load_next(struct sim *s, struct slice *unit, struct slice *body);
/* How many come first, of the one submitter that is always local: the registry and who may speak. */
uint32_t load_first(const struct sim *s);
/* A record for an outbox, unlike every other by its revision or its ULID. */
void load_outbox(struct sim *s, uint64_t revision, struct slice *unit, struct slice *body);
/* load_registry.c */
struct slice load_units(struct sim *s);
struct slice load_campaign(struct sim *s);
struct slice load_ulid(struct sim *s);
/* load_council.c: whether there is one; the next record of the council's, or several, sent by
 * whom they are of. */
void council_make(struct sim *s);
void council_turn(struct sim *s);
struct slice council_ulid(struct sim *s);
uint32_t council_actor(struct sim *s); /* a submitter's number */
void council_send(struct sim *s, uint32_t from, struct slice unit, struct slice body);
/* load_approval.c: one; of a period, from the communes up. */
void load_approval(struct sim *s);
void load_approve_all(struct sim *s);
/* load_nomination.c: the next act upon one that is there, or one more. */
void load_nomination_act(struct sim *s);
/* Whether something was done about it a moment ago, and the screen has not changed since; else
 * notes it. */
bool load_is_awaited(struct sim *s, struct book_nomination *n, uint64_t seen);
/* load_meeting.c: calls one for a nomination and others beside it; goes on with the one that it
 * is on the table of; something of any meeting, mostly too late. */
void load_meeting_call(struct sim *s, const struct nomination_row *row);
void load_meeting_next(struct sim *s, struct book_nomination *n, const struct nomination_row *row);
void load_meeting_late(struct sim *s);
/* load_access.c: of one office anything; what it needs to go on. */
struct slice load_access(struct sim *s, uint32_t office);
struct slice load_access_plain(struct sim *s, uint32_t office);
/* Its User-Id: the newest key. */
void office_user(const struct sim *s, uint32_t office, char user[ACCESS_KEY_TEXT]);

/* check.c */
void check_all(struct sim *s);

#endif
