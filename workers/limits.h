/* The limits of the workers, each with its reason. Those of the contract: proto/limits.h. */
#ifndef WORKERS_LIMITS_H
#define WORKERS_LIMITS_H

#define LINK_HELLO_AGAIN_MS 1000 /* HELLO without an answer: a broker that starts takes less */
#define LINK_FREE_LINGER_MS 200  /* for BYE to leave: with it the shard is free at once */

#define TALLY_FETCH_BLOCKS 4096 /* what the protocol allows: the bytes are the bound that counts */
#define TALLY_FETCH_BYTES (4u << 20) /* at 20 µs a report of 60 bytes 1.4 s: well below a lease */
#define TALLY_TURN_BYTES (4u << 20)  /* a transaction takes no more blocks once it has this much */
#define TALLY_TURN_BLOCKS 8192       /* two full answers, so that none is ever refused */
#define TALLY_FETCH_AGAIN_MS 5000    /* a FETCH or its answer that was lost is asked for again */
#define TALLY_IDLE_WAIT_MS 1000      /* nothing is due sooner; messages and signals wake it */
#define TALLY_SHARD_WAIT_MS 30000    /* no shard for so long: end, let whoever started us decide */

#define VERIFY_CONNECT_MS 10000 /* no WELCOME, or no blocks, for so long: the broker is not there */
#define VERIFY_ROUNDS 3 /* of catching up before the snapshots are held: each is far shorter */

#endif
