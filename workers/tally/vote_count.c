/* Votes into sums: see vote_count.h. */
#include "workers/tally/vote_count.h"

struct counting {
    const struct meeting_row *meeting;
    struct vote_count *count;
};

/* A member who is there takes part, voting or not; an absent one by its vote in writing. */
static void
vote_add(void *context, struct slice voter, const struct vote_row *vote)
{
    struct counting *c = context;
    struct vote_sums *sums = &c->count->sums;
    uint32_t member = meeting_member(c->meeting, voter);
    if (member == MEMBER_NONE || !c->meeting->present[member]) {
        sums->taking_part++;
    }
    sums->yes += vote->choice == CHOICE_YES;
    sums->no += vote->choice == CHOICE_NO;
    sums->abstain += vote->choice == CHOICE_ABSTAIN;
    c->count->sealed += vote->commitment.len > 0;
}

enum err
vote_count(struct apply *a, struct slice meeting, const struct meeting_row *m,
           struct slice nomination, struct vote_count *count)
{
    struct counting c = {m, count};
    struct opening_row opening;
    *count = (struct vote_count){.sums.members = m->member_count};
    for (uint32_t i = 0; i < m->member_count; i++) {
        count->sums.taking_part += m->present[i];
    }
    key_vote(&a->key, meeting, nomination, slice_text(""));
    enum err err = votes_each(a, buf_slice_of(&a->key), vote_add, &c);
    err = err == ERR_OK ? opening_get(a, meeting, nomination, &opening) : err;
    if (err == ERR_OK) {
        count->opened = true;
        count->sums.yes += opening.yes;
        count->sums.no += opening.no;
        count->sums.abstain += opening.abstain;
        count->sums.spoilt += opening.spoilt_count;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
