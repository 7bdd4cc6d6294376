/* One walk over VOTE gives both the list and the sums: see meeting_sums.h. */
#include "workers/query/meeting_sums.h"

#include "proto/ulid.h"
#include "workers/query/answer.h"
#include "workers/query/snapshot.h"

#define VOTE_PREFIX (2 * ULID_SIZE) /* the voter's name stands behind meeting and nomination */

static const char *
choice_name(enum choice choice)
{
    static const char *const names[] = {"", "yes", "no", "abstain"};
    return names[choice]; /* a row that was decoded has no other */
}

/* What a vote says in plain words stands in it only where the vote is open. */
static void
put_vote(struct buf *b, struct slice voter, const struct vote_row *vote)
{
    bool secret = vote->commitment.len > 0;
    pack_map(b, secret ? 7 : 6);
    pack_key_text(b, "principal", voter);
    pack_key_bool(b, "written", vote->written);
    pack_key_bool(b, "secret", secret);
    pack_key_int(b, "time_us", vote->time_us);
    answer_key_receipt(b, "receipt", vote->receipt);
    if (secret) {
        pack_cstr(b, "commitment");
        pack_bytes(b, vote->commitment);
        pack_cstr(b, "sealed");
        pack_bytes(b, vote->sealed);
    } else {
        pack_key_text(b, "choice", slice_text(choice_name(vote->choice)));
    }
}

static bool
is_absent(const struct meeting_row *m, struct slice voter)
{
    for (uint32_t i = 0; i < m->member_count; i++) {
        if (slice_equal(m->members[i], voter)) {
            return !m->present[i];
        }
    }
    return true;
}

static void
vote_add(const struct meeting_row *m, struct slice voter, const struct vote_row *vote,
         struct meeting_sums *sums)
{
    sums->sums.taking_part += is_absent(m, voter);
    sums->sums.yes += vote->choice == CHOICE_YES;
    sums->sums.no += vote->choice == CHOICE_NO;
    sums->sums.abstain += vote->choice == CHOICE_ABSTAIN;
    sums->sealed += vote->commitment.len > 0;
}

static void
opening_add(const struct opening_row *opening, struct meeting_sums *sums)
{
    sums->opened = true;
    sums->sums.yes += opening->yes;
    sums->sums.no += opening->no;
    sums->sums.abstain += opening->abstain;
    sums->sums.spoilt += opening->spoilt_count;
}

static void
sums_begin(const struct meeting_row *m, struct meeting_sums *sums)
{
    *sums = (struct meeting_sums){.sums.members = m->member_count};
    for (uint32_t i = 0; i < m->member_count; i++) {
        sums->sums.taking_part += m->present[i];
    }
}

uint32_t
meeting_votes(struct query *query, struct slice id, const struct meeting_row *m,
              struct slice nomination, struct buf *votes, struct meeting_sums *sums,
              struct opening_row *opening)
{
    struct buf from = BUF_EMPTY;
    struct state_cursor *cursor;
    struct state_row row;
    uint32_t count = 0;
    sums_begin(m, sums);
    key_vote(&from, id, nomination, slice_text(""));
    snapshot_need(state_cursor_open(query->states[0], TABLE_VOTE, &cursor), "vote");
    enum err err = cursor_seek(cursor, buf_slice_of(&from), &row);
    for (; snapshot_found(err, "vote") && row.key.len >= VOTE_PREFIX &&
           memcmp(row.key.data, from.data, VOTE_PREFIX) == 0;
         err = cursor_next(cursor, &row)) {
        struct slice voter = slice_of(row.key.data + VOTE_PREFIX, row.key.len - VOTE_PREFIX);
        struct vote_row vote;
        if (voter.len == 0) {
            snapshot_need(opening_decode(row.value, query->arena, opening), "opening");
            opening_add(opening, sums);
            continue;
        }
        snapshot_need(vote_decode(row.value, &vote), "vote");
        vote_add(m, voter, &vote, sums);
        put_vote(votes, voter, &vote);
        count++;
    }
    cursor_close(cursor);
    buf_fini(&from);
    return count;
}

/* Only the meeting itself brings a nomination out of review: the first such act after the call is its. */
static bool
is_outcome(enum review_act act)
{
    return act == REVIEW_carry || act == REVIEW_fail || act == REVIEW_untable;
}

enum review_act
meeting_outcome(struct query *query, struct slice nomination, struct receipt called)
{
    struct buf from = BUF_EMPTY;
    struct state_cursor *cursor;
    struct state_row row;
    struct act_row act = {.act = 0};
    key_act(&from, nomination, called);
    snapshot_need(state_cursor_open(query->states[0], TABLE_ACT, &cursor), "act");
    enum err err = cursor_seek(cursor, buf_slice_of(&from), &row);
    while (!is_outcome(act.act) && snapshot_found(err, "act") && row.key.len > ULID_SIZE &&
           memcmp(row.key.data, nomination.data, ULID_SIZE) == 0) {
        snapshot_need(act_decode(row.value, &act), "act");
        err = cursor_next(cursor, &row);
    }
    cursor_close(cursor);
    buf_fini(&from);
    return is_outcome(act.act) ? act.act : (enum review_act)0;
}
