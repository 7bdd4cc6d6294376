/* The client library: what every client and test links. One thread, one session, a list of brokers.
 * Nothing here blocks for ever: each call has a deadline, each wait an end.
 *
 * Submitting: records go out in batches, many in flight; each batch is sent again, with backoff and
 * jitter and to the next broker of the list, until its receipts come or its deadline passes. Revisions
 * are stamped before the first try, so that sending again is the same record.
 * After a BUSY the library waits as told. After an ERROR the batch ends with that complaint. Where
 * every broker of the list refuses our key, twice over, all that is pending ends so: key-revoked. */
#ifndef PROTO_CLIENT_H
#define PROTO_CLIENT_H

#include "common/buf.h"
#include "common/err.h"
#include "proto/records.h"

struct client;

struct client_options {
    const char *brokers;       /* ENDPOINT[,ENDPOINT] (endpoint.h); the caller's, as all here */
    const char *key_file;      /* curve.h; NULL: brokers on this machine (ipc://) only */
    const char *name;          /* for status and logs */
    const char *revision_file; /* the last revision stamped; NULL: revisions live in memory only */
    uint32_t in_flight;        /* batches; 0: 16 */
    uint32_t batch_records;    /* 0: 500 */
    uint32_t batch_bytes;      /* 0: 256 KiB */
    uint32_t give_up_ms; /* from the first try of a batch or a query, also with no broker there to
                                  be tried, until its end without an answer; 0: 30000 */
};

/* What became of one submitted record. `tag` is the caller's own. */
struct client_result {
    uint64_t tag;
    struct receipt receipt;
    int64_t time_us;      /* of the block */
    enum err err;         /* ERR_OK: receipt is valid; ERR_REFUSED: see why; ERR_TIMEOUT */
    struct complaint why; /* ERR_TIMEOUT: what a broker last refused us, or put us off, with; or
                             CODE_NONE */
};

/* Called from within client_submit, _flush, _step, _drain and _query, once a record; must not call
 * any of these but client_submit. */
typedef void client_result_fn(void *context, const struct client_result *result);

struct client *client_new(const struct client_options *options, char why[256]); /* NULL: why */
/* Says BYE where it can. What is pending gets no result: client_drain first. */
void client_free(struct client **client);
void client_on_result(struct client *client, client_result_fn *fn, void *context);

/* The next revision: last + 1, or the milliseconds of the clock where later; never twice, also
 * across restarts and between processes with the same revision_file. 0 where that file cannot be
 * kept any longer (the log says why): a record without a revision is refused, not mistaken. */
uint64_t client_revision(struct client *client);

/* Copies one encoded record into the open batch; sends the batch when it is full. ERR_AGAIN while
 * in_flight batches wait: call client_step. ERR_LIMIT: larger than RECORD_BYTES_MAX. ERR_FORMAT:
 * `unit` is neither empty nor a code, which would cost the whole batch. */
enum err client_submit(struct client *client, struct slice unit, struct slice body,
                       uint64_t tag) MUST_CHECK;
/* Sends the open batch though it is not full. */
void client_flush(struct client *client);
/* Receives, resends, calls back; waits at most wait_ms for something to happen. */
void client_step(struct client *client, uint32_t wait_ms);
/* Records submitted whose result has not come. */
uint64_t client_pending(const struct client *client);
/* Flushes and steps until nothing is pending. Every record gets its result. */
void client_drain(struct client *client);

/* For whom the records and questions that follow are sent: a gateway's (PROTOCOL.md); empty: for
 * itself, as at first. A batch has one principal, so that a change seals the open one. */
void client_speak_for(struct client *client, struct slice principal);

/* For a loop of the caller's own: what to wait for, beside whatever else, and the longest; then
 * client_step(client, 0). `items` has room for CLIENT_POLL_MAX; what it fills in is good until the next call of any of these. */
#define CLIENT_POLL_MAX 2
struct zmq_pollitem_t;
unsigned client_poll(const struct client *client, struct zmq_pollitem_t *items, uint32_t *wait_ms);

/* Asks and waits. `args`: a msgpack map, or empty. On ERR_OK *body is a map, valid until the next
 * call. ERR_REFUSED: `why`. ERR_TIMEOUT: nobody answered within give_up_ms; `why` as above. */
enum err client_query(struct client *client, const char *name, struct slice args, uint64_t after,
                      struct slice *body, uint64_t *as_of, struct complaint *why) MUST_CHECK;
/* The same in two halves, for who has more to wait for: client_step meanwhile. One question at a
 * time; false: it is not answered yet. */
void client_ask(struct client *client, const char *name, struct slice args, uint64_t after);
bool client_answered(struct client *client, enum err *err, struct slice *body, uint64_t *as_of,
                     struct complaint *why);

/* The address of the broker that we are in session with; NULL: none. */
const char *client_broker(const struct client *client);
/* A BUSY has put off what we sent: it goes again when the broker said. */
bool client_is_put_off(const struct client *client);
/* What the last broker that did not want us said; CODE_NONE where none did. */
const struct complaint *client_refusal(const struct client *client);

#endif
