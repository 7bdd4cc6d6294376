/* The broker's core between a fake clock, a journal in memory and no socket: a test says what peers
 * say, ends the turn, and looks at what each peer is told. */
#ifndef TESTS_BROKER_RIG_H
#define TESTS_BROKER_RIG_H

#include "broker/broker.h"
#include "proto/access.h"

#define RIG_DEAD_MAX 8

/* A message that left. The slices live until the rig ends. */
struct told_message {
    char to[32];
    struct buf header;
    uint32_t blocks;
    uint64_t block_bytes;
    bool taken;
};

struct broker_rig {
    struct settings settings;
    struct clock clock;
    struct journal *journal;
    struct broker *broker;
    uint64_t free_bytes;
    uint64_t dead[RIG_DEAD_MAX];                       /* pids of processes that have ended */
    bool (*side_read)(void *context, struct buf *out); /* broker_machine's; NULL: none */
    bool (*side_write)(void *context, struct slice bytes);
    char user[ACCESS_KEY_TEXT]; /* the User-Id of what is said next; "": local */
    char unreachable[32];       /* the peer that cannot be sent to; "": none */
    struct told_message *told;
    uint32_t told_count;
};

/* Settings small enough for tests; start the core with rig_start once they are as wished. */
struct broker_rig *rig_new(void);
void rig_free(struct broker_rig **rig);
void rig_start(struct broker_rig *rig);
/* The broker ends without a word and begins anew on the same journal. */
void rig_restart(struct broker_rig *rig);

void rig_advance(struct broker_rig *rig, int64_t ms);
/* Tick, commit, flush; the commit must succeed. */
void rig_turn(struct broker_rig *rig);
void rig_kill(struct broker_rig *rig, uint64_t pid);

/* One message in. `who` is the identity. */
void rig_say(struct broker_rig *rig, const char *who, const struct buf *header);
void rig_say_frames(struct broker_rig *rig, const char *who, const struct buf *header, uint32_t n);
/* The next message out to `who`, decoded into `message` (its struct); fails where the next is of
 * another type or there is none. */
const struct told_message *rig_told(struct broker_rig *rig, const char *who, enum message_type type,
                                    void *message);
void rig_told_error(struct broker_rig *rig, const char *who, uint64_t request, enum code code);
/* Nothing else was told to `who`. */
void rig_silent(const struct broker_rig *rig, const char *who);

/* ---- the usual messages ---- */
void rig_hello(struct broker_rig *rig, const char *who, enum role role, uint64_t pid,
               uint64_t shard);
/* A client that has been welcomed. */
void rig_client(struct broker_rig *rig, const char *who);
/* A worker that has been welcomed; gives the shard + 1. */
uint64_t rig_worker(struct broker_rig *rig, const char *who, enum role role, uint64_t pid);
/* `count` records of `size` bytes about one unit. */
void rig_submit(struct broker_rig *rig, const char *who, uint64_t request, uint32_t count,
                size_t size);
void rig_fetch(struct broker_rig *rig, const char *who, uint64_t from, uint64_t max_blocks,
               uint64_t max_bytes);
void rig_progress(struct broker_rig *rig, const char *who, uint64_t position);
void rig_query(struct broker_rig *rig, const char *who, uint64_t request, const char *name,
               uint64_t after, uint64_t wait_ms);
void rig_bye(struct broker_rig *rig, const char *who);

/* ---- principals ---- */
/* Key `n` as the User-Id of what is said next; 0: local. */
void rig_user(struct broker_rig *rig, uint8_t n);
/* A page of the access table, as a worker tells it: principals with at most two keys by number. */
struct rig_principal {
    const char *principal;
    uint32_t roles;
    uint8_t keys[ACCESS_KEYS_MAX]; /* 0: none */
    const char *acts_for;          /* NULL: nobody */
};
void rig_tell_access(struct broker_rig *rig, const char *who, uint64_t revision, uint64_t page,
                     bool last, const struct rig_principal *principals, uint32_t count);

#endif
