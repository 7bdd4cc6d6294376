/* Secret ballots: every right count is taken, every wrong one refused, and what does not fit its
 * commitment, or the place that it was made for, is spoilt. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "proto/ballot.h"

#include <sodium.h>
#include <string.h>

struct urn {
    uint8_t public_key[BALLOT_KEY_SIZE], secret_key[BALLOT_KEY_SIZE];
    uint8_t sum[BALLOT_COMMITMENT_SIZE];
    uint8_t place[BALLOT_PLACE_SIZE]; /* where all its ballots are cast */
    struct ballot_count count;
};

static void
urn_begin(struct urn *urn)
{
    memset(urn, 0, sizeof(*urn));
    ballot_key_new(urn->public_key, urn->secret_key);
    ballot_place(slice_text("meeting"), slice_text("nomination"), slice_text("an"), urn->place);
    ballot_count_begin(&urn->count);
}

static bool
urn_open(struct urn *urn, const struct ballot *ballot)
{
    struct ballot_cast cast = {.commitment =
                                   slice_of(ballot->commitment, sizeof(ballot->commitment)),
                               .sealed = slice_of(ballot->sealed, sizeof(ballot->sealed))};
    memcpy(cast.place, urn->place, sizeof(cast.place));
    bool good = ballot_open(&cast, urn->public_key, urn->secret_key, &urn->count);
    assert_true(!good || ballot_sum(urn->sum, ballot->commitment));
    return good;
}

static void
urn_cast(struct urn *urn, enum choice choice, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++) {
        struct ballot ballot;
        assert_true(ballot_make(choice, urn->place, urn->public_key, &ballot));
        assert_true(urn_open(urn, &ballot));
    }
}

/* Every count near the right one is wrong. */
static void
expect_only(const struct urn *urn, uint32_t yes, uint32_t no)
{
    for (uint32_t y = 0; y <= yes + 2; y++) {
        for (uint32_t n = 0; n <= no + 2; n++) {
            assert_int_equal(ballot_check(urn->sum, y, n, urn->count.blinding),
                             y == yes && n == no);
        }
    }
}

static void
test_counts(void **state)
{
    (void)state;
    for (uint32_t yes = 0; yes < 4; yes++) {
        for (uint32_t no = 0; no < 3; no++) {
            for (uint32_t abstain = 0; abstain < 3; abstain++) {
                struct urn urn;
                urn_begin(&urn);
                urn_cast(&urn, CHOICE_YES, yes);
                urn_cast(&urn, CHOICE_NO, no);
                urn_cast(&urn, CHOICE_ABSTAIN, abstain);
                assert_int_equal(urn.count.yes, yes);
                assert_int_equal(urn.count.no, no);
                assert_int_equal(urn.count.abstain, abstain);
                assert_int_equal(urn.count.spoilt, 0);
                expect_only(&urn, yes, no);
            }
        }
    }
}

static void
test_wrong_blinding(void **state)
{
    (void)state;
    struct urn urn;
    urn_begin(&urn);
    urn_cast(&urn, CHOICE_YES, 3);
    for (size_t i = 0; i < BALLOT_BLINDING_SIZE; i++) {
        urn.count.blinding[i] ^= 1;
        assert_false(ballot_check(urn.sum, 3, 0, urn.count.blinding));
        urn.count.blinding[i] ^= 1;
    }
    /* The same scalar, plus the group's order: another form of the same number. */
    static const uint8_t order[] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                    0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                    0,    0,    0,    0,    0,    0,    0,    0,
                                    0,    0,    0,    0,    0,    0,    0,    0x10};
    uint8_t other[BALLOT_BLINDING_SIZE];
    memcpy(other, urn.count.blinding, sizeof(other));
    sodium_add(other, order, sizeof(other));
    assert_false(ballot_check(urn.sum, 3, 0, other));
    assert_true(ballot_check(urn.sum, 3, 0, urn.count.blinding));
}

/* Seals what a dishonest voter might. */
static void
forge(const struct urn *urn, uint8_t yes, uint8_t no, struct ballot *ballot)
{
    uint8_t content[2 + BALLOT_BLINDING_SIZE + BALLOT_PLACE_SIZE] = {yes, no};
    memcpy(content + 2 + BALLOT_BLINDING_SIZE, urn->place, BALLOT_PLACE_SIZE);
    crypto_core_ristretto255_scalar_random(content + 2);
    assert_int_equal(crypto_scalarmult_ristretto255_base(ballot->commitment, content + 2), 0);
    /* B·r is a commitment to (0, 0); what else the box says does not fit it. */
    assert_int_equal(crypto_box_seal(ballot->sealed, content, sizeof(content), urn->public_key), 0);
}

