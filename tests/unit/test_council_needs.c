/* What the moves of the review need beside state and right, each with its code and without any effect where
 * it is missing; what a nomination must have; what is forgotten when the review begins again; comments,
 * and that a record counts once. */
#include "tests/lib/meeting_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "proto/pack.h"
#include "workers/state/state.h"

#include <sodium.h>

#define DAY "2021-09-02"

static struct rig rig;

static int
set_up(void **state)
{
    (void)state;
    council_rig_open(&rig, 2);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    council_consistent(&rig);
    rig_close(&rig);
    return 0;
}

static void
expect_told(const char *date, uint32_t index, const char *code)
{
    const char *verdict = rig_verdict(&rig, rig_commit(&rig, date), index);
    const char *told = strcmp(code, "accepted") == 0 || strcmp(code, "unchanged") == 0
                           ? code
                           : arena_printf(rig.arena, "rejected %s ", code);
    if (strncmp(verdict, told, strlen(told)) != 0) {
        fail_msg("\"%s\" instead of %s", verdict, code);
    }
}

/* Refused, and everything as it was. The record is the only one of the open block. */
#define REFUSED_ON(date, code, send)                                                               \
    do {                                                                                           \
        uint8_t before[32], after[32];                                                             \
        council_hash(&rig, before);                                                                \
        expect_told(date, send, code);                                                             \
        council_hash(&rig, after);                                                                 \
        assert_memory_equal(before, after, 32);                                                    \
    } while (0)
#define REFUSED(code, send) REFUSED_ON(DAY, code, send)
#define TAKEN(send) expect_told(DAY, send, "accepted")
#define STATE(number, text) assert_string_equal(council_state(&rig, number), text)

static void
walk(unsigned number, const char *award, const char *acts)
{
    council_walk(&rig, number, award, acts);
    rig_commit(&rig, DAY);
}

static uint32_t
act(unsigned number, const char *name)
{
    return council_act(&rig, number, name, "dep", "");
}

static uint32_t
act_bare(unsigned number, enum review_act name, const char *reason)
{
    return council_review(&rig, (struct record_review){.nomination = council_id(&rig, number),
                                                       .act = name,
                                                       .reason = slice_text(reason)});
}

static void
test_reason(void **state)
{
    (void)state;
    walk(1, "commune", "w1: submit");
    static const char *const blank[] = {"", "  "};
    for (size_t i = 0; i < 2; i++) {
        REFUSED("reason-missing", act_bare(1, REVIEW_send_back, blank[i]));
        REFUSED("reason-missing", act_bare(1, REVIEW_refuse, blank[i]));
    }
    REFUSED("choice-invalid", act_bare(1, REVIEW_submit, "x"));
    REFUSED("choice-invalid", act_bare(1, (enum review_act)0, "x"));
    TAKEN(act_bare(1, REVIEW_verify, "")); /* asks for none */
    walk(1, "commune", "w1: approve decide");
    STATE(1, "decided w1");
    struct record_revocation revoke = {.nomination = council_id(&rig, 1),
                                       .number = slice_text("1"),
                                       .date = slice_text(DAY),
                                       .reason = slice_text(" ")};
    REFUSED("reason-missing", council_revoke(&rig, revoke));
    revoke.reason = slice_text("gian lận");
    revoke.date = slice_text("2021-13-01");
    REFUSED("date-invalid", council_revoke(&rig, revoke));
    revoke.date = slice_text("");
    REFUSED("missing-field", council_revoke(&rig, revoke));
    revoke.date = slice_text(DAY);
    revoke.number = slice_text("  ");
    REFUSED("missing-field", council_revoke(&rig, revoke));
    revoke.number = slice_text("1");
    TAKEN(council_revoke(&rig, revoke));
}

