/* What became of the records that one command submits: receipts as they come, and verdicts, asked for in
 * chunks while the next records are on their way. Kept per record until its verdict is there: its tag and
 * its receipt, 24 bytes, so that files larger than memory pass. */
#ifndef CLIENTS_OUTCOMES_H
#define CLIENTS_OUTCOMES_H

#include "clients/contact.h"
#include "clients/outbox_queue.h"

enum outcomes_want {
    WANT_RECEIPTS, /* no verdicts */
    WANT_REJECTED, /* told: only what was not taken; the rest is in the counts */
    WANT_ALL,      /* told: every record */
};

struct outcome {
    uint64_t tag;
    struct receipt receipt;      /* block 0: it has none */
    uint64_t entry;              /* its number in the outbox; 0: it went to the broker */
    const json_t *verdict;       /* NULL: accepted (or not asked for) */
    const struct complaint *why; /* refused by the broker or by ourselves, or rejected; else NULL */
};

typedef void outcome_fn(void *context, const struct outcome *outcome);

enum count {
    COUNT_ACCEPTED,
    COUNT_CORRECTED,
    COUNT_UNCHANGED,
    COUNT_SUPERSEDED,
    COUNT_REJECTED,
    COUNT_QUARANTINED,
    COUNT_LATE,
    COUNT_OUTLIER,
    COUNT_INCOMPLETE,
    COUNT_WARNED,
    COUNTS
};

const char *count_name(enum count count); /* as the `verdicts` question has it */

struct outcome_sent {
    uint64_t tag;
    struct receipt receipt;
};

struct outcomes {
    struct contact *contact;
    struct outbox_queue *queue; /* where records go instead of to the broker; NULL */
    enum outcomes_want want;
    outcome_fn *told;
    void *context;
    struct outcome_sent *sent; /* waiting for their verdicts, oldest at `head` */
    size_t head, tail, cap;
    uint64_t receipts;       /* records on disk */
    uint64_t queued;         /* records in the outbox */
    uint64_t counts[COUNTS]; /* refused ones among the rejected */
    uint64_t newest;         /* the highest block of a receipt */
    int code;                /* 0, or why the command must end */
};

/* `told` is called once for each tag that `want` asks about, and for every refused one. */
void outcomes_begin(struct outcomes *o, struct contact *contact, enum outcomes_want want,
                    outcome_fn *told, void *context);
/* The same for records that go into an outbox: no receipts yet, no verdicts. */
void outcomes_begin_queue(struct outcomes *o, struct contact *contact, struct outbox_queue *queue,
                          outcome_fn *told, void *context);
void outcomes_fini(struct outcomes *o);
/* The next revision to stamp. */
uint64_t outcomes_revision(struct outcomes *o);
/* What was gathered so far shall not wait: nothing more comes for now. */
void outcomes_idle(struct outcomes *o);
/* A record that was never sent: `why` says what is wrong with it. */
void outcomes_refuse(struct outcomes *o, uint64_t tag, const struct complaint *why);
/* Submits; asks for verdicts where enough have gathered. Gives o->code. */
int outcomes_submit(struct outcomes *o, struct slice unit, struct slice body, uint64_t tag);
/* Waits for every receipt, and every verdict that is wanted. Gives o->code. */
int outcomes_finish(struct outcomes *o);

#endif
