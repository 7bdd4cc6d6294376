/* The limits of the workers, each with its reason. Those of the contract: proto/limits.h. */
#ifndef WORKERS_LIMITS_H
#define WORKERS_LIMITS_H

#define LINK_HELLO_AGAIN_MS 1000 /* HELLO without an answer: a broker that starts takes less */
#define LINK_FREE_LINGER_MS 200  /* for BYE to leave: with it the shard is free at once */

#define TALLY_FETCH_BLOCKS 4096 /* what the protocol allows: the bytes are the bound that counts */
#define TALLY_FETCH_BYTES (4u << 20) /* at 20 µs a report of 60 bytes 1.4 s: well below a lease */
/* A transaction takes no more blocks once it has this much. More rows a page cost less a row; but 16 MiB
 * may be 280,000 reports of 60 bytes, 2 s at 7 µs each, and a worker that says nothing for a lease of
 * 5 s has lost its session. */
#define TALLY_TURN_BYTES (16u << 20)
#define TALLY_MORE_WAIT_MS 20  /* behind a backlog, for the next answer: more rows a page */
#define TALLY_TURN_BLOCKS 8192 /* two full answers, so that none is ever refused */
#define TALLY_REST_TIMES                                                                           \
    4 /* a transaction of t ms, then 4 t of rest: a fifth of the disk at most */
#define TALLY_REST_MAX_MS 200     /* and a tally is seen well within half a second */
#define TALLY_FETCH_AGAIN_MS 5000 /* a FETCH or its answer that was lost is asked for again */
#define TALLY_IDLE_WAIT_MS 1000   /* nothing is due sooner; messages and signals wake it */
#define TALLY_SHARD_WAIT_MS 30000 /* no shard for so long: end, let whoever started us decide */

#define TALLY_FIGURES_MS 500 /* told so often at most: as often as people look */

#define ACCUSE_WAIT_MS 10000  /* a broker that starts is back well before */
#define ACCUSE_REASON_MAX 120 /* what the record takes */

/* Rows that wait to be written in order, before they are written within a transaction: a turn's. */
#define CACHE_BYTES_MAX (64u << 20)

#define VERIFY_CONNECT_MS 10000 /* no WELCOME, or no blocks, for so long: the broker is not there */
#define VERIFY_ROUNDS 3 /* of catching up before the snapshots are held: each is far shorter */

#endif
