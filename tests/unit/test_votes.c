/* Meetings, votes and openings in the state machine: thresholds exactly, one below and one above; absent
 * and written, open and secret; and whatever is refused, with its code and without any effect. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "proto/ballot.h"

#include <sodium.h>

#define DAY "2021-09-02"
#define PEOPLE 20
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct rig rig;
static const unsigned ONE[] = {1}, BOTH[] = {1, 2};

/* Nominations 1 and 2 of the city, verified, for an award that is voted on by this rule. */
static void
begin(struct award rule)
{
    council_rig_open(&rig, 1);
    struct campaign *campaign = council_campaign_new(&rig);
    struct award *award = &campaign->awards[5]; /* "voted" */
    award->percent = rule.percent;
    award->base = rule.base;
    award->quorum = rule.quorum;
    award->secret = rule.secret;
    award->written = rule.written;
    uint32_t index = rig_campaign(&rig, 103, campaign);
    meeting_people(&rig, PEOPLE);
    council_walk(&rig, 1, "voted", "hn: submit verify");
    council_walk(&rig, 2, "voted", "hn: submit verify");
    assert_string_equal(rig_verdict(&rig, rig_commit(&rig, DAY), index), "accepted");
}

static void
expect_told(uint32_t index, const char *code)
{
    const char *verdict = rig_verdict(&rig, rig_commit(&rig, DAY), index);
    const char *told =
        strcmp(code, "accepted") == 0 ? "accepted" : arena_printf(rig.arena, "rejected %s ", code);
    if (strncmp(verdict, told, strlen(told)) != 0) {
        fail_msg("\"%s\" instead of %s", verdict, code);
    }
}

/* Refused, and everything as it was. The record is the only one of the open block. */
#define REFUSED(code, send)                                                                        \
    do {                                                                                           \
        uint8_t before[32], after[32];                                                             \
        council_hash(&rig, before);                                                                \
        expect_told(send, code);                                                                   \
        council_hash(&rig, after);                                                                 \
        assert_memory_equal(before, after, 32);                                                    \
    } while (0)
#define TAKEN(send) expect_told(send, "accepted")

static struct record_vote
ballot(unsigned nomination, enum choice choice)
{
    return (struct record_vote){.meeting = meeting_id(&rig, 1),
                                .nomination = council_id(&rig, nomination),
                                .choice = choice};
}

static struct record_vote
in_writing(unsigned nomination, enum choice choice)
{
    struct record_vote vote = ballot(nomination, choice);
    vote.written = true;
    return vote;
}

static uint32_t
open_one(unsigned members)
{
    return meeting_send(
        &rig, meeting_opened(&rig, 1, meeting_members(&rig, members), meeting_table(&rig, ONE, 1)));
}

/* ---- thresholds ---- */

/* Of `members`, the first `present` are there; yes, no and abstain vote in this order from m1 on, written
 * ones for it from the last member back. */
