/* Postings: a few records sent in somebody's name, and what became of them. A posting has as many records as it
 * says, made one by one when there is room to send them; then its receipts, then its verdicts. It ends with all
 * verdicts, or when its time is over: the records are where they are, whoever waits for them.
 *
 * One list of fixed size: beyond POSTINGS_MAX the caller is told that the gateway is busy. */
#ifndef GATEWAY_POSTINGS_H
#define GATEWAY_POSTINGS_H

#include "common/buf.h"
#include "proto/records.h"
#include "workers/gateway/links.h"

#include <jansson.h>

/* Of client_result.tag: a posting's, not an import's. */
#define POSTING_TAG (UINT64_C(1) << 63)
#define LATENCIES 1024 /* the newest; what the figures are made of */

struct posting;

struct postings {
    struct links *links;
    struct clock *clock;
    struct posting *slots[POSTINGS_MAX];
    uint64_t begun;
    uint32_t latency_ms[LATENCIES]; /* from submitting to the receipt */
    uint64_t latencies;             /* measured so far */
};

/* Record `index` of the posting: its unit, and its bytes appended to `body`. */
typedef void posting_make_fn(void *owner, uint32_t index, struct slice *unit, struct buf *body);

enum posting_state {
    POSTING_WAITS,
    POSTING_JUDGED,   /* every record has its verdict */
    POSTING_UNJUDGED, /* every record is in the journal; not all have a verdict yet */
    POSTING_FAILED,   /* not all are known to be in the journal; posting_why */
};

void postings_init(struct postings *p, struct links *links, struct clock *clock);
void postings_on_result(struct postings *p, const struct client_result *result);
/* After each step of the links; gives the ms until the next one's time is over, or `most`. */
uint32_t postings_step(struct postings *p, uint32_t most);
/* Of the newest LATENCIES receipts: the ms that so many hundredths had at most. */
uint32_t postings_latency_ms(const struct postings *p, unsigned hundredths);

/* NULL: too many. `woken` is called once it waits no longer. */
struct posting *posting_new(struct postings *p, struct slice principal, uint32_t count,
                            posting_make_fn *make, void (*woken)(void *), void *owner);
void posting_free(struct posting **posting);
enum posting_state posting_state(const struct posting *posting);
/* POSTING_FAILED: *lasting says that sending the same again is of no use. */
const struct complaint *posting_why(const struct posting *posting, bool *lasting);
/* Of the last record. */
struct receipt posting_receipt(const struct posting *posting);
/* POSTING_JUDGED: the verdict that matters most, as the query `verdicts` tells it: a rejected one, else the
 * last record's. Borrowed. */
const json_t *posting_verdict(const struct posting *posting);

#endif
