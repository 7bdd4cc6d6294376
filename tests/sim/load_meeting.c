/* Meetings: called, attended, voted in, counted, closed or cancelled, by those who were called
 * and by others. Secret ballots are made as a member's client makes them, opened as a teller's
 * does; some are spoilt, copied, or of no form, and some counts are wrong. What was in each goes
 * into the book. */
#include "common/check.h"
#include "proto/pack.h"
#include "proto/records.h"
#include "tests/sim/book.h"
#include "tests/sim/screen.h"
#include "tests/sim/sim.h"

#include <sodium.h>

static const char *
name_of(const struct sim *s, uint32_t submitter)
{
    return s->submitters[submitter].principal;
}

static void
meeting_send(struct sim *s, uint32_t from, struct record_meeting *in)
{
    struct buf body = BUF_EMPTY;
    in->id = council_ulid(s);
    record_encode_meeting(in, &body);
    council_send(s, from, slice_text(""), buf_slice_of(&body));
    sim_count(SENT_meeting);
    buf_fini(&body);
}

/* ---- calling ---- */

/* What else the unit has in hand and has verified. */
static void
table_fill(struct sim *s, struct book_meeting *m, uint32_t holder)
{
    uint32_t offset = (uint32_t)rng_between(&s->council_rng, 0, s->book->nomination_count - 1);
    for (uint32_t i = 0; i < s->book->nomination_count && m->table_count < BOOK_TABLE_MAX; i++) {
        uint32_t at = (offset + i) % s->book->nomination_count;
        struct nomination_row row;
        if (screen_nomination(s, s->book->nominations[at].id, &row) && row.holder == holder &&
            row.state == STATE_verified) {
            m->table[m->table_count++] = at;
        }
    }
}

static void
members_fill(struct sim *s, struct book_meeting *m)
{
    for (uint32_t i = 0; i < s->submitter_count; i++) {
        bool apart = s->has_offices || i == 0;
        if (apart && (i == 0 || rng_chance(&s->council_rng, 5, 6))) {
            m->members[m->member_count++] = i;
        }
    }
}

static void
persons_pack(struct sim *s, const uint32_t *persons, uint32_t count, bool stranger, struct buf *out)
{
    pack_array(out, count + stranger);
    for (uint32_t i = 0; i < count; i++) {
        pack_cstr(out, name_of(s, persons[i]));
    }
    if (stranger) {
        pack_cstr(out, rng_chance(&s->council_rng, 1, 2) ? "nobody" : "local");
    }
}

static void
table_pack(const struct sim *s, const struct book_meeting *m, struct buf *out)
{
    pack_array(out, m->table_count);
    for (uint32_t i = 0; i < m->table_count; i++) {
        pack_bytes(out, slice_of(s->book->nominations[m->table[i]].id, 16));
    }
}

/* Again under the same identity, at times: by another secretary, who has not seen the first. */
static void
call_send(struct sim *s, const struct book_meeting *m)
{
    static const uint8_t zero[BALLOT_KEY_SIZE];
    struct rng *r = &s->council_rng;
    struct buf members = BUF_EMPTY, table = BUF_EMPTY;
    persons_pack(s, m->members, m->member_count, rng_chance(r, 1, 25), &members);
    table_pack(s, m, &table);
    struct record_meeting in = {
        .campaign = slice_text(rng_chance(r, 1, 2) ? "cv" : ""),
        .meeting = slice_of(m->id, 16),
        .unit = m->unit,
        .act = MEETING_OPEN,
        .title = slice_text(rng_chance(r, 1, 30) ? " " : "Phiên họp"),
        .date = slice_text(rng_chance(r, 1, 30) ? "2021-13-01" : "2021-12-20"),
        .teller = slice_text(rng_chance(r, 1, 30) ? "" : name_of(s, m->teller)),
        .members = buf_slice_of(&members),
        .nominations = buf_slice_of(&table),
        .ballot_key = slice_of(rng_chance(r, 1, 30) ? zero : m->public_key, BALLOT_KEY_SIZE),
    };
    meeting_send(s, council_actor(s), &in);
    buf_fini(&members);
    buf_fini(&table);
}

