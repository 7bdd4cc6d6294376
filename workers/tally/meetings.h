/* The council's meetings as the state holds them: what the records of a meeting, a vote and an
 * opening share. Whatever is given out is the arena's, so that it outlives the writes of its record. */
#ifndef TALLY_MEETINGS_H
#define TALLY_MEETINGS_H

#include "workers/state/rows_council.h"
#include "workers/tally/apply_impl.h"

/* ERR_OK with *known false, and meeting-unknown, where there is none. */
enum err meeting_known(struct apply *a, struct slice id, struct meeting_row *m, bool *known,
                       struct complaint *why) MUST_CHECK;
enum err meeting_get(struct apply *a, struct slice id, struct meeting_row *m) MUST_CHECK;
enum err meeting_put(struct apply *a, struct slice id, const struct meeting_row *m) MUST_CHECK;

/* An array of at most MEMBERS_MAX principals, none of them twice; empty where the field is absent. */
struct persons {
    struct slice *names;
    uint32_t count;
};
bool persons_read(struct slice raw, const char *field, struct arena *arena, struct persons *persons,
                  struct complaint *why);

/* A record's principal as a meeting names it: by whichever gateway. */
struct slice meeting_person(struct slice principal);
#define MEMBER_NONE UINT32_MAX
uint32_t meeting_member(const struct meeting_row *m, struct slice person);
/* False, not-on-table. */
bool meeting_table_check(const struct meeting_row *m, struct slice nomination,
                         struct complaint *why);

/* The vote of one person on one nomination; of nobody (an empty name): its opening. */
enum err vote_get(struct apply *a, struct slice meeting, struct slice nomination,
                  struct slice person, struct vote_row *v) MUST_CHECK;
enum err opening_get(struct apply *a, struct slice meeting, struct slice nomination,
                     struct opening_row *o) MUST_CHECK;

/* The award of a nomination as its campaign has it now; NULL where a revision has left it out. */
const struct award *meeting_award(const struct apply *a, uint16_t campaign, struct slice code);

/* Each vote under a prefix of VOTE's keys (a meeting, or one nomination of it), in the order of the
 * voters' names; openings are left out. `seen` must not write; what it is given ends with its call. */
typedef void vote_seen_fn(void *context, struct slice voter, const struct vote_row *vote);
enum err votes_each(struct apply *a, struct slice prefix, vote_seen_fn *seen,
                    void *context) MUST_CHECK;

#endif
