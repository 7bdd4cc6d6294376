/* What the files of the state machine share, and nobody else sees.
 *
 * A handler gets one record that its shard must apply. It gives an enum err only for what the state
 * did to us; whatever is wrong with the record is an outcome. A handler writes nothing before its
 * last check has passed, so that a rejected record has no effect. What it allocates in a->arena, and
 * a->key and a->value, end with the record. */
#ifndef TALLY_APPLY_IMPL_H
#define TALLY_APPLY_IMPL_H

#include "workers/tally/apply.h"
#include "workers/tally/plan.h"
#include "workers/tally/skipped.h"

/* One record with what its block says of it. */
struct record {
    struct slice principal;
    struct slice unit; /* of the envelope */
    struct slice body;
    uint64_t type; /* enum record_type, once the handler is called */
    struct receipt receipt;
    int64_t time_us; /* of the block: the only clock there is */
};

/* What became of it. `why` is the reason of a rejection, or the first warning. */
struct outcome {
    enum verdict verdict;
    uint8_t flags; /* enum verdict_flag */
    struct complaint why;
};

/* Where the last report stood. */
struct usual {
    bool known;
    uint16_t campaign, form;
    enum granularity gran;
    uint32_t ordinals[GRAN_YEAR + 1]; /* from gran on: the periods that it counts in */
};

struct recents;
struct speakers;
struct ledger;
struct locks;

struct apply {
    struct state *state;
    uint32_t shard, shards;
    struct position committed; /* what the state holds */
    struct position position;  /* ahead of it inside a transaction */
    struct registry registry;
    struct plans plans;
    struct recents *recents;   /* recent.h */
    struct ledger *ledger;     /* ledger.h */
    struct speakers *speakers; /* speakers.h */
    struct locks *locks;       /* lock.h */
    struct usual usual;        /* ahead.h */
    bool registry_stale;       /* the tables have moved, or an abort took back what was loaded */
    struct skipped skipped;
    bool stale; /* apply_is_stale */
    apply_watch_fn *watch;
    void *watch_context;
    struct arena *arena;           /* of one record */
    struct buf key, value;         /* of one row on its way */
    struct buf told;               /* this block's verdicts, on their way into the chain */
    uint64_t rejected[CODE_COUNT]; /* apply_rejected; under CODE_NONE what was not */
};

typedef enum err apply_fn(struct apply *a, const struct record *record, struct outcome *outcome);
apply_fn apply_report;
apply_fn apply_withdrawal;
apply_fn apply_units;
apply_fn apply_campaign;
apply_fn apply_access;
apply_fn apply_approval;
apply_fn apply_quarantine_record;
apply_fn apply_nomination;
apply_fn apply_review;
apply_fn apply_comment;
apply_fn apply_meeting;
apply_fn apply_vote;
apply_fn apply_opening;
apply_fn apply_decision;
apply_fn apply_revocation;
apply_fn apply_file;

/* Whether a record is this shard's to apply, or to tell of when it is skipped. */
bool record_concerns(const struct apply *a, struct slice unit, uint64_t type);

/* Decodes the body as `type` into its struct. False: the outcome is a rejection. */
bool record_decode(const struct record *record, enum record_type type, void *out,
                   struct outcome *outcome);
/* Makes a rejection of what outcome->why says, so that a handler may `return outcome_reject(o)`. */
enum err outcome_reject(struct outcome *outcome);

/* The local day of a block, inside the calendar. */
int32_t local_day(int64_t time_us, int32_t utc_offset_minutes);

#endif