void
load_meeting_call(struct sim *s, const struct nomination_row *row)
{
    struct rng *r = &s->council_rng;
    if (s->book->meeting_count == BOOK_MEETINGS_MAX) {
        return;
    }
    struct book_meeting *m = &s->book->meetings[s->book->meeting_count++];
    memcpy(m->id, council_ulid(s).data, sizeof(m->id));
    m->unit = screen_unit(s, row->holder);
    if (rng_chance(r, 1, 40)) {
        m->unit = slice_text("d1"); /* which mostly has it not in hand */
    }
    members_fill(s, m);
    m->teller = m->members[rng_between(r, 0, m->member_count - 1)];
    table_fill(s, m, row->holder);
    ballot_key_new(m->public_key, m->secret_key);
    call_send(s, m);
}

/* ---- attending and ending ---- */

static void
attend_send(struct sim *s, const struct book_meeting *m)
{
    struct rng *r = &s->council_rng;
    struct buf members = BUF_EMPTY;
    uint32_t there[BOOK_MEMBERS_MAX], count = 0;
    for (uint32_t i = 0; i < m->member_count; i++) {
        if (rng_chance(r, 3, 4)) {
            there[count++] = m->members[i];
        }
    }
    persons_pack(s, there, count, rng_chance(r, 1, 25), &members);
    struct record_meeting in = {
        .meeting = slice_of(m->id, 16), .act = MEETING_ATTEND, .members = buf_slice_of(&members)};
    meeting_send(s, council_actor(s), &in);
    buf_fini(&members);
}

static void
end_send(struct sim *s, const struct book_meeting *m, enum meeting_act act)
{
    struct record_meeting in = {
        .meeting = slice_of(m->id, 16),
        .act = (uint64_t)act,
        .reason = slice_text(rng_chance(&s->council_rng, 1, 5) ? " " : "hoãn"),
    };
    meeting_send(s, council_actor(s), &in);
}

/* ---- voting ---- */

/* False: the book is full. */
static bool
ballot_fill(struct sim *s, const struct book_meeting *m, const struct book_nomination *n,
            uint32_t voter, struct ballot *ballot)
{
    struct rng *r = &s->council_rng;
    uint8_t place[BALLOT_PLACE_SIZE];
    if (s->book->ballot_count == BOOK_BALLOTS_MAX) {
        return false;
    }
    struct book_ballot *b = &s->book->ballots[s->book->ballot_count];
    b->choice = (enum choice)(rng_chance(r, 3, 4) ? CHOICE_YES : rng_between(r, 1, 3));
    ballot_place(slice_of(m->id, 16), slice_of(n->id, 16), slice_text(name_of(s, voter)), place);
    CHECK(ballot_make(b->choice, place, m->public_key, ballot));
    memcpy(b->commitment, ballot->commitment, sizeof(b->commitment));
    s->book->ballot_count++;
    if (rng_chance(r, 1, 12)) {
        ballot->sealed[60] ^= 1; /* nobody can open it: spoilt */
    } else if (rng_chance(r, 1, 15)) {
        /* Somebody else's, as far as it can be copied. */
        uint32_t other = (uint32_t)rng_between(r, 0, s->book->ballot_count - 1);
        memcpy(ballot->commitment, s->book->ballots[other].commitment, sizeof(ballot->commitment));
    } else if (rng_chance(r, 1, 25)) {
        memset(ballot->commitment, 0xff, sizeof(ballot->commitment)); /* no point */
    }
    return true;
}

