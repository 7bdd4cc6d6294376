/* The teller's count of the secret ballots on one nomination, checked against every commitment that was
 * cast: what does not add up is refused, and nobody has to believe the teller (proto/ballot.h says
 * what still rests on it). Once a nomination; after it no vote on that nomination is taken, since the
 * count is then known. */
#include "proto/ballot.h"
#include "workers/tally/council.h"
#include "workers/tally/meetings.h"
#include "workers/tally/validate.h"

struct opening {
    struct apply *a;
    const struct record *record;
    const struct record_opening *in;
    struct meeting_row meeting;
    struct persons spoilt;
    struct complaint *why;
};

/* What was cast, with those left out that the teller calls spoilt. */
struct cast {
    const struct persons *spoilt;
    uint32_t sealed, left_out;
    uint8_t sum[BALLOT_COMMITMENT_SIZE];
    bool bad; /* a stored commitment is no point: the row is not what was checked */
};

static bool
opening_wrong(struct opening *o, const char *what)
{
    return complain(o->why, CODE_OPENING_WRONG, slice_text("opening"), "%s", what);
}

static bool
persons_have(const struct persons *persons, struct slice person)
{
    for (uint32_t i = 0; i < persons->count; i++) {
        if (slice_equal(persons->names[i], person)) {
            return true;
        }
    }
    return false;
}

static void
cast_add(void *context, struct slice voter, const struct vote_row *vote)
{
    struct cast *cast = context;
    if (vote->commitment.len != BALLOT_COMMITMENT_SIZE) {
        return; /* an open vote: counted by what it says */
    }
    cast->sealed++;
    if (persons_have(cast->spoilt, voter)) {
        cast->left_out++;
    } else if (!ballot_sum(cast->sum, vote->commitment.data)) {
        cast->bad = true;
    }
}

static bool
count_check(struct opening *o, const struct cast *cast)
{
    const struct record_opening *in = o->in;
    if (cast->sealed == 0) {
        return opening_wrong(o, "no secret ballots");
    }
    if (cast->left_out != o->spoilt.count) {
        return opening_wrong(o, "spoilt: a name without a secret ballot");
    }
    if (in->yes + in->no > cast->sealed - cast->left_out) {
        return opening_wrong(o, "more counted than cast");
    }
    return ballot_check(cast->sum, in->yes, in->no, in->blinding.data) ||
           opening_wrong(o, "yes, no, blinding");
}

static bool
teller_check(struct opening *o)
{
    if (!principal_may_speak(o->a, o->record, UNIT_NONE, 0, o->why)) {
        return false;
    }
    if (o->meeting.teller.len == 0 ||
        !slice_equal(o->meeting.teller, meeting_person(o->record->principal))) {
        return complain(o->why, CODE_NOT_ALLOWED, slice_text("opening"), "%.*s",
                        SLICE_ARG(o->record->principal));
    }
    if (o->meeting.closed) {
        return complain(o->why, CODE_MEETING_CLOSED, slice_text("meeting"), "%s", "");
    }
    return meeting_table_check(&o->meeting, o->in->nomination, o->why);
}

static enum err
first_check(struct opening *o, bool *good)
{
    struct opening_row row;
    enum err err = opening_get(o->a, o->in->meeting, o->in->nomination, &row);
    if (err == ERR_OK) {
        *good = complain(o->why, CODE_COUNTED_ALREADY, slice_text("opening"), "%s", "");
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
checks(struct opening *o, struct cast *cast, bool *good)
{
    enum err err = meeting_known(o->a, o->in->meeting, &o->meeting, good, o->why);
    if (err != ERR_OK || !*good) {
        return err;
    }
    *good = teller_check(o);
    err = *good ? first_check(o, good) : ERR_OK;
    if (err != ERR_OK || !*good) {
        return err;
    }
    key_vote(&o->a->key, o->in->meeting, o->in->nomination, slice_text(""));
    err = votes_each(o->a, buf_slice_of(&o->a->key), cast_add, cast);
    if (err == ERR_OK && !cast->bad) {
        *good = count_check(o, cast);
    }
    return cast->bad ? ERR_CORRUPT : err;
}

static enum err
opening_write(const struct opening *o, const struct cast *cast)
{
    struct apply *a = o->a;
    uint32_t yes = (uint32_t)o->in->yes, no = (uint32_t)o->in->no;
    const struct opening_row row = {
        .yes = yes,
        .no = no,
        .abstain = cast->sealed - cast->left_out - yes - no,
        .receipt = o->record->receipt,
        .blinding = o->in->blinding,
        .spoilt = o->spoilt.names,
        .spoilt_count = o->spoilt.count,
    };
    key_vote(&a->key, o->in->meeting, o->in->nomination, slice_text(""));
    buf_clear(&a->value);
    opening_encode(&row, &a->value);
    return state_put(a->state, TABLE_VOTE, buf_slice_of(&a->key), buf_slice_of(&a->value));
}

static enum err
opening_take(struct apply *a, const struct record *record, const void *decoded,
             struct outcome *outcome)
{
    struct opening o = {.a = a, .record = record, .in = decoded, .why = &outcome->why};
    struct cast cast = {.spoilt = &o.spoilt};
    bool good;
    if (o.in->blinding.len != BALLOT_BLINDING_SIZE) {
        complain(o.why, CODE_MISSING_FIELD, slice_text("blinding"), "%zu bytes",
                 o.in->blinding.len);
        return outcome_reject(outcome);
    }
    if (!persons_read(o.in->spoilt, "spoilt", a->arena, &o.spoilt, o.why)) {
        return outcome_reject(outcome);
    }
    enum err err = checks(&o, &cast, &good);
    if (err != ERR_OK) {
        return err;
    }
    return good ? opening_write(&o, &cast) : outcome_reject(outcome);
}

enum err
apply_opening(struct apply *a, const struct record *record, struct outcome *outcome)
{
    struct record_opening in;
    if (!record_decode(record, RECORD_opening, &in, outcome) ||
        !council_identity(in.meeting, "meeting", &outcome->why) ||
        !council_identity(in.nomination, "nomination", &outcome->why)) {
        return outcome_reject(outcome);
    }
    return council_once(a, record, in.id, &in, opening_take, outcome);
}
