/* The broker's core: messages in, replies out, the journal behind it. No socket, no file, no clock of
 * its own, so that the simulator drives the same code as the process. One turn is
 *
 *     broker_receive(...) as many times as messages came
 *     broker_tick(b)      what time alone brings: leases, deadlines, dead workers
 *     broker_commit(b)    the open block to disk, then its receipts and the blocks for the workers
 *     broker_flush(b, …)  now, and only now, replies leave
 *     broker_wait_ms(b)   how long the loop may sleep
 *
 * An error of receive or commit means that the journal could not be written: end the process, flush
 * nothing. What peers do is never an error here; it is answered. */
#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include "broker/sequencer.h"
#include "common/clock.h"
#include "proto/settings.h"

struct broker;

/* What the core asks of the machine that it stands on. */
struct broker_machine {
    /* Whether the worker's process, known by pid and start time, is still there. */
    bool (*process_alive)(void *context, uint64_t pid, uint64_t start_time);
    /* Free bytes where the journal is. */
    uint64_t (*free_bytes)(void *context);
    void *context;
    /* The small file beside the journal in which the quarantined receipts are kept: whole or not
     * there. False: there is none, or it could not be written; then the journal is asked, which has
     * them all. NULL: nothing is kept. */
    bool (*side_read)(void *context, struct buf *out);
    bool (*side_write)(void *context, struct slice bytes);
};

typedef struct sequencer *sequencer_new_fn(struct journal *journal, sequencer_deliver_fn *deliver,
                                           void *context);

struct broker_options {
    struct journal *journal;         /* borrowed, as the clock */
    sequencer_new_fn *sequencer_new; /* NULL: sequencer_local_new */
    struct clock *clock;
    struct broker_machine machine;
    uint64_t start_id; /* random, of this start */
    uint64_t pid;      /* for status */
    /* Copied; the core reads shards, site, sessions, heartbeat_ms, lease_ms, share_kb, min_free_mb,
     * busy_lag_blocks, the quotas and listen_tcp. */
    const struct settings *settings;
};

struct broker *broker_new(const struct broker_options *options);
void broker_free(struct broker **broker);

/* One message: from which connection, its User-Id (access.h; empty: of this machine), its first frame,
 * the number of its frames. The slices are the caller's and only read during the call. */
enum err broker_receive(struct broker *b, struct slice identity, struct slice user,
                        struct slice header, uint32_t frames) MUST_CHECK;
/* A message that could not even be given to broker_receive: counted. */
void broker_count_bad(struct broker *b);

/* The network's endpoint. It may be opened once it is known who may come in: shard 0's worker has told
 * all of it, and has read the journal as far as it went when this broker began. Before, a key that was
 * revoked might still be good. */
bool broker_network_ready(const struct broker *b);
/* Told when it is open; `endpoint` with the port that it got. */
void broker_network_opened(struct broker *b, const char *endpoint);
/* Told when it was closed: descriptors are short. */
void broker_network_closed(struct broker *b);
/* Whether a peer that has proved this key may come in at all, and whether now: that counts it. */
bool broker_knows_key(const struct broker *b, const uint8_t key[32]);
bool broker_admits_key(struct broker *b, const uint8_t key[32]);

void broker_tick(struct broker *b);
enum err broker_commit(struct broker *b) MUST_CHECK;

/* One message out: the header, and behind it the blocks of a BLOCKS. Gives anything but ERR_OK where
 * it could not be sent: the reply is dropped, and its session ends, so that the peer says HELLO
 * and asks anew instead of waiting for ever. */
typedef enum err broker_send_fn(void *context, struct slice identity, const struct slice *parts,
                                uint32_t count);
void broker_flush(struct broker *b, broker_send_fn *send, void *context);

/* Until the next thing that time alone brings, at most TURN_WAIT_MAX_MS. */
uint32_t broker_wait_ms(const struct broker *b);

#endif
