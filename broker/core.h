/* Inside the core: what the handlers and modules see of one another. Only files of broker/ that are
 * part of the core include it; the loop and the tests know broker.h. */
#ifndef BROKER_CORE_H
#define BROKER_CORE_H

#include "broker/access.h"
#include "broker/batch.h"
#include "broker/broker.h"
#include "broker/feed.h"
#include "broker/monitor.h"
#include "broker/quarantine.h"
#include "broker/quota.h"
#include "broker/replies.h"
#include "broker/roster.h"
#include "broker/routes.h"
#include "broker/sessions.h"
#include "broker/timing.h"

/* Since this start; broker.status tells them. */
struct counts {
    uint64_t records, blocks, bytes; /* journalled */
    uint64_t submits, queries;       /* taken */
    uint64_t busy, errors;           /* answered so */
    uint64_t busy_by[BUSY_REASONS];  /* of those, in the order of BUSY_REASON_NAMES */
    uint64_t sessions_refused;       /* all places were taken */
    uint64_t dropped;                /* replies that could not be sent */
};

struct broker {
    struct settings settings;
    struct journal *journal;
    struct sequencer *sequencer;
    struct clock *clock;
    struct broker_machine machine;
    uint64_t start_id;
    uint64_t pid;
    int64_t started_ms;
    struct arena *arena; /* of the turn: given back by broker_flush */
    struct replies replies;
    struct access access;
    struct quota quota;
    bool network_open; /* the loop has bound it */
    struct sessions sessions;
    struct batch batch;
    struct feed feed;
    struct roster roster;
    struct routes routes;
    struct monitor monitor;
    struct quarantine quarantine;
    struct counts counts;
    struct timing timing;
};

/* Who sent the message in hand. */
struct peer {
    struct slice identity;
    struct slice user;                /* its User-Id; empty: local */
    const struct access_entry *entry; /* its principal; NULL: nobody's. Until the next table */
    struct session *session;          /* NULL before its HELLO */
};

/* Room for any decoded message. */
union message {
#define MESSAGE(name, type, says) struct message_##name name;
#define FIELD(message, name, key, kind, required, limit, meaning)
#define END(message)
#include "proto/messages.def"
#undef MESSAGE
#undef FIELD
#undef END
};

/* A handler changes memory and appends replies. Its only error is the journal's: then the process
 * ends. */
typedef enum err handler_fn(struct broker *b, const struct peer *from, const union message *m);

handler_fn on_hello, on_submit, on_query, on_answer, on_error, on_fetch, on_progress, on_heartbeat,
    on_bye, on_quarantine, on_access;

/* Looks at a message before it is decoded: why it must wait, and how long; NULL: it need not. */
typedef const char *gate_fn(struct broker *b, const struct peer *from, size_t bytes,
                            uint32_t *retry_ms);
gate_fn submit_gate, query_gate;
/* What both ask last; dispatch.c. */
gate_fn quota_gate;

/* dispatch.c: finds the message's handler, decodes, calls it. */
enum err dispatch(struct broker *b, const struct peer *from, struct slice header,
                  uint32_t frames) MUST_CHECK;

/* The answers that count: ERROR and BUSY. */
void broker_refuse(struct broker *b, struct slice identity, uint64_t request,
                   const struct complaint *why);
void broker_busy(struct broker *b, struct slice identity, uint64_t request, const char *reason,
                 uint32_t retry_ms);
/* The body of broker.sessions, from the `start`th on. */
void sessions_list(const struct broker *b, uint64_t start, struct buf *body);
/* What the principal may send in a second. */
struct quota_rate broker_quota_rate(const struct broker *b, uint32_t roles);
/* Ends a session and what it had under way. Its shard stays with its process. */
void broker_end_session(struct broker *b, struct session *s);

#endif
