/* What the handlers of the council's records share: once a principal, a nomination in hand, whether an act may move
 * it, and the one function that moves it.
 *
 * A handler finds the matter, asks council_may for the move, changes what the act changes in m->row
 * (the vote's sums, the decision's number, whom it asked), and calls council_move, which alone writes
 * NOMINATION, QUEUE, SUBJECT and ACT. So the last three are always what the first says:
 *   QUEUE    one row a nomination, whatever its state: under holder, state and deadline
 *   SUBJECT  one row a nomination: under subject_fold of its subject
 *   ACT      one row an act, which a replay would append in the same order
 * All of them are shard 0's alone. */
#ifndef TALLY_COUNCIL_H
#define TALLY_COUNCIL_H

#include "workers/state/registry.h"
#include "workers/state/rows_council.h"
#include "workers/tally/apply_impl.h"

/* One nomination; slices in a->arena. */
struct matter {
    struct slice id;                          /* 16 bytes */
    bool there;                               /* false: no such nomination; only id is set */
    struct nomination_row row;                /* as it shall be: a handler changes it */
    struct nomination_row was;                /* as it is stored */
    const struct registry_campaign *campaign; /* newest revision */
    int32_t today;                            /* the block's local day */
};

/* What a handler does with one decoded record (`in`) that was not there before. */
typedef enum err council_fn(struct apply *a, const struct record *record, const void *in,
                            struct outcome *outcome);
/* Calls it once a principal and ULID: a second one is unchanged, a rejected one uses up nothing.
 * The council's ULIDs stand apart from those of what every shard applies: only shard 0 knows them. */
enum err council_once(struct apply *a, const struct record *record, struct slice id, const void *in,
                      council_fn *act, struct outcome *outcome) MUST_CHECK;

/* missing-field unless it has the 16 bytes of an identity. */
bool council_identity(struct slice id, const char *field, struct complaint *why);

/* Copies into the arena. ERR_CORRUPT: a row that does not parse, or fits no campaign. */
enum err council_find(struct apply *a, const struct record *record, struct slice id,
                      struct matter *m) MUST_CHECK;
/* The same, and nomination-unknown (*known false) where there is none. */
enum err council_known(struct apply *a, const struct record *record, struct slice id,
                       struct matter *m, bool *known, struct complaint *why) MUST_CHECK;

/* The nomination's award; NULL with award-unknown: a later revision of the campaign lacks it. */
const struct award *council_award(const struct matter *m, struct complaint *why);

/* Which move of review.def the act would be, its needs looked at; NULL with `why`. `act` says what
 * the record says: unit, text, number, date. Rights are not asked here: principal_may_speak, first. */
enum err council_may(struct apply *a, const struct matter *m, enum review_act act,
                     const struct act_row *with, const struct review_move **move,
                     struct complaint *why) MUST_CHECK;
/* Writes the move. State, since, deadline, holder (forward), the vote and whom it asked, where they
 * end with the state, are set here. `with` is completed: act, from, to, holder, time, principal. */
enum err council_move(struct apply *a, const struct record *record, struct matter *m,
                      const struct review_move *move, struct act_row *with) MUST_CHECK;
/* Appends an act that moves nothing: a comment. */
enum err council_note(struct apply *a, const struct record *record, const struct matter *m,
                      struct act_row *with) MUST_CHECK;

/* ---- documents (document.c) ---- */

/* One of a nomination's `documents`. */
struct document {
    struct slice hash, kind, name;
    uint64_t bytes;
};
/* Reads the array; false at the first mistake of form. `list` has DOCUMENTS_MAX places. */
bool documents_read(struct slice raw, struct document *list, uint32_t *count,
                    struct complaint *why);

#endif