static void
test_spoilt(void **state)
{
    (void)state;
    struct urn urn, other;
    struct ballot good, bad;
    urn_begin(&urn);
    urn_begin(&other);
    urn_cast(&urn, CHOICE_NO, 1);
    static const uint8_t wrong[][2] = {{1, 0}, {0, 1}, {1, 1}, {2, 0}, {0, 2}, {255, 0}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        forge(&urn, wrong[i][0], wrong[i][1], &bad);
        assert_false(urn_open(&urn, &bad));
    }
    forge(&urn, 0, 0, &bad); /* an honest abstention, made by hand */
    assert_true(urn_open(&urn, &bad));
    assert_true(ballot_make(CHOICE_YES, urn.place, urn.public_key, &good));
    bad = good;
    bad.sealed[40] ^= 1;
    assert_false(urn_open(&urn, &bad));
    bad = good;
    assert_true(ballot_make(CHOICE_YES, urn.place, urn.public_key, &good));
    memcpy(bad.commitment, good.commitment, sizeof(bad.commitment));
    assert_false(urn_open(&urn, &bad)); /* one voter's box, another's commitment */
    assert_true(ballot_make(CHOICE_YES, urn.place, other.public_key, &bad));
    assert_false(urn_open(&urn, &bad)); /* sealed to another meeting's key */
    struct ballot_cast cut = {.commitment = slice_of(good.commitment, sizeof(good.commitment)),
                              .sealed = slice_of(good.sealed, sizeof(good.sealed) - 1)};
    memcpy(cut.place, urn.place, sizeof(cut.place));
    assert_false(ballot_open(&cut, urn.public_key, urn.secret_key, &urn.count));
    assert_int_equal(urn.count.spoilt, 10);
    expect_only(&urn, 0, 1);
}

/* A good ballot, copied to another meeting, nomination or voter, is spoilt there, and only there; no
 * two places are the same because their parts run together. */
static void
test_places(void **state)
{
    (void)state;
    static const char *const other[][3] = {{"meetinh", "nomination", "an"},
                                           {"meeting", "nominatioN", "an"},
                                           {"meeting", "nomination", "binh"},
                                           {"meetingn", "omination", "an"},
                                           {"meeting", "nominationa", "n"}};
    struct urn urn;
    struct ballot ballot;
    uint8_t home[BALLOT_PLACE_SIZE];
    urn_begin(&urn);
    memcpy(home, urn.place, sizeof(home));
    assert_true(ballot_make(CHOICE_YES, home, urn.public_key, &ballot));
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        ballot_place(slice_text(other[i][0]), slice_text(other[i][1]), slice_text(other[i][2]),
                     urn.place);
        assert_false(urn_open(&urn, &ballot));
        assert_int_equal(urn.count.spoilt, i + 1);
    }
    memcpy(urn.place, home, sizeof(home));
    assert_true(urn_open(&urn, &ballot));
    expect_only(&urn, 1, 0);
}

static void
test_points(void **state)
{
    (void)state;
    uint8_t sum[BALLOT_COMMITMENT_SIZE] = {0}, before[BALLOT_COMMITMENT_SIZE] = {0};
    uint8_t no_point[BALLOT_COMMITMENT_SIZE];
    memset(no_point, 0xff, sizeof(no_point));
    assert_false(ballot_is_point(no_point));
    assert_false(ballot_sum(sum, no_point));
    assert_memory_equal(sum, before, sizeof(sum));
    uint8_t zero[BALLOT_BLINDING_SIZE] = {0};
    assert_true(ballot_check(sum, 0, 0, zero)); /* nobody voted */
    assert_false(ballot_check(sum, 1, 0, zero));
}

/* Two ballots alike share nothing that could be seen. */
static void
test_ballots_differ(void **state)
{
    (void)state;
    struct urn urn;
    struct ballot a, b;
    urn_begin(&urn);
    assert_true(ballot_make(CHOICE_YES, urn.place, urn.public_key, &a));
    assert_true(ballot_make(CHOICE_YES, urn.place, urn.public_key, &b));
    assert_memory_not_equal(a.commitment, b.commitment, sizeof(a.commitment));
    assert_memory_not_equal(a.sealed, b.sealed, sizeof(a.sealed));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),         cmocka_unit_test(test_wrong_blinding),
        cmocka_unit_test(test_spoilt),         cmocka_unit_test(test_points),
        cmocka_unit_test(test_ballots_differ), cmocka_unit_test(test_places),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