static void
vote_send(struct sim *s, const struct book_meeting *m, const struct book_nomination *n,
          uint32_t voter, bool secret, bool present)
{
    struct rng *r = &s->council_rng;
    struct buf body = BUF_EMPTY;
    struct ballot ballot;
    struct record_vote in = {
        .meeting = slice_of(m->id, 16),
        .nomination = slice_of(n->id, 16),
        .written = !rng_chance(r, 1, 12) ? !present : present,
        .id = council_ulid(s),
    };
    if (rng_chance(r, 1, 40)) {
        secret = !secret;
    }
    if (secret && ballot_fill(s, m, n, voter, &ballot)) {
        in.commitment = slice_of(ballot.commitment, sizeof(ballot.commitment));
        in.sealed = slice_of(ballot.sealed, sizeof(ballot.sealed) - rng_chance(r, 1, 40));
    } else {
        in.choice = (uint64_t)(rng_chance(r, 2, 3) ? 1 : rng_between(r, 0, 4));
    }
    record_encode_vote(&in, &body);
    council_send(s, voter, slice_text(""), buf_slice_of(&body));
    sim_count(SENT_vote);
    buf_fini(&body);
}

/* ---- counting ---- */

struct counting {
    struct sim *s;
    const struct book_meeting *meeting;
    const struct book_nomination *nomination;
    struct book_opening *told;
    struct ballot_count count;
    struct slice spoilt[BOOK_MEMBERS_MAX];
    uint32_t spoilt_count, votes, sealed;
};

static void
ballot_look(void *context, struct slice voter, const struct vote_row *vote)
{
    struct counting *c = context;
    struct ballot_cast cast = {.commitment = vote->commitment, .sealed = vote->sealed};
    const struct book_meeting *m = c->meeting;
    c->votes++;
    if (vote->commitment.len == 0) {
        return;
    }
    c->sealed++;
    CHECK(c->spoilt_count < BOOK_MEMBERS_MAX && c->told->count < BOOK_MEMBERS_MAX);
    ballot_place(slice_of(m->id, 16), slice_of(c->nomination->id, 16), voter, cast.place);
    /* A teller may call a good one spoilt, in the open. */
    if (rng_chance(&c->s->council_rng, 1, 20) ||
        !ballot_open(&cast, m->public_key, m->secret_key, &c->count)) {
        c->spoilt[c->spoilt_count++] = arena_copy(c->s->arena, voter);
    } else {
        memcpy(c->told->ballots[c->told->count++], vote->commitment.data, BALLOT_COMMITMENT_SIZE);
    }
}

static void
count_spoil(struct sim *s, struct record_opening *in, uint8_t *blinding)
{
    switch (rng_between(&s->council_rng, 0, 3)) {
    case 0:
        in->yes++;
        break;
    case 1:
        in->no++;
        break;
    case 2:
        blinding[0] ^= 1;
        break;
    default:
        in->yes = in->no;
        break;
    }
}

/* True where there was anything to be counted. */
static bool
opening_send(struct sim *s, const struct book_meeting *m, const struct book_nomination *n)
{
    struct rng *r = &s->council_rng;
    if (s->book->opening_count == BOOK_OPENINGS_MAX) {
        return false;
    }
    struct book_opening *told = &s->book->openings[s->book->opening_count];
    struct counting c = {.s = s, .meeting = m, .nomination = n, .told = told};
    struct buf spoilt = BUF_EMPTY, body = BUF_EMPTY;
    *told = (struct book_opening){0};
    ballot_count_begin(&c.count);
    screen_votes(s, m->id, n->id, ballot_look, &c);
    if (c.sealed == 0) {
        return false;
    }
    s->book->opening_count++;
    memcpy(told->id, council_ulid(s).data, sizeof(told->id));
    memcpy(told->blinding, c.count.blinding, sizeof(told->blinding));
    pack_array(&spoilt, c.spoilt_count);
    for (uint32_t i = 0; i < c.spoilt_count; i++) {
        pack_text(&spoilt, c.spoilt[i]);
    }
    uint8_t blinding[BALLOT_BLINDING_SIZE];
    memcpy(blinding, c.count.blinding, sizeof(blinding));
    struct record_opening in = {
        .meeting = slice_of(m->id, 16),
        .nomination = slice_of(n->id, 16),
        .yes = c.count.yes,
        .no = c.count.no,
        .blinding = slice_of(blinding, sizeof(blinding)),
        .spoilt = buf_slice_of(&spoilt),
        .id = slice_of(told->id, sizeof(told->id)),
    };
    if (rng_chance(r, 1, 4)) {
        count_spoil(s, &in, blinding);
    }
    record_encode_opening(&in, &body);
    council_send(s, rng_chance(r, 1, 12) ? council_actor(s) : m->teller, slice_text(""),
                 buf_slice_of(&body));
    sim_count(SENT_opening);
    buf_fini(&body);
    buf_fini(&spoilt);
    return true;
}