static void
test_deadline(void **state)
{
    (void)state;
    struct campaign *campaign = council_campaign_new(&rig);
    campaign->stages.consulting = 2;
    TAKEN(rig_campaign(&rig, 103, campaign));
    walk(1, "commune", "w1: submit verify consult");
    REFUSED_ON("2021-09-03", "move-refused", act(1, "conclude"));
    REFUSED_ON("2021-09-04", "move-refused", act(1, "conclude")); /* the last day */
    expect_told("2021-09-05", act(1, "conclude"), "accepted");
    STATE(1, "verified w1");
}

/* Whom one waits for is forgotten with the consultation, so that a late answer is none. */
static void
test_consulted(void **state)
{
    (void)state;
    struct nomination_row row;
    walk(1, "commune", "w1: submit verify consult");
    TAKEN(council_act(&rig, 1, "consult", "d2", ""));
    REFUSED("unit-unknown", council_act(&rig, 1, "consult", "nowhere", ""));
    REFUSED("missing-field", council_act(&rig, 1, "consult", "", ""));
    REFUSED("move-refused", council_act(&rig, 1, "opinion", "w3", "")); /* nobody asked it */
    TAKEN(act(1, "opinion"));
    STATE(1, "consulting w1"); /* one is missing */
    REFUSED("move-refused", act(1, "opinion"));
    TAKEN(act(1, "conclude"));
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.asked_count, 0);
    REFUSED("move-refused", council_act(&rig, 1, "opinion", "d2", ""));
    TAKEN(act(1, "consult"));
    TAKEN(act(1, "opinion"));
    STATE(1, "verified w1");
}

static void
test_quota(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 4; i++) {
        walk(i, "few", i == 4 ? "d2: submit verify approve" : "d1: submit verify approve");
    }
    walk(5, "district", "d1: submit verify approve decide"); /* another award's */
    STATE(5, "decided d1");
    TAKEN(act(4, "decide")); /* another holder's */
    TAKEN(act(1, "decide"));
    TAKEN(act(2, "decide"));
    REFUSED("quota-reached", act(3, "decide"));
    TAKEN(act(2, "revoke"));
    TAKEN(act(3, "decide"));
    STATE(3, "decided d1");
}

static void
test_decision(void **state)
{
    (void)state;
    walk(1, "commune", "w1: submit verify approve");
    struct record_decision good = {.nomination = council_id(&rig, 1),
                                   .outcome = OUTCOME_DECIDED,
                                   .number = slice_text("1/QĐ"),
                                   .date = slice_text(DAY)};
    struct record_decision in = good;
    in.number = slice_text(" ");
    REFUSED("missing-field", council_decide(&rig, in));
    in = good;
    in.date = slice_text("");
    REFUSED("missing-field", council_decide(&rig, in));
    in.date = slice_text("2021-02-29");
    REFUSED("date-invalid", council_decide(&rig, in));
    in = good;
    in.outcome = 3;
    REFUSED("choice-invalid", council_decide(&rig, in));
    in.outcome = OUTCOME_REFUSED;
    REFUSED("reason-missing", council_decide(&rig, in));
    TAKEN(council_decide(&rig, good));
    STATE(1, "decided w1");
}

static void
test_simplified(void **state)
{
    (void)state;
    struct record_nomination in = council_nomination(&rig, 1, "hn", "quick");
    TAKEN(council_nominate(&rig, in));
    TAKEN(act(1, "verify"));
    REFUSED("move-refused", act(1, "approve"));
    in = council_nomination(&rig, 2, "hn", "quick");
    in.simplified = true;
    TAKEN(council_nominate(&rig, in));
    TAKEN(act(2, "verify"));
    TAKEN(act(2, "approve"));
    in = council_nomination(&rig, 3, "hn", "voted"); /* an award that knows no simplified way */
    in.simplified = true;
    TAKEN(council_nominate(&rig, in));
    TAKEN(act(3, "verify"));
    REFUSED("move-refused", act(3, "approve"));
}

#define NOMINATION(code, field, value)                                                             \
    do {                                                                                           \
        struct record_nomination changed = good;                                                   \
        changed.field = value;                                                                     \
        REFUSED(code, council_nominate(&rig, changed));                                            \
    } while (0)

