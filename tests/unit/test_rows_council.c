/* The council's rows: what is encoded comes back; every truncation, and one byte more, is
 * ERR_CORRUPT, read from a copy of exactly that size so that a sanitizer sees a byte too far. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "workers/state/rows_council.h"

#include <stdlib.h>

typedef enum err decode_fn(struct slice bytes, struct arena *arena);

static const struct slice ID_A = {(const uint8_t *)"0123456789abcdef", 16};
static const struct slice ID_B = {(const uint8_t *)"fedcba9876543210", 16};

static enum err
decode_exactly(decode_fn *decode, const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new();
    uint8_t *copy = malloc(len + (len == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    enum err err = decode(slice_of(copy, len), arena);
    free(copy);
    arena_free(&arena);
    return err;
}

static void
check_decoder(decode_fn *decode, struct buf *bytes)
{
    for (size_t len = 0; len < bytes->len; len++) {
        assert_int_equal(decode_exactly(decode, bytes->data, len), ERR_CORRUPT);
    }
    assert_int_equal(decode_exactly(decode, bytes->data, bytes->len), ERR_OK);
    buf_byte(bytes, 0);
    assert_int_equal(decode_exactly(decode, bytes->data, bytes->len), ERR_CORRUPT);
    bytes->len--;
    for (size_t i = 0; i < bytes->len; i++) {
        uint8_t kept = bytes->data[i];
        for (unsigned v = 0; v < 256; v++) {
            bytes->data[i] = (uint8_t)v;
            (void)!decode_exactly(decode, bytes->data, bytes->len);
        }
        bytes->data[i] = kept;
    }
    buf_fini(bytes);
}

static enum err
decode_approval(struct slice bytes, struct arena *arena)
{
    struct approval_row row;
    (void)arena;
    return approval_decode(bytes, &row);
}

static void
test_approval(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct approval_row out, in = {true, {7, 3}, -5, slice_text("d1"), slice_text("vì sai số")};
    approval_encode(&in, &bytes);
    assert_int_equal(approval_decode(buf_slice_of(&bytes), &out), ERR_OK);
    assert_true(out.approved && out.receipt.block == 7 && out.receipt.index == 3);
    assert_true(out.time_us == -5 && slice_is(out.principal, "d1"));
    assert_true(slice_is(out.reason, "vì sai số"));
    check_decoder(decode_approval, &bytes);
}

static enum err
decode_nomination(struct slice bytes, struct arena *arena)
{
    struct nomination_row row;
    return nomination_decode(bytes, arena, &row);
}

static void
test_nomination(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct slice asked[] = {slice_text("004"), slice_text("so-y-te")};
    struct nomination_row out, in = {
                                   .campaign = 1,
                                   .proposer = 300,
                                   .holder = 2,
                                   .state = STATE_consulting,
                                   .since = 18900,
                                   .deadline = INT32_MAX,
                                   .submitted_us = 1635000000000000,
                                   .receipt = {9, 70000},
                                   .meeting = ID_B,
                                   .yes = 7,
                                   .base = 9,
                                   .award = slice_text("bang-khen"),
                                   .kind = SUBJECT_HOUSEHOLD,
                                   .subject = slice_text("Hộ bà Nguyễn Thị Lan"),
                                   .subject_unit = 299,
                                   .summary = slice_text("Góp gạo."),
                                   .simplified = true,
                                   .asked = asked,
                                   .asked_count = 2,
                               };
    struct arena *arena = arena_new();
    nomination_encode(&in, &bytes);
    assert_int_equal(nomination_decode(buf_slice_of(&bytes), arena, &out), ERR_OK);
    assert_true(out.state == STATE_consulting && out.deadline == INT32_MAX && out.holder == 2);
    assert_true(slice_equal(out.meeting, ID_B) && out.yes == 7 && out.no == 0 && out.base == 9);
    assert_true(out.kind == SUBJECT_HOUSEHOLD && out.simplified && out.receipt.index == 70000);
    assert_true(out.asked_count == 2 && slice_is(out.asked[1], "so-y-te"));
    assert_true(slice_equal(out.subject, in.subject) && out.theme.len == 0);
    arena_free(&arena);
    check_decoder(decode_nomination, &bytes);
}

static enum err
decode_act(struct slice bytes, struct arena *arena)
{
    struct act_row row;
    (void)arena;
    return act_decode(bytes, &row);
}

static enum err
decode_queue(struct slice bytes, struct arena *arena)
{
    struct queue_row row;
    (void)arena;
    return queue_decode(bytes, &row);
}

static void
test_act_and_queue(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct act_row out, in = {.act = REVIEW_opinion,
                              .from = STATE_consulting,
                              .to = STATE_verified,
                              .holder = 4,
                              .principal = slice_text("so-y-te"),
                              .agrees = true,
                              .text = slice_text("Nhất trí.")};
    act_encode(&in, &bytes);
    assert_int_equal(act_decode(buf_slice_of(&bytes), &out), ERR_OK);
    assert_true(out.act == REVIEW_opinion && out.to == STATE_verified && out.agrees);
    assert_true(slice_is(out.text, "Nhất trí.") && out.number.len == 0);
    check_decoder(decode_act, &bytes);

    struct queue_row q, row = {3, SUBJECT_INDIVIDUAL, 12, 14, slice_text("giay-khen")};
    queue_encode(&row, &bytes);
    assert_int_equal(queue_decode(buf_slice_of(&bytes), &q), ERR_OK);
    assert_true(q.campaign == 3 && q.kind == SUBJECT_INDIVIDUAL && q.proposer == 12 &&
                q.subject_unit == 14);
    assert_true(slice_is(q.award, "giay-khen"));
    check_decoder(decode_queue, &bytes);
}

static enum err
decode_meeting(struct slice bytes, struct arena *arena)
{
    struct meeting_row row;
    return meeting_decode(bytes, arena, &row);
}

static void
test_meeting(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct slice members[] = {slice_text("m1"), slice_text("m2")};
    struct slice nominations[] = {ID_A, ID_B};
    bool present[] = {false, true};
    struct meeting_row out, in = {.unit = 5,
                                  .title = slice_text("Họp lần 1"),
                                  .members = members,
                                  .present = present,
                                  .member_count = 2,
                                  .nominations = nominations,
                                  .nomination_count = 2};
    struct arena *arena = arena_new();
    meeting_encode(&in, &bytes);
    assert_int_equal(meeting_decode(buf_slice_of(&bytes), arena, &out), ERR_OK);
    assert_true(out.member_count == 2 && !out.present[0] && out.present[1] && !out.closed);
    assert_true(out.nomination_count == 2 && slice_equal(out.nominations[1], ID_B));
    arena_free(&arena);
    check_decoder(decode_meeting, &bytes);
}

static enum err
decode_vote(struct slice bytes, struct arena *arena)
{
    struct vote_row row;
    (void)arena;
    return vote_decode(bytes, &row);
}

static enum err
decode_opening(struct slice bytes, struct arena *arena)
{
    struct opening_row row;
    return opening_decode(bytes, arena, &row);
}

static void
test_vote_and_opening(void **state)
{
    (void)state;
    struct buf bytes = {0};
    struct vote_row v, vote = {.written = true, .commitment = ID_A, .sealed = ID_B};
    vote_encode(&vote, &bytes);
    assert_int_equal(vote_decode(buf_slice_of(&bytes), &v), ERR_OK);
    assert_true(v.choice == 0 && v.written && slice_equal(v.sealed, ID_B));
    check_decoder(decode_vote, &bytes);

    struct slice spoilt[] = {slice_text("m2")};
    struct opening_row o,
        row = {
            .yes = 6, .no = 1, .abstain = 1, .blinding = ID_A, .spoilt = spoilt, .spoilt_count = 1};
    struct arena *arena = arena_new();
    opening_encode(&row, &bytes);
    assert_int_equal(opening_decode(buf_slice_of(&bytes), arena, &o), ERR_OK);
    assert_true(o.yes == 6 && o.no == 1 && o.abstain == 1 && o.spoilt_count == 1);
    assert_true(slice_is(o.spoilt[0], "m2"));
    arena_free(&arena);
    check_decoder(decode_opening, &bytes);
}

/* The queue's order is the order in which a holder works it off. */
static void
test_queue_order(void **state)
{
    (void)state;
    struct buf a = {0}, b = {0};
    const struct {
        uint32_t holder;
        enum review_state state;
        int32_t deadline;
    } keys[] = {{1, STATE_submitted, -3},
                {1, STATE_submitted, 18900},
                {1, STATE_submitted, INT32_MAX},
                {1, STATE_verified, 4},
                {2, STATE_submitted, 0}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        uint32_t holder;
        enum review_state at;
        int32_t deadline;
        struct slice id;
        key_queue(&b, keys[i].holder, keys[i].state, keys[i].deadline, ID_A);
        assert_int_equal(queue_key_decode(buf_slice_of(&b), &holder, &at, &deadline, &id), ERR_OK);
        assert_true(holder == keys[i].holder && at == keys[i].state);
        assert_true(deadline == keys[i].deadline && slice_equal(id, ID_A));
        assert_true(i == 0 || memcmp(a.data, b.data, b.len) < 0);
        key_queue(&a, keys[i].holder, keys[i].state, keys[i].deadline, ID_A);
    }
    buf_fini(&a);
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_approval),         cmocka_unit_test(test_nomination),
        cmocka_unit_test(test_act_and_queue),    cmocka_unit_test(test_meeting),
        cmocka_unit_test(test_vote_and_opening), cmocka_unit_test(test_queue_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
