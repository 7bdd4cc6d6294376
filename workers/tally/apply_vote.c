/* A member's ballot on one nomination of an open meeting: once. Checked in this order, the first thing
 * wrong is told: the meeting is there and open; the nomination is on its table; the sender holds the
 * council's role, is a member, has not voted yet; the ballots are not counted yet; it is present, or
 * votes in writing where the award allows that; the ballot is in form.
 *
 * A secret ballot is looked at as far as anybody can (proto/ballot.h): a commitment that is a point and
 * stands on the nomination once, a box of the right size, and no choice beside it. */
#include "proto/ballot.h"
#include "proto/ulid.h"
#include "workers/tally/council.h"
#include "workers/tally/meetings.h"
#include "workers/tally/validate.h"

struct voting {
    struct apply *a;
    const struct record *record;
    const struct record_vote *in;
    struct meeting_row meeting;
    const struct award *award; /* NULL: a revision of the campaign has left it out */
    struct slice person;
    struct complaint *why;
};

static bool
ballot_wrong(struct voting *v, const char *what)
{
    return complain(v->why, CODE_BALLOT_WRONG, slice_text("vote"), "%s", what);
}

static bool
meeting_check(struct voting *v)
{
    if (v->meeting.closed) {
        return complain(v->why, CODE_MEETING_CLOSED, slice_text("meeting"), "%s", "");
    }
    if (!meeting_table_check(&v->meeting, v->in->nomination, v->why) ||
        !principal_may_speak(v->a, v->record, UNIT_NONE, 0, v->why)) {
        return false;
    }
    if (meeting_member(&v->meeting, v->person) == MEMBER_NONE) {
        return complain(v->why, CODE_NOT_MEMBER, v->person, "%s", "");
    }
    return true;
}

static bool
presence_check(struct voting *v)
{
    bool allowed = v->award != NULL && v->award->written;
    if (v->meeting.present[meeting_member(&v->meeting, v->person)]) {
        return !v->in->written || allowed || ballot_wrong(v, "written");
    }
    return (v->in->written && allowed) || complain(v->why, CODE_NOT_PRESENT, v->person, "%s", "");
}

static bool
form_check(struct voting *v)
{
    const struct record_vote *in = v->in;
    if (v->award == NULL) {
        return complain(v->why, CODE_AWARD_UNKNOWN, slice_text(""), "%s", "");
    }
    if (!v->award->secret) {
        if (in->commitment.len > 0 || in->sealed.len > 0) {
            return ballot_wrong(v, "open");
        }
        return (in->choice >= CHOICE_YES && in->choice <= CHOICE_ABSTAIN) ||
               ballot_wrong(v, "choice");
    }
    if (in->choice != 0) {
        return ballot_wrong(v, "secret");
    }
    if (in->commitment.len != BALLOT_COMMITMENT_SIZE || !ballot_is_point(in->commitment.data)) {
        return ballot_wrong(v, "commitment");
    }
    return in->sealed.len == BALLOT_SEALED_SIZE || ballot_wrong(v, "sealed");
}

/* ---- what stands already ---- */

struct twin {
    struct slice commitment;
    bool found;
};

static void
twin_look(void *context, struct slice voter, const struct vote_row *vote)
{
    struct twin *twin = context;
    (void)voter;
    twin->found = twin->found || slice_equal(vote->commitment, twin->commitment);
}

/* Another's commitment, sent as one's own: *good false. */
static enum err
twin_check(struct voting *v, bool *good)
{
    struct twin twin = {.commitment = v->in->commitment};
    if (twin.commitment.len == 0) {
        return ERR_OK;
    }
    key_vote(&v->a->key, v->in->meeting, v->in->nomination, slice_text(""));
    enum err err = votes_each(v->a, buf_slice_of(&v->a->key), twin_look, &twin);
    *good = !twin.found || ballot_wrong(v, "copied");
    return err;
}

static enum err
first_check(struct voting *v, bool *good)
{
    struct vote_row vote;
    struct opening_row opening;
    enum err err = vote_get(v->a, v->in->meeting, v->in->nomination, v->person, &vote);
    if (err == ERR_OK) {
        *good = complain(v->why, CODE_VOTED_ALREADY, v->person, "%s", "");
        return ERR_OK;
    }
    if (err == ERR_NOT_FOUND) {
        err = opening_get(v->a, v->in->meeting, v->in->nomination, &opening);
    }
    if (err == ERR_OK) {
        *good = complain(v->why, CODE_COUNTED_ALREADY, slice_text("vote"), "%s", "");
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
award_find(struct voting *v)
{
    struct matter m;
    enum err err = council_find(v->a, v->record, v->in->nomination, &m);
    if (err == ERR_OK && m.there) {
        v->award = meeting_award(v->a, m.row.campaign, m.row.award);
    }
    return err;
}

static enum err
checks(struct voting *v, bool *good)
{
    enum err err = meeting_known(v->a, v->in->meeting, &v->meeting, good, v->why);
    if (err != ERR_OK || !*good) {
        return err;
    }
    *good = meeting_check(v);
    if (*good) {
        err = first_check(v, good);
    }
    if (err == ERR_OK && *good) {
        err = award_find(v);
    }
    if (err == ERR_OK && *good) {
        *good = presence_check(v) && form_check(v);
    }
    return err == ERR_OK && *good ? twin_check(v, good) : err;
}

/* ---- the record ---- */

static enum err
vote_write(const struct voting *v)
{
    struct apply *a = v->a;
    const struct vote_row row = {
        .choice = (enum choice)v->in->choice,
        .written = v->in->written,
        .time_us = v->record->time_us,
        .receipt = v->record->receipt,
        .commitment = v->in->commitment,
        .sealed = v->in->sealed,
    };
    key_vote(&a->key, v->in->meeting, v->in->nomination, v->person);
    buf_clear(&a->value);
    vote_encode(&row, &a->value);
    return state_put(a->state, TABLE_VOTE, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
vote_cast(struct apply *a, const struct record *record, const void *decoded,
          struct outcome *outcome)
{
    struct voting v = {.a = a,
                       .record = record,
                       .in = decoded,
                       .person = meeting_person(record->principal),
                       .why = &outcome->why};
    bool good;
    enum err err = checks(&v, &good);
    if (err != ERR_OK) {
        return err;
    }
    return good ? vote_write(&v) : outcome_reject(outcome);
}

enum err
apply_vote(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_vote in;
    if (!record_decode(record, RECORD_vote, &in, outcome) ||
        !council_identity(in.meeting, "meeting", &outcome->why) ||
        !council_identity(in.nomination, "nomination", &outcome->why)) {
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, vote_cast, outcome);
}