/* ---- what comes next ---- */

static const struct book_meeting *
meeting_of(const struct sim *s, struct slice id)
{
    for (uint32_t i = 0; i < s->book->meeting_count; i++) {
        if (slice_equal(id, slice_of(s->book->meetings[i].id, 16))) {
            return &s->book->meetings[i];
        }
    }
    return NULL;
}

/* Of the most that stay with a vote, all members at once: a ballot goes round. */
static void
voting_round(struct sim *s, const struct book_meeting *m, const struct book_nomination *n,
             bool secret, const struct meeting_row *row)
{
    struct rng *r = &s->council_rng;
    for (uint32_t i = 0; i < m->member_count; i++) {
        uint32_t member = 0;
        while (member < row->member_count &&
               !slice_is(row->members[member], name_of(s, m->members[i]))) {
            member++;
        }
        bool present = member < row->member_count && row->present[member];
        if (rng_chance(r, present ? 9 : 5, 10)) {
            vote_send(s, m, n, m->members[i], secret, present);
        }
    }
    if (rng_chance(r, 1, 6)) {
        vote_send(s, m, n, council_actor(s), secret, true);
    }
}

static void
vote_seen(void *context, struct slice voter, const struct vote_row *vote)
{
    (void)voter, (void)vote;
    *(uint32_t *)context += 1;
}

static void
step_any(struct sim *s, const struct book_meeting *m, const struct book_nomination *n)
{
    switch (rng_between(&s->council_rng, 0, 5)) {
    case 0:
        call_send(s, m);
        break;
    case 1:
        attend_send(s, m);
        break;
    case 2:
        end_send(s, m, MEETING_CANCEL);
        break;
    case 3:
        end_send(s, m, MEETING_CLOSE);
        break;
    case 4:
        opening_send(s, m, n);
        break;
    default:
        vote_send(s, m, n, council_actor(s), rng_chance(&s->council_rng, 1, 2), true);
        break;
    }
}

void
load_meeting_next(struct sim *s, struct book_nomination *n, const struct nomination_row *row)
{
    struct rng *r = &s->council_rng;
    const struct book_meeting *m = meeting_of(s, row->meeting);
    struct meeting_row meeting;
    bool secret = slice_is(row->award, "bang-khen") || slice_is(row->award, "thu-tuong");
    uint32_t votes = 0, present = 0;
    if (m == NULL || !screen_meeting(s, m->id, &meeting)) {
        return;
    }
    for (uint32_t i = 0; i < meeting.member_count; i++) {
        present += meeting.present[i];
    }
    screen_votes(s, m->id, n->id, vote_seen, &votes);
    bool opened = screen_opened(s, m->id, n->id);
    if (load_is_awaited(s, n, 1u << 30 | present << 20 | votes << 1 | opened)) {
        return;
    }
    if (rng_chance(r, 1, 6)) {
        step_any(s, m, n);
    } else if (present == 0) {
        attend_send(s, m);
    } else if (votes == 0) {
        voting_round(s, m, n, secret, &meeting);
    } else if (!opened && opening_send(s, m, n)) {
        return;
    } else {
        end_send(s, m, MEETING_CLOSE);
    }
}

void
load_meeting_late(struct sim *s)
{
    struct rng *r = &s->council_rng;
    if (s->book->meeting_count > 0) {
        const struct book_meeting *m =
            &s->book->meetings[rng_between(r, 0, s->book->meeting_count - 1)];
        uint32_t at = m->table_count > 0 && rng_chance(r, 9, 10)
                          ? m->table[rng_between(r, 0, m->table_count - 1)]
                          : 0;
        step_any(s, m, &s->book->nominations[at]);
    }
}
