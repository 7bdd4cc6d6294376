/* The blocks on their way from the broker to apply: asks for them one answer ahead, keeps those
 * that have come until a transaction takes them. The worker and verify both eat from one. */
#ifndef TALLY_INTAKE_H
#define TALLY_INTAKE_H

#include "common/arena.h"
#include "workers/link.h"

struct intake {
    struct link *link;   /* borrowed */
    struct clock *clock; /* borrowed */
    struct arena *arena; /* holds the blocks */
    struct slice *blocks;
    uint32_t count;   /* kept now; they are next - count ... next - 1 */
    size_t bytes;     /* of those */
    uint64_t next;    /* the first block that has not come */
    uint64_t head;    /* the journal's newest, as last told */
    int64_t asked_ms; /* when `next` was asked for */
};

void intake_init(struct intake *in, struct link *link, struct clock *clock);
void intake_fini(struct intake *in);

/* Forgets what is kept and asks for `from` on: at the start, and after every WELCOME. */
void intake_restart(struct intake *in, uint64_t from);
/* A message of the broker's. BLOCKS that are the next ones are kept, and those behind them asked
 * for at once: they travel while these are applied. True where some were kept. */
bool intake_take(struct intake *in, const struct frames *frames);
/* Asks again for what should have come long ago: a message may have been lost. */
void intake_tick(struct intake *in);
/* A transaction should take what is kept before more is received. */
bool intake_full(const struct intake *in);
/* The journal has more than has come, so an answer is on its way. */
bool intake_behind(const struct intake *in);
/* What was kept is applied. */
void intake_clear(struct intake *in);

#endif
