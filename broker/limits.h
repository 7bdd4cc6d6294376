/* Every limit of the broker's own, each with its reason. Those of the contract: proto/limits.h; those
 * that an operator sets: proto/settings.h. */
#ifndef BROKER_LIMITS_H
#define BROKER_LIMITS_H

/* ---- a turn of the loop ---- */
#define IDENTITY_MAX 256 /* bytes: which socket, and behind it ZeroMQ's routing id of up to 255 */
#define TURN_MESSAGES_MAX 512 /* one group commit answers so many: more only adds to the wait */
#define TURN_BYTES_MAX (16u << 20) /* two full blocks; a turn must not take longer than a lease */
#define TURN_WAIT_MAX_MS 1000      /* disk and workers are looked at this often when all is quiet */
#define REPLIES_BYTES_MAX (32u << 20) /* memory of a turn: small questions may have long answers */
#define LINGER_MS 2000                /* at the end: for the last receipts to leave */
#define TURN_HANDSHAKES_MAX 64 /* answered in a turn: each is a look into a table, not more */

/* ---- the network's endpoint ---- */
#define NETWORK_HANDSHAKE_MS 10000 /* a connection that has not proved its key by then is closed */
#define NETWORK_BACKLOG 1024       /* a city's offices come back at once after a power cut */
#define NETWORK_RETRY_MS 5000      /* between two tries to bind a port that somebody else has */

#define NETWORK_MESSAGE_MAX                                                                        \
    (ANSWER_BYTES_MAX + 4096) /* the largest that comes in: a distant query worker's ANSWER */
#define NETWORK_FULL_OF_10 9  /* of descriptors: no more are let in, the journal needs some */
#define NETWORK_OPEN_OF_10 8  /* let in again below this */
#define NETWORK_LOOK_MS 100   /* descriptors are counted so often while there are many */
#define NETWORK_LOOK_OF_10 3  /* many */
/* What a peer asked for and does not read. High-water marks count messages; these count bytes. */
#define UNSENT_COUNTED 512          /* smaller: the mark alone is bound enough, 1.3 MB */
#define UNSENT_PEER_MAX (8u << 20)  /* two of the longest answers */
#define UNSENT_ALL_MAX (512u << 20) /* above what one key's sessions can hold, 32 times that */
#define UNSENT_BUCKETS 1024

/* ---- sessions ---- */
#define SESSIONS_FOR_WORKERS                                                                       \
    8 /* one in so many is kept for workers, or clients could lock them out */

/* ---- quotas of a principal ---- */
#define QUOTA_BURST_S 5 /* an office that sends its morning at once is not told to wait */
#define QUOTA_MORE 10   /* times as much for roles that speak for many: ingest, gateway */
#define QUOTA_HANDSHAKES                                                                           \
    4 /* connections a second of one key: libzmq aborts where a peer took an id that it makes up   \
         next (README.md); to hit one by chance must take many hours */
#define QUOTA_FILL_MAX_MS 3600000 /* no debt takes longer; keeps the product within 64 bits */
#define RETRY_QUOTA_MAX_MS 600000 /* messages.def's limit of a BUSY */

/* ---- questions on their way ---- */
#define ROUTES_MAX 1000        /* each may hold QUERY_ARGS_MAX: 64 MiB at the worst */
#define ROUTES_SESSION_MAX 100 /* of those for one session, and for one principal of the network */
#define ROUTE_ANSWER_MS 30000  /* a worker that has not answered by then will not */
#define ROUTE_TRIES_MAX 2      /* a question that ended two workers shall not end a third */
#define RECEIPTS_ASKED_MAX 100 /* of broker.records; QUERIES.md */
#define ANSWER_FILL                                                                                \
    (3u << 20) /* a list is cut here: below ANSWER_BYTES_MAX by one record and more */

/* ---- what people who watch are told ---- */
#define TIMING_SECONDS 61 /* the last minute, and the second that runs */
#define TIMING_BLOCKS                                                                              \
    (1u << 17) /* more than the default of busy_lag_blocks: no shard is further behind and fed */

/* ---- quarantine ---- */
#define QUARANTINE_FILE_MAX (1u << 20)     /* ten times what QUARANTINES_MAX of them take */
#define QUARANTINE_SCAN_BYTES (256u << 20) /* of blocks that a start reads again: a second or two */
#define QUARANTINES_PAGE 100 /* of broker.quarantined: each costs two looks into the journal */

/* ---- BUSY: how long to wait before the next try ---- */
#define RETRY_DISK_MS 30000 /* somebody must make room first */
#define RETRY_LAG_MS 2000   /* the workers are at it */
#define RETRY_SHARE_MS 20   /* the next block is open as soon as this one is on disk */
#define RETRY_ROUTES_MS 200 /* questions are answered in milliseconds */

/* ---- the journal's files ---- */
#define SEGMENT_BYTES_DEFAULT (64u << 20) /* hashed in a blink, copied in a second */
#define SEGMENT_BYTES_MIN (64u << 10)     /* an empty environment must not count as full */
#define SEGMENT_SPARE_BYTES (1u << 20)    /* map beyond the last block: tree and free-list pages */
#define SEGMENT_TRIES_MAX 10 /* looks at a snapshot that a writer just moved away from */
#define SEGMENT_FILL_BYTES                                                                         \
    (2u << 20) /* zeros ahead: rarer steps would be longer, others too many */
#define SEGMENT_FILL_LEFT                                                                          \
    (256u << 10) /* the next step when no more is left: several turns' worth */
#define SEGMENT_FILL_BLOCK_MAX                                                                     \
    (64u << 10) /* larger blocks: what is saved is less than zeros cost */
#define SEAL_STEP_BYTES                                                                            \
    (256u << 10)              /* hashed in a turn, a quarter of a millisecond, and twice what */
#define SEAL_STEP_TIMES 2     /* it appended: the seal is there long before the next is due */
#define SEGMENTS_OPEN_MAX 4   /* sealed ones kept open: workers read near one another */
#define PRUNE_SEGMENTS_MAX 64 /* removed in one turn: each is a sync of the folder */
#define SEGMENTS_MAX 1000000  /* 64 TiB of them; a folder listing that is longer is no journal */

#endif
