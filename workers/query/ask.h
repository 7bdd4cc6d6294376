/* Private to this folder: the worker's memory (struct query), one question in hand (struct ask),
 * and the functions that answer, one file each. All of a question's memory is in `arena` and the
 * three buffers, so that a handler may return a complaint from anywhere without giving anything
 * back. */
#ifndef QUERY_ASK_H
#define QUERY_ASK_H

#include "workers/query/limits.h"
#include "workers/query/query.h"
#include "workers/state/principals.h"
#include "workers/state/rows.h"

/* Whether an award's quota has room with a holder, asked once an answer. */
struct review_room {
    struct review_room *next;
    const struct award *award;
    uint32_t holder;
    bool room;
};

struct query {
    struct state **states; /* borrowed, one a shard */
    uint32_t shards;
    struct position *positions; /* by shard, of the snapshot in hand */
    uint32_t lowest;            /* the shard that is furthest behind: what an answer can promise */
    struct registry registry;   /* of shard 0, the newest that was asked for */
    bool registry_loaded;
    struct access_table *principals; /* of shard 0 too; NULL until a snapshot */
    uint64_t principals_revision;
    uint32_t *by_code;         /* the registry's unit ids in their codes' order */
    struct arena *arena;       /* of one answer */
    struct arena *scratch;     /* of one decoded row */
    struct buf page;           /* rows of a list whose length is not known yet */
    struct buf extra;          /* a second such list */
    struct buf item;           /* a list inside a row of them */
    struct review_room *rooms; /* in the arena */
};

struct ask {
    struct query *query;
    struct slice args;
    bool all;                         /* of every unit; else of those of `entry`: asker.h */
    const struct access_entry *entry; /* who asks; NULL: the local operator */
    struct buf *body;                 /* empty when a handler is called */
    struct complaint *why;
};

/* True: the body is a whole map. False: `why`. */
typedef bool ask_fn(struct ask *ask);

ask_fn ask_tally, ask_missing, ask_completeness, ask_reports, ask_export, ask_verdicts,
    ask_rejected, ask_unit, ask_campaign, ask_campaigns, ask_state, ask_rank, ask_blocs,
    ask_highlights, ask_access, ask_approvals, ask_units_find, ask_review_list, ask_review_show,
    ask_honours, ask_values, ask_history, ask_file, ask_meetings, ask_meeting, ask_sign_in;

#endif
