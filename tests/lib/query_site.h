/* A site without processes: states in memory, filled by the state machine from blocks that the test
 * writes, and a query worker's core over them. Answers come back as text, so that a test reads like
 * the contract. */
#ifndef TESTS_LIB_QUERY_SITE_H
#define TESTS_LIB_QUERY_SITE_H

#include "proto/block.h"
#include "proto/campaign.h"
#include "proto/records.h"
#include "proto/units.h"
#include "workers/query/query.h"
#include "workers/tally/apply.h"

#define SITE_SHARDS_MAX 8

struct query_site {
    uint32_t shards;
    struct state *states[SITE_SHARDS_MAX];
    struct apply *applies[SITE_SHARDS_MAX];
    struct query *query;
    struct block_builder block; /* open: records wait in it */
    uint64_t number;            /* of the last block */
    uint8_t chain[BLOCK_CHAIN_SIZE];
    uint64_t revision;
    const char *principal; /* who publishes and asks next; "local" */
    struct complaint why;  /* of the last question that was refused */
    uint64_t as_of;
    struct buf body;
    char *text; /* of the last answer */
};

void site_open(struct query_site *s, uint32_t shards);
void site_close(struct query_site *s);

/* Each adds a record to the open block; its index there. */
uint32_t site_record(struct query_site *s, const char *unit, struct slice body);
uint32_t site_units(struct query_site *s, const struct unit_row *rows, uint32_t count);
uint32_t site_campaign(struct query_site *s, const struct campaign *campaign);
/* Of one principal, as tests/lib/access_words.h reads it. */
uint32_t site_access(struct query_site *s, const char *words);
/* `values` as "doses=12 temp=36.5"; a source may be NULL. */
uint32_t site_report(struct query_site *s, const char *form, const char *unit, const char *period,
                     const char *source, const char *values);
uint32_t site_withdraw(struct query_site *s, const char *form, const char *unit,
                       const char *period);
/* A unit's period approved; with a reason, opened again. */
uint32_t site_approval(struct query_site *s, const char *unit, const char *period,
                       const char *reason);
/* Closes the block at 12:00 (+07:00) of a date and applies it everywhere. */
void site_commit(struct query_site *s, const char *date);
/* The same, but the last `behind` shards stay where they are. */
void site_commit_behind(struct query_site *s, const char *date, uint32_t behind);

/* `args` as "unit=a period=202111 children indicators=x,y ranges=1:0:5,2:0:1": a word alone is
 * true. The answer as compact JSON, bytes as how many they are ("<32>"); where it is refused "code|subject|detail". Good until the next
 * ask. */
const char *site_ask(struct query_site *s, const char *name, const char *args);
/* A `tally` a line a row: "unit expected/received indicator=value(units,periods) …\n". */
const char *site_tally(struct query_site *s, const char *args);

#endif