static const struct {
    struct award rule;
    unsigned members, present, yes, no, abstain, written;
    const char *state;
} COUNTS[] = {
    /* 90 % of all */
    {{.percent = 90, .base = BASE_TOTAL}, 10, 10, 9, 1, 0, 0, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 10, 10, 8, 2, 0, 0, "refused hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 10, 10, 10, 0, 0, 0, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 10, 9, 9, 0, 0, 0, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 10, 8, 8, 0, 0, 0, "refused hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 11, 11, 9, 2, 0, 0, "refused hn"}, /* 81.8 */
    {{.percent = 90, .base = BASE_TOTAL}, 11, 11, 10, 1, 0, 0, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL},
     19,
     19,
     17,
     2,
     0,
     0,
     "refused hn"}, /* 89.5: no rounding */
    {{.percent = 90, .base = BASE_TOTAL}, 19, 19, 18, 1, 0, 0, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL},
     10,
     10,
     8,
     0,
     2,
     0,
     "refused hn"}, /* abstained: for nothing */
    /* 75 % of those present */
    {{.percent = 75, .base = BASE_PRESENT}, 20, 8, 6, 2, 0, 0, "approved hn"},
    {{.percent = 75, .base = BASE_PRESENT}, 20, 8, 5, 3, 0, 0, "refused hn"},
    {{.percent = 75, .base = BASE_PRESENT}, 20, 8, 7, 1, 0, 0, "approved hn"},
    {{.percent = 75, .base = BASE_PRESENT},
     20,
     7,
     5,
     0,
     0,
     0,
     "refused hn"}, /* silent, but there */
    {{.percent = 75, .base = BASE_PRESENT}, 20, 4, 3, 0, 0, 0, "approved hn"},
    {{.percent = 75, .base = BASE_PRESENT}, 20, 4, 0, 0, 0, 0, "refused hn"},
    /* a quorum of 67 % */
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 67}, 20, 14, 14, 0, 0, 0, "approved hn"},
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 67},
     20,
     13,
     13,
     0,
     0,
     0,
     "verified hn"}, /* 65 */
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 65}, 20, 13, 13, 0, 0, 0, "approved hn"},
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 66}, 20, 13, 13, 0, 0, 0, "verified hn"},
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 67}, 20, 13, 1, 12, 0, 0, "verified hn"},
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 67}, 20, 14, 6, 8, 0, 0, "refused hn"},
    {{.percent = 90, .base = BASE_TOTAL}, 10, 0, 0, 0, 0, 0, "verified hn"}, /* nobody came */
    /* in writing: absent, and yet in quorum and base */
    {{.percent = 90, .base = BASE_TOTAL, .written = true}, 10, 8, 8, 0, 0, 1, "approved hn"},
    {{.percent = 90, .base = BASE_TOTAL, .written = true}, 10, 7, 7, 0, 0, 1, "refused hn"},
    {{.percent = 75, .base = BASE_PRESENT, .written = true}, 20, 7, 5, 2, 0, 1, "approved hn"},
    {{.percent = 75, .base = BASE_PRESENT, .written = true}, 20, 8, 5, 3, 0, 1, "refused hn"},
    {{.percent = 50, .base = BASE_PRESENT, .quorum = 67, .written = true},
     20,
     13,
     13,
     0,
     0,
     1,
     "approved hn"},
};

static void
votes_cast(size_t i)
{
    unsigned yes = COUNTS[i].yes, no = yes + COUNTS[i].no, all = no + COUNTS[i].abstain;
    for (unsigned m = 1; m <= all; m++) {
        enum choice choice = m <= yes ? CHOICE_YES : m <= no ? CHOICE_NO : CHOICE_ABSTAIN;
        TAKEN(meeting_vote(&rig, meeting_member_name(&rig, m), ballot(1, choice)));
    }
    for (unsigned w = 0; w < COUNTS[i].written; w++) {
        TAKEN(meeting_vote(&rig, meeting_member_name(&rig, COUNTS[i].members - w),
                           in_writing(1, CHOICE_YES)));
    }
}

static void
test_thresholds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(COUNTS); i++) {
        struct nomination_row row;
        begin(COUNTS[i].rule);
        TAKEN(open_one(COUNTS[i].members));
        TAKEN(meeting_attend(&rig, 1, meeting_members(&rig, COUNTS[i].present)));
        votes_cast(i);
        TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
        if (strcmp(council_state(&rig, 1), COUNTS[i].state) != 0) {
            fail_msg("row %zu: %s", i, council_state(&rig, 1));
        }
        assert_true(council_row(&rig, 1, &row));
        bool voted = strcmp(COUNTS[i].state, "verified hn") != 0;
        assert_int_equal(row.yes, voted ? COUNTS[i].yes + COUNTS[i].written : 0);
        assert_int_equal(row.no, voted ? COUNTS[i].no : 0);
        assert_int_equal(row.abstain, voted ? COUNTS[i].abstain : 0);
        assert_int_equal(row.meeting.len, voted ? 16 : 0);
        council_consistent(&rig);
        rig_close(&rig);
    }
}

/* ---- what a vote may not ---- */

