/* A client of two brokers that the test plays by hand: ROUTERs that it reads and answers itself,
 * and a clock that only the test moves. Real time passes only while bytes travel. Every call fails
 * the test where what it waits for does not come. */
#ifndef TESTS_LIB_PLAYED_BROKER_H
#define TESTS_LIB_PLAYED_BROKER_H

#include "proto/client_impl.h"

#define RESULTS_MAX 64
#define NOON_US 1636088400000000 /* 2021-11-05T05:00:00Z */
#define TURNS_MAX 3000 /* of a few ms: more than any message needs, and an end where none comes */

struct played {
    void *router;
    char endpoint[256];
    struct frames in;
    struct buf peer; /* identity of the last message's sender */
};

struct world {
    char *folder;
    void *context;
    struct clock clock;
    struct played a, b;
    struct client *client;
    struct client_result results[RESULTS_MAX];
    unsigned count;
};

/* For cmocka: *state is a struct world, both brokers bound, no client yet. */
int world_setup(void **state);
int world_teardown(void **state);
/* A client of both brokers, A first; two records a batch, `in_flight` batches, 20 s to give up. */
void world_client(struct world *w, uint32_t in_flight);
/* A client_result_fn: keeps the result in the world. */
void world_keep(void *context, const struct client_result *result);
void time_pass(struct world *w, int64_t ms);
/* A restart is a stop and a bind: the new one knows nobody. */
void played_stop(struct played *b);
void played_bind(struct world *w, struct played *b);
/* One turn of both sides. True: a message of `type` came; *header is set where any did. */
bool played_turn(struct world *w, struct played *b, uint64_t type, struct slice *header);
/* The next message of `type`; others are passed over. */
void played_expect(struct world *w, struct played *b, uint64_t type, void *out);
/* Nothing of `type` comes, for as long as messages take. */
void played_expect_none(struct world *w, struct played *b, uint64_t type);
/* To the sender of the last message. played_say consumes the buf. */
void played_say(struct played *b, struct buf *message);
void played_welcome(struct played *b);
void played_receipts(struct played *b, uint64_t request, uint64_t block, uint64_t first,
                     uint64_t count);
void played_busy(struct played *b, uint64_t request, uint64_t retry_ms);
void played_error(struct played *b, uint64_t request, enum code code);
void played_heartbeat(struct played *b);
void played_answer(struct played *b, uint64_t request, uint64_t as_of, uint64_t number);
/* HELLO and WELCOME. */
void played_greet(struct world *w, struct played *b);
/* 500 ms pass; HEARTBEAT is said and answered: the session lives, whatever else was lost. */
void played_heartbeats(struct world *w, struct played *b);
void world_submit(struct world *w, uint64_t tag);
/* The request of the next SUBMIT. */
uint64_t played_submit(struct world *w, struct played *b);
/* Steps until so many results are kept, and nothing is pending. */
void world_until(struct world *w, unsigned count);

#endif
