/* What a request that acts has beside a request, and what the files of acts share. Not for others.
 *
 *   act_route.c  the acts of acts.def
 *   vote.c       a ballot: open, or sealed here
 *   upload.c     a document, as records of its chunks */
#ifndef GATEWAY_ACT_REQUEST_H
#define GATEWAY_ACT_REQUEST_H

#include "workers/gateway/act.h"
#include "workers/gateway/request.h"

struct act_request {
    struct arena *arena;
    json_t *fields; /* as they came */
    struct act_record record;
    const char *key;       /* Idempotency-Key; NULL */
    struct slice identity; /* of what the act made, to be told; empty: nothing */
    struct slice unit;     /* of the envelope */
    struct buf body;       /* the record */
    struct posting *posting;
    struct complaint why;
    uint32_t start; /* vote: the place on the table that is asked for */
};

struct act_request *act_request_new(void);
/* False: told. */
bool act_key_read(struct request *r, const char **key);
bool act_type_is(struct request *r, const char *wanted);
/* Sends; told where there is no room. */
void act_send(struct request *r, uint32_t count, posting_make_fn *make);
/* Waits, or replies with what became of the posting and with what `body` has already. */
void act_answer(struct request *r, json_t *body);
/* The ballot as the nomination's rule wants it. False: it waits for the meeting, or has been told. */
bool vote_fill(struct request *r);

#endif