static void
test_votes_refused(void **state)
{
    (void)state;
    begin((struct award){.percent = 75, .base = BASE_PRESENT});
    REFUSED("meeting-unknown", meeting_vote(&rig, "m1", ballot(1, CHOICE_YES)));
    TAKEN(open_one(3));
    REFUSED("not-present", meeting_vote(&rig, "m1", ballot(1, CHOICE_YES)));
    TAKEN(meeting_attend(&rig, 1, meeting_members(&rig, 2)));
    REFUSED("not-on-table", meeting_vote(&rig, "m1", ballot(2, CHOICE_YES)));
    REFUSED("not-in-role", meeting_vote(&rig, "secretary-hn", ballot(1, CHOICE_YES)));
    REFUSED("not-allowed", meeting_vote(&rig, "nobody", ballot(1, CHOICE_YES)));
    REFUSED("not-member", meeting_vote(&rig, "m4", ballot(1, CHOICE_YES)));
    REFUSED("not-member", meeting_vote(&rig, "local", ballot(1, CHOICE_YES)));
    REFUSED("not-present", meeting_vote(&rig, "m3", ballot(1, CHOICE_YES)));
    REFUSED("not-present", meeting_vote(&rig, "m3", in_writing(1, CHOICE_YES)));
    REFUSED("ballot-wrong", meeting_vote(&rig, "m1", in_writing(1, CHOICE_YES)));
    REFUSED("ballot-wrong", meeting_vote(&rig, "m1", ballot(1, (enum choice)0)));
    REFUSED("ballot-wrong", meeting_vote(&rig, "m1", ballot(1, (enum choice)4)));
    struct record_vote sealed = ballot(1, CHOICE_YES);
    sealed.commitment = slice_of(meeting_names(&rig, "0123456789012345678901234567890").data, 32);
    REFUSED("ballot-wrong", meeting_vote(&rig, "m1", sealed));
    TAKEN(meeting_vote(&rig, "m1", ballot(1, CHOICE_NO)));
    REFUSED("voted-already", meeting_vote(&rig, "m1", ballot(1, CHOICE_YES)));
    /* who has voted was there */
    REFUSED("voted-already", meeting_attend(&rig, 1, meeting_names(&rig, "m2")));
    REFUSED("not-member", meeting_attend(&rig, 1, meeting_names(&rig, "m1 m9")));
    TAKEN(meeting_vote(&rig, "m2", ballot(1, CHOICE_YES)));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    REFUSED("meeting-closed", meeting_vote(&rig, "m1", ballot(1, CHOICE_YES)));
    REFUSED("meeting-closed", meeting_attend(&rig, 1, meeting_members(&rig, 3)));
    REFUSED("meeting-closed", meeting_end(&rig, 1, MEETING_CLOSE));
    REFUSED("meeting-closed", meeting_end(&rig, 1, MEETING_CANCEL));
    assert_string_equal(council_state(&rig, 1), "refused hn"); /* 1 of 2 */
    rig_close(&rig);
}

static void
test_cancelled(void **state)
{
    (void)state;
    begin((struct award){.percent = 75, .base = BASE_PRESENT});
    TAKEN(meeting_send(
        &rig, meeting_opened(&rig, 1, meeting_members(&rig, 1), meeting_table(&rig, BOTH, 2))));
    TAKEN(meeting_attend(&rig, 1, meeting_members(&rig, 1)));
    TAKEN(meeting_vote(&rig, "m1", ballot(1, CHOICE_YES)));
    assert_string_equal(council_state(&rig, 2), "in_review hn");
    REFUSED("reason-missing",
            meeting_send(&rig, (struct record_meeting){.meeting = meeting_id(&rig, 1),
                                                       .act = MEETING_CANCEL}));
    REFUSED("reason-missing",
            meeting_send(&rig, (struct record_meeting){.meeting = meeting_id(&rig, 1),
                                                       .act = MEETING_CANCEL,
                                                       .reason = slice_text("  ")}));
    TAKEN(meeting_end(&rig, 1, MEETING_CANCEL));
    assert_string_equal(council_state(&rig, 1), "verified hn");
    assert_string_equal(council_state(&rig, 2), "verified hn");
    struct record_meeting again =
        meeting_opened(&rig, 1, meeting_members(&rig, 1), meeting_table(&rig, ONE, 1));
    REFUSED("duplicate-code", meeting_send(&rig, again));
    again.meeting = meeting_id(&rig, 2);
    TAKEN(meeting_send(&rig, again)); /* a vote of the first counts nothing in the second */
    TAKEN(meeting_attend(&rig, 2, meeting_members(&rig, 1)));
    TAKEN(meeting_end(&rig, 2, MEETING_CLOSE));
    assert_string_equal(council_state(&rig, 1), "refused hn");
    council_consistent(&rig);
    rig_close(&rig);
}

/* ---- opening a meeting ---- */