static void
test_nomination(void **state)
{
    (void)state;
    struct record_nomination good = council_nomination(&rig, 1, "w1", "commune");
    NOMINATION("missing-field", nomination, slice_of((const uint8_t *)"short", 5));
    NOMINATION("campaign-unknown", campaign, slice_text("other"));
    NOMINATION("unit-unknown", unit, slice_text("nowhere"));
    NOMINATION("award-unknown", award, slice_text("nothing"));
    NOMINATION("choice-invalid", kind, 4);
    NOMINATION("choice-invalid", kind, 0);
    NOMINATION("subject-refused", award, slice_text("people"));
    NOMINATION("reference-unknown", subject_unit, slice_text("nowhere"));
    NOMINATION("reference-unknown", theme, slice_text("nothing"));
    NOMINATION("control-character", subject, slice_text("a\nb"));
    NOMINATION("nothing-there", summary, slice_text("  "));
    TAKEN(council_nominate(&rig, good));
    good.unit = slice_text("w2");
    REFUSED("nomination-taken", council_nominate(&rig, good));
    walk(1, "commune", "w1: return");
    REFUSED("nomination-taken", council_nominate(&rig, good));
    good.unit = slice_text("w1");
    good.subject = slice_text("Tên khác"); /* SUBJECT moves with it: council_consistent */
    TAKEN(council_nominate(&rig, good));
    STATE(1, "submitted w1");
}

/* Carried by the district's council, then forwarded: of that vote nothing is left but its act. */
static void
test_vote_forgotten(void **state)
{
    (void)state;
    static const unsigned one[] = {1};
    struct nomination_row row;
    struct slice members = meeting_names(&rig, "council-d1");
    walk(1, "voted", "d1: submit verify");
    struct record_meeting in = meeting_opened(&rig, 1, members, meeting_table(&rig, one, 1));
    in.unit = slice_text("d1");
    TAKEN(meeting_send(&rig, in));
    TAKEN(meeting_attend(&rig, 1, members));
    struct record_vote vote = {
        .meeting = meeting_id(&rig, 1), .nomination = council_id(&rig, 1), .choice = CHOICE_YES};
    TAKEN(meeting_vote(&rig, "council-d1", vote));
    TAKEN(meeting_end(&rig, 1, MEETING_CLOSE));
    STATE(1, "approved d1");
    assert_true(council_row(&rig, 1, &row) && row.yes == 1 && row.base == 1);
    TAKEN(act(1, "forward"));
    STATE(1, "submitted hn");
    assert_true(council_row(&rig, 1, &row));
    assert_int_equal(row.meeting.len + row.yes + row.no + row.base, 0);
}

static void
test_comment(void **state)
{
    (void)state;
    walk(1, "commune", "w1: submit verify consult");
    uint64_t acts = rig_rows(&rig, TABLE_ACT);
    static const char *const may[] = {"submitter-w1", "submitter-dep", "council-w3", "secretary-w3",
                                      "local"};
    for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
        rig.principal = may[i];
        TAKEN(council_comment(&rig, 1, "Tốt"));
        assert_int_equal(rig_rows(&rig, TABLE_ACT), ++acts);
        STATE(1, "consulting w1");
    }
    REFUSED("nothing-there", council_comment(&rig, 1, " "));
    REFUSED("nomination-unknown", council_comment(&rig, 2, "Tốt"));
    rig.principal = "submitter-w3";
    REFUSED("not-allowed", council_comment(&rig, 1, "Tốt"));
    rig.principal = "ingest-w1";
    REFUSED("not-in-role", council_comment(&rig, 1, "Tốt"));
    rig.principal = "local";
}

