/* The processes of a run. Each is woken when a message came or its own time is there, does what is to
 * do, and says when to be woken again. */
#ifndef SIM_NODES_H
#define SIM_NODES_H

#include "broker/broker.h"
#include "proto/client_impl.h"
#include "tests/sim/net.h"
#include "workers/tally/worker.h"

struct disk;
struct outbox;
struct outbox_mem;
struct outbox_sender;
struct sim;

struct node {
    char name[16];
    uint64_t pid; /* of the process that runs; changes with each start */
    bool alive;
    bool muted;       /* killed: what it says while it is taken down is not heard */
    bool term;        /* SIGTERM waits for it */
    int64_t wake_us;  /* INT64_MAX: only by a message */
    int64_t start_us; /* not alive: when it is started again */
    int64_t stopped_us;
    int64_t parted_us; /* its line is cut until then */
    bool parted_holds; /* what is sent meanwhile comes later, and is not lost */
    int64_t slow_us;   /* each turn takes so long */
};

enum broker_end { END_NOT, END_BEFORE_COMMIT, END_BEHIND_COMMIT, END_AMID_FLUSH };

struct broker_node {
    struct node node;
    struct journal *journal;
    struct broker *core;
    struct clock clock;
    uint64_t incarnation;
    struct parcel_queue inbox;
    uint64_t free_bytes;
    int64_t full_until_us;
    enum broker_end end; /* how the next turn ends */
    uint32_t flush_left; /* END_AMID_FLUSH: replies that still leave */
    bool two_workers;    /* takes the living for dead */
    int64_t two_until_us;
    struct buf side; /* the small file beside the journal */
};

struct worker_node {
    struct node node;
    struct worker *worker;
    struct disk *disk; /* opened by this process; NULL: none */
};

struct submitter {
    struct node node;
    char principal[CODE_MAX + 1]; /* "local", or an office's, whose key it then has */
    uint32_t index;
    struct clock clock;
    struct client *client;
    uint32_t *queue; /* sent[] that are not in the client's hands yet */
    uint32_t queue_count, queue_at;
    int64_t next_us; /* when it makes up the next records */
    bool resent_all;
};

#define SIM_OUTBOX_RECORDS_MAX 60
#define SIM_OUTBOX_NUMBERS_MAX 1024 /* of entries, those that nobody heard of included */

/* Sends through an outbox. */
struct outbox_node {
    struct node node;
    uint32_t index;
    struct clock clock;
    struct outbox_mem *mem; /* its disk; outlives the process */
    struct outbox *outbox;
    struct outbox_sender *sender;
    struct client *client;
    uint32_t left, made;                      /* records to be put; made so far */
    uint32_t sent_of[SIM_OUTBOX_NUMBERS_MAX]; /* sent[] of an acknowledged entry, + 1; 0: none */
    int64_t next_us;                          /* when the clerk puts the next */
};

/* Has records quarantined. */
struct operator_node {
    struct node node;
    uint32_t socket;
    bool busy; /* `target` waits for its receipt */
    bool ever; /* there was one */
    struct receipt target;
    int64_t again_us;
};

/* node_operator.c */
void operator_start(struct sim *s);
void operator_turn(struct sim *s);
/* Chooses a record and sees to it; false: not now. */
bool operator_quarantine(struct sim *s);
/* node_broker.c */
void broker_node_start(struct sim *s);
void broker_node_turn(struct sim *s);
/* Without a word: memory is gone, the journal stays. */
void broker_node_crash(struct sim *s);
int64_t broker_wall_us(struct sim *s);
/* node_worker.c */
void worker_node_start(struct sim *s, struct worker_node *w);
void worker_node_turn(struct sim *s, struct worker_node *w);
void worker_node_kill(struct sim *s, struct worker_node *w);
/* node_outbox.c */
void outbox_node_init(struct sim *s, struct outbox_node *o, uint32_t index);
void outbox_node_fini(struct sim *s, struct outbox_node *o);
void outbox_node_start(struct sim *s, struct outbox_node *o);
void outbox_node_turn(struct sim *s, struct outbox_node *o);
/* Also a power cut: its disk forgets what was not committed. */
void outbox_node_kill(struct sim *s, struct outbox_node *o);
bool outbox_node_is_done(struct outbox_node *o);
void outbox_node_check(struct sim *s, struct outbox_node *o);
/* node_submitter.c */
void submitter_start(struct sim *s, struct submitter *b);
void submitter_turn(struct sim *s, struct submitter *b);
void submitter_kill(struct sim *s, struct submitter *b);
void submitter_send(struct sim *s, struct submitter *b, struct slice unit, struct slice body);
/* The User-Id of what the node connects with now; "" for the local ones. */
void submitter_user(const struct sim *s, const struct node *node, char user[ACCESS_KEY_TEXT]);
bool submitter_is_done(const struct submitter *b);

#endif