#define OPENING(code, field, value)                                                                \
    do {                                                                                           \
        struct record_meeting changed = good;                                                      \
        changed.field = value;                                                                     \
        REFUSED(code, meeting_send(&rig, changed));                                                \
    } while (0)

static void
test_openings_refused(void **state)
{
    (void)state;
    static const unsigned twice[] = {1, 1}, unknown[] = {99}, no_vote[] = {3};
    uint8_t zero[32] = {0};
    begin((struct award){.percent = 75, .base = BASE_PRESENT, .secret = true});
    council_walk(&rig, 3, "city", "hn: submit verify");
    council_walk(&rig, 4, "city", "w1: submit verify");
    rig_commit(&rig, DAY);
    struct record_meeting good =
        meeting_opened(&rig, 1, meeting_members(&rig, 3), meeting_table(&rig, ONE, 1));
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    ballot_key_new(public_key, secret_key);
    good.teller = slice_text("m1");
    good.ballot_key = slice_of(public_key, 32);
    OPENING("missing-field", teller, slice_text(""));
    OPENING("missing-field", ballot_key, slice_of(zero, 0));
    OPENING("ballot-wrong", ballot_key, slice_of(zero, 32)); /* a point of small order */
    OPENING("ballot-wrong", ballot_key, slice_of(public_key, 31));
    OPENING("not-in-role", teller, slice_text("submitter-hn"));
    OPENING("principal-unknown", teller, slice_text("nobody"));
    OPENING("missing-field", title, slice_text(""));
    OPENING("missing-field", title, slice_text("  "));
    OPENING("date-invalid", date, slice_text("2021-02-30"));
    OPENING("missing-field", unit, slice_text(""));
    OPENING("unit-unknown", unit, slice_text("nowhere"));
    OPENING("not-allowed", unit, slice_text("d1")); /* does not have it in hand */
    OPENING("missing-field", members, meeting_names(&rig, ""));
    OPENING("duplicate-code", members, meeting_names(&rig, "m1 m2 m1"));
    OPENING("principal-unknown", members, meeting_names(&rig, "m1 m99"));
    OPENING("not-in-role", members, meeting_names(&rig, "m1 secretary-hn"));
    OPENING("missing-field", nominations, meeting_table(&rig, ONE, 0));
    OPENING("duplicate-code", nominations, meeting_table(&rig, twice, 2));
    OPENING("nomination-unknown", nominations, meeting_table(&rig, unknown, 1));
    OPENING("move-refused", nominations, meeting_table(&rig, no_vote, 1));
    OPENING("wrong-type", nominations, meeting_names(&rig, "m1"));
    OPENING("choice-invalid", act, (enum meeting_act)5);
    rig.principal = "secretary-d1";
    REFUSED("not-allowed", meeting_send(&rig, good));
    rig.principal = "council-hn";
    REFUSED("not-in-role", meeting_send(&rig, good));
    rig.principal = "secretary-hn";
    TAKEN(meeting_send(&rig, good));
    good.meeting = meeting_id(&rig, 2);
    REFUSED("move-refused", meeting_send(&rig, good)); /* it is on another's table */
    rig.principal = "secretary-d1";
    REFUSED("not-allowed", meeting_end(&rig, 1, MEETING_CANCEL));
    REFUSED("meeting-unknown", meeting_end(&rig, 2, MEETING_CANCEL));
    rig.principal = "local";
    rig_close(&rig);
}

/* ---- secret ---- */

struct urn {
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    struct ballot_count count;
};

static void
secret_begin(struct urn *urn, unsigned members)
{
    begin((struct award){.percent = 75, .base = BASE_PRESENT, .secret = true});
    ballot_key_new(urn->public_key, urn->secret_key);
    ballot_count_begin(&urn->count);
    struct record_meeting in =
        meeting_opened(&rig, 1, meeting_members(&rig, members), meeting_table(&rig, BOTH, 2));
    in.teller = slice_text("m1");
    in.ballot_key = slice_of(urn->public_key, BALLOT_KEY_SIZE);
    TAKEN(meeting_send(&rig, in));
    TAKEN(meeting_attend(&rig, 1, meeting_members(&rig, members)));
}

