/* The state machine on a bench: shards in memory, blocks that the test writes, and what became of
 * each record as text, so that a test reads as a table. The campaign is the rig's own (apply_rig.c);
 * blocks are kept, so that the same journal can be run again. */
#ifndef TESTS_LIB_APPLY_RIG_H
#define TESTS_LIB_APPLY_RIG_H

#include "proto/block.h"
#include "proto/campaign.h"
#include "proto/records.h"
#include "proto/units.h"
#include "workers/tally/apply.h"

#define RIG_SHARDS_MAX 8
#define RIG_BLOCKS_MAX 1024

struct rig {
    uint32_t shards;
    struct state *states[RIG_SHARDS_MAX];
    struct apply *applies[RIG_SHARDS_MAX];
    const char *principal; /* of what is added next; "local" */
    const char *envelope;  /* the next record's, where it is not the record's own unit */
    struct arena *arena;
    struct block_builder builder; /* open */
    struct buf blocks[RIG_BLOCKS_MAX];
    uint32_t block_count;
    struct buf text;
};

void rig_open(struct rig *rig, uint32_t shards);
/* With the rig's units and campaign applied in block 1, on 2021-08-31. */
void rig_open_ready(struct rig *rig, uint32_t shards);
void rig_close(struct rig *rig);

/* The rig's campaign, "cv", to be changed and sent again; in the rig's arena. */
struct campaign *rig_campaign_new(struct rig *rig);
/* "code/parent/level/from/to", the last four as far as wanted. */
struct unit_row rig_unit(const char *text);

/* Each adds a record to the open block and gives its index there. `values`: "doses=1 temp=36.5
 * open=true peak=nil"; digits are an integer, other words text. A source may be NULL. */
uint32_t rig_add(struct rig *rig, const char *unit, struct slice body);
uint32_t rig_report(struct rig *rig, const char *form, const char *unit, const char *period,
                    const char *source, uint64_t revision, const char *values);
uint32_t rig_merge(struct rig *rig, const char *form, const char *unit, const char *period,
                   uint8_t ulid, const char *values);
/* The same with `only` (records.def). */
uint32_t rig_merge_only(struct rig *rig, const char *form, const char *unit, const char *period,
                        uint8_t ulid, uint64_t only, const char *values);
uint32_t rig_withdraw(struct rig *rig, const char *form, const char *unit, const char *period,
                      const char *source, uint64_t revision);
uint32_t rig_units(struct rig *rig, uint8_t ulid, const struct unit_row *rows, uint32_t count);
uint32_t rig_campaign(struct rig *rig, uint8_t ulid, const struct campaign *campaign);
/* Of one principal, as tests/lib/access_words.h reads it. */
uint32_t rig_access(struct rig *rig, uint8_t ulid, const char *words);
/* A unit's period approved, or, with a reason, opened again. */
uint32_t rig_approve(struct rig *rig, uint8_t ulid, const char *unit, const char *period);
uint32_t rig_reopen(struct rig *rig, uint8_t ulid, const char *unit, const char *period,
                    const char *reason);
/* As the broker tells it, unless the rig's principal is another than "local". */
uint32_t rig_quarantine(struct rig *rig, uint8_t ulid, struct receipt target);
/* Closes the block at 12:00 (+07:00) of a date; it is applied to every shard. Gives its number. */
uint64_t rig_commit(struct rig *rig, const char *date);

/* A report alone in its block: what became of it, as rig_verdict tells. */
const char *rig_tell(struct rig *rig, const char *date, const char *form, const char *unit,
                     const char *period, const char *source, uint64_t revision, const char *values);

/* "accepted", "rejected rule-broken r1 |3 = 4", "accepted late+incomplete"; exactly one shard may
 * have told it. */
const char *rig_verdict(struct rig *rig, uint64_t block, uint32_t index);
/* "received/on_time/complete/disagreements/outliers doses=5*2 beds=7*3"; value*periods; "" where
 * there is no row. */
const char *rig_tally(struct rig *rig, const char *form, const char *unit, const char *period);
/* "revision 3: doses=5", "revision 4: withdrawn"; "" where there is none. */
const char *rig_stored(struct rig *rig, const char *form, const char *unit, const char *period,
                       const char *source);
uint64_t rig_rows(struct rig *rig, enum table table); /* over all shards */

/* Another rig that has applied the same journal, `step` blocks a transaction. */
void rig_replay(const struct rig *from, struct rig *to, uint32_t shards, uint32_t step);

#endif
