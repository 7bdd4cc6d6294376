/* What the files of the client library share, and what its tests look at. Not for others.
 *
 *   client.c           the public calls, the step, the table of what comes in
 *   client_session.c   which broker, HELLO, heartbeats, silence
 *   client_batch.c     batches: their window, sending, answers, giving up
 *   client_query.c     the one question that may be open
 *   client_revision.c  revisions, never twice
 *
 * All deadlines are monotonic ms of the client's clock, which tests step. The session alone decides
 * where messages go; batches and the query only say what is due, so that a change of broker is one
 * call to each: "what you sent is as if it had not been". */
#ifndef PROTO_CLIENT_IMPL_H
#define PROTO_CLIENT_IMPL_H

#include "common/clock.h"
#include "proto/client.h"
#include "proto/curve.h"
#include "proto/frames.h"
#include "proto/handshake.h"
#include "proto/revision.h"

#define NEVER INT64_MAX
#define SEND_AGAIN_MS 50 /* after libzmq took no more: its window empties as fast as the wire */

enum session_state {
    SESSION_CLOSED, /* no socket; opens at the deadline */
    SESSION_HELLO,  /* HELLO is out; no WELCOME by the deadline: the next broker */
    SESSION_OPEN,   /* we may send; nothing heard by the deadline: the next broker */
};

struct session {
    enum session_state state;
    int64_t deadline_ms;
    int64_t heartbeat_due_ms; /* when open */
    uint32_t heartbeat_ms;    /* as WELCOME told */
    uint32_t retry_ms;    /* silence that we bear; doubles with each broker that does not answer */
    uint32_t broker_at;   /* in the list */
    int64_t welcome_ms;   /* when the last WELCOME came */
    uint32_t barred;      /* refusals of our key or role in a row */
    struct complaint why; /* the last refusal; CODE_NONE */
};

enum batch_state {
    BATCH_FREE,
    BATCH_FILLING,   /* the one open batch */
    BATCH_READY,     /* to be sent at due_ms */
    BATCH_SENT,      /* without an answer at due_ms it is sent again */
    BATCH_ANSWERING, /* results are being called: not to be touched, not yet free */
};

struct batch {
    enum batch_state state;
    uint64_t request;
    uint32_t count;
    uint64_t *tags;     /* room for options.batch_records */
    struct buf message; /* the SUBMIT; while it fills, its entries */
    int64_t due_ms;
    int64_t give_up_ms; /* the moment */
    uint32_t patience_ms;
    char busy[CODE_MAX + 1]; /* the reason of the last BUSY; empty: there was none */
    struct batch *next;      /* of those that are free, or of its request's bucket */
};

enum query_state { QUERY_NONE, QUERY_READY, QUERY_SENT, QUERY_DONE };

struct query_wait {
    enum query_state state;
    uint64_t request;
    char name[CODE_MAX + 1];
    char principal[CODE_MAX + 1]; /* for whom */
    struct buf args;
    uint64_t after;
    int64_t due_ms;
    int64_t give_up_ms;
    uint32_t patience_ms; /* for the next answer */
    uint32_t pause_ms;    /* before the next try, when nobody was ready */
    /* when done */
    enum err err;
    struct buf body;
    uint64_t as_of;
    struct complaint why;
};

struct client {
    struct clock system;
    struct clock *clock; /* &system, or a test's */
    void *context;
    void *socket; /* NULL while the session is closed */
    char name[64];
    struct curve_key key; /* has_key only */
    bool has_key;
    struct endpoint brokers[CLIENT_BROKERS_MAX];
    uint32_t broker_count;
    uint32_t batch_records, batch_bytes, in_flight, give_up_ms;
    struct session session;
    struct handshake handshake; /* of the socket */
    struct batch *batches;      /* in_flight of them */
    struct batch *filling;      /* one of them, or NULL */
    struct batch *unused;       /* those that are free */
    struct batch **buckets;     /* in_flight of them: those in flight, by request */
    int64_t first_due_ms;       /* no batch in flight is due before */
    int64_t first_give_up_ms;   /* nor given up */
    struct query_wait query;
    struct revisions *revisions;
    char principal[CODE_MAX + 1]; /* for whom; empty: for itself */
    uint64_t next_request;
    uint64_t jitter; /* the generator's state */
    uint64_t pending;
    client_result_fn *on_result;
    void *result_context;
    struct frames frames;
    struct buf scratch; /* a message on its way out, or what will be part of it */
};

/* As client_new, on a clock that the test steps; kept. NULL: the system's. */
struct client *client_new_on(const struct client_options *options, struct clock *clock,
                             char why[256]);
int64_t client_now(const struct client *client);
/* `ms` and up to a quarter more: peers that failed together do not come back together. */
uint32_t client_jitter(struct client *client, uint32_t ms);
/* Twice as much, up to `most`. */
uint32_t client_longer(uint32_t amount, uint32_t most);
int64_t client_earlier(int64_t a, int64_t b);
/* When to try again what this answered. */
int64_t client_after_busy(struct client *client, const struct message_busy *busy);
/* One message of a broker's, whoever that is. */
void client_take(struct client *client, struct slice header);
/* Puts the key on a socket for this broker, where it has one. */
bool client_curve(const struct client *client, void *socket, const struct endpoint *broker);

bool session_is_open(const struct client *client);
void session_tick(struct client *client, int64_t now);
/* When session_tick wants to be called again; NEVER only where it never does. */
int64_t session_deadline(const struct client *client);
/* False: not sent, the window of the socket is full. Only while the session is open. */
bool session_send(struct client *client, struct slice message, int64_t now);
void session_on_welcome(struct client *client, struct slice header);
/* Anything else that came. */
void session_heard(struct client *client);
/* The broker does not know us: it was restarted, or we were silent for longer than its lease. */
void session_unknown(struct client *client);
/* The broker does not want us: the next one, after a pause. */
void session_refused(struct client *client, const struct complaint *why);
/* The same for our key or its role, which waiting does not mend: what is pending ends. */
void session_barred(struct client *client, const struct complaint *why);
void session_close(struct client *client);
/* What libzmq tells of the handshake, if anything. */
void session_watch(struct client *client);

enum err batch_add(struct client *client, struct slice unit, struct slice body,
                   uint64_t tag) MUST_CHECK;
void batch_seal(struct client *client); /* the filling one, where there is one */
void batches_init(struct client *client);
void batches_tick(struct client *client, int64_t now);
/* Never late; early where a batch that it counted was answered meanwhile. */
int64_t batches_deadline(const struct client *client);
void batches_unsend(struct client *client);
void batch_on_receipts(struct client *client, struct slice header);
/* False: no batch of ours has this request. */
bool batch_on_busy(struct client *client, const struct message_busy *busy);
bool batch_on_error(struct client *client, uint64_t request, const struct complaint *why);
/* All that is in flight ends: no broker will take it. */
void batches_refuse(struct client *client, const struct complaint *why);
void batches_free(struct client *client);

void query_start(struct client *client, const char *name, struct slice args, uint64_t after);
void query_tick(struct client *client, int64_t now);
int64_t query_deadline(const struct client *client);
void query_unsend(struct client *client);
void query_on_answer(struct client *client, struct slice header);
bool query_on_busy(struct client *client, const struct message_busy *busy);
bool query_on_error(struct client *client, uint64_t request, const struct complaint *why);
void query_refuse(struct client *client, const struct complaint *why);

#endif
