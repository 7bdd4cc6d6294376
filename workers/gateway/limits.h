/* Every limit of the gateway, each with its reason. */
#ifndef GATEWAY_LIMITS_H
#define GATEWAY_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define GATEWAY_LISTEN_DEFAULT "127.0.0.1:8080"
#define CONNECTIONS_MAX 512           /* half of the usual limit of descriptors */
#define CONNECTION_MEMORY (64u << 10) /* headers, then a piece of the body: bounds both */
#define IDLE_TIMEOUT_S 30             /* a peer that says nothing for so long is gone */
#define HEADERS_TIMEOUT_MS 10000      /* whoever dribbles headers holds a connection no longer */
#define BODY_BYTES_MAX (4ull << 30)   /* a campaign of a year and every unit is a tenth of it */
#define IMPORTS_MAX 16                /* at once; with the window they bound the memory: 96 MiB */
#define JOBS_MAX 64   /* asynchronous imports remembered; a summary is half a MiB at the most */
#define EXPORTS_MAX 8 /* at once; a page of an answer each: 32 MiB */
#define EXPORT_NAMES_MAX 32      /* data sets, units, spans in one address */
#define EXPORT_PIECE (32u << 10) /* of text made at once */
#define IMPORT_WINDOW 10000 /* records a wait for verdicts: a busy worker commits twice a second */
#define IMPORT_WINDOW_BYTES (4u << 20) /* the same in bytes, and a piece of the body more */
#define IMPORT_TOKEN_MAX (64u << 10)   /* bytes without one complete piece of JSON, XML or CSV */
#define IMPORT_DEPTH_MAX 16            /* of JSON and XML: what is known nests to 3 */
#define IMPORT_FIELD_MAX 256           /* bytes of a code or a value; longer ones are refused */
#define CONFLICTS_MAX 1000             /* told one by one; beyond, counted */
#define INDEXES_MAX 10000              /* told one by one, of all conflicts */
#define IDEMPOTENCY_KEY_MAX 128        /* bytes: four times a UUID */
#define QUESTIONS_MAX 1024             /* waiting for a link; more are told 503 */
#define ASKERS 2                       /* links that ask: a slow question holds up half of them */
#define SUBMIT_IN_FLIGHT 64            /* batches; IMPORTS_MAX imports of two each */
#define SIGN_IN_SLOTS 1024             /* who was let in lately */
#define SIGN_IN_MS 10000               /* how long a revoked token may still be taken for good */
#define FAILURES_BEFORE_LOCK 5         /* wrong passwords in a row, of one principal and address */
#define LOCK_MS 60000                  /* so that 1,440 more are the most that a day takes */
#define PLAN_MS 5000                   /* how old the campaign may be that an import begins with */
#define GZIP_LEAST 1024                /* bytes: less is not worth the time */
#define RETRY_S 5                      /* told with 429 and 503 where nobody knows better */

#endif
