/* Every limit of the gateway, each with its reason. */
#ifndef GATEWAY_LIMITS_H
#define GATEWAY_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define GATEWAY_LISTEN_DEFAULT "127.0.0.1:8080"
#define CONNECTIONS_MAX 1712          /* STREAMS_MAX and 512 requests; each needs a descriptor */
#define CONNECTION_MEMORY (64u << 10) /* headers, then a piece of the body: bounds both */
#define IDLE_TIMEOUT_S 30             /* a peer that says nothing for so long is gone */
#define HEADERS_TIMEOUT_MS 10000      /* whoever dribbles headers holds a connection no longer */
#define BODY_BYTES_MAX (4ull << 30)   /* a campaign of a year and every unit is a tenth of it */
#define IMPORTS_MAX 16                /* at once; one window each, and what WINDOWS_MAX has more */
#define IMPORT_WINDOWS 4 /* of an import: one is read, others are sent and judged meanwhile */
#define WINDOWS_MAX 24   /* of all imports; with their bytes they bound the memory: 128 MiB */
#define JOBS_MAX 64      /* asynchronous imports remembered; a summary is half a MiB at the most */
#define EXPORTS_MAX 8    /* at once; a page of an answer each: 32 MiB */
#define EXPORT_NAMES_MAX 32      /* data sets, units, spans in one address */
#define EXPORT_PIECE (32u << 10) /* of text made at once */
#define IMPORT_WINDOW 10000 /* records a wait for verdicts: a busy worker commits twice a second */
#define IMPORT_WINDOW_BYTES (4u << 20) /* the same in bytes, and a piece of the body more */
#define IMPORT_TOKEN_MAX (64u << 10)   /* bytes without one complete piece of JSON, XML or CSV */
#define IMPORT_DEPTH_MAX 16            /* of JSON and XML: what is known nests to 3 */
#define IMPORT_FIELD_MAX 256           /* bytes of a code or a value; longer ones are refused */
#define REPORTS_MAX 10000              /* lines of our own reports a body: each is told */
#define CONFLICTS_MAX 1000             /* told one by one; beyond, counted */
#define INDEXES_MAX 10000              /* told one by one, of all conflicts */
#define IDEMPOTENCY_KEY_MAX 128        /* bytes: four times a UUID */
#define FEED_ENTRIES 100               /* of the Atom feed: a year of decisions */
#define QUESTIONS_MAX 1024             /* waiting for a link; more are told 503 */
#define READ_ASKERS 2                  /* links that ask, one question each at a time: for reads */
#define VERDICT_ASKERS 2               /* for verdicts, which wait for the shards */
#define AFTER_ASKERS 1                 /* for reads that name a block, which may never come */
#define ASKERS (READ_ASKERS + VERDICT_ASKERS + AFTER_ASKERS)
#define POSTINGS_MAX 256       /* acts under way: people, a few a second */
#define VERDICT_MS 10000       /* how long a person waits to be told what became of it */
#define SUBMIT_IN_FLIGHT 64    /* batches; IMPORTS_MAX imports of two each */
#define SIGN_IN_SLOTS 1024     /* who was let in lately */
#define SIGN_IN_MS 10000       /* how long a revoked token may still be taken for good */
#define LOCKOUT_ROWS 1024      /* of 8: a siege of a thousand addresses fits */
#define PAIR_FAILURES 5        /* wrong passwords in a row, of one principal and address */
#define PRINCIPAL_FAILURES 50  /* of one principal, whatever the address: many attackers */
#define ADDRESS_FAILURES 50    /* of one address, whatever the name: an office behind one */
#define LOCK_MS 60000          /* so that 1,440 more are the most that a day takes */
#define FORGET_MS 3600000      /* without a wrong one: an hour later it is another matter */
#define LOGINS_MAX 4096        /* of people: a large city's offices twice; 800 KiB */
#define LOGINS_EACH 16         /* of one principal: desk, telephone, colleagues who share */
#define LOGIN_IDLE_MS 1800000  /* half an hour: a desk that somebody has left */
#define LOGIN_LIFE_MS 43200000 /* twelve hours: a working day, whatever is done */
#define STREAMS_MAX 1200       /* of events, open at once */
#define STREAMS_EACH 8         /* of one session: windows that one person has open */
#define STREAM_LIFE_MS                                                                             \
    600000 /* of one that came with a token: it signs in anew after ten minutes */
#define STREAM_CONFIRM_MS 60000 /* a login that only listens is asked after so often */
#define HEARTBEAT_MS 15000      /* below the half minute after which proxies give up */
#define RECONNECT_MS 5000       /* a browser whose stream has broken comes back so late */
#define STATUS_MS 1000          /* broker.status for all streams: as often as a person can read */
#define WATCH_MS 3000           /* one principal's queue: not more often */
#define WATCH_GAP_MS 50         /* between two principals': 20 questions a second in all */
#define QUEUE_LOOKED_AT 200     /* items of the queue: those that are due first */
#define REJECTED_KEPT 8         /* the newest; a page that wants more asks for them */
#define PAGES_MAX 256           /* files of the console: five times what it has */
#define PAGES_BYTES_MAX (16u << 20)    /* of them: libraries and pages are 1 MiB */
#define PAGES_DEPTH_MAX 4              /* folders in folders */
#define ACT_BYTES_MAX (256u << 10)     /* of an act: 500 values or a long summary are a quarter */
#define SIGN_IN_BYTES_MAX 4096         /* of a body that nobody has signed for yet */
#define GATHERED_BYTES_MAX (64u << 20) /* bodies in memory, all together: six of the largest */
#define HASHES_MAX 32 /* passwords to be looked at: three seconds of work; more are told 503 */
#define HASHES_EACH                                                                                \
    4 /* of one principal and address: below PAIR_FAILURES, that guesses at once gain little */
#define PLAN_MS 5000    /* how old the campaign may be that an import begins with */
#define GZIP_LEAST 1024 /* bytes: less is not worth the time */
#define RETRY_S 5       /* told with 429 and 503 where nobody knows better */

#endif