/* Each act says in whose hand it found the nomination, who did it, and when: the trail is the proof. */
static void
test_trail(void **state)
{
    (void)state;
    static const char *const holders[] = {"w1", "w1", "w1", "d1", "d1", "hn"};
    struct state_cursor *cursor;
    struct state_row at;
    struct act_row row = {0};
    struct nomination_row nomination;
    uint32_t count = 0;
    int32_t day;
    walk(1, "city", "w1: submit verify forward verify forward");
    rig.principal = "secretary-hn";
    expect_told("2021-09-10", act(1, "verify"), "accepted");
    rig.principal = "local";
    assert_true(council_row(&rig, 1, &nomination));
    assert_int_equal(date_parse(slice_text("2021-09-10"), &day), ERR_OK);
    assert_int_equal(nomination.since, day);
    assert_int_equal(state_begin(rig.states[0], false), ERR_OK);
    assert_int_equal(state_cursor_open(rig.states[0], TABLE_ACT, &cursor), ERR_OK);
    for (enum err err = cursor_seek(cursor, slice_text(""), &at); err == ERR_OK;
         err = cursor_next(cursor, &at)) {
        assert_int_equal(act_decode(at.value, &row), ERR_OK);
        /* the rig's ids: hn 0, d1 1, d2 2, w1 3 */
        uint32_t id = holders[count][0] == 'w' ? 3 : holders[count][0] == 'd' ? 1 : 0;
        assert_int_equal(row.holder, id);
        assert_true(slice_is(row.principal, ++count == 6 ? "secretary-hn" : "local"));
    }
    cursor_close(cursor);
    state_abort(rig.states[0]);
    assert_int_equal(count, 6);
    assert_int_equal(row.time_us, (int64_t)day * 86400 * 1000000 + 5LL * 3600 * 1000000);
}

/* A ULID counts once a principal; one whose record was refused is not used up. */
static void
test_once(void **state)
{
    (void)state;
    struct record_review in = {
        .nomination = council_id(&rig, 1), .act = REVIEW_verify, .id = council_ulid(&rig)};
    REFUSED("nomination-unknown", council_review(&rig, in));
    walk(1, "commune", "w1: submit");
    TAKEN(council_review(&rig, in));
    REFUSED("unchanged", council_review(&rig, in));
    rig.principal = "secretary-w1";
    REFUSED("move-refused", council_review(&rig, in)); /* another principal's: looked at */
    rig.principal = "local";
    in.id.len = 15;
    REFUSED("missing-field", council_review(&rig, in));
}

/* Verified only once the document is there, whole and its hash's. */
static void
test_document(void **state)
{
    (void)state;
    static const char text[] = "Báo cáo thành tích";
    uint8_t hash[32];
    struct buf list = BUF_EMPTY;
    crypto_generichash(hash, 32, (const uint8_t *)text, sizeof(text), NULL, 0);
    pack_array(&list, 1);
    pack_array(&list, 4);
    pack_bytes(&list, slice_of(hash, 32));
    pack_cstr(&list, "report");
    pack_cstr(&list, "baocao.txt");
    pack_uint(&list, sizeof(text));
    struct record_nomination in = council_nomination(&rig, 1, "w1", "commune");
    in.documents = arena_copy(rig.arena, buf_slice_of(&list));
    buf_fini(&list);
    TAKEN(council_nominate(&rig, in));
    REFUSED("document-missing", act(1, "verify"));
    struct record_file file = {.hash = slice_of(hash, 32),
                               .unit = slice_text("w1"),
                               .size = sizeof(text),
                               .bytes = slice_of((const uint8_t *)text, sizeof(text))};
    rig.principal = "secretary-w3";
    REFUSED("not-allowed", council_file(&rig, &file));
    rig.principal = "submitter-w1";
    TAKEN(council_file(&rig, &file));
    rig.principal = "local";
    TAKEN(act(1, "verify"));
    STATE(1, "verified w1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reason),     TEST(test_deadline),       TEST(test_consulted),
        TEST(test_quota),      TEST(test_decision),       TEST(test_simplified),
        TEST(test_nomination), TEST(test_vote_forgotten), TEST(test_comment),
        TEST(test_once),       TEST(test_document),       TEST(test_trail),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