/* Made by the voter for nomination 1, and opened by the teller where `count` says so. */
static struct record_vote
sealed_vote(struct urn *urn, const char *who, enum choice choice, bool count)
{
    struct ballot made;
    struct ballot_cast cast;
    struct record_vote vote = ballot(1, (enum choice)0);
    ballot_place(vote.meeting, vote.nomination, slice_text(who), cast.place);
    assert_true(ballot_make(choice, cast.place, urn->public_key, &made));
    cast.commitment = vote.commitment = arena_copy(rig.arena, slice_of(made.commitment, 32));
    cast.sealed = vote.sealed = arena_copy(rig.arena, slice_of(made.sealed, sizeof(made.sealed)));
    assert_true(!count || ballot_open(&cast, urn->public_key, urn->secret_key, &urn->count));
    return vote;
}

static struct record_opening
opened(struct urn *urn)
{
    return (struct record_opening){.meeting = meeting_id(&rig, 1),
                                   .nomination = council_id(&rig, 1),
                                   .yes = urn->count.yes,
                                   .no = urn->count.no,
                                   .blinding = slice_of(urn->count.blinding, 32)};
}

static void
test_secret(void **state)
{
    (void)state;
    struct urn urn;
    struct nomination_row row;
    secret_begin(&urn, 4);
    struct record_vote vote = sealed_vote(&urn, "m1", CHOICE_YES, true);
    TAKEN(meeting_vote(&rig, "m1", vote));
    REFUSED("voted-already", meeting_vote(&rig, "m1", sealed_vote(&urn, "m1", CHOICE_NO, false)));
    REFUSED("ballot-wrong", meeting_vote(&rig, "m2", vote)); /* another's, copied */
    REFUSED("ballot-wrong", meeting_vote(&rig, "m2", ballot(1, CHOICE_YES)));
    vote = sealed_vote(&urn, "m2", CHOICE_YES, false);
    vote.choice = CHOICE_YES;
    REFUSED("ballot-wrong", meeting_vote(&rig, "m2", vote));
    vote.choice = (enum choice)0;
    vote.sealed.len--;
    REFUSED("ballot-wrong", meeting_vote(&rig, "m2", vote));
    vote.sealed.len++;
    vote.commitment = slice_of((const uint8_t[32]){0}, 32); /* the identity hides nothing */
    REFUSED("ballot-wrong", meeting_vote(&rig, "m2", vote));
    TAKEN(meeting_vote(&rig, "m2", sealed_vote(&urn, "m2", CHOICE_YES, true)));
    TAKEN(meeting_vote(&rig, "m3", sealed_vote(&urn, "m3", CHOICE_YES, true)));
    TAKEN(meeting_vote(&rig, "m4", sealed_vote(&urn, "m4", CHOICE_NO, true)));
    REFUSED("meeting-open", meeting_end(&rig, 1, MEETING_CLOSE));
    TAKEN(meeting_count(&rig, "m1", opened(&urn)));
    REFUSED("counted-already", meeting_count(&rig, "m1", opened(&urn)));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    assert_string_equal(council_state(&rig, 1), "approved hn"); /* 3 of 4 */
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.yes * 100 + row.no * 10 + row.abstain, 310);
    REFUSED("meeting-closed", meeting_count(&rig, "m1", opened(&urn)));
    council_consistent(&rig);
    rig_close(&rig);
}

/* Of the group: RFC 9496, little-endian. */
static const uint8_t ORDER[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

static void
carry_add(uint8_t out[32], const uint8_t a[32], const uint8_t b[32])
{
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += a[i] + b[i];
        out[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* Every way in which a count may be other than the ballots. */
static void
test_opening_tampered(void **state)
{
    (void)state;
    struct urn urn;
    secret_begin(&urn, 5);
    REFUSED("opening-wrong", meeting_count(&rig, "m1", opened(&urn))); /* nothing was cast */
    TAKEN(meeting_vote(&rig, "m1", sealed_vote(&urn, "m1", CHOICE_YES, true)));
    TAKEN(meeting_vote(&rig, "m2", sealed_vote(&urn, "m2", CHOICE_NO, true)));
    TAKEN(meeting_vote(&rig, "m3", sealed_vote(&urn, "m3", CHOICE_ABSTAIN, true)));
    for (uint64_t yes = 0; yes < 4; yes++) {
        for (uint64_t no = 0; no < 4; no++) {
            struct record_opening in = opened(&urn);
            in.yes = yes;
            in.no = no;
            if (yes != 1 || no != 1) {
                REFUSED("opening-wrong", meeting_count(&rig, "m1", in));
            }
        }
    }
    for (size_t i = 0; i < 32 * 8; i++) {
        urn.count.blinding[i / 8] ^= (uint8_t)(1u << i % 8);
        REFUSED("opening-wrong", meeting_count(&rig, "m1", opened(&urn)));
        urn.count.blinding[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    struct record_opening in = opened(&urn);
    in.yes = UINT16_MAX; /* with no's 2 it would be 1 again, were they 16 bits wide */
    in.no = 2;
    REFUSED("opening-wrong", meeting_count(&rig, "m1", in));
    in = opened(&urn);
    uint8_t alias[32];
    crypto_core_ristretto255_scalar_add(alias, urn.count.blinding, ORDER);
    assert_memory_equal(alias, urn.count.blinding, 32); /* the same number, written larger: */
    carry_add(alias, urn.count.blinding, ORDER);
    in.blinding = slice_of(alias, 32);
    REFUSED("opening-wrong", meeting_count(&rig, "m1", in));
    in = opened(&urn);
    in.spoilt = meeting_names(&rig, "m2 m2");
    REFUSED("duplicate-code", meeting_count(&rig, "m1", in));
    in.spoilt = meeting_names(&rig, "m2 Nobody");
    REFUSED("code-invalid", meeting_count(&rig, "m1", in));
    in = opened(&urn);
    in.blinding.len = 31;
    REFUSED("missing-field", meeting_count(&rig, "m1", in));
    in = opened(&urn);
    in.spoilt = meeting_names(&rig, "m2"); /* a good ballot left out */
    REFUSED("opening-wrong", meeting_count(&rig, "m1", in));
    in.spoilt = meeting_names(&rig, "m4"); /* who has not voted */
    REFUSED("opening-wrong", meeting_count(&rig, "m1", in));
    in = opened(&urn);
    in.nomination = council_id(&rig, 9);
    REFUSED("not-on-table", meeting_count(&rig, "m1", in));
    in.meeting = meeting_id(&rig, 9);
    REFUSED("meeting-unknown", meeting_count(&rig, "m1", in));
    REFUSED("not-allowed", meeting_count(&rig, "m2", opened(&urn)));
    REFUSED("not-allowed", meeting_count(&rig, "local", opened(&urn))); /* no teller of it either */
    REFUSED("not-in-role", meeting_count(&rig, "submitter-hn", opened(&urn)));
    TAKEN(meeting_count(&rig, "m1", opened(&urn)));
    REFUSED("counted-already",
            meeting_vote(&rig, "m4", sealed_vote(&urn, "m4", CHOICE_YES, false)));
    rig_close(&rig);
}

/* A box that does not fit is named, counts as cast, and for nothing. */
static void
test_spoilt(void **state)
{
    (void)state;
    struct urn urn;
    struct nomination_row row;
    secret_begin(&urn, 4);
    TAKEN(meeting_vote(&rig, "m1", sealed_vote(&urn, "m1", CHOICE_YES, true)));
    TAKEN(meeting_vote(&rig, "m2", sealed_vote(&urn, "m2", CHOICE_YES, true)));
    TAKEN(meeting_vote(&rig, "m3",
                       sealed_vote(&urn, "m9", CHOICE_YES, false))); /* of another place */
    TAKEN(meeting_vote(&rig, "m4", sealed_vote(&urn, "m4", CHOICE_YES, true)));
    REFUSED("opening-wrong", meeting_count(&rig, "m1", opened(&urn)));
    struct record_opening in = opened(&urn);
    in.spoilt = meeting_names(&rig, "m3");
    TAKEN(meeting_count(&rig, "m1", in));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    assert_string_equal(council_state(&rig, 1), "approved hn"); /* 3 of 4: it is in the base */
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.spoilt, 1);
    assert_int_equal(row.base, 4);
    rig_close(&rig);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thresholds), cmocka_unit_test(test_votes_refused),
        cmocka_unit_test(test_cancelled),  cmocka_unit_test(test_openings_refused),
        cmocka_unit_test(test_secret),     cmocka_unit_test(test_opening_tampered),
        cmocka_unit_test(test_spoilt),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
